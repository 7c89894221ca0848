"""deploy/nginx.conf in the real nginx, in front of a server that says what reached it."""

import json
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.debian import ensure_debian_packages, find_program
from tests.servers import end, free_port

START_SECONDS = 30
CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
MAIN = """
pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; daemon off;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/studytrack.conf;
}}
"""
TRUSTING = ssl._create_unverified_context()


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it got; one request at a time, as a busy worker would."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(body.decode())

    def do_GET(self) -> None:
        self.answer("")

    def answer(self, body: str) -> None:
        content = json.dumps({"headers": dict(self.headers), "body": body}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@contextmanager
def serving(folder: Path, upstream_port: int) -> Iterator[int]:
    """The port of an nginx with our configuration, in front of this upstream."""
    port = free_port()
    configure(folder, port, upstream_port)
    nginx = [find_program("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(nginx, stderr=subprocess.DEVNULL)
    try:
        wait_until_open(port, folder / "error.log")
        yield port
    finally:
        end(process, signal.SIGTERM, signal.SIGKILL)


def configure(folder: Path, port: int, upstream_port: int) -> None:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    request = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    made = ["openssl", *request.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    text = CONFIGURATION.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{upstream_port}")
    text = text.replace("443", f"127.0.0.1:{port}").replace("/etc/ssl/private/study.example.org.key", str(key))
    text = text.replace("/etc/ssl/certs/study.example.org.pem", str(certificate))
    (folder / "studytrack.conf").write_text(text)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))


def wait_until_open(port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"nginx does not listen: {log.read_text() if log.exists() else 'it says nothing'}")


@pytest.fixture
def nginx(tmp_path: Path, upstream: int) -> Iterator[int]:
    if not ensure_debian_packages({"nginx": "nginx-light", "openssl": "openssl"}):
        pytest.skip("nginx is not installed")
    tmp_path.chmod(0o755)
    with serving(tmp_path, upstream) as port:
        yield port


def call(port: int, method: str = "GET", body: str | None = None, **headers: str) -> tuple[int, Any, Any]:
    connection = HTTPSConnection("127.0.0.1", port, context=TRUSTING, timeout=5)
    connection.request(method, "/subjects", body, {name.replace("0", "_"): value for name, value in headers.items()})
    response = connection.getresponse()
    content = json.loads(response.read())
    connection.close()
    return response.status, response.headers, content


def test_the_clients_address_is_the_one_that_nginx_saw(nginx: int) -> None:
    _, _, seen = call(nginx, **{"X-Forwarded-For": "6.6.6.6", "X0Forwarded0For": "6.6.6.6"})
    forwarded = {name: value for name, value in seen["headers"].items() if "orwarded" in name}
    assert forwarded == {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}


def test_slow_bodies_wait_in_nginx_and_not_in_the_server(nginx: int) -> None:
    """Without buffering the one upstream thread reads the first slow body, and nobody else is answered."""
    slow = [HTTPSConnection("127.0.0.1", nginx, context=TRUSTING) for _ in range(4)]
    for connection in slow:
        connection.putrequest("POST", "/subjects")
        connection.putheader("Content-Length", "1000")
        connection.endheaders()
        connection.send(b"slow")
    began = time.monotonic()
    assert call(nginx)[0] == 200
    assert time.monotonic() - began < 2
    for connection in slow:
        connection.close()


def test_a_server_that_is_away_is_a_problem_with_a_time_to_come_back(tmp_path: Path, nginx: int) -> None:
    (tmp_path / "second").mkdir()
    with serving(tmp_path / "second", upstream_port=free_port()) as port:
        status, headers, content = call(port, "POST", "{}")
    assert (status, headers["Content-Type"], headers["Retry-After"]) == (503, "application/problem+json", "5")
    assert content == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "code": "unavailable",
        "detail": "The service cannot answer right now. Try again later.",
        "request_id": headers["X-Request-ID"],
    }

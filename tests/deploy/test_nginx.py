"""deploy/nginx.conf in the real nginx, in front of a server that says what reached it."""

import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.debian import ensure_debian_packages, find_program
from tests.servers import end, free_port

START_SECONDS = 30
MEBIBYTE = 1024 * 1024
CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
MAIN = """
{user}
pid {folder}/pid; error_log stderr; worker_processes 1; daemon off;
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
        time.sleep(float(self.headers.get("Takes-Seconds", 0)))
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
def serving(folder: Path, upstream: str) -> Iterator[int]:
    """The port of an nginx with our configuration, in front of this upstream."""
    port = free_port()
    configure(folder, port, upstream)
    nginx = [find_program("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf")]
    with (log := folder / "log").open("wb") as output:
        process = subprocess.Popen(nginx, stderr=output)
    try:
        wait_until_open(port, process, log)
        yield port
    finally:
        end(process, signal.SIGTERM, signal.SIGKILL)


def configure(folder: Path, port: int, upstream: str) -> None:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    request = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    made = ["openssl", *request.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    text = CONFIGURATION.read_text().replace("unix:/run/studytrack/socket", upstream)
    text = text.replace("timeout 60s", "timeout 1s").replace("timeout 300s", "timeout 4s")  # nobody waits for minutes
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}")
    text = text.replace("/etc/ssl/private/study.example.org.key", str(key))
    text = text.replace("/etc/ssl/certs/study.example.org.pem", str(certificate))
    (folder / "studytrack.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))


def wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"nginx does not listen: {log.read_text()}")


@pytest.fixture
def nginx(tmp_path: Path, upstream: int) -> Iterator[int]:
    require_nginx()
    with serving(tmp_path, f"127.0.0.1:{upstream}") as port:
        yield port


def require_nginx() -> None:
    if not ensure_debian_packages({"nginx": "nginx-light", "openssl": "openssl"}):
        pytest.skip("nginx is not installed")


def call(
    port: int, method: str = "GET", body: str | None = None, address: str = "/subjects", **headers: str
) -> tuple[int, Any, Any]:
    connection = HTTPSConnection("127.0.0.1", port, context=TRUSTING, timeout=5)
    connection.request(method, address, body, {name.replace("0", "_"): value for name, value in headers.items()})
    response = connection.getresponse()
    content = json.loads(response.read())
    connection.close()
    return response.status, response.headers, content


def test_what_is_forwarded_is_what_nginx_saw(nginx: int) -> None:
    lies = {
        "X-Forwarded-For": "6.6.6.6",
        "X0Forwarded0For": "6.6.6.6",
        "X-Forwarded-Host": "evil",
        "Forwarded": "for=6",
    }
    _, _, seen = call(nginx, **lies)
    forwarded = {name: value for name, value in seen["headers"].items() if "orwarded" in name}
    host = f"127.0.0.1:{nginx}"
    assert seen["headers"]["Host"] == host
    assert forwarded == {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": host}


def test_an_import_of_ten_mebibytes_comes_through(nginx: int) -> None:
    """By itself nginx refuses more than one."""
    status, _, seen = call(nginx, "POST", "x" * (10 * MEBIBYTE + 1000))
    assert (status, len(seen["body"])) == (200, 10 * MEBIBYTE + 1000)


def test_more_is_a_problem_like_any_other(nginx: int) -> None:
    status, headers, content = call(nginx, "POST", "x" * (12 * MEBIBYTE))
    assert (status, headers["Content-Type"]) == (413, "application/problem+json")
    assert content == {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "code": "payload_too_large",
        "detail": "The body is too large.",
        "request_id": headers["X-Request-ID"],
    }


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (f"GET /{'x' * 9000} HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (f"GET / HTTP/1.1\r\nHost: a\r\nCookie: {'x' * 9000}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
    ],
    ids=["long address", "long header", "no host", "two hosts", "no address", "no length"],
)
def test_what_nginx_cannot_read_is_a_problem_as_well(nginx: int, request_: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", nginx), timeout=5) as plain, TRUSTING.wrap_socket(plain) as connection:
        answered, headers, problem = said_to(connection, request_)
    assert (answered, headers["Content-Type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["request_id"]) == (status, headers["X-Request-ID"])


def test_so_is_what_is_said_in_the_clear(nginx: int) -> None:
    with socket.create_connection(("127.0.0.1", nginx), timeout=5) as plain:
        status, _, problem = said_to(plain, "GET /subjects HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n")
    assert (status, problem["code"]) == (400, "parse_error")


def said_to(connection: socket.socket, request: str) -> tuple[int, Any, Any]:
    connection.sendall(request.encode())
    with HTTPResponse(connection) as response:
        response.begin()
        return response.status, response.headers, json.loads(response.read())


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
    with serving(tmp_path / "second", f"unix:{tmp_path}/nobody") as port:
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


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/subjects", 503),
        ("GET", "/sessions/exports", 503),
        ("GET", "/sessions/export?format=csv", 200),
        ("GET", "/auth/me/export", 200),
        ("GET", "/calendar/token.ics", 200),
        ("POST", "/sessions/import", 200),
    ],
)
def test_files_may_take_longer_than_anything_else(nginx: int, method: str, address: str, status: int) -> None:
    """A minute and five, of which the test makes one second and four."""
    headers = {"Takes-Seconds": "1.5"}
    assert call(nginx, method, "" if method == "POST" else None, address, **headers)[0] == status


def take_and_hang_up(listener: socket.socket) -> None:
    client, _ = listener.accept()
    client.recv(65_536)
    client.close()


def test_a_server_that_dies_at_it_leaves_open_whether_it_was_done(tmp_path: Path) -> None:
    """Who is told to try again later does so, and has it twice."""
    require_nginx()
    with socket.create_server(("127.0.0.1", 0)) as dying:
        threading.Thread(target=take_and_hang_up, args=(dying,), daemon=True).start()
        with serving(tmp_path, f"127.0.0.1:{dying.getsockname()[1]}") as port:
            status, _, content = call(port, "POST", "{}")
    assert (status, content["code"]) == (503, "unavailable")
    assert content["detail"].startswith("Whether this was done is not known.")

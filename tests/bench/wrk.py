"""One measurement: requests a second, by wrk, of requests that a Lua script makes."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass, field

from tests.debian import find_program

CONNECTIONS = 8
LONG_AGO = 946_684_800
"""The beginning of the year 2000, in Unix seconds."""
PER_SECOND = re.compile(r"Requests/sec:\s+([0-9.]+)")
REFUSED = re.compile(r"(Non-2xx or 3xx responses|Socket errors).*")


@dataclass(frozen=True)
class Load:
    """What is asked again and again; `%d`, a number, and `%s` to `%e`, a second, never come twice."""

    name: str
    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def script(self, first_number: int) -> str:
        headers = "".join(f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}\n" for k, v in self.headers.items())
        return f"""
            wrk.method = "{self.method}"
            {headers}
            local number = {first_number}
            local function filled(text)
                local second = function(n) return os.date("!%Y-%m-%dT%H:%M:%SZ", {LONG_AGO} + n) end
                text = string.gsub(text, "%%d", number)
                return (string.gsub(string.gsub(text, "%%s", second(number)), "%%e", second(number + 1)))
            end
            request = function()
                number = number + 1
                return wrk.format(nil, filled({json.dumps(self.path)}), nil, filled({json.dumps(self.body)}))
            end
        """


def requests_per_second(address: str, load: Load, seconds: int, first_number: int = 0) -> float:
    """The rate over some seconds; RuntimeError if an answer was none of 2xx and 3xx."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(load.script(first_number))
        script.flush()
        command = [
            find_program("wrk") or "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "-s",
            script.name,
            address,
        ]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if refused := REFUSED.search(printed):
        raise RuntimeError(f"{load.name}: {refused[0]}")
    found = PER_SECOND.search(printed)
    if found is None:
        raise RuntimeError(f"{load.name}: {printed}")
    return float(found[1])

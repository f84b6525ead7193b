"""The servers that the benchmarks hold beside each other, and the requests that they get.

The switch with one tenant, nginx as a proxy, and nginx as the vendor behind both. Each subject gets a core, what
drives it and what it calls share the other.
"""

import hashlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import string
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import certificates  # noqa: E402
from processes import Failure, Processes  # noqa: E402

BENCH = ROOT / "build/bench"
SERVER_CORE, LOAD_CORE = 0, 1
SECRETS = {"JUMDATA_APP_ID": "benchjumdataapp", "JUMDATA_APP_SECRET": "bench-jumdata-app-secret"}
API_KEY = "a-key-of-the-benchmark"
# In a request, 16 bytes that idswitch-http-load replaces by a number of their own each time it sends them.
SERIAL = "serial-of-each-1"
ACCOUNT = """
  $name:
    product: jumdata/life_check_v2
    base_url: https://127.0.0.1:$port
    ca_file: $tls/ca.pem
    secrets: {app_id: env:JUMDATA_APP_ID, app_secret: env:JUMDATA_APP_SECRET}
    # An hour is beyond any run: the sweeper must not ask about what was started, or its questions are counted with the
    # starts. The others are long because valgrind is slow.
    limits: {result_interval: 1h, timeout: 1m, connect_timeout: 1m}
    contract: {currency: CNY, prices: {life_check: "0.30"}}
"""
BODY = {"method": "h5", "checks": ["liveness"], "person": {"id": "person-1"}, "reference": "case-20240501-0001"}
ANSWER = json.dumps({
    "code": 200, "msg": "成功", "taskNo": "20240501120000000001", "charge": True,
    "data": {"token": "0123456789abcdef0123456789abcdef",
             "checkUrl": "https://localhost/lifecheck/v2-1/check/capture.html?token=0123456789abcdef0123456789abcdef"},
}, ensure_ascii=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Bench:
    def __init__(self, folder: pathlib.Path, processes: Processes, arguments):
        self.folder, self.processes, self.arguments = folder, processes, arguments
        self.build = arguments.build.resolve()

    # ---- servers

    def start(self, name: str, core: int, command: list, environment=None):
        return self.processes.start(name, ["taskset", "-c", core, *command], environment)

    def start_nginx(self, name: str, core: int, server_file: str, under=(), **places) -> int:
        port = free_port()
        places = {"port": port, "tls": self.folder / "tls", **places}
        servers = string.Template((ROOT / "bench" / server_file).read_text()).substitute(places)
        config = string.Template((ROOT / "bench/nginx.conf").read_text()).substitute(name=name, servers=servers)
        (self.folder / f"{name}.conf").write_text(config)
        self.start(name, core, [*under, nginx(), "-p", self.folder, "-e", "stderr",
                                "-c", self.folder / f"{name}.conf"])
        self.processes.wait_until(name, lambda: listens(port))
        return port

    def start_upstream(self) -> int:
        certificates.make(self.folder / "tls", ["upstream"])
        return self.start_nginx("upstream", LOAD_CORE, "nginx-upstream.conf", answer=ANSWER)

    def start_switch(self, name: str, upstream_port: int, accounts: int = 1, under=()) -> int:
        """accounts: as many stand on the route. under: a command that runs the switch, such as valgrind's."""
        folder = self.folder / name
        folder.mkdir()
        names = [f"jumdata-{number}" for number in range(1, accounts + 1)]
        template = string.Template((ROOT / "bench/idswitch.yaml").read_text())
        (folder / "idswitch.yaml").write_text(template.substitute(
            plugins=self.build / "lib/idswitch", api_key_sha256=hashlib.sha256(API_KEY.encode()).hexdigest(),
            names=", ".join(names), accounts="".join(
                string.Template(ACCOUNT).substitute(name=one, port=upstream_port, tls=self.folder / "tls")
                for one in names)))
        ready = folder / "ready.json"
        self.start(name, SERVER_CORE, [*under, self.build / "bin/idswitch", "serve", "-c", folder / "idswitch.yaml",
                                       "--ready-file", ready], {**os.environ, **SECRETS})
        self.processes.wait_until(name, ready.exists, 120 if under else 30)
        return json.loads(ready.read_text())["port"]

    # ---- the requests

    def write_request(self, name: str, head: list[str], body: bytes) -> pathlib.Path:
        file = self.folder / f"{name}.request"
        file.touch(mode=0o600)
        lines = [*head, f"Content-Length: {len(body)}", "", ""]
        file.write_bytes("\r\n".join(lines).encode() + body)
        return file

    def switch_request(self, with_key: bool = False) -> pathlib.Path:
        key = [f"Idempotency-Key: case-20240501-{SERIAL}"] if with_key else []
        return self.write_request("switch-with-key" if with_key else "switch", [
            "POST /v1/verifications HTTP/1.1", "Host: localhost", f"Authorization: Bearer {API_KEY}",
            "Content-Type: application/json", *key], json.dumps(BODY).encode())

    def nginx_request(self) -> pathlib.Path:
        """The very bytes that the switch sends to the vendor, got from a vendor that keeps them."""
        with RecordingVendor(self.folder / "tls") as vendor:
            port = self.start_switch("recorded", vendor.port)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", "/v1/verifications", json.dumps(BODY),
                               {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"})
            reply = connection.getresponse()
            if reply.status != 201:
                raise Failure(f"the switch answered {reply.status}: {reply.read().decode()}")
            self.processes.stop("recorded")
        head, _, body = vendor.request.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        dropped = ("host:", "content-length:", "connection:")
        kept = [line for line in lines if not line.lower().startswith(dropped)]
        return self.write_request("nginx", [*kept, "Host: localhost"], body)

    # ---- measuring

    def load(self, port: int, request: pathlib.Path, status: int, count: int, rate: float = 0):
        found = subprocess.run(
            ["taskset", "-c", str(LOAD_CORE), str(self.build / "bench/idswitch-http-load"), "--port", str(port),
             "--request", str(request), "--status", str(status), "--count", str(count),
             "--connections", str(self.arguments.connections), "--rate", f"{rate:.3f}", "--serial", SERIAL],
            capture_output=True, text=True)
        if found.returncode != 0:
            raise Failure(found.stderr.strip())
        return json.loads(found.stdout)

    def cpu_ns(self, name: str) -> int:
        """What the scheduler gave all threads of the process so far."""
        tasks = pathlib.Path(f"/proc/{self.processes.running[name].pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)

    def measure(self, name: str, *load):
        before = self.cpu_ns(name)
        found = self.load(*load)
        found["cpu_us"] = (self.cpu_ns(name) - before) / 1000 / found["requests"]
        found["rate"] = found["requests"] / found["seconds"]
        return found


class RecordingVendor:
    """Takes one request over TLS, keeps its bytes, gives the usual answer."""

    def __init__(self, tls: pathlib.Path):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "upstream.pem", tls / "upstream-key.pem")
        self.listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.listener.settimeout(30)
        self.port = self.listener.getsockname()[1]
        self.request = b""

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join()
        self.listener.close()

    def serve(self):
        connection, _ = self.listener.accept()
        connection.settimeout(30)
        while not self.is_whole():
            self.request += connection.recv(65536)
        body = ANSWER.encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        connection.close()

    def is_whole(self) -> bool:
        head, found, body = self.request.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        return bool(found) and len(body) >= int(lengths[0] if lengths else 0)


def nginx() -> str:
    unpacked = BENCH / "nginx/usr/sbin/nginx"
    found = unpacked if unpacked.exists() else shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if not found:
        raise Failure("there is no nginx; run ./dev bench, which fetches it")
    return str(found)

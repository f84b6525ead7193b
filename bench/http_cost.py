#!/usr/bin/env python3
"""`./dev bench http`: what a verification costs, beside nginx proxying the same bytes to the same upstream.

The switch does its whole job: checks the key, routes, signs, calls the vendor over TLS, reads the answer, writes the
ledger durably, answers. nginx passes a request of the same bytes on and does nothing else. Both are alone on one
core; the load and the upstream share another. CPU time is what the scheduler counted for the process.
"""

import argparse
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import statistics
import string
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import certificates  # noqa: E402
from processes import Failure, Processes, run  # noqa: E402

BENCH = ROOT / "build/bench"
SERVER_CORE, LOAD_CORE = 0, 1
SECRETS = {"JUMDATA_APP_ID": "benchjumdataapp", "JUMDATA_APP_SECRET": "bench-jumdata-app-secret"}
API_KEY = "a-key-of-the-benchmark"
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

    def start_nginx(self, name: str, core: int, server_file: str, **places) -> int:
        port = free_port()
        places = {"port": port, "tls": self.folder / "tls", **places}
        servers = string.Template((ROOT / "bench" / server_file).read_text()).substitute(places)
        config = string.Template((ROOT / "bench/nginx.conf").read_text()).substitute(name=name, servers=servers)
        (self.folder / f"{name}.conf").write_text(config)
        self.start(name, core, [nginx(), "-p", self.folder, "-e", "stderr", "-c", self.folder / f"{name}.conf"])
        self.processes.wait_until(name, lambda: listens(port))
        return port

    def start_switch(self, name: str, upstream_port: int) -> int:
        folder = self.folder / name
        folder.mkdir()
        template = string.Template((ROOT / "bench/idswitch.yaml").read_text())
        (folder / "idswitch.yaml").write_text(template.substitute(
            plugins=self.build / "lib/idswitch", tls=self.folder / "tls", upstream_port=upstream_port,
            api_key_sha256=hashlib.sha256(API_KEY.encode()).hexdigest()))
        ready = folder / "ready.json"
        self.start(name, SERVER_CORE, [self.build / "bin/idswitch", "serve", "-c", folder / "idswitch.yaml",
                                       "--ready-file", ready], {**os.environ, **SECRETS})
        self.processes.wait_until(name, ready.exists)
        return json.loads(ready.read_text())["port"]

    # ---- the requests

    def write_request(self, name: str, head: list[str], body: bytes) -> pathlib.Path:
        file = self.folder / f"{name}.request"
        file.touch(mode=0o600)
        lines = [*head, f"Content-Length: {len(body)}", "", ""]
        file.write_bytes("\r\n".join(lines).encode() + body)
        return file

    def switch_request(self) -> pathlib.Path:
        return self.write_request("switch", [
            "POST /v1/verifications HTTP/1.1", "Host: localhost", f"Authorization: Bearer {API_KEY}",
            "Content-Type: application/json"], json.dumps(BODY).encode())

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
             "--connections", str(self.arguments.connections), "--rate", f"{rate:.3f}"],
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
        raise Failure("there is no nginx; run ./dev bench http, which fetches it")
    return str(found)


def measure_all(bench: Bench):
    arguments = bench.arguments
    certificates.make(bench.folder / "tls", ["upstream"])
    upstream = bench.start_nginx("upstream", LOAD_CORE, "nginx-upstream.conf", answer=ANSWER)
    nginx_request, switch_request = bench.nginx_request(), bench.switch_request()
    subjects = {
        "switch": (bench.start_switch("switch", upstream), switch_request, 201),
        "nginx": (bench.start_nginx("nginx", SERVER_CORE, "nginx-proxy.conf", upstream_port=upstream),
                  nginx_request, 200),
    }
    print(f"the switch: {switch_request.stat().st_size} bytes a request    nginx: {nginx_request.stat().st_size}, as "
          f"the switch sends them    {arguments.connections} connections\n", flush=True)
    for name, subject in subjects.items():
        bench.load(*subject, arguments.count // 4)  # handshakes and first allocations

    rounds = []
    print("{:<7} {:>16} {:>16} {:>8}".format("round", "switch us (/s)", "nginx us (/s)", "ratio"))
    for number in range(arguments.rounds):
        found = {}
        order = list(subjects) if number % 2 == 0 else list(reversed(subjects))
        for name in order:
            found[name] = bench.measure(name, *subjects[name], arguments.count)
        rounds.append(found)
        cells = ["{:.1f} ({:.0f})".format(found[name]["cpu_us"], found[name]["rate"]) for name in subjects]
        print("{:<7} {:>16} {:>16} {:>8.2f}".format(number + 1, *cells, ratio(found)), flush=True)

    median = {name: {key: statistics.median(found[name][key] for found in rounds) for key in ("cpu_us", "rate")}
              for name in subjects}
    # The same rate for both, half of what the slower one can do.
    paced_rate = min(figures["rate"] for figures in median.values()) / 2
    p99 = {name: [] for name in subjects}
    for _ in range(3):
        for name, subject in subjects.items():
            p99[name].append(bench.load(*subject, int(arguments.count / 2), paced_rate)["p99_us"])
    return {
        "switch_cpu_us": round(median["switch"]["cpu_us"], 2),
        "nginx_cpu_us": round(median["nginx"]["cpu_us"], 2),
        "cpu_ratio": round(statistics.median(map(ratio, rounds)), 3),
        "cpu_ratio_low": round(min(map(ratio, rounds)), 3),
        "cpu_ratio_high": round(max(map(ratio, rounds)), 3),
        "switch_p99_us": round(statistics.median(p99["switch"]), 1),
        "nginx_p99_us": round(statistics.median(p99["nginx"]), 1),
        "paced_rate": round(paced_rate),
        "switch_rate": round(median["switch"]["rate"]),
        "nginx_rate": round(median["nginx"]["rate"]),
        "rounds": arguments.rounds, "requests_a_round": arguments.count, "connections": arguments.connections,
    }


def ratio(found) -> float:
    return found["switch"]["cpu_us"] / found["nginx"]["cpu_us"]


def main():
    parser = argparse.ArgumentParser(prog="./dev bench http", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=30_000, help="requests in a round")
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        raise Failure("this needs cores 0 and 1: one for the process under test, one for the load and the upstream")
    BENCH.mkdir(parents=True, exist_ok=True)
    # Below build/, not /tmp: the ledger must meet a real disk.
    with tempfile.TemporaryDirectory(prefix="run-", dir=BENCH) as name, Processes(pathlib.Path(name)) as processes:
        figures = measure_all(Bench(pathlib.Path(name), processes, arguments))
    (BENCH / "http.json").write_text(json.dumps(figures, indent=2) + "\n")
    print("""
CPU a request: switch {switch_cpu_us} us, nginx {nginx_cpu_us} us, ratio {cpu_ratio} ({cpu_ratio_low}-{cpu_ratio_high})
p99 at {paced_rate}/s: switch {switch_p99_us} us, nginx {nginx_p99_us} us""".format(**figures))
    print(f"written to {(BENCH / 'http.json').relative_to(ROOT)}")


if __name__ == "__main__":
    run(main)

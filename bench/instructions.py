#!/usr/bin/env python3
"""`./dev bench instructions`: what a start costs in instructions, by stage, beside nginx proxying the same bytes.

The switch of `./dev bench http` runs under valgrind's callgrind, which counts each instruction outside of the kernel. It
does not depend on what else the machine does: two runs differ by less than 1 %. Counting begins after a warm-up and
ends with the last answer, so opening, handshakes and closing are not in it. Two things to know: the kernel's share (about
a third of the CPU time) is not counted, and valgrind offers neither SHA-NI nor VAES, so digests and TLS look dearer than
they are.
"""

import argparse
import json
import os
import pathlib
import tempfile

from servers import BENCH, LOAD_CORE, ROOT, SERVER_CORE, Bench  # first: it says where the next two are
import callgrind
from processes import Failure, Processes, run

REST = "not attributed"
STAGES: dict[str, list[str]] = {}


def count(bench: Bench, name: str, load: list, out: pathlib.Path) -> callgrind.Profile:
    arguments = bench.arguments
    pid = bench.processes.running[name].pid
    bench.load(*load, arguments.warm_up)
    callgrind.forget(pid)
    bench.load(*load, arguments.count)
    profile = callgrind.dump(pid, out)
    bench.processes.stop(name)
    return profile


def measure(bench: Bench):
    """The profiles of all shapes."""
    upstream = bench.start_upstream()
    plain = bench.switch_request()
    found = {}
    for name, request, accounts in (("start", plain, 1), ("start_with_key", bench.switch_request(with_key=True), 1),
                                    ("start_20_accounts", plain, 20)):
        out = bench.folder / f"{name}.callgrind"
        port = bench.start_switch(name, upstream, accounts, callgrind.command(out))
        found[name] = count(bench, name, [port, request, 201], out)
        print(f"{name}: {found[name].total() / bench.arguments.count / 1000:.1f} thousand", flush=True)
    request = bench.nginx_request()
    out = bench.folder / "nginx.callgrind"
    port = bench.start_nginx("nginx", SERVER_CORE, "nginx-proxy.conf", callgrind.command(out), upstream_port=upstream)
    found["nginx"] = count(bench, "nginx", [port, request, 200], out)
    print(f"nginx: {found['nginx'].total() / bench.arguments.count / 1000:.1f} thousand", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(prog="./dev bench instructions", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=2_000, help="starts that are counted, of each shape")
    parser.add_argument("--warm-up", type=int, default=500, help="starts before them")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for callgrind's own files")
    arguments = parser.parse_args()
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        raise Failure("this needs cores 0 and 1: one for the process under test, one for the load and the upstream")
    BENCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=BENCH) as name, Processes(pathlib.Path(name)) as processes:
        bench = Bench(pathlib.Path(name), processes, arguments)
        profiles = measure(bench)
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            for file in pathlib.Path(name).glob("*.callgrind.1"):
                (arguments.keep / file.name).write_bytes(file.read_bytes())


if __name__ == "__main__":
    run(main)

#!/usr/bin/env python3
"""`./dev bench instructions`: what a start costs in instructions, by stage, beside nginx proxying the same bytes.

The switch of `./dev bench http` runs under valgrind's callgrind, which counts each instruction outside of the kernel, so
what else the machine does hardly matters. Counting begins after a warm-up and ends with the last answer: opening and
closing are not in it. Left out and shown apart is what comes with time or with connections and not with starts: TLS
handshakes, and the work of the switch's own clock (is the file of the configuration another one, what is due).

Two things to know. The kernel's share, about a third of the CPU time, is not counted. And valgrind offers neither SHA-NI
nor VAES, so digests and TLS look dearer than they are. How a stage gets its share: bench/callgrind.py.
"""

import argparse
import json
import os
import pathlib
import tempfile

from servers import BENCH, LOAD_CORE, ROOT, SERVER_CORE, Bench  # first: it says where the next two are
import callgrind
from processes import Failure, Processes, run
from start_stages import BACKGROUND, HANDSHAKE, LABELS, REST, STAGES

HANDSHAKE_CALL = "^SSL_do_handshake"


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
        print(f"{name} is counted", flush=True)
    request = bench.nginx_request()
    out = bench.folder / "nginx.callgrind"
    port = bench.start_nginx("nginx", SERVER_CORE, "nginx-proxy.conf", callgrind.command(out), upstream_port=upstream)
    found["nginx"] = count(bench, "nginx", [port, request, 200], out)
    return found


def figures_of(profile: callgrind.Profile, starts: int) -> dict[str, float]:
    """Instructions of one start by stage, and under left_out what comes with time or connections and not with starts."""
    found = profile.by_stage(STAGES, REST)
    # Exactly: what the sharing out made of handshakes is near it, and the difference is other TLS.
    handshakes = profile.below(HANDSHAKE_CALL)
    found["tls"] += found.pop(HANDSHAKE, 0) - handshakes
    left_out = {HANDSHAKE: handshakes, BACKGROUND: found.pop(BACKGROUND, 0)}
    stages = {stage: found[stage] / starts for stage in LABELS}
    return {"sum": sum(stages.values()), "stages": stages,
            "left_out": {name: cost / starts for name, cost in left_out.items()}}


def in_thousands(costs: dict[str, float]) -> dict[str, float]:
    return {name: round(cost / 1000, 1) for name, cost in costs.items()}


def summary(profiles, starts: int) -> dict:
    """As it is written to instructions.json."""
    shapes = {name: figures_of(profile, starts) for name, profile in profiles.items() if name != "nginx"}
    nginx = profiles["nginx"]
    found = {name: round(shape["sum"]) for name, shape in shapes.items()}
    found["nginx"] = round((nginx.total() - nginx.below(HANDSHAKE_CALL)) / starts)
    for name, shape in shapes.items():
        found[name.replace("start", "stages", 1)] = in_thousands(shape["stages"])
    found["nginx_by_file"] = in_thousands({name: cost / starts for name, cost in nginx.by_object().most_common(5)})
    found["left_out"] = {name: in_thousands(shape["left_out"]) for name, shape in shapes.items()}
    found["left_out"]["nginx"] = in_thousands({HANDSHAKE: nginx.below(HANDSHAKE_CALL) / starts})
    return found


def show(figures: dict):
    columns = {"start": "stages", "with key": "stages_with_key", "20 accounts": "stages_20_accounts"}
    print("\nthousand instructions a start\n{:<36}".format("") + "".join(f"{name:>13}" for name in columns))
    for stage, label in LABELS.items():
        print(f"{label:<36}" + "".join(f"{figures[column][stage]:>13.1f}" for column in columns.values()))
    sums = [figures[name] / 1000 for name in ("start", "start_with_key", "start_20_accounts")]
    print("{:<36}".format("sum") + "".join(f"{one:>13.1f}" for one in sums))
    print(f"\nnginx: {figures['nginx'] / 1000:.1f} ({listed(figures['nginx_by_file'])}, with handshakes)")
    print("left out: " + "; ".join(f"{name}: {listed(costs)}" for name, costs in figures["left_out"].items()))


def listed(costs: dict) -> str:
    return ", ".join(f"{name} {cost}" for name, cost in costs.items())


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
    figures = summary(profiles, arguments.count)
    figures |= {"starts": arguments.count, "connections": arguments.connections}
    (BENCH / "instructions.json").write_text(json.dumps(figures, indent=2) + "\n")
    show(figures)
    print(f"written to {(BENCH / 'instructions.json').relative_to(ROOT)}")


if __name__ == "__main__":
    run(main)

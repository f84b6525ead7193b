#!/usr/bin/env python3
"""`./dev bench http`: what a verification costs, beside nginx proxying the same bytes to the same upstream.

The switch does its whole job: checks the key, routes, signs, calls the vendor over TLS, reads the answer, writes the
ledger durably, answers; once without an Idempotency-Key and once with a key of its own for each request. nginx passes
a request of the same bytes on and does nothing else. Each is alone on one core; the load and the upstream share
another. CPU time is what the scheduler counted for the process.
"""

import argparse
import json
import os
import pathlib
import statistics
import tempfile

from servers import BENCH, LOAD_CORE, ROOT, SERVER_CORE, Bench
from processes import Failure, Processes, run


def measure_all(bench: Bench):
    arguments = bench.arguments
    upstream = bench.start_upstream()
    nginx_request, switch_request = bench.nginx_request(), bench.switch_request()
    switch = bench.start_switch("switch", upstream)
    nginx = bench.start_nginx("nginx", SERVER_CORE, "nginx-proxy.conf", upstream_port=upstream)
    # Name in the figures: the process, and what it is loaded with.
    subjects = {
        "switch": ("switch", switch, switch_request, 201),
        "switch_with_key": ("switch", switch, bench.switch_request(with_key=True), 201),
        "nginx": ("nginx", nginx, nginx_request, 200),
    }
    print(f"the switch: {switch_request.stat().st_size} bytes a request    nginx: {nginx_request.stat().st_size}, as "
          f"the switch sends them    {arguments.connections} connections\n", flush=True)
    for _, *load in subjects.values():
        bench.load(*load, arguments.count // 4)  # handshakes and first allocations

    rounds = []
    print("{:<7} {:>16} {:>16} {:>16} {:>8} {:>9}".format(
        "round", "switch us (/s)", "with key", "nginx", "ratio", "with key"))
    for number in range(arguments.rounds):
        found = {}
        order = list(subjects) if number % 2 == 0 else list(reversed(subjects))
        for name in order:
            process, *load = subjects[name]
            found[name] = bench.measure(process, *load, arguments.count)
        rounds.append(found)
        cells = ["{:.1f} ({:.0f})".format(found[name]["cpu_us"], found[name]["rate"]) for name in subjects]
        print("{:<7} {:>16} {:>16} {:>16} {:>8.2f} {:>9.2f}".format(
            number + 1, *cells, ratio(found), ratio(found, "switch_with_key")), flush=True)

    median = {name: {key: statistics.median(found[name][key] for found in rounds) for key in ("cpu_us", "rate")}
              for name in subjects}
    # The same rate for both, half of what the slower one can do.
    paced = ("switch", "nginx")
    paced_rate = min(median[name]["rate"] for name in paced) / 2
    p99 = {name: [] for name in paced}
    for _ in range(3):
        for name in paced:
            _, *load = subjects[name]
            p99[name].append(bench.load(*load, int(arguments.count / 2), paced_rate)["p99_us"])
    with_key = [ratio(found, "switch_with_key") for found in rounds]
    return {
        "switch_cpu_us": round(median["switch"]["cpu_us"], 2),
        "switch_with_key_cpu_us": round(median["switch_with_key"]["cpu_us"], 2),
        "nginx_cpu_us": round(median["nginx"]["cpu_us"], 2),
        "cpu_ratio": round(statistics.median(map(ratio, rounds)), 3),
        "cpu_ratio_low": round(min(map(ratio, rounds)), 3),
        "cpu_ratio_high": round(max(map(ratio, rounds)), 3),
        "cpu_ratio_with_key": round(statistics.median(with_key), 3),
        "cpu_ratio_with_key_low": round(min(with_key), 3),
        "cpu_ratio_with_key_high": round(max(with_key), 3),
        "switch_p99_us": round(statistics.median(p99["switch"]), 1),
        "nginx_p99_us": round(statistics.median(p99["nginx"]), 1),
        "paced_rate": round(paced_rate),
        "switch_rate": round(median["switch"]["rate"]),
        "switch_with_key_rate": round(median["switch_with_key"]["rate"]),
        "nginx_rate": round(median["nginx"]["rate"]),
        "rounds": arguments.rounds, "requests_a_round": arguments.count, "connections": arguments.connections,
    }


def ratio(found, name: str = "switch") -> float:
    return found[name]["cpu_us"] / found["nginx"]["cpu_us"]


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
with an Idempotency-Key: {switch_with_key_cpu_us} us, ratio {cpu_ratio_with_key} ({cpu_ratio_with_key_low}-\
{cpu_ratio_with_key_high})
p99 at {paced_rate}/s: switch {switch_p99_us} us, nginx {nginx_p99_us} us""".format(**figures))
    print(f"written to {(BENCH / 'http.json').relative_to(ROOT)}")


if __name__ == "__main__":
    run(main)

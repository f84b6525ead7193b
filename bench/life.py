#!/usr/bin/env python3
"""`./dev bench life`: whole verifications a second, and how long a switch takes to open its ledger.

A life: the platform starts it, the person is done after 10 to 30 s and comes back (one in ten never does, and the sweeper
must find out), the vendor is asked for the result, the charge is settled, and the signed webhook that says so is
delivered, as was the one of the hold. The vendor answers after 150 ms, the receiver after 50 ms, both over TLS. The
switch, and all that plays with it, share two cores.

Lag is the sweeper's: from when an open session should be asked about for the first time (result_interval after its
start) to when the vendor sees the question.

A rate is sustained when what is unfinished and what is undelivered does not grow from the first third of the measuring to
the last, and nothing is refused. Without --rate the highest such rate is looked for: doubled until it fails, narrowed
down in short runs, and confirmed in a whole one.

Opening is from exec to the first 200 of /readyz, with ledgers of a thousand and of ten million entries of this month, a
contract with tiers by the month and a budget, so that what must be known of the past matters.
"""

import argparse
import base64
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import statistics
import string
import subprocess
import tempfile
import time

from servers import API_KEY, BENCH, ROOT, SECRETS, certificates, free_port
from processes import Failure, Processes, run

WARM_UP_S = 45          # longer than a life that the sweeper ends
PROBE_S = 15
LIFETIME_MAX_S = 45     # of the average one; above that a backlog is not bounded, even if it stands still
RATE_MAX = 5_000
INTERVAL_S = 5          # the account's result_interval: the sweeper first asks so long after the start
HOOK_SECRET = "whsec_" + base64.b64encode(b"a secret of the benchmark, 32 by").decode()
OPEN_SIZES = {"open_ms_1e3": 1_000, "open_ms_1e7": 10_000_000}
LEDGER_ACCOUNTS = 20    # as bench/ledger_cost.cpp names them
ACCOUNT = """
  $name:
    product: jumdata/life_check_v2
    base_url: https://127.0.0.1:$port
    ca_file: $tls/ca.pem
    secrets: {app_id: env:JUMDATA_APP_ID, app_secret: env:JUMDATA_APP_SECRET}
    limits: {result_interval: ${interval}s, connections_max: 1024}
    contract:
      currency: CNY
      prices: {life_check: {price: "0.30", tiers: [{from: 100001, price: "0.25"}], per: month}}
"""
BUDGET = """
  all: {per: month, limit: "900000000", currency: CNY}
"""
WEBHOOK = """
  shop:
    url: https://127.0.0.1:$port/hook
    ca_file: $tls/ca.pem
    secrets: [env:HOOK_SECRET]
"""


def fill(text: str, **places) -> str:
    return string.Template(text).substitute(places)


class Life:
    def __init__(self, folder: pathlib.Path, processes: Processes, arguments):
        self.folder, self.processes, self.arguments = folder, processes, arguments
        self.tls = folder / "tls"
        certificates.make(self.tls, ["vendor"])
        for name, text in (("api-key", API_KEY), ("hook-secret", HOOK_SECRET)):
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text + "\n")

    def config(self, folder: pathlib.Path, store: pathlib.Path, names: list[str], vendor_port: int, hook_port: int = 0):
        """hook_port: 0 = no webhook."""
        config = folder / "idswitch.yaml"
        config.write_text(fill(
            (ROOT / "bench/life.yaml").read_text(), store=store, plugins=self.arguments.build.resolve() / "lib/idswitch",
            api_key_sha256=hashlib.sha256(API_KEY.encode()).hexdigest(), names=", ".join(names), budgets=BUDGET,
            accounts="".join(fill(ACCOUNT, name=name, port=vendor_port, tls=self.tls, interval=INTERVAL_S)
                             for name in names),
            webhooks=fill(WEBHOOK, port=hook_port, tls=self.tls) if hook_port else "{}"))
        return config

    def start(self, name: str, config: pathlib.Path, ready: pathlib.Path):
        return self.processes.start(
            name, [self.arguments.build / "bin/idswitch", "serve", "-c", config, "--ready-file", ready],
            {**os.environ, **SECRETS, "HOOK_SECRET": HOOK_SECRET})

    # ---- lives

    def measure(self, rate: float, seconds: int) -> dict:
        """A switch of its own: what an overload left behind must not meet the next rate."""
        with tempfile.TemporaryDirectory(prefix="switch-", dir=self.folder) as name:
            folder = pathlib.Path(name)
            vendor_port, hook_port = free_port(), free_port()
            config = self.config(folder, folder / "idswitch.db", ["jumdata"], vendor_port, hook_port)
            ready = folder / "ready.json"
            switch = self.start("switch", config, ready)
            self.processes.wait_until("switch", ready.exists)
            load = subprocess.run(
                [str(self.arguments.build / "bench/idswitch-life-load"),
                 "--switch-port", str(json.loads(ready.read_text())["port"]), "--switch-pid", str(switch.pid),
                 "--vendor-port", str(vendor_port), "--hook-port", str(hook_port),
                 "--certificate", str(self.tls / "vendor.pem"), "--private-key", str(self.tls / "vendor-key.pem"),
                 "--api-key-file", str(self.folder / "api-key"), "--hook-secret-file", str(self.folder / "hook-secret"),
                 "--rate", str(rate), "--seconds", str(seconds), "--warm-up", str(WARM_UP_S),
                 "--first-ask-ms", str(INTERVAL_S * 1000)], capture_output=True, text=True)
            if load.returncode != 0:
                raise Failure(load.stderr.strip())
            self.processes.stop("switch")
        found = json.loads(load.stdout)
        found["why_not"] = why_not_sustained(found) + ([load.stderr.strip()] if load.stderr.strip() else [])
        found["load_average"] = round(os.getloadavg()[0], 1)
        print("{:>9.1f} {:>9.1f} {:>10.1f} {:>10.2f} {:>9.0f} {:>11.0f} {:>11.0f} {:>8.1f}  {}".format(
            rate, found["lives_per_second"], found["webhooks_per_second"], found["asks_per_life"],
            found["cpu_us_per_life"], found["sweeper_lag_p99_ms"], found["start_p99_ms"], found["load_average"],
            "; ".join(found["why_not"]) or "sustained"), flush=True)
        return found

    def find_rate(self) -> dict:
        """The highest sustained rate's figures, of a whole run."""
        low, high = 0.0, self.arguments.first_rate
        while high <= RATE_MAX and not self.measure(high, PROBE_S)["why_not"]:
            low, high = high, high * 2
        for _ in range(self.arguments.narrow):
            middle = (low + high) / 2
            if self.measure(middle, PROBE_S)["why_not"]:
                high = middle
            else:
                low = middle
        rate = low or high / 2
        while rate >= 0.5:
            found = self.measure(rate, self.arguments.seconds)
            if not found["why_not"]:
                return found
            rate *= 0.9
        raise Failure("no rate is sustained, not even one life in two seconds")

    # ---- opening

    def open_ms(self, entries: int) -> float:
        ledger = self.ledger(entries)
        names = [f"account-{number}" for number in range(LEDGER_ACCOUNTS)]
        with tempfile.TemporaryDirectory(prefix="open-", dir=self.folder) as name:
            config = self.config(pathlib.Path(name), ledger, names, free_port())
            rounds = [self.open_once(config, pathlib.Path(name) / f"ready-{number}.json")
                      for number in range(self.arguments.opens)]
        print(f"opened with {entries} entries in " + ", ".join(f"{ms:.0f}" for ms in rounds) + " ms", flush=True)
        return statistics.median(rounds)

    def open_once(self, config: pathlib.Path, ready: pathlib.Path) -> float:
        begin = time.monotonic()
        self.start("opened", config, ready)
        self.processes.wait_until("opened", ready.exists, 600, 0.001)
        connection = http.client.HTTPConnection("127.0.0.1", json.loads(ready.read_text())["port"], timeout=60)
        while True:
            connection.request("GET", "/readyz")
            reply = connection.getresponse()
            reply.read()
            if reply.status == 200:
                break
            time.sleep(0.005)
        spent = time.monotonic() - begin
        self.processes.stop("opened")
        return spent * 1000

    def ledger(self, entries: int) -> pathlib.Path:
        """A file with so many entries of this month and this schema, kept below build/: the big one takes minutes."""
        month = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m")
        schema = hashlib.sha256(b"".join(part.read_bytes() for part in sorted((ROOT / "host/store").rglob("schema*"))))
        file = BENCH / f"open-{entries}-{month}-{schema.hexdigest()[:8]}.db"
        if not file.exists():
            for old in BENCH.glob(f"open-{entries}-*"):
                old.unlink()
            made = file.with_suffix(".making")
            for rest in BENCH.glob(made.name + "*"):
                rest.unlink()
            print(f"making a ledger of {entries} entries", flush=True)
            subprocess.run([str(self.arguments.build / "bench/idswitch-ledger-cost"), "--make", str(made),
                            "--sizes", str(entries)], check=True)
            for suffix in ("-wal", ""):  # the log first: without it the file is not whole
                if pathlib.Path(f"{made}{suffix}").exists():
                    pathlib.Path(f"{made}{suffix}").rename(f"{file}{suffix}")
        return file


def why_not_sustained(found: dict) -> list[str]:
    """Nothing when it is."""
    why = []
    # Half a second of lives more is the noise of so few samples.
    slack = found["offered_per_second"] / 2 + 5
    for what in ("unfinished", "undelivered"):
        first, last = found[f"{what}_first"], found[f"{what}_last"]
        if last > first * 1.02 + slack:
            why.append(f"{what} grew from {first:.0f} to {last:.0f}")
    if found["unfinished_last"] > found["offered_per_second"] * LIFETIME_MAX_S + 20:
        why.append(f"unfinished is {found['unfinished_last']:.0f}, more than {LIFETIME_MAX_S} s of lives")
    for what in ("starts_refused", "returns_refused", "badly_signed"):
        if found[what]:
            why.append(f"{what}: {found[what]}")
    if found["hopeless"]:
        why.append("given up")
    return why


def main():
    parser = argparse.ArgumentParser(prog="./dev bench life", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help=argparse.SUPPRESS)
    parser.add_argument("--rate", type=float, help="lives offered a second; default: the highest that is sustained")
    parser.add_argument("--seconds", type=int, default=60, help="that the figures are of")
    parser.add_argument("--first-rate", type=float, default=10, help="where looking for the rate begins")
    parser.add_argument("--narrow", type=int, default=3, help="steps between the last good rate and the first bad one")
    parser.add_argument("--opens", type=int, default=3, help="times each ledger is opened; 0 = do not")
    arguments = parser.parse_args()
    BENCH.mkdir(parents=True, exist_ok=True)
    figures = {}
    # Below build/, not /tmp: the ledger must meet a real disk.
    with tempfile.TemporaryDirectory(prefix="run-", dir=BENCH) as name, Processes(pathlib.Path(name)) as processes:
        life = Life(pathlib.Path(name), processes, arguments)
        print("{:>9} {:>9} {:>10} {:>10} {:>9} {:>11} {:>11} {:>8}".format(
            "offered/s", "lives/s", "webhooks/s", "asks/life", "CPU us", "lag99 ms", "start99 ms", "load"))
        found = life.measure(arguments.rate, arguments.seconds) if arguments.rate else life.find_rate()
        figures |= {"sustained": not found["why_not"], **found}
        if arguments.opens:
            for key, entries in OPEN_SIZES.items():
                figures[key] = round(life.open_ms(entries), 1)
    (BENCH / "life.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(f"written to {(BENCH / 'life.json').relative_to(ROOT)}")


if __name__ == "__main__":
    run(main)

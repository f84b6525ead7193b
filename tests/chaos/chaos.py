#!/usr/bin/env python3
"""Load on all five products, vendors that misbehave, a store that fails, a clock that is set, configurations that
change, callers that give up, and kill -9 of the switch at random moments; at the end the ledger is held against the
vendors' own books, charge by charge, and against itself.

    chaos.py --build FOLDER [--runs N] [--seed S] [--faults KIND,...] [--patience SECONDS] [--folder FOLDER]

A run is: start the switch, load and faults for a random while, kill -9; the disk is whole and the lock free again
before the next start, while the clock stays as it was set. The same seed gives the same people, faults and pauses; what
the threads do in between is the machine's. The line before the last says how often each kind of fault was met. The last
is `chaos: runs=N lost=0 doubled=0 unexplained=0 stuck=0 drift=0 unknown=K seed=S`, in the words of accounting.py; exit
code 1 unless the five are 0 and every kind was met. Kinds: see plan.py.
"""

import argparse
import contextlib
import os
import random
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import accounting
import running
from configurations import Configurations
from faulty_system import STEPPED_READINGS, FaultySystem
from load import Load, change, set_faults
from plan import DISK, KINDS, Plan


class Chaos:
    def __init__(self, folder, seed, kinds):
        self.kinds, self.chance = kinds, random.Random(seed)
        self.plan = Plan(random.Random(f"plan of {seed}"), kinds)
        store_folder = os.path.join(folder, "store")
        os.mkdir(store_folder)

        def configure(settings):
            change(settings)
            settings["store"]["path"] = os.path.join(store_folder, "idswitch.db")

        self.sandbox = running.Sandbox(folder).start()
        self.switch = running.Switch(folder, self.sandbox, configure)
        library = os.path.join(running.build, "tests", "chaos", "faulty_system.so")
        self.system = FaultySystem(folder, library, store_folder)
        self.switch.environment.update(self.system.environment)
        self.load = Load(self.switch, self.sandbox, seed, "cancel" in kinds)

    def begin(self):
        self.sandbox.control("settings", {"aliyun": {"notify_copies": 2}})
        self.switch.start()
        self.configurations = Configurations(self.switch)
        self.load.start()

    def run(self):
        set_faults(self.sandbox, self.chance)
        run, begin = self.plan.run(), time.monotonic()
        for event in run.events:
            if event.at_s >= run.length_s:
                break
            time.sleep(max(0.0, begin + event.at_s - time.monotonic()))
            self.happens(event)
        time.sleep(max(0.0, begin + run.length_s - time.monotonic()))
        if not self.switch.is_running():
            raise AssertionError(f"the switch ended by itself:\n{self.switch.log()[-2000:]}")
        self.switch.kill()
        self.system.heal_disk()
        self.system.unlock()
        self.configurations.mend()
        self.switch.restart()

    def happens(self, event):
        if event.kind in DISK:
            self.system.heal_disk() if event.ends else self.system.break_disk(event.kind, *DISK[event.kind])
        elif event.kind == "locked":
            self.system.unlock() if event.ends else self.system.lock(self.switch.store_file)
        elif event.kind == "clock":
            self.system.set_clock(event.value)
        elif event.kind == "reload":
            self.configurations.change(event.value)

    def end(self, patience_s):
        self.system.set_clock(0)
        self.configurations.first_again()
        self.load.stop()
        print(f"\nanswered {dict(self.load.answered)}, cancels {dict(self.load.cancelled)}; waiting for the sweeper")
        books = accounting.account(self.switch, self.sandbox, self.load.handed, patience_s)
        if self.switch.stop() != 0:
            raise AssertionError(f"the switch did not end well:\n{self.switch.log()[-2000:]}")
        for line in books.faults():
            print(line)
        charges = len(self.sandbox.control("charges")["charges"])
        print(f"the vendors have {charges} charges; the ledger agrees but for what is named above")
        return books

    def met(self):
        """How often each kind was met, and those that were asked for and never were."""
        log, system = self.switch.log(), self.system
        words = {
            **{kind: system.failed[kind] for kind in DISK},
            "locked_s": round(system.locked_s, 1),
            "refused_by_lock": log.count("another program holds a lock"),
            "clock_steps": system.clock_steps,
            "stepped_readings": system.get(STEPPED_READINGS),
            "files": self.configurations.written,
            "loaded": log.count('"config_loaded"'),
            "refused_files": log.count('"config_refused"'),
            "cancels": self.load.cancelled[200],
        }
        shown_by = {**{kind: [kind] for kind in DISK}, "locked": ["refused_by_lock"],
                    "clock": ["clock_steps", "stepped_readings"], "reload": ["loaded", "refused_files"],
                    "cancel": ["cancels"]}
        missed = [kind for kind in self.kinds if not all(words[name] for name in shown_by[kind])]
        return words, missed

    def close(self):
        self.load.ending.set()
        self.system.unlock()
        if self.switch.is_running():
            self.switch.stop()
        self.sandbox.stop()


def chaos(runs, seed, kinds, patience_s, kept_folder):
    with contextlib.ExitStack() as stack:
        folder = kept_folder or stack.enter_context(tempfile.TemporaryDirectory(prefix="idswitch-chaos-"))
        chaos = Chaos(folder, seed, kinds)
        try:
            chaos.begin()
            for run in range(runs):
                chaos.run()
                if sys.stdout.isatty():
                    print(f"\rrun {run + 1} of {runs}, answered {dict(chaos.load.answered)}", end="", flush=True)
            books = chaos.end(patience_s)
            words, missed = chaos.met()
        finally:
            chaos.close()
    print("faults: " + " ".join(f"{name}={value}" for name, value in words.items())
          + (f"; never met: {', '.join(missed)}" if missed else ""))
    counts = {name: len(getattr(books, name))
              for name in ("lost", "doubled", "unexplained", "stuck", "drift", "unknown")}
    print(f"chaos: runs={runs} " + " ".join(f"{name}={count}" for name, count in counts.items()) + f" seed={seed}")
    return 1 if books.faults() or missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--faults", type=lambda text: text.split(","), default=KINDS)
    parser.add_argument("--patience", type=float, default=accounting.SETTLE_S,
                        help="seconds that the sweeper has for what is open at the end")
    parser.add_argument("--folder", help="an empty one, in which store and logs are left to be looked at")
    arguments = parser.parse_args()
    if unknown := set(arguments.faults) - set(KINDS):
        parser.error(f"no kind of fault: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    running.build = os.path.abspath(arguments.build)
    sys.exit(chaos(arguments.runs, arguments.seed, arguments.faults, arguments.patience, arguments.folder))


if __name__ == "__main__":
    main()

"""Child processes of the demo and the benchmarks: started, awaited, and ended again by their pid."""

import pathlib
import signal
import subprocess
import sys
import time


class Failure(Exception):
    """Says what went wrong and what to do; shown without a stack."""


class Processes:
    """Ends what it started when its `with` block is left, whatever the way out; shows the logs after a Failure."""

    def __init__(self, logs: pathlib.Path):
        self.logs = logs
        self.running: dict[str, subprocess.Popen] = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second ctrl-C must not leave anything behind
        if kind is Failure:
            self.show_logs()
        for name in reversed(list(self.running)):
            self.stop(name)

    def start(self, name: str, arguments: list, environment=None) -> subprocess.Popen:
        with open(self.logs / f"{name}.log", "ab") as log:
            # A session of its own: ctrl-C reaches us alone, and we end the others in order.
            process = subprocess.Popen([str(a) for a in arguments], env=environment, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, start_new_session=True)
        self.running[name] = process
        return process

    def stop(self, name: str):
        process = self.running.pop(name)
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait_until(self, name: str, is_ready, timeout_s: float = 30, pause_s: float = 0.02):
        give_up = time.monotonic() + timeout_s
        while not is_ready():
            if self.running[name].poll() is not None:
                raise Failure(f"{name} did not start; its log is above")
            if time.monotonic() > give_up:
                raise Failure(f"{name} was not ready after {timeout_s:.0f} s; its log is above")
            time.sleep(pause_s)

    def show_logs(self):
        for name, process in self.running.items():
            status = process.poll()
            print(f"\n{name}, {'running' if status is None else f'ended with status {status}'}:", file=sys.stderr)
            for line in (self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-15:]:
                print("  " + line, file=sys.stderr)


def end_like_ctrl_c_on_hangup_and_termination():
    """So that `with` blocks are left in order on SIGTERM and SIGHUP too."""
    def interrupt(number, _):
        raise KeyboardInterrupt(signal.Signals(number).name)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def run(main):
    """Runs main and turns its outcome into an exit status."""
    end_like_ctrl_c_on_hangup_and_termination()
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"\n{pathlib.Path(sys.argv[0]).name}: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

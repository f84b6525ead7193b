"""Reads what callgrind wrote, and shares its instructions out to stages.

A stage is a list of patterns over function names. Functions that match are the stage's own. All others (the C library,
OpenSSL, SQLite, the standard library) work for whoever calls them: each one's instructions are shared out over its
callers in proportion to what callgrind saw pass along each call, as gprof does, until they arrive at a stage. So a
function called cheaply by one stage and dearly by another is charged by the cost of the calls, but what lies two calls
below is shared out by the average of the function in between. Take a stage for right within some 5 %, the total for
exact.
"""

import collections
import pathlib
import re
import subprocess

from processes import Failure


class Profile:
    """Instructions by function, and along each call."""

    def __init__(self, file: pathlib.Path):
        self.own = collections.Counter()      # function: instructions in itself
        self.calls = collections.Counter()    # (caller, callee): instructions in the callee and below
        self.objects: dict[str, str] = {}     # function: the file that it is in
        self.names: dict[tuple[str, str], str] = {}
        self.read(file)

    def read(self, file: pathlib.Path):
        function = callee = object_name = callee_object = ""
        is_call = False
        for line in file.read_text(errors="replace").splitlines():
            key, equals, value = line.partition("=")
            if not equals or not key.isalpha():
                if line[:1] in "+-*0123456789" and line:
                    cost = int((line.split() + ["0"])[1])
                    if is_call:
                        self.calls[function, callee] += cost
                    else:
                        self.own[function] += cost
                    is_call = False
            elif key == "fn":
                function = self.name("fn", value)
                self.objects.setdefault(function, object_name)
            elif key == "ob":
                object_name = self.name("ob", value)
                callee_object = object_name
            elif key == "cob":
                callee_object = self.name("ob", value)
            elif key == "cfn":
                callee = self.name("fn", value)
                self.objects.setdefault(callee, callee_object)
                callee_object = object_name
            elif key == "calls":
                is_call = True

    def name(self, kind: str, text: str) -> str:
        """Names are written out once and are numbers afterwards."""
        number, _, name = text.partition(" ")
        if name:
            # A recursive function is several of them: its levels are one here.
            self.names[kind, number] = re.sub(r"'\d+$", "", name)
        return self.names[kind, number]

    def total(self) -> int:
        return sum(self.own.values())

    def below(self, pattern: str) -> int:
        """In functions of that name and all that they call; right for those that do not call themselves."""
        return sum(cost for (caller, callee), cost in self.calls.items() if re.search(pattern, callee))

    def by_object(self) -> collections.Counter:
        found = collections.Counter()
        for function, cost in self.own.items():
            found[pathlib.PurePath(self.objects[function]).name] += cost
        return found

    def by_stage(self, stages: dict[str, list[str]], rest: str) -> collections.Counter:
        """The first stage whose patterns match has the function; what arrives at none is the rest's."""
        patterns = [(stage, re.compile("|".join(texts))) for stage, texts in stages.items()]
        functions = set(self.own) | {name for call in self.calls for name in call}
        home = {}
        for function in functions:
            found = next((stage for stage, pattern in patterns if pattern.search(function)), None)
            if found:
                home[function] = found
        callers = collections.defaultdict(list)
        for (caller, callee), cost in self.calls.items():
            if caller != callee and callee not in home:
                callers[callee].append((caller, cost))

        found = collections.Counter()
        todo = dict(self.own)
        # Rounds, because calls go in circles; what still circles after them is next to nothing.
        for _ in range(200):
            passed_on = collections.Counter()
            for function, cost in todo.items():
                if function in home:
                    found[home[function]] += cost
                    continue
                weight = sum(share for _, share in callers[function])
                if not weight:
                    found[rest] += cost
                    continue
                for caller, share in callers[function]:
                    passed_on[caller] += cost * share / weight
            todo = passed_on
            if sum(todo.values()) < 1:
                break
        found[rest] += sum(todo.values())
        return found


def command(out: pathlib.Path) -> list:
    """Runs what follows under callgrind, which writes to OUT.1, OUT.2 and so on when asked to."""
    return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--quiet"]


def forget(pid: int):
    """What was counted until now."""
    control("--zero", pid)


def dump(pid: int, out: pathlib.Path) -> Profile:
    """What was counted since."""
    before = set(out.parent.glob(out.name + ".*"))
    control("--dump", pid)
    new = set(out.parent.glob(out.name + ".*")) - before
    if len(new) != 1:
        raise Failure(f"callgrind has not written {out}.*")
    return Profile(new.pop())


def control(what: str, pid: int):
    done = subprocess.run(["callgrind_control", what, str(pid)], capture_output=True, text=True)
    if done.returncode != 0 or "OK" not in done.stdout:
        raise Failure(f"callgrind_control {what} {pid}: {done.stdout}{done.stderr}")

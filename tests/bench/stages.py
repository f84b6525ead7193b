#!/usr/bin/env python3
"""Holds bench/callgrind.py against a small file in callgrind's format whose shares can be worked out by hand."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "scripts")]

import callgrind  # noqa: E402

# Two stages call copy, at 30 and at 10; copy calls itself and allocate; nobody calls lost.
FILE = """\
version: 1
positions: line
events: Ir

ob=(1) /usr/bin/switch
fl=(1) a.cpp
fn=(1) stage::first()
10 100
cob=(2) /usr/lib/libc.so.6
cfn=(2) copy
calls=3 0
+1 30

fn=(3) stage::second()
20 50
cob=(2)
cfn=(2)
calls=1 0
* 10

ob=(2)
fn=(2)
1 8
cfn=(4) copy'2
calls=1 0
2 20
cfn=(5) allocate
calls=4 0
-1 32

fn=(5)
1 32

fn=(6) lost
1 7
"""

STAGES = {"first": [r"^stage::first"], "second": [r"^stage::second"]}


class Stages(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "out.1"
            file.write_text(FILE)
            self.profile = callgrind.Profile(file)

    def test_own_instructions_are_read(self):
        self.assertEqual(self.profile.own["stage::first()"], 100)
        self.assertEqual(self.profile.own["allocate"], 32)
        self.assertEqual(self.profile.total(), 197)

    def test_files_have_what_their_functions_cost(self):
        self.assertEqual(self.profile.by_object(), {"switch": 150, "libc.so.6": 47})

    def test_shared_work_follows_what_the_calls_cost(self):
        found = self.profile.by_stage(STAGES, "rest")
        self.assertAlmostEqual(found["first"], 100 + 40 * 3 / 4)
        self.assertAlmostEqual(found["second"], 50 + 40 * 1 / 4)

    def test_what_nobody_calls_is_the_rest(self):
        found = self.profile.by_stage(STAGES, "rest")
        self.assertAlmostEqual(found["rest"], 7)
        self.assertAlmostEqual(sum(found.values()), self.profile.total())

    def test_below_is_what_the_calls_cost(self):
        self.assertEqual(self.profile.below("^allocate$"), 32)


if __name__ == "__main__":
    unittest.main()

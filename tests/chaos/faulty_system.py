"""Makes the system fail below the switch: its disk, its wall clock, and another program that holds the database's lock.

The disk and the clock are faulty_system.c, loaded into the switch alone and told what to do by a page that both map: a
running process feels a change at once. The page counts what was really hit.
"""

import collections
import mmap
import os
import struct
import subprocess
import sys
import time

# As struct page of faulty_system.c has it.
WRITE_ERROR, SYNC_ERROR = (0, "i"), (4, "i")
CLOCK_OFFSET_S = (8, "q")
FAILED_WRITES, FAILED_SYNCS, STEPPED_READINGS = (16, "Q"), (24, "Q"), (32, "Q")

# A program of its own: when it ends it leaves the database as it is, where a connection of ours that closes would write
# the log of a killed switch back.
HOLD_THE_LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
database.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(60)
"""


class FaultySystem:
    def __init__(self, folder, library, store_folder):
        """folder: for the page. store_folder: the files below it are what fails."""
        file = os.path.join(folder, "faults.page")
        with open(file, "w+b") as page:
            page.truncate(mmap.PAGESIZE)
            self.page = mmap.mmap(page.fileno(), mmap.PAGESIZE)
        self.environment = {
            "LD_PRELOAD": library,
            "FAULTY_SYSTEM_PAGE": file,
            "FAULTY_SYSTEM_FOLDER": os.path.realpath(store_folder),
            # A build with the address sanitizer would refuse to be second.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
        }
        self.holder, self.held_since, self.locked_s, self.clock_steps = None, 0.0, 0.0, 0
        self.broken_by, self.failed_before = None, 0
        self.failed = collections.Counter()  # writes and syncs, by kind of fault

    def get(self, field):
        at, form = field
        return struct.unpack_from(form, self.page, at)[0]

    def put(self, field, value):
        at, form = field
        struct.pack_into(form, self.page, at, value)

    def failed_calls(self):
        return self.get(FAILED_WRITES) + self.get(FAILED_SYNCS)

    def break_disk(self, kind, write_error, sync_error):
        self.heal_disk()
        self.broken_by, self.failed_before = kind, self.failed_calls()
        self.put(WRITE_ERROR, write_error)
        self.put(SYNC_ERROR, sync_error)

    def heal_disk(self):
        self.put(WRITE_ERROR, 0)
        self.put(SYNC_ERROR, 0)
        if self.broken_by:
            self.failed[self.broken_by] += self.failed_calls() - self.failed_before
        self.broken_by = None

    def set_clock(self, offset_s):
        self.clock_steps += self.get(CLOCK_OFFSET_S) != offset_s
        self.put(CLOCK_OFFSET_S, offset_s)

    def lock(self, database_file):
        self.unlock()
        self.holder = subprocess.Popen([sys.executable, "-c", HOLD_THE_LOCK, database_file],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if self.holder.stdout.readline():
            self.held_since = time.monotonic()

    def unlock(self):
        if self.holder is None:
            return
        self.holder.kill()
        self.holder.communicate()
        if self.held_since:
            self.locked_s += time.monotonic() - self.held_since
        self.holder, self.held_since = None, 0.0

"""A switch with a ledger that has every state of a charge, and the commands that read it."""

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
import running
from running import PERSON


def ledger_command(config_file, name, *more):
    """Without any of the vendors' secrets: these commands need none."""
    return subprocess.run(
        [running.program(), "ledger", name, "-c", config_file, *more], capture_output=True, encoding="utf-8",
        timeout=running.WAIT_S, check=False,
        env={key: value for key, value in os.environ.items() if key not in running.SECRETS},
    )


class LedgerLoad(running.SwitchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls().load()

    def runTest(self):
        """So that the class can be made without a test."""

    def load(self):
        """What is to be summed: every state of a charge, at several accounts of two tenants."""
        for code in ("200", "200", "202", "203"):
            self.jumdata(code)
        self.jumdata("200", tenant="bank")
        self.opened(self.switch.post("h5", "liveness"))  # stays held
        self.sandbox.fault("close_after", "jumdata", "init", times=1)
        lost = self.switch.post("h5", "liveness")
        self.assertEqual(lost.json["code"], "vendor_outcome_unknown", lost)
        type(self).lost = lost.json["verification"]
        found = self.start("sdk", "liveness")
        self.sandbox.finish(found["action"]["token"], "1000")
        self.judged(self.switch.refresh(found["id"]), "pass", None)
        found = self.opened(self.switch.post("sdk", "liveness+id_match", tenant="bank", person=PERSON))
        self.assertEqual(found["account"], "megvii")
        self.sandbox.finish(found["action"]["token"], "4200")
        person = {"person": {"name": PERSON["name"], "id_number": PERSON["id_number"]}}
        self.switch.refresh(found["id"], person, tenant="bank")
        self.start("video_code", "liveness")

    def jumdata(self, code, tenant="shop"):
        found = self.opened(self.switch.post("h5", "liveness", tenant=tenant))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(found["action"]["url"]).query)
        self.sandbox.finish(query["token"][0], code)
        self.assertEqual(self.switch.refresh(found["id"], tenant=tenant).status, 200)

    def run_ledger(self, name, *more, config_file=None):
        return ledger_command(config_file or self.switch.config_file, name, *more)

    def report(self, *more, config_file=None):
        done = self.run_ledger("report", "--json", *more, config_file=config_file)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return json.loads(done.stdout)

    def exported(self, *more, config_file=None):
        done = self.run_ledger("export", *more, config_file=config_file)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return list(csv.DictReader(io.StringIO(done.stdout, newline="")))

    def copy(self, change=None, sql=()):
        """A config whose store is a copy of the switch's, changed behind the ledger's back."""
        folder = os.path.join(self.folder, self.id())
        os.makedirs(folder)
        store = os.path.join(folder, "copy.db")
        source, target = sqlite3.connect(self.switch.store_file), sqlite3.connect(store)
        source.backup(target)
        source.close()
        for (trigger,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            target.execute(f"DROP TRIGGER {trigger}")
        for statement in sql:
            target.execute(statement)
        target.commit()
        target.execute("PRAGMA journal_mode = WAL")
        target.close()
        self.addCleanup(shutil.rmtree, folder)
        with open(self.switch.config_file, encoding="utf-8") as file:
            settings = json.load(file)
        settings["store"]["path"] = store
        if change:
            change(settings)
        config_file = os.path.join(folder, "copy.yaml")
        with open(config_file, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        return config_file

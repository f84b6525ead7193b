"""What a person does to the books and to what is kept: settling over the API and from a statement, forgetting."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
import running
from running import ADMIN_KEY, KEYS, PERSON

MAP = """
columns: {reference: [reference, request_id], time: time, sku: sku, amount: amount, units: quantity, currency: currency}
time: {utc_offset: UTC}
skus: {life_check_v2: life_check}
only: [{column: product, values: [jumdata]}]
"""
PASSING = {"jumdata/life_check_v2": {"title": "sandbox:200"}}


class Settle(running.SwitchTest):
    @classmethod
    def tearDownClass(cls):
        """No audit: a person's word stands in these books where the vendor only holds."""

    def order(self, path, body, key=ADMIN_KEY):
        return self.switch.call("POST", "/admin/" + path, body, tenant=None,
                                headers={"Authorization": "Bearer " + key})

    def idswitch(self, *arguments):
        return subprocess.run([running.program(), *arguments], capture_output=True, encoding="utf-8",
                              timeout=running.WAIT_S, check=False, env={**os.environ, **running.SECRETS})

    def unknown_charge(self):
        self.sandbox.fault("close_after", "jumdata", "init", times=1)
        failed = self.switch.post("h5", "liveness", person=PERSON, vendor_options=PASSING)
        self.sandbox.clear_faults()
        self.assertGreaterEqual(failed.status, 500, failed)
        return self.charge(failed.json["verification"])

    def charge(self, verification):
        charges = self.switch.call("GET", "/v1/billing/charges?limit=1000").json["charges"]
        return next(one for one in charges if one["verification"] == verification)

    def verify_ledger(self):
        done = self.idswitch("ledger", "verify", "-c", self.switch.config_file)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("faults=0", done.stdout)

    def test_an_administrator_settles_what_nobody_knows(self):
        unknown = self.unknown_charge()
        self.assertEqual(unknown["state"], "unknown")
        body = {name: unknown[name] for name in ("verification", "account", "sku", "key", "call")}
        body.update(amount="0.28", why="the vendor's answer of today", statement_line="2026-11.csv, line 17")
        self.assertEqual(self.order("charges:settle", body, KEYS["shop"]).status, 401)
        self.problem(self.order("charges:settle", {**body, "amount": "-1"}), 422, "invalid_field", "/amount")
        self.problem(self.order("charges:settle", {**body, "call": 2}), 404, "not_found")
        self.problem(self.order("charges:settle", {**body, "who": "me"}), 422, "unknown_field")
        done = self.order("charges:settle", body)
        self.assertEqual(done.status, 200, done)
        self.assertTrue(done.json["changed"])
        self.assertEqual((done.json["charge"]["state"], done.json["charge"]["amount"]), ("captured", "0.28"))
        self.assertFalse(self.order("charges:settle", body).json["changed"])
        self.assertEqual(self.charge(unknown["verification"])["state"], "captured")
        store = sqlite3.connect(f"file:{self.switch.store_file}?mode=ro", uri=True)
        self.addCleanup(store.close)
        actor, note = store.execute("SELECT actor, note FROM ledger_entry WHERE amount_micros = 280000").fetchone()
        self.assertEqual(note, "the vendor's answer of today (statement: 2026-11.csv, line 17)")
        self.assertTrue(actor)
        self.verify_ledger()

    def test_a_statement_settles_them_while_no_switch_runs(self):
        unknown = self.unknown_charge()
        answer = running.request(self.sandbox.control_url + "/control/charges.csv")
        header, *lines = list(csv.reader(io.StringIO(answer.body.decode())))
        line = list(next(one for one in lines if one[1] == "jumdata") if lines else [])
        if not line:
            self.skipTest("the vendor charged nothing")
        line[0], line[3], line[4] = unknown["opened_at"], "new", unknown["verification"]
        name = os.path.join(self.folder, "statement")
        with open(name + ".csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, line])
        with open(name + ".yaml", "w", encoding="utf-8") as file:
            file.write(MAP)
        done = self.idswitch("ledger", "reconcile", "-c", self.switch.config_file, "--account", "jumdata", "--statement",
                             name + ".csv", "--map", name + ".yaml", "--settle-file", name + ".orders")
        self.assertEqual(done.returncode, 1, done)
        with open(name + ".orders", encoding="utf-8") as file:
            orders = [json.loads(one) for one in file]
        self.assertEqual([one["verification"] for one in orders], [unknown["verification"]])
        self.assertIn("statement.csv, line 2", orders[0]["why"])
        command = ("ledger", "settle", "-c", self.switch.config_file, "--who", "mei", "--from", name + ".orders")
        refused = self.idswitch(*command)
        self.assertEqual(refused.returncode, 2, refused)
        self.assertIn("admin API", refused.stderr)
        self.switch.stop()
        try:
            settled = self.idswitch(*command)
            self.assertEqual(settled.returncode, 0, settled)
            self.assertIn("settled=1 unchanged=0 refused=0", settled.stderr)
            self.assertIn("settled=0 unchanged=1 refused=0", self.idswitch(*command).stderr)
        finally:
            self.switch.restart()
        self.assertEqual(self.charge(unknown["verification"])["state"], "captured")
        self.verify_ledger()

    def test_a_person_is_forgotten(self):
        person = dict(PERSON, id="person-to-forget")
        found = self.switch.post("h5", "liveness", person=person, vendor_options=PASSING, key="once").json
        self.problem(self.order("persons:forget", {"tenant": "shop", "person": person["id"]}), 409, "conflict",
                     says=found["id"])
        self.sandbox.page(found["action"]["url"])
        self.assertEqual(self.switch.refresh(found["id"]).json["status"], "completed")
        done = self.order("persons:forget", {"tenant": "shop", "person": person["id"]})
        self.assertEqual((done.status, done.json), (200, {"verifications": 1}), done)
        self.assertNotIn(person["id"], self.switch.log())
        left = self.switch.get(found["id"]).json
        self.assertEqual(left["status"], "completed")
        self.assertNotIn(person["id"], json.dumps(left))
        self.problem(self.order("persons:forget", {"tenant": "shopp", "person": person["id"]}), 404, "not_found")
        self.switch.stop()
        try:
            with open(self.switch.store_file, "rb") as file:
                self.assertNotIn(person["id"].encode(), file.read())
            again = self.idswitch("forget", "-c", self.switch.config_file, "--tenant", "shop", "--person", person["id"],
                                  "--who", "mei")
            self.assertEqual((again.returncode, again.stdout), (0, "forget: verifications=0\n"), again)
        finally:
            self.switch.restart()
        self.verify_ledger()


if __name__ == "__main__":
    running.main()

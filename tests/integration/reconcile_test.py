"""`idswitch ledger reconcile`: the sandbox's statement against the ledger, as it is and tampered with."""

import csv
import io
import os
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
import running
from running import PERSON

MAP = """
columns: {{reference: [reference, request_id], time: time, sku: sku, amount: amount, units: quantity, currency: currency}}
time: {{utc_offset: UTC}}
skus: {{{skus}}}
only: [{{column: product, values: [{product}]}}]
"""


class Books(running.SwitchTest):
    """Twelve charges of one vendor and five of another, and the statement of both."""

    @classmethod
    def change(cls, settings):
        settings["accounts"]["jumdata"]["contract"] = {
            "currency": "CNY", "time": "+08:00",
            "prices": {"life_check": {"price": "0.30", "tiers": [{"from": 1000, "price": "0.25"}]}}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = []
        for _ in range(12):
            found = cls.switch.post("h5", "liveness", vendor_options={
                "jumdata/life_check_v2": {"title": "sandbox:200"}}).json
            cls.sandbox.page(found["action"]["url"])
            assert cls.switch.refresh(found["id"]).json["status"] == "completed"
            cls.ids.append(found["id"])
        for _ in range(5):
            found = cls.switch.post("sdk", "liveness+id_match", person=dict(PERSON, name="sandbox:1000")).json
            cls.switch.refresh(found["id"], {"person": dict(PERSON, name="sandbox:1000")})
        answer = running.request(cls.sandbox.control_url + "/control/charges.csv")
        cls.statement = list(csv.reader(io.StringIO(answer.body.decode())))

    def lines_of(self, product):
        return [line for line in self.statement[1:] if line[1] == product]

    def reconcile(self, lines, account="jumdata", product="jumdata", skus="life_check_v2: life_check", options=(),
                  encoding="utf-8", extra="", raw=""):
        name = os.path.join(self.folder, self.id().split(".")[-1])
        with open(name + ".csv", "w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([self.statement[0], *lines])
            file.write(raw)
        with open(name + ".yaml", "w", encoding="utf-8") as file:
            file.write(MAP.format(skus=skus, product=product) + extra)
        done = subprocess.run(
            [running.program(), "ledger", "reconcile", "-c", self.switch.config_file, "--account", account,
             "--statement", name + ".csv", "--map", name + ".yaml", "--out", name + ".out", *options],
            capture_output=True, encoding="utf-8", timeout=running.WAIT_S, check=False)
        if done.returncode == 2:
            return done, None
        with open(os.path.join(name + ".out", "lines.csv"), encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        self.page = os.path.join(name + ".out", "report.html")
        return done, rows

    def verdicts(self, rows):
        counts = {}
        for row in rows:
            counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
        return counts


class Reconcile(Books):
    def test_the_vendor_s_own_statement_matches(self):
        done, rows = self.reconcile(self.statement[1:])
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(self.verdicts(rows), {"matched": 12, "ignored": 5}, rows)
        self.assertIn("all matched", done.stdout)
        self.assertIn("3.60", done.stdout)
        self.assertEqual({row["found_by"] for row in rows if row["verdict"] == "matched"}, {"reference"})
        self.assertEqual({row["verification"] for row in rows if row["verdict"] == "matched"}, set(self.ids))

    def test_another_product_s_statement_matches(self):
        done, rows = self.reconcile(self.statement[1:], "aliyun-code", "aliyun_sdk", "verification: face_verify")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(self.verdicts(rows), {"matched": 5, "ignored": 12}, rows)

    def test_every_fault_is_found(self):
        lines = [list(line) for line in self.lines_of("jumdata")]
        lines[0][7] = "0.31"                       # another amount
        lines[1][7] = "0.25"                       # another tier
        lines.append(list(lines[2]))               # a duplicate
        missing = lines.pop(3)                     # only ours
        invented = list(lines[4])                  # only theirs
        invented[0], invented[3], invented[4] = invented[0][:8] + "01T00:00:00Z", "nobody", "knows-it"
        lines.append(invented)
        lines.reverse()
        done, rows = self.reconcile(lines, raw='2026,jumdata,life_check_v2,"a",b,1,many,0.30,CNY,too much\r\n')
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(self.verdicts(rows), {"matched": 9, "amount differs": 1, "wrong tier": 1, "duplicate": 1,
                                               "only ours": 1, "only theirs": 1, "broken": 1}, rows)
        of = {row["verdict"]: row for row in rows}
        self.assertEqual(of["amount differs"]["difference"], "0.01")
        self.assertEqual(of["wrong tier"]["difference"], "-0.05")
        self.assertIn("prices.life_check.tiers[0]", of["wrong tier"]["note"])
        self.assertNotIn(missing[3], [row["their_reference"] for row in rows])
        self.assertEqual(of["only theirs"]["their_reference"], "nobody knows-it")
        self.assertEqual(of["broken"]["statement_line"], str(len(lines) + 2))
        with open(self.page, encoding="utf-8") as file:
            page = file.read()
        for words in ("there are differences", "Wrong tier (1)", "Only ours (1)", "Broken lines (1)", "nobody knows-it"):
            self.assertIn(words, page)
        self.assertNotIn("<script", page)

    def test_gb18030_and_no_references(self):
        lines = [[*line[:3], "", "", line[5], line[6], line[7] + "元", line[8]] for line in self.lines_of("jumdata")]
        done, rows = self.reconcile(lines, encoding="gb18030", extra="encoding: gb18030\n")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual({row["found_by"] for row in rows}, {"time"})

    def test_it_changes_nothing(self):
        def entries():
            store = sqlite3.connect(f"file:{self.switch.store_file}?mode=ro", uri=True)
            self.addCleanup(store.close)
            return store.execute("SELECT * FROM ledger_entry ORDER BY sequence").fetchall()

        before = entries()
        first, rows = self.reconcile(self.lines_of("jumdata"))
        second, again = self.reconcile(self.lines_of("jumdata"))
        self.assertEqual((first.stdout, rows), (second.stdout, again))
        self.assertEqual(entries(), before)

    def test_it_says_why_it_cannot_begin(self):
        lines = self.lines_of("jumdata")
        done, _ = self.reconcile(lines, extra="windoww: 3m\n")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn('yaml:6:1: windoww: unknown key: did you mean "window"?', done.stderr)
        done, _ = self.reconcile(lines, account="jumdate")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn('did you mean "jumdata"?', done.stderr)
        done, _ = self.reconcile(lines, options=("--period", "november"))
        self.assertIn("wanted a month like 2026-11", done.stderr)
        self.statement[0][7], kept = "betrag", self.statement[0][7]
        done, _ = self.reconcile(lines)
        self.statement[0][7] = kept
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("amount: the statement's header row has no such column", done.stderr)

    def test_a_month_without_any(self):
        done, rows = self.reconcile([], options=("--period", "2020-02"))
        self.assertEqual((done.returncode, rows), (0, []), done)
        done, rows = self.reconcile(self.lines_of("jumdata"), options=("--period", "2020-02"))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.verdicts(rows), {"only theirs": 12})
        self.assertIn("look whether that month's statement has it too", rows[0]["note"])


class Settle(Books):
    def test_a_charge_nobody_knows_is_settled_by_the_statement(self):
        self.sandbox.fault("close_after", "jumdata", "init", times=1)
        failed = self.switch.post("h5", "liveness", vendor_options={"jumdata/life_check_v2": {"title": "sandbox:200"}})
        self.assertGreaterEqual(failed.status, 500, failed)
        self.addCleanup(self.sandbox.clear_faults)
        charges = self.switch.call("GET", "/v1/billing/charges").json["charges"]
        unknown = [charge for charge in charges if charge["state"] == "unknown"][0]
        line = list(self.lines_of("jumdata")[0])
        line[0], line[3], line[4] = unknown.get("created_at", line[0]), "new", unknown["verification"]
        done, rows = self.reconcile([*self.lines_of("jumdata"), line])
        self.assertEqual(done.returncode, 1, done)
        found = [row for row in rows if row["verification"] == unknown["verification"]]
        self.assertEqual([(row["verdict"], row["our_state"]) for row in found], [("only theirs", "unknown")], rows)
        with open(self.page, encoding="utf-8") as file:
            self.assertIn("Settled by the statement (1)", file.read())
        done, rows = self.reconcile(self.lines_of("jumdata"))
        self.assertEqual((done.returncode, self.verdicts(rows)), (0, {"matched": 12, "neither": 1}), rows)


if __name__ == "__main__":
    running.main()

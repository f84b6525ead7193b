"""idswitch ledger report, verify, export and unknown, GET /v1/billing/summary and GET /admin/ledger, held against the
vendors' books."""

import collections
import csv
import decimal
import io
import json
import os
import sqlite3
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
import ledger
import running
from ledger_load import LedgerLoad, ledger_command
from running import wait_until

DAY_MS = 24 * 3600 * 1000
MONEY = ("captured_amount", "adjusted_amount", "charged_amount", "held_amount", "unknown_amount")


class LedgerCommands(LedgerLoad):
    # ---- report

    def test_the_report_equals_the_vendors_books_by_product(self):
        books = self.sandbox.control("charges")["totals"]
        with open(self.switch.config_file, encoding="utf-8") as file:
            products = {name: ledger.PRODUCTS[one["product"]] for name, one in json.load(file)["accounts"].items()}
        ours = collections.Counter()
        for row in self.report("--by", "account")["rows"]:
            product = products[row["account"]]
            ours[product, "units"] += row["units"]
            ours[product, "amount"] += decimal.Decimal(row["charged_amount"])
        for product, totals in books.items():
            with self.subTest(product):
                self.assertEqual(ours[product, "units"], totals["captured"]["count"])
                self.assertEqual(ours[product, "amount"], decimal.Decimal(totals["captured"]["amount"]))
        self.assertGreater(ours["jumdata", "units"], 3)
        self.assertGreater(ours["baidu", "units"], 0)
        self.assertGreater(ours["megvii", "units"], 0)

    def test_every_state_has_its_sums(self):
        (row,) = self.report("--account", "jumdata", "-t", "shop")["rows"]
        self.assertEqual(
            row,
            {"account": "jumdata", "sku": "life_check", "currency": "CNY", "units": 3, "captured": 3,
             "captured_amount": "0.90", "adjusted": 0, "adjusted_amount": "0.00", "charged_amount": "0.90", "held": 1,
             "held_amount": "0.30", "unknown": 1, "unknown_amount": "0.30", "voided": 1, "disputed": 0},
        )

    def test_groups_add_up_to_the_same_totals(self):
        (total,) = self.report()["totals"]
        for by in ("tenant", "account", "sku", "arm", "day", "month", "tenant,account,sku,month,arm"):
            with self.subTest(by):
                report = self.report("--by", by)
                self.assertEqual(report["totals"], [total])
                for name in total:
                    if name != "currency":
                        kind = decimal.Decimal if name in MONEY else int
                        self.assertEqual(sum(kind(row[name]) for row in report["rows"]), kind(total[name]), name)
        tenants = [row["tenant"] for row in self.report("--by", "tenant")["rows"]]
        self.assertEqual(tenants, ["bank", "shop"])

    def test_a_table_for_people_and_csv_for_programs_say_the_same(self):
        table = self.run_ledger("report", "--by", "account,sku")
        self.assertEqual((table.returncode, table.stderr), (0, ""), table)
        rows = {tuple(line.split()[:2]): line.split()[2:] for line in table.stdout.splitlines()[2:]}
        done = self.run_ledger("report", "--by", "account,sku", "--csv")
        read = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
        self.assertEqual(len(rows), len(read) + 1, table.stdout)  # and the total
        for row in read:
            cells = rows[row["account"], row["sku"]]
            self.assertEqual(
                cells,
                [row[name] for name in ("currency", "units", "charged_amount", "adjusted_amount", "held", "held_amount",
                                        "unknown", "unknown_amount", "voided", "disputed")],
            )
        self.assertEqual(self.report("--by", "account,sku")["rows"],
                         [{name: value if name in MONEY or not value.isdigit() else int(value)
                           for name, value in row.items()} for row in read])

    def test_days_begin_and_end_in_the_asked_time(self):
        # Everything happened at 2026-10-31 16:30 UTC: the first half hour of November in Beijing.
        config_file = self.copy(sql=["UPDATE ledger_entry SET at_unix_ms = 1793464200000"])
        beijing = self.report("--by", "day", "--time", "+08:00", config_file=config_file)
        self.assertEqual((beijing["time"], [row["period"] for row in beijing["rows"]]), ("+08:00", ["2026-11-01"]))
        utc = self.report("--by", "month", "--time", "UTC", config_file=config_file)
        self.assertEqual((utc["time"], [row["period"] for row in utc["rows"]]), ("+00:00", ["2026-10"]))
        november = ("--from", "2026-11-01", "--to", "2026-11-01")
        self.assertEqual(self.report(*november, "--time", "+08:00", config_file=config_file)["totals"],
                         beijing["totals"])
        self.assertEqual(self.report(*november, "--time", "UTC", config_file=config_file)["totals"], [])
        self.assertEqual(self.exported(*november, "--time", "UTC", config_file=config_file), [])
        self.assertEqual(self.exported("--to", "2026-10-31", "--time", "+08:00", config_file=config_file), [])
        self.assertEqual(len(self.exported(*november, "--time", "+08:00", config_file=config_file)),
                         len(self.exported(config_file=config_file)))

    def test_without_a_time_it_is_that_of_the_contracts(self):
        def beijing(settings):
            for account in settings["accounts"].values():
                account["contract"]["time"] = "+08:00"

        self.assertEqual(self.report()["time"], "+00:00")
        config_file = self.copy(beijing)
        self.assertEqual(self.report(config_file=config_file)["time"], "+08:00")

    def test_what_a_minimum_is_short_of_is_due_for_each_period_that_is_over(self):
        def change(settings):
            contract = settings["accounts"]["jumdata"]["contract"]
            contract["time"] = "+08:00"
            contract["minimum"] = {"per": "month", "amount": "100.00"}
            settings["accounts"]["baidu"]["contract"]["minimum"] = {"per": "month", "amount": "0.01"}
            # Nothing is ever charged under these two: they begin with their first version, or with the ledger.
            for name, begin, per in (("lite-code", "2020-04-29", "day"), ("lite-sign", "2019-01-01", "month")):
                contract = settings["accounts"][name]["contract"]
                contract["versions"] = [{"version": "1", "from": begin, "prices": contract.pop("prices"),
                                         "minimum": {"per": per, "amount": "5.00"}}]

            # First by the day, then by the month.
            contract = settings["accounts"]["aliyun-code"]["contract"]
            prices = contract.pop("prices")
            contract["versions"] = [
                {"version": "1", "from": "2020-02-28", "prices": prices, "minimum": {"per": "day", "amount": "5.00"}},
                {"version": "2", "from": "2020-03-01", "prices": prices, "minimum": {"per": "month", "amount": "7.00"}},
            ]

        # 2020-01-31 16:30 UTC, which is February in Beijing, and for one entry a day of April.
        config_file = self.copy(change, sql=[
            "UPDATE ledger_entry SET at_unix_ms = 1580488200000",
            "UPDATE ledger_entry SET at_unix_ms = 1586000000000 WHERE sequence = (SELECT max(sequence) FROM"
            " ledger_entry WHERE account = 'jumdata')",
        ])
        report = self.report("--to", "2020-04-30", "--time", "+08:00", config_file=config_file)
        minimums = [one for one in report["minimums"] if one["account"] == "jumdata"]
        self.assertEqual([one["period"] for one in minimums], ["2020-02", "2020-03", "2020-04"])
        self.assertEqual(minimums[1]["charged_amount"], "0.00")
        for one in minimums:
            self.assertEqual(decimal.Decimal(one["due"]) + decimal.Decimal(one["charged_amount"]), 100, one)
        charged = sum(decimal.Decimal(one["charged_amount"]) for one in minimums)
        (row,) = self.report("--by", "account", "--account", "jumdata", config_file=config_file)["rows"]
        self.assertEqual(charged, decimal.Decimal(row["charged_amount"]))
        baidu = [one for one in report["minimums"] if one["account"] == "baidu"]
        self.assertEqual(baidu[0]["due"], "0.00", baidu)
        # April's last day in UTC ends after the asked time, which is Beijing's.
        self.assertEqual([(one["account"], one["period"], one["due"]) for one in report["minimums"]
                          if one["account"] not in ("baidu", "jumdata")],
                         [("aliyun-code", "2020-02-28", "5.00"), ("aliyun-code", "2020-02-29", "5.00"),
                          ("aliyun-code", "2020-03", "7.00"), ("lite-code", "2020-04-29", "5.00"),
                          ("lite-sign", "2020-01", "5.00"), ("lite-sign", "2020-02", "5.00"),
                          ("lite-sign", "2020-03", "5.00")])
        middle = self.report("--from", "2020-02-15", "--to", "2020-04-10", "--time", "+08:00", config_file=config_file)
        self.assertEqual([one["period"] for one in middle["minimums"] if one["account"] == "jumdata"], ["2020-03"])
        self.assertNotIn("minimums", self.report("-t", "shop", config_file=config_file))
        # Until now: the month that is running is not among them.
        periods = [one["period"] for one in self.report("--account", "jumdata", config_file=config_file)["minimums"]]
        self.assertGreater(max(periods), "2020-04")
        self.assertLess(max(periods), self.report("--by", "month")["rows"][-1]["period"])

    # ---- verify

    def test_a_ledger_that_was_left_alone_is_clean(self):
        done = self.run_ledger("verify")
        entries = len(self.exported())
        charges = len(ledger.booked(self.switch, list(running.KEYS)))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertEqual(done.stdout, f"ledger verify: entries={entries} charges={charges} faults=0\n")

    def test_an_edited_entry_is_found_by_name_and_sequence(self):
        capture = next(one for one in self.exported() if one["kind"] == "capture" and one["account"] == "jumdata")
        config_file = self.copy(sql=[
            f"UPDATE ledger_entry SET amount_micros = 1 WHERE sequence = {capture['sequence']}",
        ])
        done = self.run_ledger("verify", config_file=config_file)
        self.assertEqual(done.returncode, 1, done)
        # The counts, which moved with it, differ as well.
        first, *_, last = done.stdout.splitlines()
        self.assertTrue(first.startswith(f"chain_broken at {capture['sequence']} ({capture['verification']} jumdata "),
                        first)
        self.assertRegex(last, r"^ledger verify: entries=\d+ charges=\d+ faults=\d+$")
        as_json = self.run_ledger("verify", "--json", config_file=config_file)
        self.assertEqual(as_json.returncode, 1, as_json)
        found = json.loads(as_json.stdout)
        self.assertEqual((found["listed"][0]["fault"], found["listed"][0]["sequence"]),
                         ("chain_broken", int(capture["sequence"])))
        self.assertEqual({one["fault"] for one in found["listed"]}, {"chain_broken", "count_differs"})

    def test_a_removed_entry_is_found(self):
        hold = next(one for one in self.exported() if one["kind"] == "hold")
        config_file = self.copy(sql=[f"DELETE FROM ledger_entry WHERE sequence = {hold['sequence']}"])
        done = self.run_ledger("verify", config_file=config_file)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("hold_missing", done.stdout)

    def test_a_running_switch_checks_itself_after_its_start(self):
        checked = self.checked()
        self.assertEqual((checked["faults"], checked["listed"]), (0, []))
        self.assertEqual(self.switch.call("GET", "/admin/ledger", tenant="shop").status, 401)
        self.assertEqual(self.switch.admin("POST", "ledger").status, 405)
        last = self.exported()[-1]
        self.restart_with("UPDATE ledger_entry SET amount_micros = amount_micros + 1 WHERE sequence = 1")
        checked = self.checked()
        self.assertEqual((checked["faults"], checked["entries"], checked["last_chain"]),
                         (1, int(last["sequence"]), last["chain"]))
        self.assertEqual([(one["fault"], one["sequence"]) for one in checked["listed"]], [("chain_broken", 1)])
        self.assertIn('"event":"ledger_fault","fault":"chain_broken","sequence":1', self.switch.log())
        self.restart_with("UPDATE ledger_entry SET amount_micros = amount_micros - 1 WHERE sequence = 1")
        self.assertEqual(self.checked()["faults"], 0)

    def restart_with(self, sql):
        self.switch.stop()
        database = sqlite3.connect(self.switch.store_file)
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute(sql)
        for _, create in triggers:
            database.execute(create)
        database.commit()
        database.close()
        self.switch.restart()

    def checked(self):
        return wait_until(lambda: self.ledger_state()["verified_at"] and self.ledger_state(), "a check of the ledger")

    def ledger_state(self):
        answer = self.switch.admin("GET", "ledger")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    # ---- export

    def test_the_exported_entries_add_up_to_the_report(self):
        sums = collections.defaultdict(decimal.Decimal)
        for entry in self.exported():
            if entry["kind"] in ("capture", "adjust"):
                sums[entry["account"], entry["sku"]] += decimal.Decimal(entry["amount"])
        report = self.report("--by", "account,sku")
        self.assertEqual(sums, {(row["account"], row["sku"]): decimal.Decimal(row["charged_amount"])
                                for row in report["rows"] if row["captured"]})

    def test_the_export_is_whole_and_in_order(self):
        entries = self.exported()
        self.assertEqual([int(one["sequence"]) for one in entries], list(range(1, len(entries) + 1)))
        database = sqlite3.connect(f"file:{self.switch.store_file}?mode=ro", uri=True)
        self.addCleanup(database.close)
        rows = database.execute("SELECT sequence, tenant, account, sku, event, kind, amount_micros,"
                                " vendor_reference FROM ledger_entry ORDER BY sequence").fetchall()
        kinds = {1: "hold", 2: "capture", 3: "void", 4: "adjust"}
        self.assertEqual(
            [(int(one["sequence"]), one["tenant"], one["account"], one["sku"], one["key"], one["kind"],
              int(decimal.Decimal(one["amount"]) * 1000000), one["vendor_reference"]) for one in entries],
            [(*row[:5], kinds[row[5]], *row[6:]) for row in rows],
        )
        bank = self.exported("-t", "bank", "--account", "jumdata")
        self.assertEqual({(one["tenant"], one["account"]) for one in bank}, {("bank", "jumdata")})
        self.assertEqual([one["kind"] for one in bank], ["hold", "capture"])

    def test_more_than_a_page_of_entries_is_read_to_its_end(self):
        database = sqlite3.connect(f"file:{self.switch.store_file}?mode=ro", uri=True)
        columns = [row[1] for row in database.execute("PRAGMA table_info(ledger_entry)")]
        database.close()
        new = {"sequence": "sequence + 1000000 + n", "event": "event || '-' || n"}
        more = 2500
        config_file = self.copy(sql=[
            f"WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < {more})"
            f" INSERT INTO ledger_entry ({', '.join(columns)})"
            f" SELECT {', '.join(new.get(name, name) for name in columns)} FROM count, ledger_entry WHERE sequence = 1",
        ])
        self.assertEqual(len(self.exported(config_file=config_file)), len(self.exported()) + more)
        holds = json.loads(self.run_ledger("unknown", "--json", config_file=config_file).stdout)["holds"]
        (total,) = self.report()["totals"]
        self.assertEqual(len(holds), total["held"] + total["unknown"] + more)

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([running.program(), "ledger", "export", "-c", self.switch.config_file], stdout=full,
                                  stderr=subprocess.PIPE, encoding="utf-8", timeout=running.WAIT_S, check=False)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("what was printed is not all", done.stderr)

    def test_texts_with_commas_quotes_and_formulas_come_back(self):
        config_file = self.copy(sql=[
            "UPDATE ledger_entry SET vendor_reference = '=a,\"b\"' WHERE sequence = 1",
        ])
        self.assertEqual(self.exported(config_file=config_file)[0]["vendor_reference"], "'=a,\"b\"")

    # ---- unknown

    def test_open_and_unknown_holds_are_listed_with_why(self):
        done = self.run_ledger("unknown", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        holds = json.loads(done.stdout)["holds"]
        unknown = [one for one in holds if one["state"] == "unknown"]
        self.assertEqual([(one["verification"], one["account"], one["sku"], one["amount"]) for one in unknown],
                         [(self.lost, "jumdata", "life_check", "0.30")])
        self.assertTrue(unknown[0]["why"].startswith("start init: unknown_outcome, "), unknown)
        (total,) = self.report()["totals"]
        self.assertEqual((len(holds) - len(unknown), len(unknown)), (total["held"], total["unknown"]))
        table = self.run_ledger("unknown").stdout
        self.assertIn(self.lost, table)
        self.assertIn("unknown 1 (0.30)", table.splitlines()[-1])
        self.assertEqual(json.loads(self.run_ledger("unknown", "--json", "-t", "bank").stdout)["holds"],
                         [one for one in holds if one["tenant"] == "bank"])

    def test_older_than_leaves_the_young_out(self):
        self.assertEqual(self.run_ledger("unknown", "--older-than", "7d").stdout, "nothing is held or unknown\n")
        config_file = self.copy(sql=[
            f"UPDATE ledger_entry SET at_unix_ms = at_unix_ms - {8 * DAY_MS} WHERE verification ="
            " (SELECT verification FROM ledger_entry WHERE kind = 4 AND evidence = 0)",
        ])
        old = self.run_ledger("unknown", "--older-than", "7d", "--json", config_file=config_file)
        self.assertEqual([one["verification"] for one in json.loads(old.stdout)["holds"]], [self.lost])
        self.assertEqual(json.loads(old.stdout)["holds"][0]["age_s"] // 86400, 8)
        none = self.run_ledger("unknown", "--older-than", "9d", "--json", config_file=config_file)
        self.assertEqual(none.stdout, '{"holds":[]}\n')

    # ---- GET /v1/billing/summary

    def summary(self, query="", tenant="shop"):
        return self.switch.call("GET", "/v1/billing/summary" + query, tenant=tenant)

    def test_a_tenant_sees_its_own_sums_and_no_others(self):
        for tenant in running.KEYS:
            with self.subTest(tenant):
                answer = self.summary("?by=account,sku,month", tenant)
                self.assertEqual(answer.status, 200, answer)
                report = self.report("--by", "account,sku,month", "-t", tenant)
                found = answer.json
                begins = found.pop("from")
                self.assertEqual(found, report)
                # The command reads everything; a tenant's report is never longer than a year.
                self.assertEqual(self.report("--by", "account,sku,month", "-t", tenant, "--from", begins)["rows"],
                                 report["rows"])
                self.assertTrue(report["rows"])
        shop, bank = self.summary().json["totals"], self.summary(tenant="bank").json["totals"]
        self.assertNotEqual(shop, bank)
        # Naming another tenant changes nothing.
        self.assertEqual(self.summary("?tenant=shop", "bank").json["totals"], bank)
        self.assertEqual(self.summary("?account=megvii").json["rows"][0]["charged_amount"], "0.80")
        self.assertEqual(self.summary("?from=2026-01-01&to=2026-01-02").json,
                         {"time": "+00:00", "from": "2026-01-01", "to": "2026-01-02", "rows": [], "totals": []})
        self.assertEqual(self.switch.call("GET", "/v1/billing/summary", tenant=None).status, 401)
        self.assertEqual(self.switch.call("POST", "/v1/billing/summary", {}).status, 405)

    # ---- wrong arguments

    def test_wrong_questions_are_told_what_is_wrong(self):
        for words, field, says in [
            ({"by": "acount"}, "by", "'acount' is none of them"),
            ({"by": "account,"}, "by", "'' is none of them"),
            ({"by": "day,month"}, "by", "day or month, not both"),
            ({"from": "1.11.2026"}, "from", "must be a date like 2026-11-01"),
            ({"to": "2026-02-30"}, "to", "must be a date like 2026-11-01"),
            ({"from": "2026-11-02", "to": "2026-11-01"}, "to", "must not be before"),
            ({"time": "Beijing"}, "time", "an offset from UTC like +08:00"),
        ]:
            with self.subTest(words):
                answer = self.summary("?" + urllib.parse.urlencode(words))
                self.problem(answer, 422, "invalid_field", field, says=says)
                options = [part for name, value in words.items() for part in ("--" + name, value)]
                done = self.run_ledger("report", *options)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertTrue(done.stderr.startswith(f"--{field}: "), done)
                self.assertIn(says, done.stderr)
        self.problem(self.summary("?from=2024-01-01&to=2025-01-01"), 422, "invalid_field", "from", says="2024-01-02")
        self.problem(self.summary("?by=tenant"), 422, "invalid_field", "by", says="'tenant' is none of them")

    def test_wrong_command_lines_are_told_what_is_wrong(self):
        for arguments, says in [
            (("unknown", "--older-than", "a week"), "--older-than: must be a whole number with m, h or d"),
            (("report", "--csv", "--json"), "--csv"),
            (("verify", "--by", "sku"), "--by"),
            (("export", "--from", "yesterday"), "--from: must be a date"),
        ]:
            with self.subTest(arguments):
                done = self.run_ledger(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertIn(says, done.stderr)
        done = self.run_ledger("report", "--account", "jumdatta")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("the configuration has no account 'jumdatta'; did you mean \"jumdata\"?", done.stderr)
        self.assertIn("no charges", done.stdout)

        def elsewhere(settings):
            settings["store"]["path"] = os.path.join(self.folder, "nowhere.db")

        done = self.run_ledger("report", config_file=self.copy(elsewhere))
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("nowhere.db", done.stderr)


if __name__ == "__main__":
    running.main()

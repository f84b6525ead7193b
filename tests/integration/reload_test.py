"""Another configuration for a running switch: how it gets there, who works under which version, and what survives it."""

import json
import os
import signal
import sqlite3
import sys
import threading

sys.dont_write_bytecode = True
import running
from running import route, wait_until

NEW_KEY = "another-key-of-the-shop-0123456789"


class Reload(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        for name in ("jumdata-two", "jumdata-three"):
            settings["accounts"][name] = json.loads(json.dumps(settings["accounts"]["jumdata"]))
        settings["tenants"]["shop"]["routes"] = [route("h5", "liveness", "jumdata")]
        settings["tenants"]["bank"]["routes"] = [route("h5", "liveness", "jumdata", "jumdata-two")]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.written = 0
        with open(cls.switch.config_file, encoding="utf-8") as file:
            cls.first = file.read()

    def setUp(self):
        """Each test begins with the first settings and with accounts that nothing is known of."""
        super().setUp()
        self.switch.stop()
        self.settings = json.loads(self.first)
        self.write_settings()
        self.switch.restart()

    def write(self, text):
        """Moved into place, so that the switch never reads half of it."""
        scratch = self.switch.config_file + ".new"
        with open(scratch, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(scratch, self.switch.config_file)

    def serve_by(self, account):
        self.settings["tenants"]["shop"]["routes"][0]["accounts"] = [account]
        self.write_settings()

    def write_settings(self):
        Reload.written += 1  # so that no two texts are alike
        self.write(json.dumps(self.settings) + "\n" * Reload.written)

    def versions(self):
        answer = self.switch.admin("GET", "config")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def running_version(self):
        return self.versions()["running_version"]

    def reload(self):
        """By the admin call, unless the switch has seen the change by itself in this moment."""
        answer = self.switch.admin("POST", "config:reload")
        self.assertEqual(answer.status, 200, answer)
        self.assertIn(answer.json["status"], ("changed", "unchanged"))
        self.assertEqual(answer.json["complaints"], [])
        return answer.json["running_version"]

    def served_by(self):
        return self.start("h5", "liveness")["account"]

    def test_a_changed_file_is_noticed(self):
        for account in ("jumdata-two", "jumdata"):
            before = self.running_version()
            self.serve_by(account)
            wait_until(lambda: self.running_version() == before + 1, "the change is noticed")
            self.assertEqual(self.served_by(), account)

    def test_a_change_that_the_store_refused_is_adopted_when_it_can_be(self):
        before = self.running_version()
        logged = len(self.switch.log())
        other = sqlite3.connect(self.switch.store_file, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        self.serve_by("jumdata-two")
        wait_until(lambda: "config_not_adopted" in self.switch.log()[logged:], "the failure is logged")
        self.assertEqual(self.running_version(), before)
        other.execute("ROLLBACK")
        wait_until(lambda: self.running_version() == before + 1, "the change is adopted")
        self.assertEqual(self.served_by(), "jumdata-two")
        failed = [json.loads(line) for line in self.switch.log()[logged:].splitlines() if "config_not_adopted" in line]
        self.assertEqual([(one["level"], one["why"], one["running_version"]) for one in failed],
                         [("error", "file changed", before)])
        self.assertIn("lock", failed[0]["detail"])

    def test_a_hang_up_signal_and_the_admin_call_take_it_at_once(self):
        ways = [
            ("reload", "jumdata-two", lambda: self.switch.signal(signal.SIGHUP)),
            ("admin ops", "jumdata", lambda: self.switch.admin("POST", "config:reload")),
        ]
        for why, account, way in ways:
            before = self.running_version()
            self.serve_by(account)
            # A second time with nothing changed: loaded again, since secrets may have, under the same number.
            for times in (1, 2):
                way()
                wait_until(lambda: self.loaded(why, before + 1) == times, "it was loaded for this reason")
                self.assertEqual(self.running_version(), before + 1)
            self.assertEqual(self.served_by(), account)

    def loaded(self, why, version):
        """How often the log says so."""
        lines = [json.loads(line) for line in self.switch.log().splitlines() if line.startswith("{")]
        return sum((one.get("event"), one.get("why"), one.get("version")) == ("config_loaded", why, version)
                   for one in lines)

    def test_who_may_not_reload_is_told_so(self):
        for key in ("wrong", running.KEYS["shop"]):
            self.problem(self.switch.admin("POST", "config:reload", key=key), 401, "unauthorized")
            self.problem(self.switch.admin("GET", "config", key=key), 401, "unauthorized")

    def test_a_bad_file_is_refused_with_its_reasons_and_the_running_version_stays(self):
        before = self.versions()
        served = self.served_by()
        good = json.dumps(self.settings)
        bad = json.loads(good)
        bad["tenants"]["shop"]["routes"][0]["accounts"] = ["jumdata-tow"]
        bad["accounts"]["jumdata"]["timeout"] = "5s"
        for name, text, reasons in [
            ("keys", json.dumps(bad, indent=1), ["jumdata-tow", "timeout"]),
            ("syntax", "server: [", [":1:"]),
            ("empty", "", ["empty"]),
        ]:
            with self.subTest(name):
                self.write(text)
                answer = self.switch.admin("POST", "config:reload")
                self.assertEqual(answer.status, 422, answer)
                self.assertEqual((answer.json["status"], answer.json["running_version"]),
                                 ("refused", before["running_version"]))
                complaints = "\n".join(answer.json["complaints"])
                for reason in reasons:
                    self.assertIn(reason, complaints)
                self.assertIn(self.switch.config_file, complaints)
                lines = [json.loads(line) for line in self.switch.log().splitlines() if line.startswith("{")]
                refused = [one for one in lines if one.get("event") == "config_refused"]
                self.assertEqual(refused[-1]["running_version"], before["running_version"])
                logged = "\n".join(one["detail"] for one in lines if one.get("event") == "config_complaint")
                for reason in reasons:
                    self.assertIn(reason, logged)
                self.assertEqual(self.versions(), before)
                self.assertEqual(self.served_by(), served)
        self.write_settings()
        self.assertEqual(self.reload(), before["running_version"] + 1)

    def test_what_is_under_way_ends_under_its_version(self):
        self.serve_by("jumdata")
        old = self.reload()
        before = self.sandbox.requests("jumdata.init")
        self.sandbox.fault("delay", "jumdata", "init", delay_ms=3000, times=1)
        slow = []
        caller = threading.Thread(target=lambda: slow.append(self.switch.post("h5", "liveness")))
        caller.start()
        wait_until(lambda: self.sandbox.requests("jumdata.init") == before + 1, "the vendor has the request")
        # The account it is under way with is not even there any more.
        gone = self.settings["accounts"].pop("jumdata")
        self.settings["tenants"]["bank"]["routes"][0]["accounts"] = ["jumdata-two"]
        kept = self.settings["tenants"]["shop"]["routes"]
        self.serve_by("jumdata-two")
        new = self.reload()
        self.assertEqual(new, old + 1)
        later = self.start("h5", "liveness")
        self.assertEqual(later["account"], "jumdata-two")
        self.assertTrue(caller.is_alive(), "the machine is too slow for this to say anything")
        caller.join()
        early = self.opened(slow[0])
        self.assertEqual(early["account"], "jumdata")
        # Back again, so that it can be asked for its result.
        self.settings["accounts"]["jumdata"] = gone
        self.settings["tenants"]["bank"]["routes"][0]["accounts"] = ["jumdata", "jumdata-two"]
        self.settings["tenants"]["shop"]["routes"] = kept
        self.serve_by("jumdata")
        self.reload()
        for found in (early, later):
            self.sandbox.finish(found["action"]["url"].rpartition("token=")[2], "200")
            self.judged(self.switch.refresh(found["id"]), "pass", None)
        # What each was decided under is kept.
        store = sqlite3.connect(f"file:{self.switch.store_file}?mode=ro", uri=True)
        self.addCleanup(store.close)
        numbers = [number for (number,) in store.execute("SELECT config_version FROM verification ORDER BY id")]
        self.assertIn(old, numbers)
        self.assertIn(new, numbers)

    def test_a_contract_in_another_currency_waits_until_nothing_is_open(self):
        account = self.settings["accounts"]["jumdata-three"]
        self.serve_by("jumdata-three")
        before = self.reload()
        found = self.start("h5", "liveness")
        self.assertEqual(found["account"], "jumdata-three")
        self.assertEqual(account["contract"]["currency"], "CNY")
        account["contract"]["currency"] = "EUR"
        self.write_settings()
        answer = self.switch.admin("POST", "config:reload")
        self.assertNotEqual(answer.status, 200, answer)
        for word in ("jumdata-three", "CNY", "EUR"):
            self.assertIn(word, str(answer.json))
        self.assertEqual(self.running_version(), before)
        self.sandbox.finish(found["action"]["url"].rpartition("token=")[2], "200")
        self.judged(self.switch.refresh(found["id"]), "pass", None)
        wait_until(lambda: self.running_version() == before + 1, "the change is adopted")
        self.assertEqual([charge["currency"] for charge in self.switch.get(found["id"]).json["charges"]], ["CNY"])

    def test_versions_are_numbered_and_survive_a_restart(self):
        before = self.versions()
        numbers = [one["version"] for one in before["versions"]]
        self.assertEqual(numbers, sorted(numbers, reverse=True))
        self.assertEqual(numbers, list(range(numbers[0], 0, -1)))
        self.assertEqual(numbers[0], before["running_version"])
        self.write_settings()
        self.assertEqual(self.reload(), numbers[0] + 1)
        after = self.versions()
        with open(self.switch.config_file, encoding="utf-8") as file:
            self.assertEqual(after["versions"][0]["sha256"], running.sha256(file.read()))
        self.assertEqual(after["versions"][1:], before["versions"][:49])
        self.switch.kill()
        self.switch.restart()
        self.assertEqual(self.versions(), after)

    def test_new_keys_work_and_removed_ones_do_not(self):
        def answered(key):
            return self.switch.call("GET", "/v1/verifications", tenant=None,
                                    headers={"Authorization": "Bearer " + key}).status

        old = running.KEYS["shop"]
        self.assertEqual((answered(old), answered(NEW_KEY)), (200, 401))
        keys = self.settings["tenants"]["shop"]["api_keys"]
        keys.append({"id": "second", "sha256": running.sha256(NEW_KEY)})
        self.write_settings()
        self.reload()
        self.assertEqual((answered(old), answered(NEW_KEY)), (200, 200))
        first = keys.pop(0)
        self.write_settings()
        self.reload()
        self.assertEqual((answered(old), answered(NEW_KEY)), (401, 200))
        keys[:] = [first]
        self.write_settings()
        self.reload()
        self.assertEqual((answered(old), answered(NEW_KEY)), (200, 401))

    def test_what_is_known_of_the_accounts_survives(self):
        def known():
            view = self.switch.account("jumdata", "bank")
            return {key: view.get(key) for key in ("availability", "error_class", "until", "opened", "seen")}

        self.start("h5", "liveness", tenant="bank")
        self.sandbox.fault("vendor_error", "jumdata", "init", code="607", times=1)
        self.assertEqual(self.start("h5", "liveness", tenant="bank")["account"], "jumdata-two")
        before = known()
        self.assertEqual((before["availability"], before["error_class"]), ("tripped", "credentials"), before)
        self.assertGreater(before["seen"]["starts"], 0)
        number = self.running_version()
        self.write_settings()
        self.assertEqual(self.reload(), number + 1)
        self.assertEqual(known(), before)
        calls = self.sandbox.requests("jumdata.init")
        found = self.start("h5", "liveness", tenant="bank")
        self.assertEqual([one["account"] for one in found["attempts"]], ["jumdata-two"])
        self.assertEqual(self.sandbox.requests("jumdata.init"), calls + 1)
        self.assertEqual(self.switch.admin("POST", "accounts/jumdata:probe").status, 200)
        self.assertEqual(self.start("h5", "liveness", tenant="bank")["account"], "jumdata")


if __name__ == "__main__":
    running.main()

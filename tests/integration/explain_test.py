"""Explaining decisions: before they are made, over HTTP and from the shell, and afterwards."""

import json
import os
import re
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
import running
from running import PERSON, route

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BODY = {"method": "sdk", "checks": ["liveness", "id_match"], "person": PERSON,
        "attributes": {"region": "cn-gd", "risk": 0.85}}


class Explaining(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        shop = settings["tenants"]["shop"]
        shop["attributes"] = {"vip": "truth"}
        shop["routes"] = [
            {"name": "careful", "method": "sdk", "checks": ["liveness", "id_match"],
             "when": {"region": {"prefix": "cn-"}, "risk": {"at_least": 0.8}},
             "use": {"cheapest": ["aliyun-code", "megvii"]}},
            route("sdk", "liveness+id_match", "megvii", "aliyun-code", name="plain"),
            route("h5", "liveness", "jumdata"),
            route("video_code", "liveness", "baidu"),
        ]
        settings["budgets"] = {"nothing-left": {"tenant": "shop", "accounts": ["baidu"], "per": "day",
                                                "limit": "0.005", "currency": "CNY"}}

    def explain(self, body, tenant="shop", query=""):
        answer = self.switch.call("POST", "/v1/routes:explain" + query, body, tenant)
        self.assertEqual(answer.status, 200, answer)
        self.assertNothingPersonal(answer.body.decode())
        return answer.json

    def assertNothingPersonal(self, text):
        for word in (PERSON["name"], PERSON["id_number"], PERSON["id"], *running.SECRETS.values()):
            self.assertNotIn(word, text)

    def command(self, *arguments, config=None, text=None, environment=None):
        """`idswitch explain` without any secret in its environment."""
        done = subprocess.run(
            [running.program(), "explain", "-c", config or self.switch.config_file, *arguments],
            input=None if text is None else json.dumps(text), capture_output=True, encoding="utf-8",
            timeout=running.WAIT_S, check=False,
            env={"PATH": os.environ["PATH"], **(environment or {})})
        self.assertNothingPersonal(done.stdout + done.stderr)
        return done

    def copy_of_store(self, name):
        """The store as it is now, for a test to change, and a configuration that names it."""
        path = os.path.join(self.folder, name + ".db")
        source = sqlite3.connect(f"file:{self.switch.store_file}?mode=ro", uri=True)
        copy = sqlite3.connect(path)
        source.backup(copy)
        source.close()
        with open(self.switch.config_file, encoding="utf-8") as file:
            settings = json.load(file)
        settings["store"]["path"] = path
        config = os.path.join(self.folder, name + ".yaml")
        with open(config, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        return copy, config

    def started(self, body=None):
        answer = self.switch.call("POST", "/v1/verifications", body or BODY)
        self.assertEqual(answer.status, 201, answer)
        return answer.json

    def test_what_would_be_asked_and_why(self):
        found = self.explain(BODY)
        self.assertEqual(found["route"], {
            "name": "careful", "line": found["route"]["line"], "method": "sdk", "checks": ["liveness", "id_match"],
            "when": "region begins with cn- and risk at least 0.8"})
        self.assertEqual((found["tenant"], found["config_version"], found["seed"]), ("shop", 1, "0"))
        accounts = {one["account"]: one for one in found["accounts"]}
        self.assertEqual([one["account"] for one in found["accounts"]], ["megvii", "aliyun-code", "jumdata", "baidu"])
        first = accounts["megvii"]
        self.assertEqual((first["position"], first["why"], first["currency"], first["worst_price"]),
                         (1, "cheapest", "CNY", "0.80"))
        self.assertTrue(first["explanation"].startswith("cheapest: "), first)
        self.assertEqual((first["first_choice_probability"], first["pass_rate"]), (1, 0.85))
        last = accounts["jumdata"]
        self.assertEqual((last["position"], last["why"]), (None, "not_in_route"))
        self.assertEqual(last["explanation"], "its product offers no method sdk")

    def test_what_is_left_out_and_that_a_start_says_the_same(self):
        body = {"method": "video_code", "checks": ["liveness"]}
        found = self.explain(body)
        self.assertEqual(found["accounts"][0]["explanation"], "left out: budget nothing-left is used up")
        self.assertEqual(found["accounts"][0]["budget"], "nothing-left")
        problem = self.switch.call("POST", "/v1/verifications", body)
        self.assertEqual((problem.status, problem.json["code"]), (402, "budget_exhausted"), problem)
        self.assertIn("nothing-left", problem.json["detail"])

    def test_explaining_asks_writes_and_reserves_nothing(self):
        requests, stored = self.sandbox.requests(), len(self.switch.list())
        for _ in range(3):
            self.explain(BODY, query="?seed=18446744073709551615")
        self.assertEqual(self.sandbox.requests(), requests)
        self.assertEqual(len(self.switch.list()), stored)

    def test_a_request_is_checked_as_a_start_would_be(self):
        for change, code, field in (
            ({"attributes": {"regin": "x"}}, "unknown_field", "/attributes/regin"),
            ({"attributes": {"risk": "high"}}, "invalid_field", "/attributes/risk"),
            ({"attributes": {"vip": 1}}, "invalid_field", "/attributes/vip"),
            ({"person": {}}, "missing_field", "/person/name"),
            ({"checks": ["id_ocr"]}, "unsupported_combination", "/checks"),
            ({"vendor_options": {"megvii/faceid_v5": {"no_such": 1}}}, "invalid_field", None),
        ):
            with self.subTest(change):
                for path in ("/v1/routes:explain", "/v1/verifications"):
                    answer = self.switch.call("POST", path, {**BODY, **change})
                    self.assertEqual((answer.status, answer.json["code"]), (422, code), answer)
                    if field:
                        self.assertEqual(answer.json["field"], field)
        answer = self.switch.call("POST", "/v1/routes:explain?seed=-1", BODY)
        self.assertEqual((answer.status, answer.json["field"]), (422, "seed"))
        self.assertEqual(self.switch.call("POST", "/v1/routes:explain", BODY, tenant=None).status, 401)
        self.assertEqual(self.switch.call("GET", "/v1/routes:explain").status, 405)

    def test_attributes_choose_the_route_exactly(self):
        def name(risk):
            raw = json.dumps({**BODY, "attributes": {"region": "cn-gd"}})[:-2] + f', "risk": {risk}}}}}'
            answer = self.switch.call("POST", "/v1/routes:explain", raw.encode(),
                                      headers={"Content-Type": "application/json"})
            return answer.json["route"]["name"] if answer.status == 200 else answer.json["field"]

        self.assertEqual(name("0.8"), "careful")
        self.assertEqual(name("0.799999"), "plain")
        self.assertEqual(name("1"), "careful")
        self.assertEqual(name("8e-1"), "/attributes/risk")
        self.assertEqual(name("0.8000001"), "/attributes/risk")

    def test_accounts_of_the_tenant_and_their_health(self):
        self.started()
        answer = self.switch.call("GET", "/v1/accounts")
        self.assertEqual(answer.status, 200, answer)
        accounts = {one["account"]: one for one in answer.json["accounts"]}
        self.assertEqual(set(accounts), {"aliyun-code", "megvii", "jumdata", "baidu"})
        self.assertGreaterEqual(accounts["megvii"]["seen"]["starts"], 1)
        self.assertGreater(accounts["megvii"]["latency_p95_ms"], 0)
        self.assertEqual((accounts["megvii"]["availability"], accounts["megvii"]["in_flight"]), ("up", 0))
        self.assertEqual(accounts["baidu"]["budget"], "nothing-left")
        bank = self.switch.call("GET", "/v1/accounts", tenant="bank").json["accounts"]
        self.assertEqual({one["account"] for one in bank}, {"jumdata", "lite-sign", "megvii"})
        self.assertNotIn("nothing-left", json.dumps(bank), "a budget of another tenant")

    def test_an_account_that_is_down_is_said_to_be(self):
        self.sandbox.fault("vendor_error", "jumdata", "init", code="607", times=1)
        body = {"method": "h5", "checks": ["liveness"], "return_url": running.DONE}
        self.assertEqual(self.switch.call("POST", "/v1/verifications", body).status, 503)
        account = next(one for one in self.switch.call("GET", "/v1/accounts").json["accounts"]
                       if one["account"] == "jumdata")
        self.assertEqual((account["availability"], account["error_class"]), ("tripped", "credentials"))
        self.assertEqual(account["opened"]["count"], 1)
        self.assertIn("credentials", account["opened"]["reason"])
        found = self.explain(body)["accounts"][0]
        self.assertEqual((found["why"], found["until"]), ("last_resort", account["until"]))
        self.assertEqual(found["explanation"], "only when all others fail: it refused us (credentials)")

    def test_from_the_shell_without_secrets(self):
        done = self.command("-t", "shop", "-r", "-", text=BODY)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertIn("tenant shop, route careful", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^1  megvii +100% ")
        self.assertIn("statistics: of " + self.switch.store_file, done.stdout)
        done = self.command("-t", "shop", "-r", "-", "--json", "--seed", "7", text=BODY)
        self.assertEqual(json.loads(done.stdout)["seed"], "7")
        self.assertEqual([one["account"] for one in json.loads(done.stdout)["accounts"]],
                         [one["account"] for one in self.explain(BODY)["accounts"]])

    def test_from_the_shell_what_cannot_be(self):
        for arguments, words, text in (
            (("-t", "shop"), "--request", None),
            (("-t", "shop", "-r", "-"), "/checks", {"method": "h5"}),
            (("-t", "nobody", "-r", "-"), "nobody", BODY),
            (("-t", "shop", "-r", "/nowhere.json"), "/nowhere.json", None),
            (("--verification", "ver_1"), "ver_1", None),
            (("--verification", "ver_0t401nag0g00089y9t0bq6a34n"), "no verification", None),
        ):
            with self.subTest(arguments):
                done = self.command(*arguments, text=text)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertIn(words, done.stderr)
        id = self.started()["id"]
        self.assertEqual(self.command("--verification", id, "-t", "bank").returncode, 2)

    def test_a_stored_decision_agrees(self):
        id = self.started()["id"]
        done = self.command("--verification", id)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertIn("decided again: agrees", done.stdout)
        done = self.command("--verification", id, "--json")
        found = json.loads(done.stdout)
        self.assertEqual((found["agrees"], found["differences"], found["notes"]), (True, [], []))
        self.assertEqual(found["recorded"]["accounts"], found["now"]["accounts"])

    def test_a_record_that_was_tampered_with_differs(self):
        id = self.started()["id"]
        copy, config = self.copy_of_store("tampered")
        table, column = next(
            (table, column) for (table,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for _, column, *_ in copy.execute(f"PRAGMA table_info({table})") if column == "decision")
        texts = [row[0] for row in copy.execute(f"SELECT {column} FROM {table}")]
        self.assertTrue(any('[["megvii",3' in text for text in texts if text), texts)
        copy.execute(f"UPDATE {table} SET {column} = replace({column}, '[[\"megvii\",3', '[[\"megvii\",0')")
        copy.commit()
        done = self.command("--verification", id, config=config)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("DIFFERS", done.stdout)
        self.assertIn("position 1: recorded megvii (listed", done.stdout)
        copy.execute(f"UPDATE {table} SET {column} = substr({column}, 1, 20)")
        copy.commit()
        done = self.command("--verification", id, config=config)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        copy.close()

    def test_what_a_changed_file_would_decide(self):
        id = self.started()["id"]
        with open(self.switch.config_file, encoding="utf-8") as file:
            settings = json.load(file)
        settings["tenants"]["shop"]["routes"][0].update(use=["aliyun-sign", "megvii"], name="other")
        config = os.path.join(self.folder, "changed.yaml")
        with open(config, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        done = self.command("--verification", id, "--json", config=config)
        self.assertEqual(done.returncode, 0, done)
        found = json.loads(done.stdout)
        self.assertTrue(found["agrees"])
        self.assertEqual([one["account"] for one in found["now"]["accounts"]], ["aliyun-sign", "megvii"])
        self.assertEqual(len(found["notes"]), 3, found["notes"])


class WorkedExample(running.unittest.TestCase):
    def test_the_documented_command_prints_what_the_document_says(self):
        with open(os.path.join(ROOT, "docs", "routing.md"), encoding="utf-8") as file:
            document = file.read()
        command, output = re.search(
            r"```sh\n(\./build/dev/bin/idswitch explain .*?)```\s+```text\n(.*?)```", document, re.DOTALL).groups()
        with running.tempfile.TemporaryDirectory(prefix="idswitch-test-") as folder:
            os.mkdir(os.path.join(folder, "configs"))
            with open(os.path.join(ROOT, "configs", "cost-per-pass.yaml"), encoding="utf-8") as file:
                config = file.read()
            self.assertIn("../build/dev/lib/idswitch", config)
            with open(os.path.join(folder, "configs", "cost-per-pass.yaml"), "w", encoding="utf-8") as file:
                file.write(config.replace("../build/dev/lib/idswitch", running.plugin_folder()))
            command = command.replace("./build/dev/bin/idswitch", running.program())
            done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, encoding="utf-8",
                                  timeout=running.WAIT_S, env={"PATH": os.environ["PATH"]}, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, output)


if __name__ == "__main__":
    running.main()

"""idswitch simulate: a draft run through what the running switch recorded, held against starting the draft for real."""

import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
import running
from running import PERSON

PEOPLE = 70
CHECKS = "liveness+id_match"


def weighted(code, sign):
    return {"weighted": [{"weight": code, "use": "aliyun-code"}, {"weight": sign, "use": "aliyun-sign"}]}


def settings_with(settings, use, **tenant):
    shop = settings["tenants"]["shop"]
    shop["routes"] = [{"name": "sdk", "method": "sdk", "checks": CHECKS.split("+"), "use": use}]
    shop["attributes"] = {"plan": {"type": "text", "values": ["free", "paid"]}}
    shop.update(tenant)


def person(number):
    return dict(PERSON, id=f"person-{number}")


class Simulate(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        settings_with(settings, weighted(50, 50))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked, cls.passed = {}, {}
        for number in range(PEOPLE):
            found = cls.started(cls.switch, number)
            cls.asked[number] = found["account"]
            cls.passed[number] = number % 4 != 0
            cls.sandbox.finish(found["action"]["token"], "1000" if cls.passed[number] else "2000")
            done = cls.switch.refresh(found["id"]).json
            assert done["verdict"] == ("pass" if cls.passed[number] else "fail"), done

    @staticmethod
    def started(switch, number):
        answer = switch.post("sdk", CHECKS, person=person(number), attributes={"plan": "paid"})
        assert answer.status == 201, answer
        return answer.json

    def simulate(self, *arguments):
        """Without any secret: none is needed to decide."""
        environment = {name: value for name, value in os.environ.items() if name not in running.SECRETS}
        return subprocess.run([running.program(), "simulate", *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, encoding="utf-8", timeout=running.WAIT_S, env=environment,
                              check=False)

    def figures(self, draft, *arguments):
        done = self.simulate("-c", draft, "--store", self.switch.store_file, "--json", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return json.loads(done.stdout)

    def draft(self, name, use, own_store=False, **tenant):
        def change(settings):
            settings_with(settings, use, **tenant)
            settings["accounts"]["aliyun-sign"]["contract"]["prices"] = {"face_verify": "0.60"}
            if own_store:
                settings["store"]["path"] = os.path.join(self.folder, name + ".db")

        return running.Switch(self.folder, self.sandbox, change, name=name)

    @staticmethod
    def volumes(side):
        return {one["account"]: one["volume"] for one in side["accounts"] if one["volume"]}

    @staticmethod
    def counted(accounts):
        return {name: list(accounts).count(name) for name in set(accounts)}

    def test_a_draft_is_what_starting_it_for_real_gives(self):
        really = self.draft("really", weighted(90, 10), own_store=True).start()
        try:
            asked = {number: self.started(really, number)["account"] for number in range(PEOPLE)}
        finally:
            really.stop()
        self.assertNotEqual(asked, self.asked, "these people would not show a difference")
        found = self.figures(really.config_file)
        self.assertEqual((found["requests"], found["not_ended"], found["unusable"]), (PEOPLE, 0, {}))
        self.assertEqual(self.volumes(found["draft"]), self.counted(asked.values()))
        self.assertEqual(self.volumes(found["running"]), self.counted(self.asked.values()))
        for side, choices in (("draft", asked), ("running", self.asked)):
            for one in found[side]["accounts"]:
                same = [n for n in range(PEOPLE) if choices[n] == self.asked[n] == one["account"]]
                with self.subTest(side=side, account=one["account"]):
                    self.assertEqual(one["n"], len(same))
                    # All were recorded with the same probability, so each says as much as another.
                    self.assertAlmostEqual(one["effective_n"], len(same), 2)
                    self.assertEqual(one["without_support"], 0)
                    if len(same) < 30:
                        self.assertIsNone(one["pass_rate"])
                    else:
                        passed = sum(self.passed[n] for n in same)
                        self.assertAlmostEqual(one["pass_rate"], passed / len(same), 5)
        self.assertIsNotNone(found["running"]["cost_per_pass"])
        # What was learnt is the same for both, the draft's price is not.
        for account, factor in (("aliyun-code", 1), ("aliyun-sign", 0.6)):
            draft, beside = (
                next(float(one["spend"]) / one["volume"] for one in found[side]["accounts"] if one["account"] == account)
                for side in ("draft", "running")
            )
            self.assertGreater(beside, 0)
            self.assertAlmostEqual(draft, factor * beside, 5)

    def test_the_running_config_beside_itself_shows_no_difference(self):
        # Each run looks at the statistics of its moment, so only columns of one run are compared.
        nothing = {"routed": 0, "spend": "0.00", "pass_rate": 0, "cost_per_pass": "0.00"}
        for arguments, name in (
            ((), f"version 1 in {self.switch.store_file}"),
            (("--running", self.switch.config_file), self.switch.config_file),
        ):
            with self.subTest(arguments):
                found = self.figures(self.switch.config_file, *arguments)
                self.assertEqual(found["running"]["config"], name)
                self.assertEqual({**found["draft"], "config": ""}, {**found["running"], "config": ""})
                self.assertEqual(found["difference"], nothing)

    def test_a_draft_nobody_ever_tried_is_not_enough_data(self):
        draft = self.draft("untried", "megvii").configure().config_file
        found = self.figures(draft)
        account = found["draft"]["accounts"][0]
        self.assertEqual((account["volume"], account["without_support"]), (PEOPLE, PEOPLE))
        self.assertEqual([account["pass_rate"], found["draft"]["pass_rate"], found["draft"]["cost_per_pass"]], [None] * 3)
        self.assertEqual(found["difference"]["pass_rate"], None)
        text = self.simulate("-c", draft, "--store", self.switch.store_file).stdout
        line = next(line for line in text.splitlines() if line.startswith("megvii"))
        self.assertIn("not enough data", line)
        self.assertTrue(line.endswith("100.0 %"), line)
        self.assertNotIn("person-", text)

    def test_what_a_draft_would_not_take_is_counted_and_named(self):
        draft = self.draft("narrow", "megvii", attributes={"tier": "text"}).configure().config_file
        found = self.figures(draft)
        self.assertEqual(found["draft"]["rejected"], {"attribute `plan` is unknown": PEOPLE})
        self.assertEqual((found["draft"]["routed"], found["running"]["routed"]), (0, PEOPLE))

        def lacks(settings):
            settings_with(settings, "megvii")
            del settings["accounts"]["aliyun-sign"]
            del settings["tenants"]["bank"]

        path = running.Switch(self.folder, self.sandbox, lacks, name="lacks").configure().config_file
        gone = list(self.asked.values()).count("aliyun-sign")
        self.assertEqual(self.figures(path)["draft"]["lacking"], {"aliyun-sign": gone})

    def test_without_recorded_traffic_it_says_how_to_make_some_up(self):
        draft = self.draft("alone", "megvii").configure().config_file
        nowhere = os.path.join(self.folder, "nowhere.db")
        for arguments in (("--store", nowhere), ("--store", self.switch.store_file, "-t", "bank")):
            done = self.simulate("-c", draft, *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done)
            self.assertIn("--population", done.stderr)
        done = self.simulate("-c", draft, "--store", self.switch.store_file, "-t", "nobody")
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertIn("no tenant `nobody`", done.stderr)

    def test_a_population_can_be_made_up(self):
        path = os.path.join(self.folder, "population.yaml")
        population = {"tenant": "shop", "method": "sdk", "checks": CHECKS.split("+"), "count": 4000,
                      "begins": "2026-01-01", "attributes": {"plan": {"choice": {"free": 1, "paid": 3}}},
                      "accounts": {"aliyun-code": {"pass": 0.8}, "aliyun-sign": {"pass": 0.5, "completion": 0.5}}}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(population, file)
        draft = self.draft("made-up", "aliyun-code").configure().config_file
        arguments = ("--population", path, "--days", "30")
        found = self.figures(draft, *arguments)
        self.assertEqual(self.volumes(found["draft"]), {"aliyun-code": 4000})
        self.assertEqual(found["draft"]["spend"], {"CNY": "4000.00"})
        self.assertAlmostEqual(found["draft"]["pass_rate"], 0.8, delta=0.03)
        self.assertAlmostEqual(found["running"]["pass_rate"], (0.8 + 0.25) / 2, delta=0.04)
        self.assertEqual(found, self.figures(draft, *arguments))
        self.assertNotEqual(found["draft"]["pass_rate"], self.figures(draft, *arguments, "--seed", "2")["draft"]["pass_rate"])

        del population["accounts"]["aliyun-sign"]
        population["accounts"]["aliyun-code"]["pas"] = 1
        with open(path, "w", encoding="utf-8") as file:
            json.dump(population, file)
        done = self.simulate("-c", draft, "--store", self.switch.store_file, *arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertRegex(done.stderr, r"population\.yaml:1:\d+: accounts\.aliyun-code\.pas: unknown key")
        del population["accounts"]["aliyun-code"]["pas"]
        with open(path, "w", encoding="utf-8") as file:
            json.dump(population, file)
        done = self.simulate("-c", draft, "--store", self.switch.store_file, *arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertIn("leads to `aliyun-sign`: add what is true of it", done.stderr)


if __name__ == "__main__":
    running.main()

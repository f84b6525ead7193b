"""An experiment from the first person to its report: who gets which arm and keeps it, what is counted, and how the
guardrail stops a bad arm for good."""

import contextlib
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
import running
from running import route

OPS = "key-of-the-operators-0123456789"
WATCH_S = 30  # the switch looks every 10 s


def arms(control=50, variant=50):
    return {
        "control": {"weight": control, "use": "jumdata"},
        "variant": {"weight": variant, "use": "jumdata-two"},
    }


ARM_OF = {"jumdata": "control", "jumdata-two": "variant"}


class ExperimentTest(running.SwitchTest):
    def everybody_is_old(self):
        """Lets as many hours pass for those who are in an experiment as its longest session lives, and some."""
        with contextlib.closing(sqlite3.connect(self.switch.store_file, timeout=running.WAIT_S)) as file, file:
            file.execute("UPDATE exposure SET at_unix_ms = at_unix_ms - 3 * 3600 * 1000")
        self.look_is_over()

    def look_is_over(self):
        running.wait_until(
            lambda: all(arm["waiting"]["persons"] == 0 for arm in self.report()["arms"]), "admitted", WATCH_S)

    @classmethod
    def change(cls, settings):
        settings["accounts"]["jumdata-two"] = dict(settings["accounts"]["jumdata"])
        settings["admin"] = {"api_keys": [{"id": "ops", "sha256": hashlib.sha256(OPS.encode()).hexdigest()}]}
        shop = settings["tenants"]["shop"]
        shop["experiments"] = cls.experiments()
        shop["routes"] = [
            {"method": "h5", "checks": ["liveness"], "use": {"experiment": "faces"}},
            route("mini_program", "liveness", "jumdata"),
        ]

    def admin(self, path):
        return self.switch.call("POST", "/admin/" + path, tenant=None, headers={"Authorization": "Bearer " + OPS})

    def order(self, what, name="faces", tenant="shop"):
        return self.admin(f"experiments/{tenant}/{name}:{what}")

    def reload(self, change):
        with open(self.switch.config_file, encoding="utf-8") as file:
            settings = json.load(file)
        change(settings["tenants"]["shop"]["experiments"])
        with open(self.switch.config_file, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        answer = self.admin("config:reload")
        self.assertEqual(answer.status, 200, answer)

    def listed(self):
        answer = self.switch.call("GET", "/v1/experiments")
        self.assertEqual(answer.status, 200, answer)
        return {one["name"]: one for one in answer.json["experiments"]}

    def report(self, name="faces"):
        answer = self.switch.call("GET", "/v1/experiments/" + name)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def command(self, *more):
        return subprocess.run(
            [running.program(), "experiment", "report", "-c", self.switch.config_file, *more], capture_output=True,
            encoding="utf-8", timeout=running.WAIT_S, env=dict(os.environ, **running.SECRETS), check=False,
        )

    def begin(self, person):
        return self.start("h5", "liveness", person={"id": person})

    def arm(self, person):
        """Starts one, and says whose account opened it."""
        return ARM_OF[self.begin(person)["account"]]

    def end(self, found, code):
        """The person is done, and the vendor says so."""
        query = urllib.parse.urlsplit(found["action"]["url"]).query
        token = urllib.parse.parse_qs(query)["token"][0]
        self.sandbox.finish(token, code)
        answer = self.switch.refresh(found["id"])
        self.assertEqual((answer.status, answer.json["status"]), (200, "completed"), answer)


class Report(ExperimentTest):
    @classmethod
    def experiments(cls):
        guardrail = {"pass_rate_drop": 0.5, "completion_rate_drop": 0.5, "cost_per_pass_rise": "100%"}
        return {
            "faces": {"seed": "one", "arms": arms(), "guardrail": guardrail},
            "nobody": {"seed": 2026, "coverage": "10%", "arms": arms(1, 0)},
        }

    def test_it_agrees_with_what_happened_and_people_keep_their_arms(self):
        empty = self.report()
        self.assertEqual([arm["persons"] for arm in empty["arms"]], [0, 0])
        self.assertEqual(empty["arms"][0]["pass_rate"], {"value": None, "low": 0.0, "high": 1.0})
        figures = ("persons", "ended", "passed", "charged", "tries", "again")
        truth = {arm: dict.fromkeys(figures, 0) for arm in ("control", "variant")}
        arm_of = {}
        # By arm: of ten people so many pass, so many fail, one ends without being charged, and one stays open.
        plan = {"control": "PPPPPPPF3-", "variant": "PPPPFFFF3-"}
        for number in range(130):
            person = f"person-{number}"
            found = self.begin(person)
            arm = arm_of[person] = ARM_OF[found["account"]]
            counts = truth[arm]
            how = plan[arm][counts["persons"] % 10]
            counts["persons"] += 1
            counts["tries"] += 1
            if how == "-":
                continue
            self.end(found, {"P": "200", "F": "202", "3": "203"}[how])
            counts["ended"] += 1
            counts["passed"] += how == "P"
            counts["charged"] += 30 if how in "PF" else 0
        self.assertGreater(min(one["persons"] for one in truth.values()), 30, "about half of them in each arm")

        self.check_waiting(truth)
        self.everybody_is_old()
        self.check_report(truth, "at first")
        self.check_command()

        # Second tries are in the totals and nowhere else; without a person id nobody is counted.
        for number in range(0, 130, 10):
            found = self.begin(f"person-{number}")
            self.assertEqual(ARM_OF[found["account"]], arm_of[f"person-{number}"])
            self.end(found, "200")
            truth[arm_of[f"person-{number}"]]["tries"] += 1
            truth[arm_of[f"person-{number}"]]["again"] += 1
        self.assertEqual(ARM_OF[self.start("h5", "liveness")["account"]], "control")
        self.check_report(truth, "after second tries")

        def kept(step):
            for number in range(step, 130, 9):
                self.assertEqual(self.arm(f"person-{number}"), arm_of[f"person-{number}"], f"person-{number}")
                truth[arm_of[f"person-{number}"]]["tries"] += 1

        self.switch.stop()
        self.switch.restart()
        kept(1)
        self.reload(lambda experiments: experiments["faces"].update(alpha=0.01))
        kept(2)
        self.check_report(truth, "after a restart and a reload")
        self.assertEqual(self.report()["alpha"], 0.01)

        # More weight for control: nobody leaves it, some come to it and are said to have crossed over.
        self.reload(lambda experiments: experiments["faces"].update(arms=arms(90, 10)))
        moved = 0
        for person, arm in list(arm_of.items())[:60]:
            now = self.arm(person)
            if arm == "control":
                self.assertEqual(now, "control", person)
            else:
                moved += now == "control"
        self.assertGreater(moved, 5)
        found = self.report()
        self.assertEqual([arm["crossovers"] for arm in found["arms"]], [0, moved])
        self.assertEqual([arm["weight"] for arm in found["arms"]], [90, 10])
        self.assertEqual([arm["persons"] for arm in found["arms"]], [one["persons"] for one in truth.values()])

    def check_waiting(self, truth):
        """Before anybody is old enough all is shown, and nothing judged."""
        found = self.report()
        for arm, name in zip(found["arms"], ("control", "variant")):
            counts = truth[name]
            waiting = {"persons": counts["persons"], "ended": counts["ended"], "completed": counts["ended"],
                       "passed": counts["passed"], "charged": "%d.%02d" % divmod(counts["charged"], 100)}
            self.assertEqual(arm["waiting"], waiting)
            self.assertEqual(arm["admitted"]["persons"], 0)
            self.assertEqual(arm["pass_rate"], {"value": None, "low": 0.0, "high": 1.0})

    def check_report(self, truth, when):
        found = self.report()
        for arm, name in zip(found["arms"], ("control", "variant")):
            counts = truth[name]
            self.assertEqual(arm["name"], name)
            self.assertEqual(arm["persons"], counts["persons"], when)
            self.assertEqual(arm["all"]["verifications"], counts["tries"], when)
            self.assertEqual(arm["all"]["passed"], counts["passed"] + counts["again"], when)
            self.assertEqual(arm["all"]["charged"], "%d.%02d" % divmod(counts["charged"] + 30 * counts["again"], 100))
            self.assertEqual(arm["admitted"]["persons"], counts["persons"], when)
            self.assertEqual(arm["admitted"]["completed"], counts["ended"], when)
            self.assertEqual(arm["admitted"]["passed"], counts["passed"], when)
            self.assertEqual(arm["admitted"]["charged"], "%d.%02d" % divmod(counts["charged"], 100), when)
            self.assertEqual(arm["waiting"]["persons"], 0, when)
            rate = arm["pass_rate"]
            self.assertAlmostEqual(rate["value"], counts["passed"] / counts["persons"], places=6)
            self.assertLess(rate["low"], rate["value"])
            self.assertGreater(rate["high"], rate["value"])
            self.assertGreater(rate["low"], 0.1)
            completed = counts["ended"] / counts["persons"]
            self.assertAlmostEqual(arm["completion_rate"]["value"], completed, places=6)
            cost = arm["cost_per_pass"]
            self.assertEqual(float(cost["value"]), counts["charged"] * 10_000 // counts["passed"] / 1e6)
            self.assertLess(float(cost["low"]), float(cost["value"]))
            self.assertGreater(float(cost["high"]), float(cost["value"]))
            self.assertGreaterEqual(arm["time_to_result_ms"], 0)
        (compared,) = found["comparisons"]
        self.assertEqual(compared["arm"], "variant")
        rates = [arm["pass_rate"]["value"] for arm in found["arms"]]
        self.assertAlmostEqual(compared["pass_rate"]["difference"], rates[1] - rates[0], places=5)
        self.assertIn(compared["completion_rate"]["finding"], ("not enough data", "no difference seen yet"))
        self.assertFalse(found["sample_ratio"]["is_mismatch"], found)
        self.assertGreater(found["sample_ratio"]["p_value"], 0.001)
        self.assertIn("display", found["sample_ratio"]["p_value_note"])
        # Jumdata's token lives two hours.
        self.assertEqual(found["admitted_after_s"], 7200 + 15 * 60)
        self.assertEqual((found["currency"], found["control"], found["status"]), ("CNY", "control", "running"))
        self.assertIsNone(found["paused"])
        self.assertIsNone(found["guardrail"]["tripped"])
        self.assertEqual(found["guardrail"]["cost_per_pass_rise"], 1.0)

    def check_command(self):
        body = self.switch.call("GET", "/v1/experiments/faces").body.decode()
        self.assertIn('"coverage":1.000000', body)
        one = self.command("-t", "shop", "faces", "--json")
        self.assertEqual((one.returncode, one.stderr, one.stdout), (0, "", body + "\n"))
        both = self.command("-t", "shop", "--json")
        self.assertEqual([e["name"] for e in json.loads(both.stdout)["experiments"]], ["faces", "nobody"])
        self.assertEqual(json.loads(both.stdout)["experiments"][0], json.loads(body))
        table = self.command("-t", "shop").stdout
        for text in ("faces: seed one, coverage 100.0 %, running", "nobody: seed 2026, coverage 10.0 %", "control *",
                     "waiting, not judged", "variant against control", "sample ratio: as the weights say",
                     "cost per pass, CNY"):
            self.assertIn(text, table)
        self.assertIn(str(self.report()["arms"][0]["persons"]), table)
        refusals = [(("-t", "shop", "facse"), "has no experiment 'facse'; it has faces, nobody"),
                    (("-t", "bank"), "has no experiments"), (("-t", "bnak"), "no tenant bnak")]
        for arguments, says in refusals:
            done = self.command(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(says, done.stderr)

    def test_the_list_and_the_names(self):
        listed = self.listed()
        self.assertEqual(list(listed), ["faces", "nobody"])
        self.assertEqual(
            listed["nobody"],
            {"name": "nobody", "seed": "2026", "coverage": 0.1, "alpha": 0.05, "control": "control",
             "status": "running", "paused": None,
             "arms": [{"name": "control", "weight": 1}, {"name": "variant", "weight": 0}]},
        )
        self.assertEqual(self.switch.call("GET", "/v1/experiments", tenant="bank").json, {"experiments": []})
        call = self.switch.call
        self.problem(call("GET", "/v1/experiments/facse"), 404, "not_found", says="it has faces, nobody")
        self.problem(call("GET", "/v1/experiments/faces", tenant="bank"), 404, "not_found", says="it has none")
        self.problem(call("POST", "/v1/experiments/faces"), 405, "method_not_allowed")
        self.problem(call("GET", "/v1/experiments", tenant=None), 401, "unauthorized")
        self.problem(self.order("pause", "facse"), 404, "not_found", says="it has faces, nobody")
        self.problem(self.order("pause", "faces", "shpo"), 404, "not_found", says="it has bank, shop")
        self.problem(self.order("stop"), 404, "not_found")
        self.problem(self.admin("experiments/faces:pause"), 404, "not_found")
        self.problem(call("POST", "/admin/experiments/shop/faces:pause"), 401, "unauthorized")

    def test_an_administrator_pauses_and_resumes(self):
        for _ in range(2):  # the second time it is paused already
            paused = self.order("pause", "nobody")
            self.assertEqual(paused.status, 200, paused)
            self.assertEqual(paused.json["status"], "paused")
            self.assertIn("'ops'", paused.json["paused"]["why"])
        self.assertEqual(self.listed()["nobody"]["paused"], paused.json["paused"])
        self.assertIn("nobody: seed 2026, coverage 10.0 %, PAUSED since", self.command("-t", "shop").stdout)
        resumed = self.order("resume", "nobody")
        self.assertEqual((resumed.status, resumed.json["status"]), (200, "running"), resumed)
        self.assertEqual(self.report("nobody")["status"], "running")
        lines = [json.loads(line) for line in self.switch.log().splitlines() if '"experiment_' in line]
        self.assertIn(("experiment_resumed", "ops"), [(one["event"], one.get("by")) for one in lines])


class Guardrail(ExperimentTest):
    @classmethod
    def experiments(cls):
        return {"faces": {"seed": "one", "arms": arms(), "guardrail": {"pass_rate_drop": 0.05}}}

    def everybody_gets_control(self, begin):
        self.assertEqual({self.arm(f"person-{number}") for number in range(begin, begin + 20)}, {"control"})

    def test_the_guardrail_stops_a_bad_arm_for_good(self):
        passes = {"control": 0, "variant": 0}
        persons = dict(passes)
        for number in range(120):
            found = self.begin(f"person-{number}")
            arm = ARM_OF[found["account"]]
            persons[arm] += 1
            # Nine of ten pass in control, one of ten in the variant.
            is_pass = (persons[arm] % 10 == 0) == (arm == "variant")
            passes[arm] += is_pass
            self.end(found, "200" if is_pass else "202")
        self.assertEqual(self.listed()["faces"]["status"], "running", "they are too young to be judged")
        self.everybody_is_old()
        paused = running.wait_until(lambda: self.listed()["faces"]["paused"], "paused by its guardrail", WATCH_S)
        self.assertIn("Guardrail pass_rate_drop", paused["why"])
        self.assertIn("'variant'", paused["why"])
        counted = self.report()
        self.assertIsNotNone(counted["guardrail"]["tripped"])
        self.assertEqual(counted["comparisons"][0]["pass_rate"]["finding"], "worse")
        lines = [json.loads(line) for line in self.switch.log().splitlines() if '"experiment_paused"' in line]
        self.assertEqual([(one["level"], one["tenant"], one["experiment"], one["reason"]) for one in lines],
                         [("error", "shop", "faces", paused["why"])])

        self.everybody_gets_control(0)
        self.everybody_gets_control(1000)
        self.switch.kill()
        self.switch.restart()
        self.assertEqual(self.listed()["faces"]["paused"], paused)
        self.everybody_gets_control(0)
        self.everybody_gets_control(2000)
        same = self.report()
        self.assertEqual([(a["persons"], a["all"]["verifications"]) for a in same["arms"]],
                         [(a["persons"], a["all"]["verifications"]) for a in counted["arms"]], "nobody is counted")

        # It stays paused as long as the guardrail would pause it again.
        self.problem(self.order("resume"), 409, "conflict", says="Guardrail pass_rate_drop")
        self.assertEqual(self.listed()["faces"]["paused"], paused)
        self.reload(lambda experiments: experiments["faces"].update(guardrail={"pass_rate_drop": 1.0}))
        resumed = self.order("resume")
        self.assertEqual((resumed.status, resumed.json["status"]), (200, "running"), resumed)
        self.assertEqual({self.arm(f"person-{number}") for number in range(20)}, {"control", "variant"})

        # Another seed is another experiment.
        self.assertEqual(self.order("pause").status, 200)
        self.everybody_gets_control(3000)
        self.reload(lambda experiments: experiments["faces"].update(seed="two"))
        self.assertEqual(self.listed()["faces"]["status"], "running")
        self.assertEqual([arm["persons"] for arm in self.report()["arms"]], [0, 0])
        self.assertEqual({self.arm(f"person-{number}") for number in range(20)}, {"control", "variant"})


if __name__ == "__main__":
    running.main()

"""Asking a second account beside a slow first one: only where an unused session costs nothing."""

import os
import sqlite3
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
import running
from running import PERSON, route


class Hedging(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        settings["tenants"]["shop"]["routes"] = [
            route("sdk", "liveness+id_match", "aliyun-code", "aliyun-sign", hedge_after="200ms"),
        ]

    def start_one(self):
        return self.start("sdk", "liveness+id_match", person=PERSON)

    def test_a_quick_first_account_is_asked_alone(self):
        before = self.sandbox.requests("aliyun_sdk.get_biz_token")
        found = self.start_one()
        self.assertEqual(found["account"], "aliyun-code")
        self.assertEqual(self.sandbox.requests("aliyun_sdk.get_biz_token"), before + 1)

    def test_the_second_serves_when_the_first_is_slow_and_only_its_session_is_held(self):
        before = self.sandbox.requests("aliyun_sdk.get_biz_token")
        self.sandbox.fault("delay", "aliyun_sdk", "get_biz_token", delay_ms=2_000, times=1)
        found = self.start_one()
        self.assertEqual(found["account"], "aliyun-sign")
        # Another request about it is answered although the slow attempt has not ended.
        self.assertEqual(self.switch.get(found["id"]).status, 200)
        running.wait_until(
            lambda: ("aliyun-code", "face_verify", "voided", "0.00") in self.charges(self.switch.get(found["id"]).json),
            "the session nobody uses is given back",
        )
        self.assertEqual(self.sandbox.requests("aliyun_sdk.get_biz_token"), before + 2)
        self.sandbox.finish(found["action"]["token"], "1000")
        done = self.judged(self.switch.refresh(found["id"], {"person": PERSON}), "pass", None)
        self.assertIn(("aliyun-sign", "face_verify", "captured", "1.00"), self.charges(done))
        self.assertIn(("aliyun-code", "face_verify", "voided", "0.00"), self.charges(done))

    def test_a_first_one_that_fails_early_leaves_the_usual_failover(self):
        self.sandbox.fault("reply", "aliyun_sdk", "get_biz_token", status=500, times=1)
        found = self.start_one()
        self.assertEqual([one["account"] for one in found["attempts"]], ["aliyun-code", "aliyun-sign"])

    def test_when_both_fail_slowly_the_platform_is_told(self):
        self.sandbox.fault("reply", "aliyun_sdk", "get_biz_token", status=500, delay_ms=500, times=2)
        answer = self.switch.post("sdk", "liveness+id_match", person=PERSON)
        found = self.problem(answer, 503, "no_vendor_available")
        self.assertEqual(sorted(one["account"] for one in found["attempts"]), ["aliyun-code", "aliyun-sign"])

    def test_a_second_one_that_the_store_refuses_does_not_end_the_first(self):
        before = self.sandbox.requests("aliyun_sdk.get_biz_token")
        logged = len(self.switch.log())
        self.sandbox.fault("delay", "aliyun_sdk", "get_biz_token", delay_ms=4_000, times=1)
        answers = []
        caller = threading.Thread(target=lambda: answers.append(self.start_one()))
        caller.start()
        running.wait_until(lambda: self.sandbox.requests("aliyun_sdk.get_biz_token") == before + 1,
                           "the first is asked")
        other = sqlite3.connect(self.switch.store_file, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        running.wait_until(lambda: "store_write_failed" in self.switch.log()[logged:], "the second hold is refused")
        other.execute("ROLLBACK")
        self.assertTrue(caller.is_alive(), "the machine is too slow for this to say anything")
        caller.join()
        self.assertEqual([one["account"] for one in answers], ["aliyun-code"])
        self.assertEqual(self.sandbox.requests("aliyun_sdk.get_biz_token"), before + 1)
        self.sandbox.finish(answers[0]["action"]["token"], "1000")
        self.judged(self.switch.refresh(answers[0]["id"], {"person": PERSON}), "pass", None)

    def test_a_start_that_may_cost_something_is_never_hedged(self):
        wrong = {
            ("h5", "liveness", "jumdata", "jumdata-two"): "charged or held as soon as a request is accepted",
            ("sdk", "liveness", "megvii", "megvii-two"): "is assumed",
            ("sdk", "liveness+id_match", "aliyun-code"): "there is no second account",
        }
        for (method, checks, *names), says in wrong.items():
            with self.subTest(names):
                def change(settings):
                    for name in ("jumdata", "megvii"):
                        settings["accounts"][name + "-two"] = dict(settings["accounts"][name])
                    settings["tenants"]["shop"]["routes"] = [route(method, checks, *names, hedge_after="1s")]

                path = running.Switch(self.folder, self.sandbox, change, name="wrong").configure().config_file
                done = subprocess.run(
                    [running.program(), "check", "-c", path], capture_output=True, encoding="utf-8",
                    timeout=running.WAIT_S, env=dict(os.environ, **running.SECRETS), check=False,
                )
                self.assertEqual(done.returncode, 2, done)
                self.assertIn("hedge_after", done.stderr)
                self.assertIn(says, done.stderr)

    def test_more_parts_than_a_decision_has_room_for_are_refused(self):
        parts = [{"weight": 1, "use": ["aliyun-code", "aliyun-sign"]}] * 65

        def change(settings):
            settings["tenants"]["shop"]["routes"] = [
                running.rule("sdk", "liveness+id_match", {"weighted": parts}),
            ]

        path = running.Switch(self.folder, self.sandbox, change, name="many").configure().config_file
        done = subprocess.run(
            [running.program(), "check", "-c", path], capture_output=True, encoding="utf-8",
            timeout=running.WAIT_S, env=dict(os.environ, **running.SECRETS), check=False,
        )
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("has 65 parts: at most 64", done.stderr)


if __name__ == "__main__":
    running.main()

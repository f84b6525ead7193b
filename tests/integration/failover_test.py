"""What happens when the first vendor fails: who is asked next, what the platform reads, which holds stay."""

import socket
import sys

sys.dont_write_bytecode = True
import running
from running import PERSON, route


class Failover(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        accounts = settings["accounts"]
        accounts["jumdata-two"] = dict(accounts["jumdata"])
        accounts["jumdata-dead"] = dict(accounts["jumdata"], base_url=f"https://localhost:{running.free_port()}")
        accounts["baidu-brief"] = dict(accounts["baidu"], limits={"timeout": "1s"})
        # Takes connections and never says a word.
        cls.silent = socket.create_server(("127.0.0.1", 0))
        cls.addClassCleanup(cls.silent.close)
        silent_url = f"https://127.0.0.1:{cls.silent.getsockname()[1]}"
        accounts["jumdata-silent"] = dict(accounts["jumdata"], base_url=silent_url)
        settings["tenants"]["shop"]["routes"] = [
            route("h5", "liveness", "jumdata", "jumdata-two"),
            route("mini_program", "liveness", "jumdata-dead", "jumdata"),
            route("sdk", "liveness+id_match", "aliyun-code", "megvii"),
            route("video_code", "liveness", "baidu"),
        ]
        settings["tenants"]["bank"]["routes"] = [
            route("h5", "liveness", "jumdata", "jumdata-two", on_unknown_outcome="go_on"),
            route("mini_program", "liveness", "jumdata-silent", "jumdata", deadline="1s"),
            route("video_code", "liveness", "baidu-brief"),
        ]

    def setUp(self):
        """A new process has not heard of what earlier tests made of the accounts."""
        super().setUp()
        self.switch.stop()
        self.switch.restart()

    def mend(self, account, error_class):
        """As an operator who has mended the account; a pause that the vendor asked for is kept to all the same."""
        answer = self.switch.admin("POST", f"accounts/{account}:probe")
        self.assertEqual((answer.status, answer.json["account"]), (200, account), answer)
        if error_class == "throttled":
            self.switch.stop()
            self.switch.restart()

    def attempts(self, found):
        return [(one["account"], one["error_class"]) for one in found["attempts"]]

    def test_the_second_account_serves_when_the_first_says_no(self):
        refusals = [
            ("unavailable", {"kind": "vendor_error", "code": "500"}),
            ("throttled", {"kind": "throttle"}),
            ("throttled", {"kind": "reply", "status": 429, "headers": {"Retry-After": "3"}}),
            ("credentials", {"kind": "vendor_error", "code": "607"}),
            ("account_suspended", {"kind": "vendor_error", "code": "602"}),
            ("unsupported", {"kind": "vendor_error", "code": "404"}),
        ]
        for error_class, fault in refusals:
            with self.subTest(fault):
                self.sandbox.clear_faults()
                self.sandbox.fault(product="jumdata", endpoint="init", times=1, **fault)
                found = self.start("h5", "liveness")
                self.assertEqual(found["account"], "jumdata-two")
                self.assertEqual(self.attempts(found), [("jumdata", error_class), ("jumdata-two", None)], found)
                last = self.charges(found)[-1]
                self.assertEqual(last, ("jumdata-two", "life_check", "held", "0.30"))
                self.mend("jumdata", error_class)

    def test_after_doubt_about_a_charge_the_rule_decides_whatever_the_error_class(self):
        for fault in ({"kind": "reply", "status": 500}, {"kind": "reply", "status": 503, "body": "<html>down</html>"}):
            with self.subTest(fault):
                self.sandbox.fault(product="jumdata", endpoint="init", times=2, **fault)
                problem = self.problem(self.switch.post("h5", "liveness"), 502, "vendor_outcome_unknown")
                self.assertEqual(self.attempts(problem), [("jumdata", "unavailable")])
                self.assertEqual(self.charges(problem), [("jumdata", "life_check", "unknown", "0.30")])
                found = self.start("h5", "liveness", tenant="bank")
                self.assertEqual(found["account"], "jumdata-two")
                self.assertEqual([one[2] for one in self.charges(found)], ["unknown", "held"])
                self.mend("jumdata", "unavailable")

    def test_a_refused_connection_costs_nothing_and_the_second_serves(self):
        found = self.start("mini_program", "liveness")
        self.assertEqual(self.attempts(found), [("jumdata-dead", "unavailable"), ("jumdata", None)])
        first = found["attempts"][0]
        self.assertEqual(first["transport"], "not_sent")
        self.assertIn("refused", first["detail"])
        self.assertEqual(
            self.charges(found),
            [("jumdata-dead", "life_check", "voided", "0.00"), ("jumdata", "life_check", "held", "0.30")],
        )

    def test_a_used_up_quota_goes_on_to_another_product(self):
        for code in ("B403MQ", "AUTHORIZATION_ERROR:BALANCE_NOT_ENOUGH"):
            with self.subTest(code):
                self.sandbox.fault("vendor_error", "aliyun_sdk", "get_biz_token", code=code, times=1)
                found = self.start("sdk", "liveness+id_match", person=PERSON)
                self.assertEqual(self.attempts(found), [("aliyun-code", "quota_exhausted"), ("megvii", None)])
                self.assertEqual(found["product"], "megvii/faceid_v5")
                self.mend("aliyun-code", "quota_exhausted")

    def test_wrong_data_stops_at_the_first(self):
        before = self.sandbox.requests("jumdata.init")
        self.sandbox.fault("vendor_error", "jumdata", "init", code="400", times=1)
        problem = self.problem(self.switch.post("h5", "liveness"), 422, "vendor_rejected", says="correct the data")
        self.assertEqual(self.attempts(problem), [("jumdata", "invalid_request")])
        self.assertEqual(self.sandbox.requests("jumdata.init"), before + 1)
        self.assertEqual(self.charges(problem), [("jumdata", "life_check", "voided", "0.00")])

    def test_when_all_fail_each_cause_is_listed(self):
        self.sandbox.fault("vendor_error", "jumdata", "init", code="607", times=1)
        self.sandbox.fault("throttle", "jumdata", "init", times=1)
        answer = self.switch.post("h5", "liveness")
        problem = self.problem(answer, 503, "no_vendor_available", says="attempts")
        self.assertTrue(problem["retryable"])
        self.assertEqual(self.attempts(problem), [("jumdata", "credentials"), ("jumdata-two", "throttled")])
        kept = self.switch.get(problem["verification"]).json
        self.assertEqual((kept["status"], kept["failure"]["code"]), ("failed", "no_vendor_available"), kept)
        self.assertEqual(self.attempts(kept), self.attempts(problem))

    def test_an_unknown_outcome_waits_and_keeps_its_hold(self):
        for kind in ("close_after", "truncate"):
            with self.subTest(kind):
                before = self.sandbox.requests("jumdata.init")
                self.sandbox.fault(kind, "jumdata", "init", times=1)
                problem = self.problem(self.switch.post("h5", "liveness"), 502, "vendor_outcome_unknown")
                self.assertFalse(problem["retryable"])
                self.assertEqual([one["account"] for one in problem["attempts"]], ["jumdata"])
                self.assertEqual(self.charges(problem), [("jumdata", "life_check", "unknown", "0.30")])
                self.assertEqual(self.sandbox.requests("jumdata.init"), before + 1, "a paid call was sent twice")
                kept = self.switch.get(problem["verification"]).json
                self.assertEqual((kept["status"], kept["verdict"]), ("failed", None))
                self.assertEqual(self.charges(kept), [("jumdata", "life_check", "unknown", "0.30")])

    def test_a_lost_session_that_costs_only_when_finished_costs_nothing(self):
        self.sandbox.fault("close_after", "aliyun_sdk", "get_biz_token", times=1)
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        self.assertEqual(self.attempts(found), [("aliyun-code", "unavailable"), ("megvii", None)])
        self.assertEqual(
            self.charges(found),
            [("aliyun-code", "face_verify", "voided", "0.00"), ("megvii", "verify", "held", "0.80")],
        )

    def test_an_unknown_outcome_goes_on_where_the_route_says_so(self):
        self.sandbox.fault("close_after", "jumdata", "init", times=1)
        found = self.start("h5", "liveness", tenant="bank")
        self.assertEqual(self.attempts(found), [("jumdata", "unknown_outcome"), ("jumdata-two", None)])
        self.assertEqual(
            self.charges(found),
            [("jumdata", "life_check", "unknown", "0.30"), ("jumdata-two", "life_check", "held", "0.30")],
        )

    def test_a_vendor_slower_than_its_timeout_may_have_acted(self):
        self.start("video_code", "liveness", tenant="bank")  # the access token is there from now on
        self.sandbox.fault("delay", "baidu", "sessioncode", delay_ms=20_000, times=1)
        problem = self.problem(self.switch.post("video_code", "liveness", "bank"), 502, "vendor_outcome_unknown")
        self.assertEqual(self.attempts(problem), [("baidu-brief", "unknown_outcome")])
        self.assertEqual(self.charges(problem), [("baidu-brief", "sessioncode", "unknown", "0.01")])

    def test_a_fail_is_an_answer_and_nobody_else_is_asked(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        self.assertEqual(found["account"], "aliyun-code")
        megvii = self.sandbox.requests("megvii.get_biz_token")
        self.sandbox.finish(found["action"]["token"], "2000")
        done = self.judged(self.switch.refresh(found["id"]), "fail", "face.mismatch")
        self.assertEqual(self.sandbox.requests("megvii.get_biz_token"), megvii)
        self.assertEqual([one["account"] for one in done["attempts"]], ["aliyun-code", "aliyun-code"])

    def test_the_deadline_ends_it_and_says_so(self):
        before = self.sandbox.requests("jumdata.init")
        answer = self.switch.post("mini_program", "liveness", tenant="bank")
        problem = self.problem(answer, 504, "deadline_exceeded", says="deadline")
        self.assertEqual(self.attempts(problem), [("jumdata-silent", "unavailable")])
        self.assertEqual(problem["attempts"][0]["transport"], "not_sent")
        self.assertEqual(self.charges(problem), [("jumdata-silent", "life_check", "voided", "0.00")])
        self.assertEqual(self.sandbox.requests("jumdata.init"), before)

    def test_a_result_that_cannot_be_asked_now_is_asked_again_later(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        self.sandbox.finish(found["action"]["token"], "1000")
        self.sandbox.fault("reply", "aliyun_sdk", "get_result", status=503, times=1)
        problem = self.problem(self.switch.refresh(found["id"]), 503, "no_vendor_available", says="try again")
        self.assertTrue(problem["retryable"])
        waiting = self.switch.get(found["id"])
        self.assertEqual((waiting.status, waiting.json["status"]), (200, "awaiting_user"), waiting)
        self.judged(self.switch.refresh(found["id"]), "pass", None)

    def test_a_video_the_vendor_could_not_take_may_be_sent_again(self):
        found = self.start("video_code", "liveness")
        video = b"code:" + found["action"]["code"].encode()
        self.sandbox.fault("vendor_error", "baidu", "verify", code="18", times=1)
        self.problem(self.switch.video(found["id"], video, key="video-1"), 503, "no_vendor_available")

        def sent_again():
            answer = self.switch.video(found["id"], video, key="video-1")
            return answer if answer.status != 503 else None  # the vendor asked for a short pause

        done = self.judged(running.wait_until(sent_again, "the video is taken"), "pass", None)
        self.assertEqual(
            self.charges(done)[1:],
            [("baidu", "verify", "voided", "0.00"), ("baidu", "verify", "captured", "0.20")],
        )

    def test_a_video_without_an_answer_ends_inconclusive_and_its_hold_stays(self):
        found = self.start("video_code", "liveness")
        self.sandbox.fault("close_after", "baidu", "verify", times=1)
        video = b"code:" + found["action"]["code"].encode()
        self.problem(self.switch.video(found["id"], video), 502, "vendor_outcome_unknown", says="hold")
        done = self.switch.get(found["id"]).json
        self.assertEqual((done["status"], done["verdict"]), ("completed", "inconclusive"))
        self.assertEqual(self.charges(done)[1:], [("baidu", "verify", "unknown", "0.20")])


if __name__ == "__main__":
    running.main()

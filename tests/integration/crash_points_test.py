"""The switch dies, as if killed, at each named place on the path of a hold and of its resolution; nothing is lost.

Needs a build with IDSWITCH_CRASH_POINTS, as the presets for tests are.
"""

import http.client
import sys

sys.dont_write_bytecode = True
import ledger
import running
from running import PERSON, wait_until

# How often the vendor was asked by then, and the state in which the charge is found afterwards; None: nothing was durable.
START = {
    "start.before_hold": (0, None),
    "commit.applied": (0, None),
    "commit.durable": (0, "unknown"),
    "start.held": (0, "unknown"),
    "start.replied": (1, "unknown"),
    "start.before_outcome": (1, "unknown"),
    "start.outcome": (1, "held"),
}
SUBMIT = ("submit.before_hold", "submit.held", "submit.replied", "submit.outcome")
RESULT = ("result.replied", "result.written")


class CrashPoints(running.SwitchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.switch.stop()

    @classmethod
    def change(cls, settings):
        for account in settings["accounts"].values():
            account["limits"] = {"result_interval": "1s"}

    def tearDown(self):
        self.switch.environment.pop("IDSWITCH_CRASH_AT", None)
        if self.switch.is_running():
            self.switch.kill()

    def launched(self, crash_at=None):
        if self.switch.is_running():
            self.switch.kill()
        self.switch.environment.pop("IDSWITCH_CRASH_AT", None)
        if crash_at:
            self.switch.environment["IDSWITCH_CRASH_AT"] = crash_at
        self.switch.restart()

    def dies_at(self, point, call):
        """The call reaches the point: it gets no answer, and the process is dead."""
        with self.assertRaises((OSError, http.client.HTTPException), msg=point):
            call()
        self.dead_at(point)

    def dead_at(self, point):
        wait_until(lambda: not self.switch.is_running(), "dead at " + point)
        self.assertEqual(self.switch.wait_end(), -9)
        self.launched()

    def audit(self):
        ledger.audit(self.switch, self.sandbox, list(running.KEYS))

    def test_starts(self):
        for point, (asked, state) in START.items():
            with self.subTest(point):
                reference = "at-" + point
                body = {"method": "h5", "checks": ["liveness"], "reference": reference}
                before = self.sandbox.requests("jumdata.init")
                self.launched(point)
                self.dies_at(point, lambda: self.switch.call("POST", "/v1/verifications", body, key=reference))
                self.assertEqual(self.sandbox.requests("jumdata.init") - before, asked)
                if state is None:
                    self.assertEqual([one for one in self.switch.list() if one.get("reference") == reference], [])
                else:
                    kept = self.settled(reference)
                    self.assertEqual(self.charges(kept), [("jumdata", "life_check", state, "0.30")])
                # The same key again: never a second paid call for what is durable.
                again = self.switch.repeat("/v1/verifications", body, reference)
                if state == "unknown":
                    self.assertEqual((kept["status"], kept["failure"]["code"]), ("failed", "vendor_outcome_unknown"))
                    problem = self.problem(again, 502, "vendor_outcome_unknown", says="new Idempotency-Key")
                    self.assertEqual(problem["verification"], kept["id"])
                elif state == "held":
                    self.assertEqual(self.opened(again)["id"], kept["id"])
                else:
                    self.opened(again)
                    asked += 1
                self.assertEqual(self.sandbox.requests("jumdata.init") - before, asked)
                self.settled(reference)
                self.audit()

    def test_videos(self):
        for point in SUBMIT:
            with self.subTest(point):
                self.launched()
                opened = self.start("video_code", "liveness")
                video = b"code:" + opened["action"]["code"].encode()
                self.launched(point)
                self.dies_at(point, lambda: self.switch.video(opened["id"], video, key="video-" + point))
                kept = self.switch.get(opened["id"]).json
                verify = [charge for charge in self.charges(kept) if charge[1] == "verify"]
                if point == "submit.before_hold":
                    self.assertEqual((kept["status"], verify), ("awaiting_user", []))
                elif point == "submit.outcome":
                    self.assertEqual((kept["verdict"], verify), ("pass", [("baidu", "verify", "captured", "0.20")]))
                else:
                    self.assertEqual(kept["verdict"], "inconclusive")
                    self.assertEqual(verify, [("baidu", "verify", "unknown", "0.20")])
                self.audit()

    def test_results(self):
        for point in RESULT:
            with self.subTest(point):
                self.launched()
                opened = self.start("sdk", "liveness+id_match", person=PERSON)
                self.switch.kill()
                self.sandbox.finish(opened["action"]["token"], "1000")
                # The sweeper gets there by itself, maybe before anybody is served.
                self.switch.environment["IDSWITCH_CRASH_AT"] = point
                self.switch.launch()
                self.dead_at(point)
                # Nobody asks: the sweeper finds it.
                done = wait_until(
                    lambda: [one for one in self.switch.list() if one["id"] == opened["id"] and one["verdict"]],
                    "the sweeper brings it to its end",
                )[0]
                self.assertEqual(self.charges(done), [("aliyun-code", "face_verify", "captured", "1.00")])
                self.audit()


if __name__ == "__main__":
    running.main()

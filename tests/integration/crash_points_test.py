"""The switch dies, as if killed, at each named place on the path of a hold and of its resolution; nothing is lost.

Needs a build with IDSWITCH_CRASH_POINTS, as the presets for tests are.
"""

import http.client
import sys

sys.dont_write_bytecode = True
import ledger
import running
from running import PERSON, wait_until

START = ("start.before_hold", "start.held", "start.replied", "start.before_outcome", "start.outcome")
SUBMIT = ("submit.before_hold", "submit.held", "submit.replied", "submit.outcome")
RESULT = ("result.replied", "result.written")
COMMIT = ("commit.applied", "commit.durable")


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
        wait_until(lambda: not self.switch.is_running(), "dead at " + point)
        self.assertEqual(self.switch.wait_end(), -9)
        self.launched()

    def found(self, reference):
        return [one for one in self.switch.list() if one.get("reference") == reference]

    def audit(self):
        ledger.audit(self.switch, self.sandbox, list(running.KEYS))

    def test_starts(self):
        for point in START + COMMIT:
            with self.subTest(point):
                reference = "at-" + point
                body = {"method": "h5", "checks": ["liveness"], "reference": reference}
                vendor = self.sandbox.requests("jumdata.init")
                self.launched(point)
                self.dies_at(point, lambda: self.switch.call("POST", "/v1/verifications", body, key=reference))
                asked = self.sandbox.requests("jumdata.init") - vendor
                kept = self.found(reference)
                if point in ("start.before_hold", "commit.applied"):
                    # Nothing was durable, so nothing may have left.
                    self.assertEqual((asked, kept), (0, []))
                else:
                    self.assertEqual(len(kept), 1)
                    durable_outcome = point == "start.outcome"
                    state = "held" if durable_outcome else "unknown"
                    kept = running.wait_until(
                        lambda: [one for one in self.found(reference) if self.charges(one)[0][2] == state],
                        "what was interrupted is found",
                    )
                    self.assertEqual(self.charges(kept[0]), [("jumdata", "life_check", state, "0.30")])
                # The same key again: never a second paid call for what is durable.
                again = self.switch.call("POST", "/v1/verifications", body, key=reference)
                self.assertEqual(len(self.found(reference)), 1)
                self.assertEqual(again.status, 502 if kept and kept[0]["status"] == "failed" else 201, again)
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
                self.launched(point)
                self.sandbox.finish(opened["action"]["token"], "1000")
                # Whoever asks first gets there: the platform or the sweeper.
                try:
                    self.switch.refresh(opened["id"])
                except (OSError, http.client.HTTPException):
                    pass
                wait_until(lambda: not self.switch.is_running(), "dead at " + point)
                self.launched()
                # Nobody asks: the sweeper finds it.
                done = wait_until(
                    lambda: [one for one in self.switch.list() if one["id"] == opened["id"] and one["verdict"]],
                    "the sweeper brings it to its end",
                )[0]
                self.assertEqual(self.charges(done), [("aliyun-code", "face_verify", "captured", "1.00")])
                self.audit()


if __name__ == "__main__":
    running.main()

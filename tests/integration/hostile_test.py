"""Spoiled vendor replies: nobody passes by one, the switch stays up, and the money stays right.

A whole JSON body under a wrong Content-Type is no spoiled reply: adapters read the body alone.
"""

import sys

sys.dont_write_bytecode = True
import running
from running import PERSON

SPOILED = ("garbage", "truncate", "empty_body", "invalid_utf8", "duplicate_keys", "huge_body", "too_large",
           "wrong_content_type")
BODY = {"person": {"name": PERSON["name"], "id_number": PERSON["id_number"]}}


class Hostile(running.SwitchTest):
    def assert_not_passed(self, answer):
        """A problem the API documents, or a verification that is not passed."""
        self.assertIn(answer.status, (200, 201, 422, 502, 503), answer)
        found = answer.json
        if answer.status >= 400:
            self.assertIn(found["code"], ("vendor_outcome_unknown", "no_vendor_available", "vendor_rejected"), found)
            self.assertTrue(found["detail"])
        else:
            self.assertNotEqual(found["verdict"], "pass", found)
        self.assertTrue(self.switch.is_running(), self.switch.log())

    def spoiled_start(self, product, endpoint, *request, **members):
        for kind in SPOILED:
            with self.subTest(kind):
                self.sandbox.fault(kind, product, endpoint, times=1)
                self.assert_not_passed(self.switch.post(*request, **members))
                self.sandbox.clear_faults()

    def spoiled_result(self, product, endpoint, token_of, request, charge, tenant="shop", **members):
        """A passed session whose result arrives spoiled, then whole: a pass, and one charge."""
        for kind in SPOILED + ("close_after", "close_before"):
            with self.subTest(kind):
                found = self.start(*request, tenant=tenant, **members)
                # A product that judges when asked (Megvii) bills with the reply that is spoiled.
                token = token_of(found)
                code = "200" if product == "jumdata" else "1000"
                self.sandbox.finish(token, code)
                # Without `times`: asking again within the same operation must not help.
                self.sandbox.fault(kind, product, endpoint)
                spoiled = self.switch.refresh(found["id"], BODY, tenant=tenant)
                self.sandbox.clear_faults()
                if kind == "wrong_content_type" and spoiled.status == 200:
                    # What is said about the body is not believed, the body is; and that is whole.
                    self.assertEqual(self.charges(self.judged(spoiled, "pass", None)), [charge])
                    continue
                self.assert_not_passed(spoiled)
                whole = self.switch.refresh(found["id"], BODY, tenant=tenant)
                done = self.judged(whole, "pass", None)
                self.assertEqual(self.charges(done), [charge], done)

    def test_jumdata_start(self):
        self.spoiled_start("jumdata", "init", "h5", "liveness")

    def test_lite_start(self):
        self.spoiled_start("aliyun_lite", "get_biz_token", "h5", "liveness+id_match", person=PERSON)

    def test_aliyun_sdk_start(self):
        self.spoiled_start("aliyun_sdk", "get_biz_token", "sdk", "liveness+id_match", person=PERSON)

    def test_megvii_start(self):
        self.spoiled_start("megvii", "get_biz_token", "sdk", "liveness")

    def test_baidu_start(self):
        self.spoiled_start("baidu", "sessioncode", "video_code", "liveness")

    def test_baidu_token(self):
        for kind in SPOILED:
            with self.subTest(kind):
                self.sandbox.control("access-tokens/revoke", {})
                self.sandbox.fault(kind, "baidu", "token", times=1)
                self.assert_not_passed(self.switch.post("video_code", "liveness"))
                self.sandbox.clear_faults()
                self.start("video_code", "liveness")

    def test_jumdata_result(self):
        self.spoiled_result(
            "jumdata", "result", lambda found: found["action"]["url"].rsplit("=", 1)[1], ("h5", "liveness"),
            ("jumdata", "life_check", "captured", "0.30"),
        )

    def test_lite_result(self):
        # The callback must not ask first: a mini-program's session is finished without a notification's help.
        self.sandbox.control("settings", {"aliyun": {"notify_copies": 0}})
        self.addCleanup(self.sandbox.control, "settings", {"aliyun": {"notify_copies": 1}})
        self.spoiled_result(
            "aliyun_lite", "get_result", lambda found: found["action"]["url"].rsplit("/", 1)[1],
            ("h5", "liveness+id_match"), ("lite-code", "lite_verify", "captured", "1.20"), person=PERSON,
        )

    def test_aliyun_sdk_result(self):
        self.spoiled_result(
            "aliyun_sdk", "get_result", lambda found: found["action"]["token"], ("sdk", "liveness+id_match"),
            ("aliyun-code", "face_verify", "captured", "1.00"), person=PERSON,
        )

    def test_megvii_liveness_result(self):
        self.spoiled_result(
            "megvii", "liveness", lambda found: found["action"]["token"], ("sdk", "liveness"),
            ("megvii", "verify", "captured", "0.80"),
        )

    def test_megvii_verify_result(self):
        self.spoiled_result(
            "megvii", "verify", lambda found: found["action"]["token"], ("sdk", "liveness+id_match"),
            ("megvii", "verify", "captured", "0.80"), tenant="bank", person=PERSON,
        )

    def test_baidu_video(self):
        for kind in SPOILED:
            with self.subTest(kind):
                found = self.start("video_code", "liveness")
                self.sandbox.fault(kind, "baidu", "verify", times=1)
                video = b"code:" + found["action"]["code"].encode()
                answer = self.switch.video(found["id"], video, "video-" + kind)
                self.sandbox.clear_faults()
                if kind in ("too_large", "wrong_content_type"):
                    continue
                # The vendor looked at the video and the code is used up: no second one may be sent.
                self.problem(answer, 502, "vendor_outcome_unknown", says="new verification")
                done = self.judged(self.switch.get(found["id"]), "inconclusive", "vendor.internal")
                self.assertEqual(self.charges(done)[1:], [("baidu", "verify", "unknown", "0.20")])
                self.problem(self.switch.video(found["id"], video), 409, "conflict")


if __name__ == "__main__":
    running.main()

"""The Idempotency-Key: the same request gets the same bytes, and never a second vendor call."""

import sys

sys.dont_write_bytecode = True
import running


class Idempotency(running.SwitchTest):
    BODY = {"method": "h5", "checks": ["liveness"], "person": {"id": "p1"}}

    def post(self, key, body=None, tenant="shop"):
        return self.switch.call("POST", "/v1/verifications", body or self.BODY, tenant, key)

    def test_the_same_request_gets_the_same_bytes_also_after_a_restart(self):
        first = self.post("key-1")
        self.opened(first)
        before = self.sandbox.requests("jumdata.init")
        again = self.post("key-1")
        self.assertEqual((again.status, again.body), (201, first.body))
        self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        self.assertIsNone(first.headers["Idempotent-Replayed"])
        self.assertEqual(self.switch.stop(), 0)
        self.switch.restart()
        after = self.post("key-1")
        self.assertEqual((after.status, after.body), (201, first.body))
        self.switch.kill()
        self.switch.restart()
        after = self.post("key-1")
        self.assertEqual((after.status, after.body), (201, first.body))
        self.assertEqual(self.sandbox.requests("jumdata.init"), before)

    def test_an_answer_stands_whatever_the_config_says_today(self):
        first = self.post("key-9")
        self.opened(first)
        before = self.sandbox.requests("jumdata.init")
        with open(self.switch.config_file, encoding="utf-8") as file:
            yesterday = file.read()
        today = running.json.loads(yesterday)
        shop = today["tenants"]["shop"]
        shop["routes"] = [one for one in shop["routes"] if one["method"] == "video_code"]
        del shop["default_return_url"]
        self.switch.stop()
        with open(self.switch.config_file, "w", encoding="utf-8") as file:
            running.json.dump(today, file)
        self.switch.restart()
        again = self.post("key-9")
        self.assertEqual((again.status, again.body), (201, first.body))
        self.problem(self.post("key-9", dict(self.BODY, reference="x")), 422, "idempotency_mismatch")
        self.problem(self.post("key-10"), 422, "missing_field", "/return_url")
        self.switch.stop()
        with open(self.switch.config_file, "w", encoding="utf-8") as file:
            file.write(yesterday)
        self.switch.restart()
        self.assertEqual(self.sandbox.requests("jumdata.init"), before)

    def test_a_failure_is_an_answer_too(self):
        self.sandbox.fault("vendor_error", "jumdata", "init", code="607", times=1)
        first = self.post("key-2")
        self.problem(first, 503, "no_vendor_available")
        again = self.post("key-2")
        self.assertEqual((again.status, again.body), (503, first.body))
        self.assertEqual(again.headers["Content-Type"], "application/problem+json")

    def test_another_body_is_refused(self):
        self.opened(self.post("key-3"))
        other = self.post("key-3", dict(self.BODY, reference="another"))
        self.problem(other, 422, "idempotency_mismatch", "Idempotency-Key", says="new key")

    def test_tenants_do_not_share_keys(self):
        first = self.opened(self.post("key-4"))
        second = self.opened(self.post("key-4", tenant="bank"))
        self.assertNotEqual(first["id"], second["id"])

    def test_a_request_that_was_refused_before_any_vendor_leaves_the_key_free(self):
        self.problem(self.post("key-5", dict(self.BODY, method="telepathy")), 422, "invalid_field")
        self.opened(self.post("key-5"))

    def test_of_several_at_once_one_calls_the_vendor(self):
        before = self.sandbox.requests("jumdata.init")
        self.sandbox.fault("delay", "jumdata", "init", delay_ms=700, times=1)
        answers = running.at_the_same_time([lambda: self.post("key-6")] * 6)
        self.assertEqual(self.sandbox.requests("jumdata.init"), before + 1)
        winners = [one for one in answers if one.status == 201]
        self.assertGreaterEqual(len(winners), 1, answers)
        self.assertEqual(len({one.body for one in winners}), 1)
        for one in answers:
            if one.status != 201:
                self.assertTrue(self.problem(one, 409, "idempotency_running")["retryable"])
                self.assertEqual(one.headers["Retry-After"], "1")
        self.assertEqual(self.post("key-6").body, winners[0].body)

    def test_a_video_is_handed_over_once(self):
        found = self.start("video_code", "liveness")
        video = b"code:" + found["action"]["code"].encode()
        before = self.sandbox.requests("baidu.verify")
        self.sandbox.fault("delay", "baidu", "verify", delay_ms=700, times=1)
        answers = running.at_the_same_time([lambda: self.switch.video(found["id"], video, "video-1")] * 4)
        for one in answers:
            self.assertIn(one.status, (200, 409), one)
        first = next(one for one in answers if one.status == 200)
        self.judged(first, "pass", None)
        again = self.switch.video(found["id"], video, "video-1")
        self.assertEqual((again.status, again.body), (200, first.body))
        self.problem(self.switch.video(found["id"], video + b"!", "video-1"), 422, "idempotency_mismatch")
        self.problem(self.switch.video(found["id"], video), 409, "conflict")
        self.assertEqual(self.sandbox.requests("baidu.verify"), before + 1)

    def test_the_key_of_a_start_does_not_serve_a_video(self):
        found = self.start("video_code", "liveness", key="key-8")
        video = b"code:" + found["action"]["code"].encode()
        self.problem(self.switch.video(found["id"], video, "key-8"), 422, "idempotency_mismatch")

    def test_pictures_are_not_kept_with_the_answer(self):
        found = self.start("video_code", "liveness")
        video = b"code:" + found["action"]["code"].encode()
        first = self.switch.video(found["id"], video, "video-2", include="images")
        self.assertIn("images", first.json)
        again = self.switch.video(found["id"], video, "video-2", include="images")
        self.assertEqual(again.status, 200)
        self.assertNotIn("images", again.json)


if __name__ == "__main__":
    running.main()

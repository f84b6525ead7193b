"""How often vendors are called: one access token for all, one question per interval, hints instead of verdicts."""

import sys

sys.dont_write_bytecode = True
import running
from running import PERSON, at_the_same_time


class AccessToken(running.SwitchTest):
    def tokens(self):
        return self.sandbox.requests("baidu.token")

    def begin(self):
        return self.switch.post("video_code", "liveness")

    def test_sixteen_starts_on_a_fresh_switch_fetch_one(self):
        self.switch.stop()
        self.switch.restart()
        before = self.tokens()
        self.sandbox.fault("delay", "baidu", "token", delay_ms=300, times=1)
        for answer in at_the_same_time([self.begin] * 16):
            self.opened(answer)
        self.assertEqual(self.tokens(), before + 1)
        self.opened(self.begin())
        self.assertEqual(self.tokens(), before + 1)

    def test_one_failed_fetch_is_one_failed_start_and_the_next_serves_the_others(self):
        self.switch.stop()
        self.switch.restart()
        before = self.tokens()
        self.sandbox.fault("close_before", "baidu", "token", times=1, delay_ms=2000)
        answers = at_the_same_time([self.begin] * 12)
        failed = [answer for answer in answers if answer.status != 201]
        self.assertEqual(len(failed), 1, answers)
        problem = self.problem(failed[0], 503, "no_vendor_available")
        self.assertEqual([one["error_class"] for one in problem["attempts"]], ["unavailable"], problem)
        self.assertIn("the access token could not be obtained: ", problem["attempts"][0]["detail"])
        self.assertEqual(self.tokens(), before + 2)
        account = self.switch.account("baidu")
        self.assertEqual((account["availability"], account["opened"]["count"]), ("up", 0), account)

    def test_a_refused_token_is_fetched_again_once(self):
        self.opened(self.begin())
        for end in ("revoke", "expire"):
            with self.subTest(end):
                before = self.tokens()
                self.sandbox.control("access-tokens/" + end, {})
                found = self.opened(self.begin())
                self.assertEqual(self.tokens(), before + 1)
                self.assertEqual(self.charges(found), [("baidu", "sessioncode", "captured", "0.01")])
                self.opened(self.begin())
                self.assertEqual(self.tokens(), before + 1)

    def test_a_token_refused_at_the_video_is_fetched_again_and_the_video_judged_once(self):
        found = self.opened(self.begin())
        before = self.tokens()
        self.sandbox.control("access-tokens/revoke", {})
        done = self.judged(self.switch.video(found["id"], b"code:" + found["action"]["code"].encode()), "pass", None)
        self.assertEqual(self.tokens(), before + 1)
        self.assertEqual(self.charges(done)[1:], [("baidu", "verify", "captured", "0.20")])

    def test_a_token_the_vendor_keeps_refusing_ends_it(self):
        self.opened(self.begin())
        before = self.tokens()
        self.sandbox.fault("vendor_error", "baidu", "sessioncode", code="110")
        problem = self.problem(self.begin(), 503, "no_vendor_available")
        self.assertEqual([one["error_class"] for one in problem["attempts"]], ["credentials"])
        self.assertEqual(self.tokens(), before + 1)
        self.sandbox.clear_faults()
        self.opened(self.begin())

    def test_many_refused_at_once_fetch_few(self):
        self.opened(self.begin())
        before = self.tokens()
        self.sandbox.control("access-tokens/revoke", {})
        for answer in at_the_same_time([self.begin] * 16):
            self.opened(answer)
        self.assertLessEqual(self.tokens(), before + 2, "a token just fetched was thrown away")

    def test_wrong_credentials_of_ours_are_an_attempt_without_a_hold(self):
        self.switch.stop()
        self.switch.restart()
        self.sandbox.control("settings", {"baidu": {"secret_key": "changed-yesterday"}})
        self.addCleanup(self.sandbox.control, "settings", {"baidu": {"secret_key": running.SECRETS["BAIDU_SECRET"]}})
        problem = self.problem(self.begin(), 503, "no_vendor_available")
        self.assertEqual([one["error_class"] for one in problem["attempts"]], ["credentials"], problem)
        self.assertEqual(problem["charges"], [])
        for answer in at_the_same_time([self.begin] * 4):
            self.problem(answer, 503, "no_vendor_available")


class Interval(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        settings["accounts"]["aliyun-code"]["limits"] = {"result_interval": "1h"}
        settings["accounts"]["jumdata"]["limits"] = {"result_interval": "1ms"}

    def test_a_get_asks_the_vendor_once_per_interval(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        before = self.sandbox.requests("aliyun_sdk.get_result")
        for _ in range(5):
            self.assertEqual(self.switch.get(found["id"]).json["status"], "awaiting_user")
        self.assertEqual(self.sandbox.requests("aliyun_sdk.get_result"), before + 1)
        self.switch.refresh(found["id"])
        self.assertEqual(self.sandbox.requests("aliyun_sdk.get_result"), before + 2)

    def test_many_gets_at_once_are_one_question(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        before = self.sandbox.requests("aliyun_sdk.get_result")
        for answer in at_the_same_time([lambda: self.switch.get(found["id"])] * 12):
            self.assertEqual((answer.status, answer.json["status"]), (200, "awaiting_user"), answer)
        self.assertEqual(self.sandbox.requests("aliyun_sdk.get_result"), before + 1)

    def test_what_is_final_and_settled_is_asked_no_more(self):
        found = self.start("h5", "liveness", vendor_options={"jumdata/life_check_v2": {"title": "sandbox:200"}})
        self.judged(self.switch.refresh(found["id"]), "pass", None)
        before = self.sandbox.requests("jumdata.result")
        for _ in range(3):
            self.judged(self.switch.get(found["id"]), "pass", None)
            self.judged(self.switch.refresh(found["id"]), "pass", None)
        self.assertEqual(self.sandbox.requests("jumdata.result"), before)

    def test_a_list_asks_nobody(self):
        self.start("sdk", "liveness+id_match", person=PERSON)
        before = self.sandbox.requests()
        self.switch.list()
        self.assertEqual(self.sandbox.requests(), before)


class Hints(running.SwitchTest):
    FORM = {"Content-Type": "application/x-www-form-urlencoded"}

    def lite(self):
        """A Lite session that has passed, and the address the vendor notifies; it was not notified yet."""
        self.sandbox.control("settings", {"aliyun": {"notify_copies": 0}})
        found = self.start("h5", "liveness+id_match", person=PERSON)
        token = found["action"]["url"].rsplit("/", 1)[1]
        session = next(one for one in self.sandbox.sessions() if one["token"] == token)
        self.sandbox.finish(token, "1000")
        data = running.json.dumps({"biz_token": token, "error_code": "1000", "error_msg": "SUCCESS"})
        return found, session, "data=" + running.urllib.parse.quote(data)

    def stored(self, id):
        return next(one for one in self.switch.list() if one["id"] == id)

    def test_a_callback_with_a_wrong_secret_is_a_404_and_asks_nobody(self):
        found, session, form = self.lite()
        right = session["notify_url"]
        before = self.sandbox.requests("aliyun_lite.get_result")
        stem = right.rsplit("/", 1)[0]
        wrong = [right[:-1] + ("0" if right[-1] != "0" else "1"), right[:-1], right + "0", stem, stem + "/",
                 stem + "/" + "0" * 32, right.replace("/ver_", "/ver_x")]
        for url in wrong:
            with self.subTest(url):
                self.problem(running.request(url, "POST", form, self.FORM), 404, "not_found")
        self.assertEqual(self.sandbox.requests("aliyun_lite.get_result"), before)
        self.assertEqual(self.stored(found["id"])["status"], "awaiting_user")

    def test_a_callback_is_a_hint_and_never_a_verdict(self):
        found, session, form = self.lite()
        lie = "data=" + running.urllib.parse.quote(
            running.json.dumps({"biz_token": session["token"], "error_code": "4100", "error_msg": "ATTACK"}))
        self.assertEqual(running.request(session["notify_url"], "POST", lie, self.FORM).status, 200)
        self.judged(self.switch.get(found["id"]), "pass", None)

    def test_a_callback_nobody_can_read_is_refused_and_changes_nothing(self):
        found, session, _ = self.lite()
        unreadable = (b"", b"garbage", b"data=", b"data=%7B", b"data=[]", b"data={}&data={}", b"\x00\xff" * 1000,
                      b"x" * 60_000)
        for body in unreadable:
            with self.subTest(body[:20]):
                answer = running.request(session["notify_url"], "POST", body, self.FORM)
                self.assertIn(answer.status, (200, 400), answer)
        self.assertTrue(self.switch.is_running())
        self.assertNotIn(self.stored(found["id"])["status"], ("failed", "expired"))
        self.judged(self.switch.refresh(found["id"]), "pass", None)

    def test_a_callback_said_twice_or_many_times_at_once_charges_once(self):
        found, session, form = self.lite()
        for answer in at_the_same_time([lambda: running.request(session["notify_url"], "POST", form, self.FORM)] * 6):
            self.assertEqual(answer.status, 200, answer)
        self.assertEqual(running.request(session["notify_url"], "POST", form, self.FORM).status, 200)
        done = self.judged(self.switch.refresh(found["id"]), "pass", None)
        self.assertEqual(self.charges(done), [("lite-code", "lite_verify", "captured", "1.20")])
        self.assertEqual(len([one for one in done["attempts"] if one["operation"] == "result"]), 1)

    def test_a_callback_for_a_product_that_sends_none_is_a_404(self):
        found = self.start("h5", "liveness")
        session = next(one for one in self.sandbox.sessions() if one["product"] == "jumdata"
                       and found["id"] in one["return_url"])
        url = session["return_url"].replace("/return/", "/callbacks/")
        self.problem(running.request(url, "POST", b"x"), 404, "not_found")

    def test_a_return_with_an_unknown_secret_is_a_page_that_says_nothing(self):
        found, session, _ = self.lite()
        right = session["return_url"]
        for url in (right[:-1] + ("0" if right[-1] != "0" else "1"), right[:-1], self.switch.base_url + "/return/",
                    self.switch.base_url + "/return/" + found["id"], right.replace("/ver_", "/ver_0")):
            with self.subTest(url):
                answer = running.request(url)
                self.assertEqual((answer.status, answer.headers["Location"]), (404, None), answer)
                self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
                self.assertNotIn(b"ver_", answer.body)
        self.assertEqual(self.stored(found["id"])["status"], "awaiting_user")

    def test_a_person_is_not_stranded_when_the_vendor_is_down(self):
        found, session, _ = self.lite()
        self.sandbox.fault("reply", "aliyun_lite", "get_result", status=503)
        answer = running.request(session["return_url"])
        self.assertEqual(answer.status, 303, answer)
        self.assertTrue(answer.headers["Location"].endswith("&status=awaiting_user"), answer.headers["Location"])

    def test_a_person_may_come_back_twice(self):
        found, session, _ = self.lite()
        places = {running.request(session["return_url"]).headers["Location"] for _ in range(2)}
        self.assertEqual(places, {f"{running.DONE}?verification_id={found['id']}&status=completed"})


if __name__ == "__main__":
    running.main()

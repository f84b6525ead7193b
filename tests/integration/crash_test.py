"""kill -9 at the worst moments, the second process on one store, and the orderly end."""

import json
import os
import sys
import threading

sys.dont_write_bytecode = True
import running
from running import PERSON, wait_until


def told(switch, found):
    """The answer to a refresh once the vendor has told the end: while the sweeper asks, a refresh shows what is known so far."""

    def ended():
        answer = switch.refresh(found["id"])
        return answer if answer.status != 200 or answer.json["status"] != "awaiting_user" else None

    return wait_until(ended, "the vendor tells the end")


class Crash(running.SwitchTest):
    def setUp(self):
        super().setUp()
        if not self.switch.is_running():
            self.switch.restart()

    def kill_during(self, endpoint, call):
        """kill -9 once the vendor has the request and before its answer comes; then a new process."""
        product, name = endpoint.split(".")
        self.sandbox.fault("delay", product, name, delay_ms=20_000, times=1)
        before = self.sandbox.requests(endpoint)
        failures = []

        def run():
            try:
                failures.append(call())
            except OSError as error:
                failures.append(error)

        caller = threading.Thread(target=run)
        caller.start()
        wait_until(lambda: self.sandbox.requests(endpoint) > before, "the vendor has the request")
        self.switch.kill()
        caller.join()
        self.assertIsInstance(failures[0], OSError, failures)
        self.sandbox.clear_faults()
        self.switch.restart()

    def killed_start(self, endpoint, reference, account, sku, amount, **request):
        body = dict(request, reference=reference)
        self.kill_during(
            endpoint, lambda: self.switch.call("POST", "/v1/verifications", body, key="key-" + reference)
        )
        found = self.settled(reference)
        self.assertEqual((found["status"], found["verdict"]), ("failed", None))
        self.assertEqual(found["failure"]["code"], "vendor_outcome_unknown")
        self.assertEqual(self.charges(found), [(account, sku, "unknown", amount)])
        self.assertEqual(
            [(one["account"], one["error_class"]) for one in found["attempts"]], [(account, "unknown_outcome")]
        )
        calls = self.sandbox.requests(endpoint)
        for _ in range(2):
            again = self.switch.repeat("/v1/verifications", body, "key-" + reference)
            problem = self.problem(again, 502, "vendor_outcome_unknown", says="new Idempotency-Key")
            self.assertEqual(problem["verification"], found["id"])
        self.assertEqual(self.sandbox.requests(endpoint), calls, "the vendor was asked again")
        self.assertEqual(self.switch.get(found["id"]).json["status"], "failed")
        return found

    def test_between_a_paid_call_and_its_answer_the_hold_survives(self):
        self.killed_start(
            "jumdata.init", "crash-1", "jumdata", "life_check", "0.30", method="h5", checks=["liveness"]
        )

    def test_the_same_where_only_a_result_is_billed(self):
        self.killed_start(
            "aliyun_sdk.get_biz_token", "crash-2", "aliyun-code", "face_verify", "1.00",
            method="sdk", checks=["liveness", "id_match"], person=PERSON,
        )

    def test_and_where_a_token_came_first(self):
        self.killed_start(
            "baidu.sessioncode", "crash-3", "baidu", "sessioncode", "0.01", method="video_code", checks=["liveness"]
        )

    def test_while_the_access_token_is_fetched_nothing_was_begun(self):
        # A fresh process has no token, so the first thing the vendor sees is the token request.
        self.switch.kill()
        self.switch.restart()
        body = {"method": "video_code", "checks": ["liveness"], "reference": "crash-4"}
        self.kill_during(
            "baidu.token", lambda: self.switch.call("POST", "/v1/verifications", body, key="key-crash-4")
        )
        self.assertEqual([one for one in self.switch.list() if one.get("reference") == "crash-4"], [])
        self.opened(self.switch.call("POST", "/v1/verifications", body, key="key-crash-4"))

    def test_while_a_video_is_on_its_way_it_ends_inconclusive_and_held(self):
        found = self.start("video_code", "liveness", reference="crash-5")
        video = b"code:" + found["action"]["code"].encode()
        self.kill_during("baidu.verify", lambda: self.switch.video(found["id"], video, key="video-5"))
        done = self.switch.get(found["id"]).json
        self.assertEqual((done["status"], done["verdict"]), ("completed", "inconclusive"))
        self.assertEqual(done["reason"], "vendor.internal")
        self.assertEqual(
            self.charges(done),
            [("baidu", "sessioncode", "captured", "0.01"), ("baidu", "verify", "unknown", "0.20")],
        )
        calls = self.sandbox.requests("baidu.verify")
        again = self.switch.video(found["id"], video, key="video-5")
        self.assertEqual((again.status, again.json["id"], again.json["verdict"]), (200, found["id"], "inconclusive"))
        self.problem(self.switch.video(found["id"], video), 409, "conflict")
        self.assertEqual(self.sandbox.requests("baidu.verify"), calls)

    def test_during_a_result_the_next_asking_tells_it(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        self.sandbox.finish(found["action"]["token"], "1000")
        self.kill_during("aliyun_sdk.get_result", lambda: self.switch.refresh(found["id"]))
        done = self.judged(told(self.switch, found), "pass", None)
        self.assertEqual(self.charges(done), [("aliyun-code", "face_verify", "captured", "1.00")])

    def test_what_was_answered_before_survives_word_for_word(self):
        found = self.start("h5", "liveness")
        before = self.switch.list()
        self.switch.kill()
        self.switch.restart()
        self.assertEqual(self.switch.list(), before)
        self.assertEqual(self.switch.get(found["id"]).json["action"], found["action"])


class Grace(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        settings["server"]["stop_grace"] = "200ms"
        settings["accounts"]["baidu"]["limits"] = {"timeout": "5m"}
        for one in settings["tenants"]["shop"]["routes"]:
            one["deadline"] = "2m"

    def test_what_takes_longer_than_the_grace_is_left_to_the_next_process(self):
        self.start("video_code", "liveness")  # the access token is there from now on
        self.sandbox.fault("delay", "baidu", "sessioncode", delay_ms=600_000, times=3)
        before = self.sandbox.requests("baidu.sessioncode")
        answers = []

        def post(number):
            try:
                answers.append(self.switch.post("video_code", "liveness", reference=f"grace-{number}"))
            except (OSError, running.http.client.HTTPException) as error:
                answers.append(error)

        callers = [threading.Thread(target=post, args=(number,)) for number in range(3)]
        for caller in callers:
            caller.start()
        wait_until(lambda: self.sandbox.requests("baidu.sessioncode") == before + 3, "the vendor has the requests")
        self.assertEqual(self.switch.stop(), 0, self.switch.log())
        for caller in callers:
            caller.join()
        self.assertFalse([one for one in answers if getattr(one, "status", 0) == 201], answers)
        self.sandbox.clear_faults()
        self.switch.restart()

        def ended():
            left = [one for one in self.switch.list() if one.get("reference", "").startswith("grace-")]
            return left if all(one["status"] != "processing" for one in left) else None

        left = wait_until(ended, "what was interrupted is found")
        self.assertEqual(len(left), 3)
        for one in left:
            self.assertEqual((one["status"], one["failure"]["code"]), ("failed", "vendor_outcome_unknown"))
            self.assertEqual(self.charges(one), [("baidu", "sessioncode", "unknown", "0.01")])


class Load(running.SwitchTest):
    PLATFORMS, REQUESTS, KILLS = 8, 60, 12

    def platform(self, request, number, answers):
        """A platform that asks until it has an answer, as one with an Idempotency-Key may."""
        for index in range(self.REQUESTS):
            key = f"{request['method']}-{number}-{index}"

            def answered():
                try:
                    answer = self.switch.call("POST", "/v1/verifications", {**request, "reference": key}, key=key)
                except (OSError, running.http.client.HTTPException):
                    return None
                return None if answer.status == 409 else answer

            answers[key] = wait_until(answered, "an answer to " + key)

    def killed_again_and_again(self, endpoint, request):
        """(answer, verification) of every request that was made meanwhile."""
        answers = {}
        platforms = [
            threading.Thread(target=self.platform, args=(request, number, answers)) for number in range(self.PLATFORMS)
        ]
        before = self.sandbox.requests(endpoint)
        for thread in platforms:
            thread.start()
        for kill in range(1, self.KILLS + 1):
            goal = before + self.PLATFORMS * self.REQUESTS * kill // (2 * self.KILLS)
            wait_until(lambda: self.sandbox.requests(endpoint) >= goal, "enough vendor calls to kill it")
            self.switch.kill()
            self.switch.restart()
        for thread in platforms:
            thread.join()

        self.assertEqual(len(answers), self.PLATFORMS * self.REQUESTS)
        self.assertIn("verification_interrupted", self.switch.log(), "no kill hit anything")
        found = [one for one in self.switch.list() if one["method"] == request["method"]]
        by_key = {one["reference"]: one for one in found}
        self.assertEqual(len(found), len(by_key), "a key began two verifications")
        self.assertEqual(set(by_key), set(answers))
        # Nobody was asked twice for the same verification, so nothing can have been charged twice.
        self.assertLessEqual(self.sandbox.requests(endpoint) - before, len(found))
        return [(answer, by_key[key]) for key, answer in answers.items()]

    def assert_consistent(self, answer, found, account, sku, amount):
        """True when it was opened; else it is failed, with its hold in state unknown."""
        if answer.status == 201:
            self.assertEqual(answer.json["id"], found["id"])
            # On a slow machine the sweeper has found the person's end already.
            self.assertIn(found["status"], ("awaiting_user", "completed"), answer)
            return True
        problem = self.problem(answer, 502, "vendor_outcome_unknown")
        self.assertEqual((problem["verification"], found["status"]), (found["id"], "failed"))
        self.assertEqual(self.charges(found), [(account, sku, "unknown", amount)])
        return False

    def test_no_pre_charge_is_lost_or_doubled(self):
        request = {"method": "h5", "checks": ["liveness"],
                   "vendor_options": {"jumdata/life_check_v2": {"title": "sandbox:200"}}}
        for answer, found in self.killed_again_and_again("jumdata.init", request):
            if self.assert_consistent(answer, found, "jumdata", "life_check", "0.30"):
                self.judged(told(self.switch, found), "pass", None)

    def test_no_call_that_is_billed_at_once_is_lost_or_doubled(self):
        request = {"method": "video_code", "checks": ["liveness"]}
        for answer, found in self.killed_again_and_again("baidu.sessioncode", request):
            if self.assert_consistent(answer, found, "baidu", "sessioncode", "0.01"):
                self.assertEqual(self.charges(found), [("baidu", "sessioncode", "captured", "0.01")])


class End(running.SwitchTest):
    def test_a_second_process_on_the_same_store_is_refused(self):
        second = running.Switch(self.folder, self.sandbox, self.change, name="second").configure()
        second.launch()
        self.addCleanup(second.stop)
        self.assertEqual(second.wait_end(), 2, second.log())
        self.assertIn(self.switch.store_file, second.log())
        self.assertFalse(os.path.exists(second.ready_file))
        self.opened(self.switch.post("h5", "liveness"))

    def test_sigterm_finishes_what_is_in_flight(self):
        self.sandbox.fault("delay", "jumdata", "init", delay_ms=1500, times=1)
        before = self.sandbox.requests("jumdata.init")
        answers = []
        caller = threading.Thread(target=lambda: answers.append(self.switch.post("h5", "liveness")))
        caller.start()
        wait_until(lambda: self.sandbox.requests("jumdata.init") > before, "the vendor has the request")
        with open(self.switch.ready_file, encoding="utf-8") as file:
            self.assertEqual(json.load(file), {"port": self.switch.port, "pid": self.switch.process.pid})
        self.assertEqual(self.switch.stop(), 0)
        caller.join()
        found = self.opened(answers[0])
        self.assertFalse(os.path.exists(self.switch.ready_file), "the ready file outlived the process")
        self.switch.restart()
        self.assertEqual(self.switch.get(found["id"]).json["status"], "awaiting_user")

    def test_a_port_in_use_is_said_before_anything_is_served(self):
        def same_port(settings):
            settings["server"]["listen"] = f"127.0.0.1:{self.switch.port}"
            settings["store"]["path"] = os.path.join(self.folder, "third.db")

        third = running.Switch(self.folder, self.sandbox, same_port, name="third").configure()
        third.launch()
        self.addCleanup(third.stop)
        self.assertEqual(third.wait_end(), 2)
        self.assertIn(str(self.switch.port), third.log())


if __name__ == "__main__":
    running.main()

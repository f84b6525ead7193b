"""Events out: the pull by cursor, and signed webhooks to a receiver over HTTPS that misbehaves, while the switch is killed."""

import base64
import hashlib
import hmac
import json
import re
import signal
import sys
import urllib.parse

sys.dont_write_bytecode = True
import running
import webhook_receiver

OLD, NEW = bytes(range(24)), bytes(range(100, 132))
SECRET_VARIABLES = {"HOOK_OLD": OLD, "HOOK_NEW": NEW}
TYPES = "xyz.idswitch.charge."


def secret_text(key):
    return "whsec_" + base64.b64encode(key).decode()


class Webhooks(running.SwitchTest):
    retries = ["100ms"] * 12

    @classmethod
    def change(cls, settings):
        cls.settings = settings
        settings["webhooks"] = cls.endpoints()

    @classmethod
    def endpoint(cls, path, **more):
        return {
            "url": f"https://localhost:{cls.receiver.port}{path}",
            "ca_file": cls.sandbox.ca_file,
            "secrets": ["env:HOOK_NEW", "env:HOOK_OLD"],
            "timeout": "1s",
            "retries": cls.retries,
            **more,
        }

    @classmethod
    def endpoints(cls):
        return {"all": cls.endpoint("/hook")}

    @classmethod
    def setUpClass(cls):
        # The receiver needs the sandbox's certificate, and the switch the receiver's port.
        running.SECRETS.update({name: secret_text(key) for name, key in SECRET_VARIABLES.items()})
        original = running.Sandbox.start

        def start(sandbox):
            started = original(sandbox)
            cls.receiver = webhook_receiver.Receiver(started).start()
            cls.sandbox = started
            return started

        running.Sandbox.start = start
        try:
            super().setUpClass()
        finally:
            running.Sandbox.start = original
        cls.addClassCleanup(cls.receiver.stop)
        cls.addClassCleanup(cls.receiver.released.set)

    def setUp(self):
        super().setUp()
        self.receiver.behave(lambda request: 204)

    def events(self, tenant="shop", **parameters):
        """All events of a tenant, by pulling."""
        found, cursor = [], None
        while True:
            query = dict(parameters, **({"cursor": cursor} if cursor else {}))
            answer = self.switch.call("GET", "/v1/billing/events?" + urllib.parse.urlencode(query), tenant=tenant)
            self.assertEqual(answer.status, 200, answer)
            page = answer.json
            found += page["events"]
            cursor = page["next"]
            if not page["more"] and not page["events"]:
                return found

    def state(self, name="all"):
        answer = self.switch.admin("GET", "webhooks")
        self.assertEqual(answer.status, 200, answer)
        return next(one for one in answer.json["webhooks"] if one["name"] == name)

    def wait_idle(self, name="all", dead=0):
        def is_idle():
            state = self.state(name)
            return state["behind"] == 0 and state["waiting"] == 0
        running.wait_until(is_idle, "all events sent to " + name)
        self.assertEqual(self.state(name)["dead"], dead)

    def reconfigure(self, change):
        with open(self.switch.config_file, encoding="utf-8") as file:
            settings = json.load(file)
        change(settings["webhooks"])
        with open(self.switch.config_file, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        answer = self.switch.admin("POST", "config:reload")
        self.assertEqual(answer.status, 200, answer)

    def run_one(self, code="200", tenant="shop"):
        found = self.opened(self.switch.post("h5", "liveness", tenant=tenant))
        token = self.sandbox.sessions()[-1]["token"]
        self.sandbox.finish(token, code)
        self.assertEqual(self.switch.call("POST", f"/v1/verifications/{found['id']}:refresh", tenant=tenant).status, 200)
        return found["id"]

    def check_signed(self, request, *keys):
        headers = request["headers"]
        signatures = headers["webhook-signature"].split(" ")
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request["body"]
        wanted = ["v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys]
        self.assertEqual(signatures, wanted)

    def name_of(self, event):
        """The verification and the number in it, of an event's id."""
        found = re.fullmatch("evt_(ver_[0-9a-z]{26})_([1-9][0-9]*)", event)
        self.assertTrue(found, event)
        return found[1], int(found[2])

    def check_order(self, requests):
        """The first arrival of each event, in the order of the ledger within its verification."""
        last, seen = {}, set()
        for one in requests:
            event = one["headers"]["webhook-id"]
            if event in seen:
                continue
            seen.add(event)
            subject, number = self.name_of(event)
            self.assertEqual(subject, one["event"]["subject"])
            self.assertGreater(number, last.get(subject, 0), subject)
            last[subject] = number


class Events(Webhooks):
    @classmethod
    def endpoints(cls):
        return {
            "all": cls.endpoint("/hook"),
            "bank": cls.endpoint("/bank", tenant="bank", types=["captured", "voided"], secrets=["env:HOOK_OLD"]),
        }

    def test_what_is_pulled_and_what_is_pushed_is_the_same(self):
        shop = self.run_one()
        bank = self.run_one(tenant="bank")
        pulled = [one for one in self.events() if one["subject"] == shop]
        self.assertEqual([one["type"] for one in pulled], [TYPES + "held", TYPES + "captured"])
        held = pulled[0]
        self.assertEqual(
            (held["specversion"], held["datacontenttype"], held["source"]),
            ("1.0", "application/json", "/idswitch/" + self.switch.base_url[len("http://"):]),
        )
        data = held["data"]
        self.assertEqual(
            {name: data[name] for name in ("tenant", "account", "sku", "kind", "amount", "currency", "evidence")},
            {"tenant": "shop", "account": "jumdata", "sku": "life_check", "kind": "held", "amount": "0.30",
             "currency": "CNY", "evidence": "held"},
        )
        self.assertEqual(pulled[1]["data"]["evidence_source"], "result_code")
        self.wait_idle()
        self.wait_idle("bank")
        pushed = {one["headers"]["webhook-id"]: one for one in self.receiver.seen()}
        for event in self.events() + self.events(tenant="bank"):
            request = pushed[event["id"]]
            self.assertEqual(request["event"], event)
            self.assertEqual(request["headers"]["Content-Type"], "application/cloudevents+json; charset=utf-8")
            self.check_signed(request, NEW, OLD)
        theirs = self.receiver.seen("/bank")
        self.assertEqual({one["event"]["data"]["tenant"] for one in theirs}, {"bank"})
        self.assertEqual([one["event"]["type"] for one in theirs if one["event"]["subject"] == bank],
                         [TYPES + "captured"])
        for request in theirs:
            self.check_signed(request, OLD)

    def test_a_cursor_goes_on_where_it_stopped(self):
        for _ in range(3):
            self.run_one()
        every = self.events()
        self.assertEqual(every, self.events(limit=1))
        self.assertEqual(every, self.events(account="jumdata"))
        self.assertEqual(self.events(account="megvii"), [])
        self.assertTrue(all(one["data"]["tenant"] == "shop" for one in every))
        numbers = {}
        for one in every:
            subject, number = self.name_of(one["id"])
            self.assertEqual(subject, one["subject"])
            numbers.setdefault(subject, []).append(number)
        for subject, found in numbers.items():
            self.assertEqual(found, list(range(1, len(found) + 1)), subject)
        end = self.switch.call("GET", "/v1/billing/events?limit=1000").json
        empty = self.switch.call("GET", "/v1/billing/events?cursor=" + end["next"]).json
        self.assertEqual((empty["events"], empty["next"], empty["more"]), ([], end["next"], False))
        self.run_one()
        new = self.switch.call("GET", "/v1/billing/events?cursor=" + end["next"]).json["events"]
        self.assertEqual([one["type"] for one in new], [TYPES + "held", TYPES + "captured"])

    def test_what_cannot_be_asked_is_refused(self):
        self.problem(self.switch.call("GET", "/v1/billing/events?cursor=12"), 422, "invalid_field", "cursor", "next")
        self.problem(self.switch.call("GET", "/v1/billing/events?limit=0"), 422, "invalid_field", "limit")
        self.assertEqual(self.switch.call("POST", "/v1/billing/events", {}).status, 405)
        self.assertEqual(self.switch.call("GET", "/v1/billing/events", tenant=None).status, 401)
        self.problem(self.switch.admin("GET", "webhooks/nobody/dead"), 404, "not_found", says="nobody")
        self.problem(self.switch.admin("POST", "webhooks/nobody:replay"), 404, "not_found", says="nobody")
        self.problem(self.switch.admin("POST", "webhooks/all:replay?event=7"), 422, "invalid_field", "event")
        nothing = "webhooks/all:replay?event=evt_ver_0t401nag0g00089y9t0bq6a34n_1"
        self.problem(self.switch.admin("POST", nothing), 404, "not_found", says="0t401nag0g0")
        self.problem(self.switch.admin("GET", "webhooks/all"), 404, "not_found")
        self.assertEqual(self.switch.admin("GET", "webhooks/all:replay").status, 405)
        self.assertEqual(self.switch.call("GET", "/admin/webhooks").status, 401)

    def test_no_personal_data_goes_out(self):
        found = self.opened(self.switch.post("sdk", "liveness+id_match", person=running.PERSON))
        self.wait_idle()
        for request in self.receiver.seen():
            for word in (running.PERSON["id"], running.PERSON["name"], running.PERSON["id_number"]):
                self.assertNotIn(word, request["body"].decode())
        self.assertIn(found["id"], [one["event"]["subject"] for one in self.receiver.seen()])


class Failures(Webhooks):
    @classmethod
    def endpoints(cls):
        return {"all": cls.endpoint("/hook"), "brief": cls.endpoint("/brief", retries=["100ms", "100ms"])}

    def test_every_failure_is_tried_again_in_order(self):
        """Errors, redirects, silence: by the number of the request, so that each kind is met."""
        def misbehave(request):
            if request["path"] != "/hook":
                return 204
            return [500, (302, {"Location": "/elsewhere"}), 204, 404, 204, 503, 204][request["number"] % 7]
        self.receiver.behave(misbehave)
        before = {one["id"] for one in self.events()}
        for _ in range(6):
            self.run_one()
        self.wait_idle()
        wanted = {one["id"] for one in self.events()} - before
        self.assertLessEqual(wanted, set(self.receiver.ids()))
        self.assertGreater(len(self.receiver.ids(accepted=False)), len(self.receiver.ids()))
        self.check_order(self.receiver.seen())
        self.assertEqual(self.receiver.seen("/elsewhere", accepted=False), [])

    def test_silence_is_a_failure_after_the_timeout(self):
        silent = set()

        def say_nothing_first(request):
            if request["path"] == "/hook" and not silent:
                silent.add(request["headers"]["webhook-id"])
                return None
            return 204
        self.receiver.behave(say_nothing_first)
        self.run_one()
        self.wait_idle()
        self.assertLessEqual(silent, set(self.receiver.ids()))

    def test_retry_after_pauses_the_endpoint(self):
        self.wait_idle()
        self.receiver.behave(lambda request: (429, {"Retry-After": "3600"}) if request["path"] == "/hook" else 204)
        self.run_one()
        running.wait_until(lambda: "paused_until" in self.state(), "the endpoint pauses")
        self.assertEqual(self.state()["last_error"], "HTTP 429")
        self.receiver.behave(lambda request: 204)
        count = len(self.receiver.seen(accepted=False))
        self.run_one()
        self.wait_idle("brief")  # which is not paused
        self.assertEqual(len(self.receiver.seen(accepted=False)), count)
        self.assertGreater(self.state()["waiting"], 0)
        # A restart forgets the pause, but not when the event is due; being asked does.
        self.switch.stop()
        self.switch.restart()
        with_row = running.wait_until(self.waiting_ids, "an event waits")
        for event in with_row:
            answer = self.switch.admin("POST", f"webhooks/all:replay?event={event}")
            self.assertEqual((answer.status, answer.json["replayed"]), (200, 1), answer)
        self.wait_idle()

    def waiting_ids(self):
        accepted = set(self.receiver.ids())
        return [one["headers"]["webhook-id"] for one in self.receiver.seen(accepted=False)
                if one["headers"]["webhook-id"] not in accepted]

    def test_gone_disables_until_a_reload(self):
        self.wait_idle()
        self.receiver.behave(lambda request: 410 if request["path"] == "/hook" else 204)
        self.run_one()
        running.wait_until(lambda: self.state()["disabled"], "410 disables the endpoint")
        running.wait_until(lambda: "webhook_disabled" in self.switch.log(), "the log says so")
        self.receiver.behave(lambda request: 204)
        self.run_one()
        self.wait_idle("brief")
        self.assertTrue(self.state()["disabled"])
        self.reconfigure(lambda webhooks: None)
        self.wait_idle()
        self.assertFalse(self.state()["disabled"])
        self.check_order(self.receiver.seen())

    def test_the_dead_can_be_listed_and_replayed(self):
        self.wait_idle("brief")
        self.receiver.behave(lambda request: 500 if request["path"] == "/brief" else 204)
        ids = {self.run_one(), self.run_one()}
        running.wait_until(lambda: self.state("brief")["dead"] == 4, "four dead events")
        self.receiver.behave(lambda request: 204)
        first = self.switch.admin("GET", "webhooks/brief/dead?limit=1").json
        self.assertEqual(len(first["dead"]), 1)
        rest = self.switch.admin("GET", "webhooks/brief/dead?after=" + first["next"]).json
        dead = first["dead"] + rest["dead"]
        self.assertEqual({one["verification"] for one in dead}, ids)
        self.assertEqual({(one["attempts"], one["last_error"]) for one in dead}, {(3, "HTTP 500")})
        self.assertNotIn("next", rest)
        one = self.switch.admin("POST", "webhooks/brief:replay?event=" + dead[0]["event"])
        self.assertEqual((one.status, one.json), (200, {"webhook": "brief", "replayed": 1}), one)
        self.wait_idle("brief", dead=3)
        answer = self.switch.admin("POST", "webhooks/brief:replay")
        self.assertEqual((answer.status, answer.json["replayed"]), (200, 3), answer)
        self.wait_idle("brief")
        self.assertLessEqual({one["event"] for one in dead}, set(self.receiver.ids("/brief")))


class Crashes(Webhooks):
    retries = ["100ms"] * 30

    @classmethod
    def endpoints(cls):
        return {"all": cls.endpoint("/hook", timeout="10s")}

    def test_nothing_is_lost_when_anybody_is_killed(self):
        """kill -9 of the switch and a receiver that goes away, in between a rotation of the secret."""
        def misbehave(request):
            return 500 if request["number"] % 5 == 3 else 204
        self.receiver.behave(misbehave)
        for round in range(4):
            running.at_the_same_time([lambda: self.switch.post("h5", "liveness") for _ in range(6)])
            if round == 1:
                self.receiver.stop()
            count = len(self.receiver.requests)
            self.switch.post("h5", "liveness")
            if round != 1:
                running.wait_until(lambda: len(self.receiver.requests) > count, "something was sent")
            self.switch.kill()
            self.switch.restart()
            if round == 1:
                self.receiver.start()
            if round == 2:
                self.reconfigure(lambda webhooks: webhooks["all"].update(secrets=["env:HOOK_NEW"]))
        self.wait_idle()
        wanted = {one["id"] for one in self.events()}
        self.assertGreaterEqual(len(wanted), 28)
        self.assertEqual(set(self.receiver.ids()), wanted)
        requests = self.receiver.seen()
        self.check_order(requests)
        rotated = [len(one["headers"]["webhook-signature"].split(" ")) for one in requests]
        self.assertEqual(set(rotated), {1, 2})
        for request, signatures in zip(requests, rotated):
            self.check_signed(request, *((NEW, OLD) if signatures == 2 else (NEW,)))

    def test_an_orderly_restart_sends_nothing_twice(self):
        self.wait_idle()
        self.receiver.behave(lambda request: 204)
        self.switch.post("h5", "liveness")
        self.wait_idle()
        self.switch.stop()
        before = self.receiver.ids(accepted=False)
        self.switch.restart()
        self.switch.post("h5", "liveness")
        self.wait_idle()
        after = self.receiver.ids(accepted=False)[len(before):]
        self.assertTrue(after)
        self.assertFalse(set(after) & set(before))

    def test_what_arrives_while_the_switch_stops_is_remembered(self):
        self.wait_idle()
        self.receiver.behave(lambda request: webhook_receiver.LATER)
        count = len(self.receiver.requests)
        self.switch.post("h5", "liveness")
        running.wait_until(lambda: len(self.receiver.requests) > count, "an event is under way")
        self.switch.signal(signal.SIGTERM)
        running.wait_until(lambda: "webhooks_stopping" in self.switch.log(), "the switch stops")
        self.receiver.released.set()
        self.assertEqual(self.switch.wait_end(), 0)
        before = self.receiver.ids(accepted=False)
        self.switch.restart()
        self.wait_idle()
        self.assertFalse(set(self.receiver.ids(accepted=False)[len(before):]) & set(before))


if __name__ == "__main__":
    running.main()

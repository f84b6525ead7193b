"""The platform under chaos: what it is configured with, and callers that start verifications, finish them at the
vendor, give some up, and repeat what was cut off or refused for a moment with the same key.
"""

import collections
import http.client
import random
import threading

from running import PERSON, route

CALLERS = 6
REPEATS_MAX = 30
# What the vendors do wrong while they are loaded: kind, how often, more.
FAULTS = [
    ("close_before", 0.03, {}),
    ("close_after", 0.03, {}),
    ("delay", 0.02, {"delay_ms": 1500}),
    ("reply", 0.03, {"status": 500}),
    ("truncate", 0.01, {}),
]
PRODUCTS = [
    # method, checks, vendor's codes that end a session
    ("h5", "liveness", ["200", "202", "203"]),
    ("h5", "liveness+id_match", ["1000", "2000", "4200"]),
    ("sdk", "liveness", ["1000", "2000"]),
    ("sdk", "liveness+id_match", ["1000", "2000"]),
    ("video_code", "liveness", None),
]


def change(settings):
    for account in settings["accounts"].values():
        account["limits"] = {"timeout": "1s", "result_interval": "1s"}
        account["breaker"] = {"open_for": "1s", "open_for_max": "2s", "ramp": "0s", "trip_for": "1s"}
    for name in ("jumdata", "megvii", "aliyun-code", "lite-code"):
        settings["accounts"][name + "-two"] = dict(settings["accounts"][name])
    settings["log"] = {"level": "info"}
    settings["tenants"]["shop"]["routes"] = [
        route("h5", "liveness", "jumdata", "jumdata-two", on_unknown_outcome="go_on", deadline="4s"),
        route("h5", "liveness+id_match", "lite-code", "lite-code-two", deadline="4s"),
        route("sdk", "liveness", "megvii", "megvii-two", deadline="4s"),
        route("sdk", "liveness+id_match", "aliyun-code", "aliyun-code-two", deadline="4s", hedge_after="500ms"),
        route("video_code", "liveness", "baidu", deadline="4s"),
    ]


def set_faults(sandbox, chance):
    sandbox.clear_faults()
    for kind, probability, more in FAULTS:
        for product in ("baidu", "jumdata", "megvii", "aliyun_sdk", "aliyun_lite"):
            sandbox.fault(kind, product, probability=probability, seed=chance.randrange(1 << 30), **more)


def token_in(sessions, found):
    """The vendor's token of a verification; None when it has none that a person could use."""
    action, reference = found["action"] or {}, found["vendor"].get("reference")
    if action.get("token"):
        return action["token"]
    for session in sessions:
        if reference in (session["token"], session["opening_request"]) or session["token"] in action.get("url", ""):
            return session["token"]
    return None


class Load:
    """cancels: whether callers give up a share of what they have started."""

    def __init__(self, switch, sandbox, seed, cancels):
        self.switch, self.sandbox, self.seed, self.cancels = switch, sandbox, seed, cancels
        self.ending = threading.Event()
        self.threads = []
        self.answered = collections.Counter()  # starts, by status
        self.cancelled = collections.Counter()
        self.handed = set()  # vendors' tokens that persons have, whatever became of their verifications

    def start(self):
        self.threads = [threading.Thread(target=self.caller, args=(number,)) for number in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def caller(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        for count in range(1_000_000):
            if self.ending.is_set():
                return
            self.verification(chance, f"{self.seed}-{number}-{count}")

    def insist(self, call):
        """The call's answer, however often the switch dies on the way; nothing at the end of the load. What is refused
        for a moment is tried again for a while."""
        refused = 0
        while not self.ending.is_set():
            try:
                answer = call()
            except (OSError, http.client.HTTPException):
                self.ending.wait(0.05)
                continue
            refused += 1
            is_ours = answer.status in (500, 503) and answer.json.get("code") in ("storage_failed", "overloaded")
            if not is_ours or refused == REPEATS_MAX:
                return answer
            self.ending.wait(0.1)
        return None

    def verification(self, chance, name):
        method, checks, codes = chance.choice(PRODUCTS)
        person = {"id": "person-" + str(chance.randrange(1000)), "name": PERSON["name"],
                  "id_number": PERSON["id_number"]}
        opened = self.insist(
            lambda: self.switch.post(method, checks, key="start-" + name, reference=name, person=person)
        )
        if opened is None:
            return
        self.answered[opened.status] += 1
        if opened.status != 201:
            self.ending.wait(0.02)
            return
        found = opened.json
        gives_up = self.cancels and chance.random() < 0.15
        if gives_up and chance.random() < 0.5:
            self.cancel(found["id"])
        elif chance.random() < 0.1:
            return  # the person closes the page and is never seen again
        if method == "video_code":
            code = found["action"]["code"] if chance.random() < 0.8 else "0000"
            video = b"code:" + code.encode()
            self.insist(lambda: self.switch.video(found["id"], video, key="video-" + name))
        else:
            self.finish_at_vendor(found, chance.choice(codes))
            if chance.random() < 0.5:
                self.insist(lambda: self.switch.refresh(found["id"], {"person": person}))
        if gives_up:
            self.cancel(found["id"])

    def finish_at_vendor(self, found, code):
        token = token_in(self.sandbox.sessions(), found)
        if not token:
            return
        self.handed.add(token)
        try:
            self.sandbox.finish(token, code)
        except AssertionError:
            pass  # it has ended already

    def cancel(self, id):
        answer = self.insist(lambda: self.switch.call("POST", f"/v1/verifications/{id}:cancel"))
        if answer is not None:
            self.cancelled[answer.status] += 1

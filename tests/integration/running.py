"""The sandbox and the switch as real processes on free loopback ports, each in a folder of its own.

Waiting means polling a condition until it holds or a deadline passes; nothing sleeps to synchronise.
Only processes started here are ever ended, by their pid.
"""

import http.client
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

import ledger
from sample_config import (  # noqa: F401: tests take them from here
    ADMIN_KEY, DONE, KEYS, ROUTES, SECRETS, account, accounts, route, rule, sample_config, sha256,
)

WAIT_S = 30
PERSON = {"id": "person-17", "name": "王小明", "id_number": "11010519491231002X"}
PHOTO = b"\xff\xd8\xff\xe0" + b"an invented face " * 8 + b"\xff\xd9"
build = os.environ.get("IDSWITCH_BUILD", "")


def main():
    """unittest's main, with --build FOLDER (or the variable IDSWITCH_BUILD)."""
    global build
    arguments = sys.argv[:]
    if "--build" in arguments:
        at = arguments.index("--build")
        build = os.path.abspath(arguments[at + 1])
        del arguments[at : at + 2]
    if not build:
        sys.exit("say --build FOLDER")
    unittest.main(module="__main__", argv=arguments, verbosity=2)


def program():
    return os.path.join(build, "bin", "idswitch")


def plugin_folder():
    return os.path.join(build, "lib", "idswitch")


def wait_until(condition, what, seconds=WAIT_S):
    """The condition's first true value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.01)


def free_port():
    """A port nobody listens on, below the range from which the system takes ports for outgoing connections."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"


def request(url, method="GET", body=None, headers=None, context=None, timeout=WAIT_S):
    """One request on a connection of its own; redirects are not followed."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    target = parts.path + ("?" + parts.query if parts.query else "")
    try:
        connection.request(method, target, body=body, headers=headers or {})
        reply = connection.getresponse()
        return Answer(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


class Process:
    """A program that writes a ready file once it serves."""

    def __init__(self, folder, name, command, environment=None):
        self.log_file = os.path.join(folder, name + ".log")
        self.ready_file = os.path.join(folder, name + ".ready")
        self.command = command + ["--ready-file", self.ready_file]
        self.environment = dict(os.environ, **(environment or {}))
        self.process = None

    def launch(self):
        if os.path.exists(self.ready_file):
            os.remove(self.ready_file)
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment
            )

    def wait_ready(self):
        wait_until(
            lambda: os.path.exists(self.ready_file) or self.process.poll() is not None,
            "ready: " + self.log_file,
        )
        if self.process.poll() is not None and not os.path.exists(self.ready_file):
            raise AssertionError(f"{self.command} ended with {self.process.returncode}:\n{self.log()}")
        with open(self.ready_file, encoding="utf-8") as file:
            return json.load(file)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def wait_end(self):
        return self.process.wait(WAIT_S)

    def stop(self):
        """SIGTERM, and SIGKILL when that takes too long. The exit code."""
        if self.process is None or self.process.poll() is not None:
            return None
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
            raise

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait(WAIT_S)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        with open(self.log_file, encoding="utf-8", errors="replace") as file:
            return file.read()


class Sandbox(Process):
    """name: two of them in one folder have different ones, and the same certificates."""

    def __init__(self, folder, *options, name="sandbox", listen="127.0.0.1:0"):
        super().__init__(
            folder,
            name,
            [os.path.join(build, "sandbox", "idswitch-sandbox"), "--listen", listen,
             "--control", "127.0.0.1:0", "--tls-dir", os.path.join(folder, "tls"), "--quiet", *options],
        )

    def start(self):
        self.launch()
        ready = self.wait_ready()
        self.base_url, self.control_url = ready["base_url"], ready["control_url"]
        self.ca_file = os.path.abspath(ready["ca_file"])
        self.trust = ssl.create_default_context(cafile=self.ca_file)
        return self

    def control(self, path, body=None, method=None):
        answer = request(
            self.control_url + "/control/" + path,
            method or ("GET" if body is None else "POST"),
            None if body is None else json.dumps(body),
        )
        if answer.status >= 300:
            raise AssertionError(f"control {path}: {answer}")
        return answer.json

    def fault(self, kind, product, endpoint=None, **more):
        fault = {"kind": kind, "product": product, **more}
        if endpoint is not None:
            fault["endpoint"] = endpoint
        return self.control("faults", fault)["id"]

    def clear_faults(self):
        self.control("faults", method="DELETE")

    def finish(self, token, code, word=""):
        return self.control("sessions/finish", {"token": token, "code": code, "word": word})

    def requests(self, name=None):
        counts = self.control("requests")
        return counts if name is None else counts.get(name, 0)

    def sessions(self):
        return self.control("sessions")["sessions"]

    def page(self, url):
        """A page of a vendor, as the person's browser asks for it."""
        return request(url, context=self.trust)


def at_the_same_time(calls):
    """What each of the calls returns, or the exception it raises; each has a thread of its own."""
    answers = [None] * len(calls)

    def run(index):
        try:
            answers[index] = calls[index]()
        except Exception as error:  # for the caller to judge
            answers[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Switch(Process):
    """change(config) may alter the configuration before it is written."""

    def __init__(self, folder, sandbox, change=None, name="switch"):
        self.folder, self.sandbox, self.change = folder, sandbox, change
        self.config_file = os.path.join(folder, name + ".yaml")
        super().__init__(folder, name, [program(), "serve", "-c", self.config_file], SECRETS)

    def configure(self):
        self.port = free_port()
        settings = sample_config(self.sandbox, self.folder, plugin_folder(), self.port)
        if self.change:
            self.change(settings)
        self.store_file = settings["store"]["path"]
        self.base_url = settings["server"]["public_url"]
        self.context = None
        if "certificate_file" in settings["server"]:
            self.context = self.sandbox.trust
        with open(self.config_file, "w", encoding="utf-8") as file:
            json.dump(settings, file, ensure_ascii=False, indent=1)
        return self

    def start(self):
        for attempt in range(5):
            self.configure()
            try:
                return self.restart()
            except AssertionError:
                # Somebody else took the port in between.
                if attempt == 4 or "in use" not in self.log():
                    raise
        return self

    def restart(self):
        self.launch()
        ready = self.wait_ready()
        assert ready["port"] == self.port and ready["pid"] == self.process.pid, ready
        return self

    def call(self, method, path, body=None, tenant="shop", key=None, headers=None, timeout=WAIT_S):
        """body: a dict is sent as JSON, bytes as they are. key: an Idempotency-Key."""
        all_headers = {}
        if tenant is not None:
            all_headers["Authorization"] = "Bearer " + KEYS[tenant]
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False).encode()
            all_headers["Content-Type"] = "application/json"
        if key is not None:
            all_headers["Idempotency-Key"] = key
        all_headers.update(headers or {})
        return request(self.base_url + path, method, body, all_headers, self.context, timeout)

    def admin(self, method, path, key=ADMIN_KEY, timeout=WAIT_S):
        """/admin/... as the operators ask it."""
        headers = {"Authorization": "Bearer " + key}
        return self.call(method, "/admin/" + path, tenant=None, headers=headers, timeout=timeout)

    def account(self, name, tenant="shop"):
        """The account as GET /v1/accounts shows it."""
        answer = self.call("GET", "/v1/accounts", tenant=tenant)
        if answer.status != 200:
            raise AssertionError(f"/v1/accounts: {answer}")
        return next(one for one in answer.json["accounts"] if one["account"] == name)

    def post(self, method, checks, tenant="shop", key=None, **members):
        """POST /v1/verifications."""
        body = {"method": method, "checks": checks.split("+"), **members}
        return self.call("POST", "/v1/verifications", body, tenant, key)

    def get(self, id, include="", tenant="shop"):
        return self.call("GET", f"/v1/verifications/{id}" + ("?include=" + include if include else ""), tenant=tenant)

    def refresh(self, id, body=None, include="", tenant="shop"):
        path = f"/v1/verifications/{id}:refresh" + ("?include=" + include if include else "")
        return self.call("POST", path, body, tenant)

    def video(self, id, bytes, key=None, tenant="shop", include=""):
        path = f"/v1/verifications/{id}/video" + ("?include=" + include if include else "")
        return self.call("POST", path, bytes, tenant, key, {"Content-Type": "video/mp4"})

    def repeat(self, path, body, key):
        """The answer to a POST that was sent before with this key, once nobody works on its verification any more.

        Recovery is seen in the store a moment before it lets go of what it recovered: until then it is 409.
        """

        def answered():
            answer = self.call("POST", path, body, key=key)
            is_running = answer.status == 409 and answer.json["code"] == "idempotency_running"
            return None if is_running else answer

        return wait_until(answered, "an answer to " + key)

    def list(self, tenant="shop", limit=1000):
        """All of a tenant's verifications, newest first."""
        found, before = [], ""
        while True:
            page = self.call("GET", f"/v1/verifications?limit={limit}{before}", tenant=tenant).json
            found += page["verifications"]
            if "next" not in page:
                return found
            before = "&before=" + page["next"]


class SwitchTest(unittest.TestCase):
    """One sandbox and one switch for all tests of the class; at its end the ledger must equal the vendors' books."""

    maxDiff = None

    @classmethod
    def change(cls, settings):
        """Override to change the configuration."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="idswitch-test-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = cls.scratch.name
        cls.sandbox = Sandbox(cls.folder).start()
        cls.addClassCleanup(cls.sandbox.stop)
        cls.switch = Switch(cls.folder, cls.sandbox, cls.change).start()
        cls.addClassCleanup(cls.switch.stop)

    @classmethod
    def tearDownClass(cls):
        if cls.switch.is_running():
            cls.sandbox.clear_faults()
            ledger.audit(cls.switch, cls.sandbox, list(KEYS))

    def setUp(self):
        self.sandbox.clear_faults()

    def opened(self, answer):
        """The verification that a start gave."""
        self.assertEqual(answer.status, 201, answer)
        found = answer.json
        self.assertEqual(found["status"], "awaiting_user", answer)
        self.assertIsNone(found["verdict"])
        return found

    def start(self, method, checks, **members):
        return self.opened(self.switch.post(method, checks, **members))

    def settled(self, reference):
        """The one verification with this reference, once the running switch has found by itself what was interrupted.

        Only its status tells: the list reads the charges after it, so they may be recovered in an answer whose status is not.
        """

        def ended():
            found = [one for one in self.switch.list() if one.get("reference") == reference]
            self.assertEqual(len(found), 1, found)
            return found if found[0]["status"] != "processing" else None

        return wait_until(ended, "what was interrupted is found")[0]

    def judged(self, answer, verdict, reason):
        """The verification, completed so."""
        self.assertEqual(answer.status, 200, answer)
        found = answer.json
        self.assertEqual((found["status"], found["verdict"], found["reason"]), ("completed", verdict, reason), answer)
        self.assertIsNone(found["action"])
        return found

    def charges(self, verification):
        """(account, sku, state, amount) of each charge."""
        return [(c["account"], c["sku"], c["state"], c["amount"]) for c in verification["charges"]]

    def problem(self, answer, status, code, field=None, says=""):
        """problem+json with this code, and a detail that tells what to do."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json", answer)
        found = answer.json
        self.assertEqual(found["code"], code, answer)
        self.assertEqual(found["status"], status)
        self.assertEqual(found["type"], "urn:idswitch:problem:" + code)
        self.assertTrue(found["title"])
        self.assertIsInstance(found["retryable"], bool)
        self.assertGreater(len(found.get("detail", "")), 10, answer)
        if "verification" not in found:  # a stored problem stays what it is, however often it is asked for
            self.assertEqual(answer.headers["Retry-After"], "1" if found["retryable"] else None, answer)
        self.assertIn(says, found["detail"])
        if field is not None:
            self.assertEqual(found.get("field"), field, answer)
        return found

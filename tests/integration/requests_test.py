"""Bad requests, one row each: a problem with a code, the field it is about, and a sentence that says what to do."""

import socket
import sys

sys.dont_write_bytecode = True
import running

GOOD = {"method": "h5", "checks": ["liveness"]}
UNKNOWN_ID = "ver_0t401s1tfg0005m81j9nspbk4m"


class Requests(running.SwitchTest):
    def post(self, body, **more):
        return self.switch.call("POST", "/v1/verifications", body, **more)

    def test_bodies(self):
        rows = [
            # changed members, status, code, field, words of the detail
            ({"method": None}, 422, "missing_field", "/method", "h5"),
            ({"method": 7}, 422, "invalid_field", "/method", "string"),
            ({"method": "telepathy"}, 422, "invalid_field", "/method", "video_code"),
            ({"checks": None}, 422, "invalid_field", "/checks", "liveness"),
            ({"checks": []}, 422, "invalid_field", "/checks", "liveness"),
            ({"checks": ["liveness", "iris"]}, 422, "invalid_field", "/checks/1", "id_ocr"),
            ({"checks": ["face_match", "id_match"]}, 422, "missing_field", "/person/name", "needs"),
            ({"checks": ["id_ocr"]}, 422, "unsupported_combination", "/checks", "it has: h5 with liveness"),
            ({"person": {"nmae": "x"}}, 422, "unknown_field", "/person/nmae", "id_number"),
            ({"person": {"id": "x" * 129}}, 422, "invalid_field", "/person/id", "128"),
            ({"reference": "a\nb"}, 422, "invalid_field", "/reference", "control"),
            ({"return_url": "https://evil.example/"}, 422, "return_url_not_allowed", "/return_url", "return_urls"),
            ({"return_url": "https://shop.example@evil.example/"}, 422, "return_url_not_allowed", "/return_url", ""),
            ({"return_url": "https://shop.example.evil.example/"}, 422, "return_url_not_allowed", "/return_url", ""),
            ({"return_url": "javascript:alert(1)"}, 422, "return_url_not_allowed", "/return_url", ""),
            ({"images": {"ref1": {"base64": "§"}}}, 422, "invalid_field", "/images/ref1/base64", "base64"),
            ({"images": {"selfie": {"base64": "/9g="}}}, 422, "unknown_field", "/images/selfie", "ref1"),
            ({"vendor_options": {"no/such": {}}}, 422, "unknown_field", "/vendor_options/no~1such", "jumdata"),
            ({"callback_url": "https://x"}, 422, "unknown_field", "/callback_url", "vendor_options"),
        ]
        before = self.sandbox.requests()
        for change, status, code, field, says in rows:
            with self.subTest(change):
                self.problem(self.post({**GOOD, **change}), status, code, field, says)
        options = {"jumdata/life_check_v2": {"title": "x" * 33}}
        answer = self.post({**GOOD, "vendor_options": options})
        problem = self.problem(answer, 422, "invalid_field")
        self.assertTrue(problem["field"].startswith("/vendor_options/jumdata~1life_check_v2"), problem)
        self.assertEqual(self.sandbox.requests(), before, "a refused request reached a vendor")
        self.assertEqual(self.switch.list(), [one for one in self.switch.list() if one["status"] != "failed"])

    def test_bytes_that_are_not_the_json_we_want(self):
        json_type = {"Content-Type": "application/json"}
        for body in (b"", b"{", b"[]", b"null", b"method=h5", b'{"method":"h5"}{}', b'{"method":"\xff"}', b"\x00"):
            with self.subTest(body):
                self.problem(self.post(body, headers=json_type), 400, "malformed_json")
        good = b'{"method":"h5","checks":["liveness"]}'
        for type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
            with self.subTest(type):
                answer = self.post(good, headers={"Content-Type": type})
                self.problem(answer, 415, "unsupported_media_type", says="application/json")
        answer = self.post(good, headers={"Content-Type": "application/json; charset=utf-8"})
        self.assertEqual(answer.status, 201, answer)

    def test_a_body_larger_than_the_limit(self):
        for send in (
            lambda: self.post(b"x" * 30_000_000, headers={"Content-Type": "application/json"}),
            lambda: self.switch.video(UNKNOWN_ID, b"x" * 30_000_000),
        ):
            try:
                self.problem(send(), 413, "payload_too_large")
            except (ConnectionError, BrokenPipeError):
                # The answer came before we were done sending, and the connection was closed on us.
                pass
        self.opened(self.post(GOOD))

    def test_a_body_larger_than_its_path_has_use_for(self):
        found = self.opened(self.post(GOOD))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        big = b"data=" + b"x" * 64 * 1024
        for path, tenant in (
            (f"/v1/verifications/{found['id']}:cancel", "shop"),
            (f"/callbacks/{found['id']}/{'0' * 32}", None),
            (f"/return/{found['id']}/{'0' * 32}", None),
        ):
            with self.subTest(path):
                try:
                    answer = self.switch.call("POST", path, big, tenant=tenant, headers=form)
                    self.problem(answer, 413, "payload_too_large", says="larger")
                except (ConnectionError, BrokenPipeError):
                    pass  # refused before we were done sending
        self.assertEqual(self.switch.get(found["id"]).json["status"], "awaiting_user")

    def test_keys(self):
        for header in (None, "Bearer ", "Bearer nobody", "Basic " + running.KEYS["shop"], running.KEYS["shop"]):
            with self.subTest(header):
                headers = {} if header is None else {"Authorization": header}
                for method, path in (("POST", "/v1/verifications"), ("GET", "/v1/verifications/" + UNKNOWN_ID)):
                    answer = self.switch.call(method, path, GOOD, tenant=None, headers=headers)
                    self.problem(answer, 401, "unauthorized", says="Authorization: Bearer")
                    self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")

    def test_idempotency_keys(self):
        for key in ("with space", "x" * 256, "tab\there", "ümlaut".encode().decode("latin-1")):
            with self.subTest(key):
                self.problem(self.post(GOOD, key=key), 422, "invalid_field", "Idempotency-Key", "255")
        self.opened(self.post(GOOD, key="x" * 255))

    def test_ids(self):
        found = self.opened(self.post(GOOD))
        for id in (UNKNOWN_ID, "ver_", "x", "%00", found["id"].upper(), found["id"] + "0", "..%2f..%2fetc"):
            with self.subTest(id):
                self.problem(self.switch.get(id), 404, "not_found", says="ver_")
        # Another tenant's verification is as unknown as one that never was.
        for call in (
            self.switch.get(found["id"], tenant="bank"),
            self.switch.refresh(found["id"], tenant="bank"),
            self.switch.video(found["id"], b"x", tenant="bank"),
            self.switch.call("POST", f"/v1/verifications/{found['id']}:cancel", tenant="bank"),
        ):
            self.problem(call, 404, "not_found")
        self.assertNotIn(found["id"], [one["id"] for one in self.switch.list("bank")])
        self.assertEqual(self.switch.get(found["id"]).json["status"], "awaiting_user")

    def test_paths_and_methods(self):
        for path in ("/", "/v1", "/v1/", "/v2/verifications", "/v1/verification", "/v1/verificationsX",
                     "/v1/verifications/x/y", "/v1/verifications/x:explode", "/v1/../etc/passwd", "/V1/verifications"):
            with self.subTest(path):
                self.problem(self.switch.call("GET", path), 404, "not_found")
        for method, path, says in (
            ("DELETE", "/v1/verifications", "GET, POST"),
            ("PUT", "/v1/verifications/" + UNKNOWN_ID, "GET"),
            ("GET", f"/v1/verifications/{UNKNOWN_ID}:refresh", "POST"),
            ("GET", f"/v1/verifications/{UNKNOWN_ID}:cancel", "POST"),
            ("GET", f"/v1/verifications/{UNKNOWN_ID}/video", "POST"),
            ("POST", "/v1/billing/charges", "GET"),
        ):
            with self.subTest(f"{method} {path}"):
                answer = self.switch.call(method, path)
                self.problem(answer, 405, "method_not_allowed", says=says)
                self.assertEqual(answer.headers["Allow"], says)

    def test_heads(self):
        for path in ("/healthz", "/readyz", "/openapi.yaml"):
            answer = self.switch.call("HEAD", path, tenant=None)
            self.assertEqual((answer.status, answer.body), (200, b""))
            refused = self.switch.call("POST", path, tenant=None)
            self.problem(refused, 405, "method_not_allowed")
            self.assertEqual(refused.headers["Allow"], "GET, HEAD")
        self.assertEqual(self.switch.call("HEAD", "/v1/accounts").status, 405)

    def test_queries(self):
        found = self.opened(self.post(GOOD))
        self.problem(self.switch.get(found["id"], "images,everything"), 422, "invalid_field", "include", "document")
        self.problem(self.switch.refresh(found["id"], include="x"), 422, "invalid_field", "include")
        for limit in ("0", "1001", "-1", "ten", ""):
            with self.subTest(limit):
                answer = self.switch.call("GET", "/v1/verifications?limit=" + limit)
                self.problem(answer, 422, "invalid_field", "limit", "1000")
        answer = self.switch.call("GET", "/v1/verifications?before=yesterday")
        self.problem(answer, 422, "invalid_field", "before")

    def test_videos(self):
        found = self.start("video_code", "liveness")
        path = f"/v1/verifications/{found['id']}/video"
        wrong = self.switch.call("POST", path, b"x", headers={"Content-Type": "application/octet-stream"})
        self.problem(wrong, 415, "unsupported_media_type", says="video/mp4")
        self.problem(self.switch.video(found["id"], b""), 422, "missing_field", "/video", "bytes")
        self.problem(self.switch.video(UNKNOWN_ID, b"x"), 404, "not_found")

    def test_refreshes(self):
        found = self.opened(self.post(GOOD))
        self.problem(self.switch.refresh(found["id"], {"method": "h5"}), 422, "unknown_field", "/method")
        path = f"/v1/verifications/{found['id']}:refresh"
        self.problem(self.switch.call("POST", path, b"x"), 415, "unsupported_media_type")
        self.problem(self.switch.refresh(UNKNOWN_ID), 404, "not_found")

    def test_lists_turn_pages(self):
        ids = [self.opened(self.post({**GOOD, "reference": "page"}))["id"] for _ in range(5)]
        found = [one["id"] for one in self.switch.list(limit=2) if one.get("reference") == "page"]
        self.assertEqual(found, ids[::-1])
        answer = self.switch.call("GET", "/v1/verifications?reference=page&limit=1000")
        self.assertEqual([one["id"] for one in answer.json["verifications"]], ids[::-1])

    def test_what_is_open_to_everybody(self):
        for path in ("/healthz", "/readyz"):
            answer = self.switch.call("GET", path, tenant=None)
            self.assertEqual((answer.status, answer.json), (200, {"status": "ok"}))
        answer = self.switch.call("GET", "/openapi.yaml", tenant=None)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/yaml"))

    def resident_bytes(self):
        with open(f"/proc/{self.switch.process.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    def test_a_body_without_a_key_costs_no_memory(self):
        """Fifty at once, each with almost 24 MiB: 401 to each, and nothing of it is kept."""
        size = 24 << 20
        head = (
            "POST /v1/verifications HTTP/1.1\r\nHost: switch\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer not-a-key\r\nContent-Length: {size}\r\n\r\n"
        ).encode()
        piece = b"x" * (1 << 20)
        before = self.resident_bytes()
        answers, grown = [], []

        def send():
            with socket.create_connection(("127.0.0.1", self.switch.port), timeout=running.WAIT_S) as connection:
                connection.sendall(head)
                answers.append(connection.recv(4096).split(b"\r\n")[0])  # nothing of the body was sent
                for _ in range(4):
                    connection.sendall(piece)
                grown.append(self.resident_bytes() - before)

        running.at_the_same_time([send] * 50)
        self.assertEqual(answers, [b"HTTP/1.1 401 Unauthorized"] * 50)
        self.assertLess(max(grown), 32 << 20)
        self.assertEqual(self.switch.call("GET", "/healthz").status, 200)

    def test_a_key_is_looked_at_before_the_body(self):
        for path, key, status in (
            ("/v1/verifications", "Bearer wrong", 401),
            ("/v1/nothing", "", 404),
            ("/nothing", "", 404),
            ("/admin/config:reload", "Bearer wrong", 401),
        ):
            with self.subTest(path):
                head = f"POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: {key}\r\nContent-Length: 99999\r\n\r\n"
                with socket.create_connection(("127.0.0.1", self.switch.port), timeout=running.WAIT_S) as connection:
                    connection.sendall(head.encode())
                    answer = connection.recv(65536).decode()
                self.assertTrue(answer.startswith(f"HTTP/1.1 {status} "), answer)
                self.assertIn("Connection: close", answer)
                self.assertIn("application/problem+json", answer)


if __name__ == "__main__":
    running.main()

"""Secrets and personal data: what must never be in the log, nor in the store's files."""

import base64
import glob
import os
import sys

sys.dont_write_bytecode = True
import running
from running import PERSON, PHOTO

PICTURE = {"ref1": {"base64": base64.b64encode(PHOTO).decode()}}


def store_bytes(switch):
    """Every byte of the store's files, the write-ahead log included."""
    files = glob.glob(switch.store_file + "*")
    assert any(name.endswith("-wal") for name in files), files
    contents = []
    for name in files:
        with open(name, "rb") as file:
            contents.append(file.read())
    return b"".join(contents)


class Privacy(running.SwitchTest):
    NAME, NUMBER = PERSON["name"], PERSON["id_number"]
    # The person whom the sandbox reads from an ID card.
    CARD = ("沙箱人", "110101199003070000", "北京市沙箱路1号")


    def walk_through_everything(self):
        """Runs that succeed, fail and break off, each with the person; the secrets they brought about."""
        switch, sandbox, secrets = self.switch, self.sandbox, []
        person = {"person": {"name": self.NAME, "id_number": self.NUMBER}}
        for checks, tenant in (("liveness+id_match", "shop"), ("liveness+id_match", "bank")):
            found = self.start("sdk", checks, tenant=tenant, person=PERSON)
            secrets.append(found["action"]["token"])
            sandbox.finish(found["action"]["token"], "1000")
            switch.refresh(found["id"], person, "images,document", tenant)
        for fault in ("close_after", "garbage", "throttle"):
            sandbox.fault(fault, "aliyun_sdk", "get_biz_token", times=1)
            switch.post("sdk", "liveness+id_match+face_match", person=PERSON, images=PICTURE)
            sandbox.clear_faults()
        found = self.start("h5", "liveness+id_match+id_ocr", person=PERSON)
        secrets.append(found["action"]["url"].rsplit("/", 1)[1])
        left = sandbox.page(found["action"]["url"] + "?outcome=1000")
        secrets.append(left.headers["Location"].rsplit("/", 1)[1])
        running.request(left.headers["Location"])
        card = switch.get(found["id"], "document,images").json
        self.assertEqual(card["document"]["name"], self.CARD[0])
        found = self.start("h5", "liveness", person=PERSON)
        secrets.append(found["action"]["url"].rsplit("=", 1)[1])
        found = self.start("video_code", "liveness", person=PERSON)
        switch.video(found["id"], b"code:" + found["action"]["code"].encode())
        switch.post("h5", "iris", person=PERSON)
        switch.post("sdk", "liveness+id_match", person={**PERSON, "id": [self.NAME]})
        switch.call("POST", "/v1/verifications", b'{"person":"' + self.NAME.encode() + b'"', headers={
            "Content-Type": "application/json"})
        switch.call("GET", "/v1/verifications/" + running.urllib.parse.quote(self.NAME))
        switch.call("GET", "/v1/verifications", tenant=None, headers={"Authorization": "Bearer wrong-key-0815"})
        running.request(switch.base_url + f"/return/{found['id']}/{'0' * 32}?name={self.NUMBER}")
        return secrets

    def test_neither_log_nor_store_has_what_they_must_not_have(self):
        tokens = self.walk_through_everything()
        for session in self.sandbox.sessions():
            tokens.append(session["token"])
        log = self.switch.log()
        self.assertIn('"event":"attempt_failed"', log.replace(" ", ""))
        never_logged = [self.NAME, self.NUMBER, *self.CARD, *tokens, "wrong-key-0815", *running.KEYS.values()]
        never_logged += [value for name, value in running.SECRETS.items()]
        never_logged += [one["notify_url"].rsplit("/", 1)[1] for one in self.sandbox.sessions() if "notify_url" in one]
        for text in never_logged:
            self.assertNotIn(text, log)
        stored = store_bytes(self.switch)
        self.assertIn(PERSON["id"].encode(), stored)  # the pseudonym is kept, so this looks at the right bytes
        never_stored = [self.NAME, self.NUMBER, *self.CARD, *running.KEYS.values()]
        never_stored += [value for name, value in running.SECRETS.items()]
        for text in never_stored:
            for encoding in ("utf-8", "utf-16-le"):
                self.assertNotIn(text.encode(encoding), stored, text)
            self.assertNotIn(text.encode("unicode_escape"), stored, text)
            self.assertNotIn(base64.b64encode(text.encode()).rstrip(b"=")[:-1], stored, text)
        self.assertNotIn(PHOTO[4:40], stored)
        for image in self.images(self.switch):
            self.assertNotIn(image[4:40], stored, "a picture was kept")

    def images(self, switch):
        """The bytes of the pictures the vendor returns for one passed verification."""
        found = self.opened(switch.post("sdk", "liveness+id_match", person=PERSON))
        self.sandbox.finish(found["action"]["token"], "1000")
        images = switch.refresh(found["id"], include="images").json["images"]
        self.assertTrue(images)
        return [base64.b64decode(image["base64"]) for image in images]

    def test_the_store_is_readable_for_its_owner_only(self):
        for file in glob.glob(self.switch.store_file + "*"):
            self.assertEqual(os.stat(file).st_mode & 0o077, 0, file)


class KeptPictures(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        settings["tenants"]["shop"]["keep_images"] = True

    def test_pictures_are_kept_where_the_tenant_wants_them_and_nothing_else(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        self.sandbox.finish(found["action"]["token"], "1000")
        self.assertNotIn("images", self.switch.refresh(found["id"]).json)
        # Kept when the result came, so that the vendor need not be there any more.
        self.sandbox.fault("reply", "aliyun_sdk", "get_result", status=503)
        images = self.switch.get(found["id"], "images").json.get("images", [])
        self.assertEqual([image["name"] for image in images], ["face_best"])
        stored = store_bytes(self.switch)
        self.assertIn(base64.b64decode(images[0]["base64"])[4:40], stored)
        for text in (PERSON["name"], PERSON["id_number"]):
            self.assertNotIn(text.encode(), stored)


if __name__ == "__main__":
    running.main()

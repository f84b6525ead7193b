"""Every product from the first call to the last, and what each costs."""

import base64
import sys
import threading

sys.dont_write_bytecode = True
import running
from running import PERSON, PHOTO

PICTURE = {"ref1": {"base64": base64.b64encode(PHOTO).decode(), "media_type": "image/jpeg"}}


def query_of(url):
    return dict(running.urllib.parse.parse_qsl(running.urllib.parse.urlsplit(url).query))


class Jumdata(running.SwitchTest):
    def walk(self, verification, outcome):
        """The person does the check on the vendor's page and comes back; the platform's page they land on."""
        page = verification["action"]["url"]
        self.assertTrue(page.startswith(self.sandbox.base_url + "/"), page)
        self.assertEqual(self.sandbox.page(page).status, 200)
        left = self.sandbox.page(f"{page}&outcome={outcome}")
        self.assertEqual(left.status, 303, left)
        back = running.request(left.headers["Location"])
        self.assertEqual(back.status, 303, back)
        self.assertEqual(back.headers["Referrer-Policy"], "no-referrer")
        return back.headers["Location"]

    def test_a_person_who_passes_comes_back_with_id_and_status_only(self):
        found = self.start("h5", "liveness", person={"id": "p1"}, reference="case-1")
        self.assertEqual(found["action"]["type"], "redirect")
        self.assertEqual(self.charges(found), [("jumdata", "life_check", "held", "0.30")])
        landed = self.walk(found, 200)
        self.assertTrue(landed.startswith(running.DONE + "?"), landed)
        self.assertEqual(query_of(landed), {"verification_id": found["id"], "status": "completed"})
        done = self.judged(self.switch.get(found["id"]), "pass", None)
        self.assertEqual(self.charges(done), [("jumdata", "life_check", "captured", "0.30")])
        self.assertEqual((done["person_id"], done["reference"]), ("p1", "case-1"))
        self.assertEqual([a["operation"] for a in done["attempts"]], ["start", "result"])

    def test_a_return_url_with_a_query_of_its_own_keeps_it(self):
        found = self.start("h5", "liveness", return_url="https://partner.example/kyc?from=shop")
        self.assertEqual(
            query_of(self.walk(found, 202)), {"from": "shop", "verification_id": found["id"], "status": "completed"}
        )
        done = self.judged(self.switch.get(found["id"]), "fail", "liveness.not_passed")
        self.assertEqual(self.charges(done), [("jumdata", "life_check", "captured", "0.30")])

    def test_a_check_that_broke_off_is_refunded(self):
        found = self.start("h5", "liveness", vendor_options={"jumdata/life_check_v2": {"title": "sandbox:203"}})
        done = self.switch.refresh(found["id"]).json
        self.assertNotEqual(done["verdict"], "pass")
        self.assertEqual(self.charges(done), [("jumdata", "life_check", "voided", "0.00")])

    def test_a_person_who_never_comes_expires_and_is_refunded(self):
        found = self.start("h5", "liveness")
        token = query_of(found["action"]["url"])["token"]
        self.assertEqual(self.switch.refresh(found["id"]).json["status"], "awaiting_user")
        self.sandbox.control("sessions/expire", {"token": token})
        done = self.switch.refresh(found["id"]).json
        self.assertEqual((done["status"], done["verdict"]), ("expired", None))
        self.assertEqual(self.charges(done), [("jumdata", "life_check", "voided", "0.00")])

    def test_a_mini_program_gets_a_web_view_and_the_same_result(self):
        found = self.start("mini_program", "liveness")
        self.assertEqual((found["action"]["type"], found["action"]["component"]), ("mini_program", "web-view"))
        self.assertEqual(self.sandbox.page(found["action"]["url"] + "&outcome=200").status, 200)
        self.judged(self.switch.refresh(found["id"]), "pass", None)

    def test_cancelled_stays_cancelled_but_its_charge_is_settled(self):
        found = self.start("h5", "liveness")
        gone = self.switch.call("POST", f"/v1/verifications/{found['id']}:cancel")
        self.assertEqual((gone.status, gone.json["status"]), (200, "cancelled"), gone)
        self.assertEqual(self.charges(gone.json), [("jumdata", "life_check", "held", "0.30")])
        again = self.switch.call("POST", f"/v1/verifications/{found['id']}:cancel")
        self.assertEqual((again.status, again.json["status"]), (200, "cancelled"), again)
        self.sandbox.finish(query_of(found["action"]["url"])["token"], "200")
        done = self.switch.refresh(found["id"]).json
        self.assertEqual((done["status"], done["verdict"]), ("cancelled", None))
        self.assertEqual(self.charges(done), [("jumdata", "life_check", "captured", "0.30")])
        done = self.start("h5", "liveness", vendor_options={"jumdata/life_check_v2": {"title": "sandbox:200"}})
        self.switch.refresh(done["id"])
        self.problem(self.switch.call("POST", f"/v1/verifications/{done['id']}:cancel"), 409, "conflict")


class Lite(running.SwitchTest):
    def notified(self, verification):
        """Status codes that the vendor's notifications about its session got."""
        token = verification["action"]["url"].rsplit("/", 1)[1]

        def statuses():
            all = self.sandbox.control("notifications")["notifications"]
            return [one["status"] for one in all if one["session_token"] == token]

        return running.wait_until(statuses, "a notification")

    def test_the_vendors_callback_brings_the_result_before_the_person_is_back(self):
        found = self.start("h5", "liveness+id_match", person=PERSON)
        left = self.sandbox.page(found["action"]["url"] + "?outcome=1000")
        self.assertEqual(left.status, 303, left)
        self.assertEqual(self.notified(found), [200])
        # No GET of ours has asked yet: the one result call was the callback's.
        stored = next(one for one in self.switch.list() if one["id"] == found["id"])
        self.assertEqual((stored["status"], stored["verdict"]), ("completed", "pass"), stored)
        back = running.request(left.headers["Location"])
        self.assertEqual(query_of(back.headers["Location"]), {"verification_id": found["id"], "status": "completed"})
        done = self.judged(self.switch.get(found["id"]), "pass", None)
        self.assertEqual(self.charges(done), [("lite-code", "lite_verify", "captured", "1.20")])

    def test_the_id_card_is_handed_out_only_when_asked_for(self):
        found = self.start("h5", "liveness+id_match+id_ocr")
        self.sandbox.page(found["action"]["url"] + "?outcome=1000")
        self.notified(found)
        plain = self.judged(self.switch.get(found["id"]), "pass", None)
        self.assertNotIn("document", plain)
        self.assertNotIn("images", plain)
        asked = self.switch.get(found["id"], "document,images").json
        self.assertEqual(asked["document"]["name"], "沙箱人")
        self.assertEqual(asked["document"]["id_number"], "110101199003070000")
        names = {image["name"] for image in asked["images"]}
        self.assertIn("face_best", names)
        self.assertIn("document_front", names)
        self.assertTrue(all(base64.b64decode(image["base64"]) for image in asked["images"]))
        self.assertNotIn("document", self.switch.get(found["id"]).json)

    def test_a_card_of_somebody_else_is_no_pass(self):
        found = self.start("h5", "liveness+id_match+id_ocr", person=PERSON)
        self.sandbox.page(found["action"]["url"] + "?outcome=1000")
        self.notified(found)
        done = self.switch.get(found["id"]).json
        self.assertEqual((done["status"], done["verdict"]), ("completed", "fail"), done)
        self.assertEqual(self.charges(done), [("lite-code", "lite_verify", "captured", "1.20")])

    def test_a_compared_picture_that_is_somebody_else_fails(self):
        found = self.start("h5", "liveness+face_match", person={"id": "p2"}, images=PICTURE)
        self.sandbox.page(found["action"]["url"] + "?outcome=2000")
        self.notified(found)
        done = self.judged(self.switch.get(found["id"]), "fail", "face.mismatch")
        self.assertEqual(self.charges(done), [("lite-code", "lite_verify", "captured", "1.20")])

    def test_a_mini_program_gets_a_token_and_a_signed_account_works(self):
        found = self.start("mini_program", "liveness+id_match", person=PERSON)
        self.assertEqual(found["action"]["type"], "mini_program")
        self.sandbox.finish(found["action"]["token"], "4200")
        done = self.switch.refresh(found["id"]).json
        self.assertNotEqual(done["verdict"], "pass")
        self.assertEqual(self.charges(done), [("lite-sign", "lite_verify", "voided", "0.00")])


class Sdk(running.SwitchTest):
    def ended(self, verification, code, word="", tenant="shop", body=None):
        self.sandbox.finish(verification["action"]["token"], code, word)
        return self.switch.refresh(verification["id"], body, tenant=tenant)

    def test_megvii_liveness_alone(self):
        found = self.start("sdk", "liveness")
        self.assertEqual((found["action"]["type"], found["account"]), ("sdk", "megvii"))
        done = self.judged(self.ended(found, "1000"), "pass", None)
        self.assertEqual(self.charges(done), [("megvii", "verify", "captured", "0.80")])

    def test_megvii_compares_when_the_result_is_asked_with_the_person(self):
        found = self.start("sdk", "liveness+id_match", tenant="bank", person=PERSON)
        self.sandbox.finish(found["action"]["token"], "1000")
        refused = self.switch.refresh(found["id"], tenant="bank")
        self.problem(refused, 422, "vendor_rejected", "/person/name", says=":refresh")
        person = {"person": {"name": PERSON["name"], "id_number": PERSON["id_number"]}}
        done = self.judged(self.switch.refresh(found["id"], person, tenant="bank"), "pass", None)
        self.assertEqual(self.charges(done), [("megvii", "verify", "captured", "0.80")])

    def test_megvii_attack_fails(self):
        found = self.start("sdk", "liveness+face_match", images=PICTURE)
        done = self.ended(found, "4100", "FAIL_LIVING_FACE_ATTACK", body={"images": PICTURE}).json
        self.assertEqual((done["verdict"], done["reason"]), ("fail", "liveness.attack"), done)

    def test_aliyun_by_appcode(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        self.assertEqual(found["account"], "aliyun-code")
        done = self.judged(self.ended(found, "1000"), "pass", None)
        self.assertEqual(self.charges(done), [("aliyun-code", "face_verify", "captured", "1.00")])
        self.assertIn("face.confidence", done["scores"])

    def test_aliyun_by_signature_with_a_reference_picture(self):
        found = self.start("sdk", "liveness+id_match+face_match", person=PERSON, images=PICTURE)
        self.assertEqual(found["account"], "aliyun-sign")
        done = self.judged(self.ended(found, "2000"), "fail", "face.mismatch")
        self.assertEqual(self.charges(done), [("aliyun-sign", "face_verify", "captured", "1.00")])

    def test_the_pictures_the_vendor_took_are_handed_out_when_asked_for(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        self.judged(self.ended(found, "1000"), "pass", None)
        images = self.switch.get(found["id"], "images").json["images"]
        self.assertEqual([image["name"] for image in images], ["face_best"])

    def test_a_result_code_no_document_has_is_never_a_pass(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        done = self.ended(found, "1717").json
        self.assertNotEqual(done["verdict"], "pass")

    def test_a_data_source_error_is_inconclusive_and_its_charge_unknown(self):
        found = self.start("sdk", "liveness+id_match", person=PERSON)
        done = self.ended(found, "3000", "DATA_SOURCE_ERROR").json
        self.assertEqual((done["verdict"], done["reason"]), ("inconclusive", "vendor.source_error"), done)
        self.assertEqual(self.charges(done), [("aliyun-code", "face_verify", "unknown", "1.00")])


class Video(running.SwitchTest):
    SPOKEN = ("baidu", "sessioncode", "captured", "0.01")

    def test_the_digits_read_aloud_pass(self):
        found = self.start("video_code", "liveness")
        self.assertEqual(found["action"]["type"], "speak_code")
        self.assertEqual(self.charges(found), [self.SPOKEN])
        done = self.judged(self.switch.video(found["id"], b"code:" + found["action"]["code"].encode()), "pass", None)
        self.assertEqual(self.charges(done), [self.SPOKEN, ("baidu", "verify", "captured", "0.20")])
        self.problem(self.switch.video(found["id"], b"another"), 409, "conflict", says="new verification")

    def test_other_digits_are_a_fail_that_is_billed(self):
        found = self.start("video_code", "liveness")
        done = self.switch.video(found["id"], b"code:nothing of the kind").json
        self.assertEqual(done["status"], "completed", done)
        self.assertNotEqual(done["verdict"], "pass")
        self.assertEqual(done["vendor"]["code"], "216500")
        self.assertEqual(self.charges(done), [self.SPOKEN, ("baidu", "verify", "captured", "0.20")])

    def test_a_success_with_a_low_score_is_no_pass(self):
        for word in ("LOW_SCORE", "LOW_SIMILARITY"):
            with self.subTest(word):
                found = self.start("video_code", "liveness")
                done = self.switch.video(found["id"], b"sandbox:0:" + word.encode()).json
                self.assertEqual((done["status"], done["verdict"]), ("completed", "fail"), done)

    def test_options_of_the_start_hold_for_the_video_also_after_a_restart(self):
        options = {"baidu/voice_code": {"lip_identify": "STRICT", "min_code_length": 6, "max_code_length": 6}}
        found = self.start("video_code", "liveness", vendor_options=options)
        self.assertEqual(len(found["action"]["code"]), 6)
        self.assertEqual(self.switch.stop(), 0)
        self.switch.restart()
        self.judged(self.switch.video(found["id"], b"sandbox:0:LIP_FAIL"), "fail", "liveness.lip_mismatch")

    def test_a_session_that_lapsed_at_the_vendor_costs_nothing_more(self):
        found = self.start("video_code", "liveness")
        self.sandbox.control("sessions/expire", {"product": "baidu"})
        done = self.switch.video(found["id"], b"code:" + found["action"]["code"].encode())
        self.assertEqual((done.status, done.json["status"]), (200, "expired"), done)
        self.assertEqual(self.charges(done.json), [self.SPOKEN, ("baidu", "verify", "voided", "0.00")])

    def test_while_a_video_is_on_its_way_nothing_else_touches_it(self):
        found = self.start("video_code", "liveness")
        before = self.sandbox.requests("baidu.verify")
        self.sandbox.fault("delay", "baidu", "verify", delay_ms=1000, times=1)
        answers = []
        video = b"code:" + found["action"]["code"].encode()
        sender = threading.Thread(target=lambda: answers.append(self.switch.video(found["id"], video)))
        sender.start()
        running.wait_until(lambda: self.sandbox.requests("baidu.verify") > before, "the vendor has the video")
        self.assertEqual(self.switch.get(found["id"]).json["status"], "processing")
        self.problem(self.switch.video(found["id"], b"another"), 409, "conflict")
        self.problem(self.switch.call("POST", f"/v1/verifications/{found['id']}:cancel"), 409, "conflict")
        sender.join()
        self.judged(answers[0], "pass", None)

    def test_a_video_for_another_method_is_a_conflict(self):
        found = self.start("h5", "liveness")
        self.problem(self.switch.video(found["id"], b"x"), 409, "conflict", says="video_code")


if __name__ == "__main__":
    running.main()

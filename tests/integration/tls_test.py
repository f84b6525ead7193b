"""TLS on both sides: the switch's own certificate, and vendors whom it must not trust."""

import os
import ssl
import sys
import warnings

sys.dont_write_bytecode = True
import running
from running import route


class Tls(running.SwitchTest):
    @classmethod
    def change(cls, settings):
        server = settings["server"]
        server["certificate_file"] = os.path.join(cls.folder, "tls", cls.certificate)
        server["private_key_file"] = os.path.join(cls.folder, "tls", cls.key)
        server["public_url"] = server["public_url"].replace("http://127.0.0.1", "https://localhost")
        accounts = settings["accounts"]
        accounts["system-store"] = {**accounts["jumdata"]}
        del accounts["system-store"]["ca_file"]
        accounts["other-ca"] = dict(accounts["jumdata"], ca_file=os.path.join(cls.other, "tls", "ca.pem"))
        settings["tenants"]["shop"]["routes"] = [route("h5", "liveness", "system-store", "other-ca", "jumdata")]
        settings["tenants"]["bank"]["routes"] = [route("h5", "liveness", "other-ca")]

    @classmethod
    def setUpClass(cls):
        # A sandbox makes a CA; this one's is for nothing but not being trusted.
        scratch = running.tempfile.TemporaryDirectory(prefix="idswitch-test-")
        cls.addClassCleanup(scratch.cleanup)
        cls.other = scratch.name
        running.Sandbox(cls.other).start().stop()
        names = sorted(os.listdir(os.path.join(cls.other, "tls")))
        cls.certificate = next(name for name in names if "ca" not in name and "key" not in name)
        cls.key = next(name for name in names if "ca" not in name and "key" in name)
        super().setUpClass()

    def test_the_switch_serves_tls_and_people_come_back_over_it(self):
        self.assertTrue(self.switch.base_url.startswith("https://localhost:"))
        found = self.start("h5", "liveness")
        left = self.sandbox.page(found["action"]["url"] + "&outcome=200")
        self.assertTrue(left.headers["Location"].startswith(self.switch.base_url + "/return/"))
        back = running.request(left.headers["Location"], context=self.sandbox.trust)
        self.assertEqual(back.status, 303, back)
        self.judged(self.switch.get(found["id"]), "pass", None)

    def test_old_tls_and_plain_http_get_nowhere(self):
        old = ssl.create_default_context(cafile=self.sandbox.ca_file)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises(ssl.SSLError):
            running.request(self.switch.base_url + "/healthz", context=old)
        with self.assertRaises((OSError, running.http.client.HTTPException)):
            running.request(self.switch.base_url.replace("https:", "http:") + "/healthz")
        self.assertEqual(self.switch.call("GET", "/healthz").status, 200)

    def test_a_vendor_without_a_trusted_certificate_gets_nothing(self):
        found = self.start("h5", "liveness")
        self.assertEqual(found["account"], "jumdata")
        for attempt in found["attempts"][:2]:
            self.assertEqual((attempt["error_class"], attempt["transport"]), ("unavailable", "not_sent"), attempt)
            self.assertIn("certificate", attempt["detail"])
        self.assertEqual([charge[2] for charge in self.charges(found)], ["voided", "voided", "held"])

    def test_when_no_vendor_is_trusted_the_problem_lists_why(self):
        before = self.sandbox.requests("jumdata.init")
        problem = self.problem(self.switch.post("h5", "liveness", "bank"), 503, "no_vendor_available")
        self.assertIn("certificate", problem["attempts"][0]["detail"])
        self.assertEqual(self.sandbox.requests("jumdata.init"), before)


class BadCertificates(running.SwitchTest):
    def complaint(self, name, change):
        broken = running.Switch(self.folder, self.sandbox, change, name=name).configure()
        broken.launch()
        self.addCleanup(broken.stop)
        self.assertEqual(broken.wait_end(), 2, broken.log())
        return broken.log()

    def test_a_key_that_is_not_the_certificates_is_said_at_the_start(self):
        def change(settings):
            settings["store"]["path"] = os.path.join(self.folder, "broken.db")
            settings["server"]["certificate_file"] = os.path.join(self.folder, "tls", "ca.pem")
            settings["server"]["private_key_file"] = os.path.join(self.folder, "tls", key)

        names = os.listdir(os.path.join(self.folder, "tls"))
        key = next(name for name in names if "ca" not in name and "key" in name)
        self.assertIn("belongs to certificate_file", self.complaint("broken", change))


if __name__ == "__main__":
    running.main()

"""Budgets: what is held and charged never exceeds them, however many ask at once and wherever they fail over to; and
what the vendors' own books say of it."""

import sys
from decimal import Decimal

sys.dont_write_bytecode = True
import ledger
import running
from running import Sandbox, at_the_same_time, route

PRICE = Decimal("0.30")


def budget(limit, **more):
    return {"per": "month", "limit": limit, "currency": "CNY", **more}


class BudgetTest(running.SwitchTest):
    def budgets(self):
        """(spent, reserved) by name."""
        answer = self.switch.admin("GET", "budgets")
        self.assertEqual(answer.status, 200, answer)
        return {one["name"]: (one["spent"], one["reserved"]) for one in answer.json["budgets"]}

    def refused(self, answer, budget):
        return self.problem(answer, 402, "budget_exhausted", says=f'"{budget}"')


class Together(BudgetTest):
    """Account `near` is served by a vendor of its own, `far` by the other sandbox, so each has its own books."""

    CALLERS, EACH = 64, 3
    LIMITS = {"near-monthly": Decimal("9.10"), "shop-monthly": Decimal("15.20")}

    @classmethod
    def change(cls, settings):
        if not hasattr(cls, "vendor"):
            cls.vendor = Sandbox(cls.folder, name="vendor").start()
            cls.addClassCleanup(cls.vendor.stop)
        jumdata = settings["accounts"]["jumdata"]
        patient = {"consecutive_failures": 1000, "volume_min": 1000000}
        settings["accounts"]["near"] = dict(
            jumdata, base_url=cls.vendor.base_url, ca_file=cls.vendor.ca_file, breaker=patient)
        settings["accounts"]["far"] = dict(jumdata, breaker=patient)
        settings["budgets"] = {
            "near-monthly": budget(str(cls.LIMITS["near-monthly"]), accounts=["near"]),
            "shop-monthly": budget(str(cls.LIMITS["shop-monthly"]), tenant="shop"),
        }
        both = route("h5", "liveness", "near", "far", on_unknown_outcome="go_on")
        settings["tenants"]["shop"]["routes"] = [both, route("mini_program", "liveness", "far")]
        settings["tenants"]["bank"]["routes"] = [route("h5", "liveness", "near")]

    @classmethod
    def tearDownClass(cls):
        """Two vendors' books; the test has looked at both."""

    def charged(self, vendor):
        """What the vendor's books say is captured or held."""
        lines = vendor.control("charges")["charges"]
        return sum(Decimal(one["unit_price"]) for one in lines if one["state"] in ("captured", "held"))

    def committed(self, tenant, account=None):
        """What the switch's ledger says is captured, held or unknown."""
        return sum(Decimal(one["amount"]) for one in ledger.booked(self.switch, [tenant])
                   if one["state"] in ("captured", "held", "unknown") and account in (None, one["account"]))

    def assert_kept(self):
        near, far = self.charged(self.vendor), self.charged(self.sandbox)
        self.assertLessEqual(near, self.LIMITS["near-monthly"])
        self.assertLessEqual(near + far, self.LIMITS["shop-monthly"])
        self.assertLessEqual(self.committed("shop", "near"), self.LIMITS["near-monthly"])
        self.assertLessEqual(self.committed("shop"), self.LIMITS["shop-monthly"])

    def test_many_at_once_with_failover_never_spend_more_and_lose_no_room(self):
        # Slow enough that all are under way at once: those that fail over find the budget used up only then.
        for vendor, seed, delay_ms in ((self.vendor, 1, 300), (self.sandbox, 2, 50)):
            more = {"seed": seed, "delay_ms": delay_ms}
            vendor.fault("close_after", "jumdata", "init", probability=0.4, **more)
            vendor.fault("vendor_error", "jumdata", "init", probability=0.3, code="500", **more)
            vendor.fault("delay", "jumdata", "init", delay_ms=delay_ms)
        answers = []
        for _ in range(self.EACH):
            answers += at_the_same_time([lambda: self.switch.post("h5", "liveness")] * self.CALLERS)
            self.assert_kept()
        statuses = {answer.status for answer in answers}
        self.assertLessEqual(statuses, {201, 402, 502, 503}, [str(one) for one in answers])
        self.assertIn(201, statuses)

        # Whatever came back (voids, refusals, lost races) can be spent: until not one more fits.
        self.sandbox.clear_faults()
        self.vendor.clear_faults()

        def use_up(tenant):
            for _ in range(200):
                answer = self.switch.post("h5", "liveness", tenant)
                if answer.status != 201:
                    break
            return answer

        self.problem(use_up("shop"), 402, "budget_exhausted", says="-monthly\"")
        self.refused(self.switch.post("mini_program", "liveness"), "shop-monthly")
        self.assert_kept()
        self.assertGreater(self.committed("shop"), self.LIMITS["shop-monthly"] - PRICE)
        # Another tenant meets the account's budget, not the first one's.
        self.refused(use_up("bank"), "near-monthly")
        near = self.committed("shop", "near") + self.committed("bank", "near")
        self.assertLessEqual(near, self.LIMITS["near-monthly"])
        self.assertLessEqual(self.charged(self.vendor), self.LIMITS["near-monthly"])
        self.assertGreater(near, self.LIMITS["near-monthly"] - PRICE)

        before = self.budgets()
        self.switch.kill()
        self.switch.restart()
        self.assertEqual(self.budgets(), before)
        self.refused(self.switch.post("mini_program", "liveness"), "shop-monthly")
        self.refused(self.switch.post("h5", "liveness", "bank"), "near-monthly")


class OneByOne(BudgetTest):
    @classmethod
    def change(cls, settings):
        accounts = settings["accounts"]
        accounts["jumdata-two"] = dict(accounts["jumdata"])
        settings["budgets"] = {
            "two-a-month": budget("0.60", tenant="bank", accounts=["jumdata"]),
            "only-says-so": budget("0.60", tenant="shop", accounts=["jumdata-two"], at_limit="warn", warn_at="50%"),
        }
        settings["tenants"]["bank"]["routes"] = [route("h5", "liveness", "jumdata")]
        settings["tenants"]["shop"]["routes"] = [route("h5", "liveness", "jumdata-two")]

    def begin(self):
        return self.start("h5", "liveness", tenant="bank")

    def token(self, found):
        return found["action"]["url"].rpartition("token=")[2]

    def test_what_is_voided_can_be_spent_again_and_what_is_captured_cannot(self):
        def used_up():
            before = self.sandbox.requests("jumdata.init")
            problem = self.refused(self.switch.post("h5", "liveness", "bank"), "two-a-month")
            self.assertEqual((problem["attempts"], problem["charges"]), ([], []))
            self.assertEqual(self.sandbox.requests("jumdata.init"), before)

        first, second = self.begin(), self.begin()
        used_up()
        self.assertEqual(self.budgets()["two-a-month"], ("0.00", "0.60"))
        self.sandbox.control("sessions/expire", {"token": self.token(first)})
        done = self.switch.refresh(first["id"], tenant="bank").json
        self.assertEqual(done["status"], "expired", done)
        third = self.begin()
        used_up()
        self.sandbox.finish(self.token(third), "301")  # the person has declined, and costs nothing
        done = self.switch.refresh(third["id"], tenant="bank").json
        self.assertEqual(self.charges(done), [("jumdata", "life_check", "voided", "0.00")])
        fourth = self.begin()
        used_up()
        self.sandbox.finish(self.token(fourth), "200")
        self.judged(self.switch.refresh(fourth["id"], tenant="bank"), "pass", None)
        used_up()
        self.assertEqual(self.budgets()["two-a-month"], ("0.30", "0.30"))
        self.switch.kill()
        self.switch.restart()
        self.assertEqual(self.budgets()["two-a-month"], ("0.30", "0.30"))
        used_up()
        self.sandbox.finish(self.token(second), "200")
        self.judged(self.switch.refresh(second["id"], tenant="bank"), "pass", None)
        used_up()
        self.assertEqual(self.budgets()["two-a-month"], ("0.60", "0.00"))

    def test_one_that_only_warns_refuses_nobody_and_says_so_once(self):
        for _ in range(5):
            self.start("h5", "liveness")
        self.assertEqual(self.budgets()["only-says-so"], ("0.00", "1.50"))
        log = self.switch.log()
        self.assertEqual(log.count('"budget_near_limit"'), 1, log)
        self.assertEqual(log.count('"budget_exceeded"'), 1, log)


if __name__ == "__main__":
    running.main()

"""Reports of tenants beside each other and beside what operators order."""

import sys
import threading

sys.dont_write_bytecode = True
import running

REPORTS = ("/v1/billing/summary?by=account,sku,day", "/v1/billing/events?limit=1000")
AT_ONCE = 8


class Reports(running.SwitchTest):
    def setUp(self):
        super().setUp()
        for tenant in running.KEYS:
            self.opened(self.switch.post("h5", "liveness", tenant=tenant))

    def test_a_tenant_gets_one_report_at_a_time_and_keeps_nobody_else_waiting(self):
        refusals, others, over = [], [], threading.Event()

        def ask(path):
            """Asks again and again, and keeps what is no report."""
            while not over.is_set():
                answer = self.switch.call("GET", path)
                if answer.status == 429:
                    refusals.append(answer)
                elif answer.status != 200:
                    others.append(answer)

        threads = [threading.Thread(target=ask, args=(REPORTS[i % len(REPORTS)],)) for i in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        try:
            running.wait_until(lambda: len(refusals) >= 3, "second reports of a tenant that are refused")
            # Others meanwhile: another tenant's reports, and operators.
            for path in REPORTS:
                self.assertEqual(self.switch.call("GET", path, tenant="bank").status, 200)
            answer = self.switch.admin("POST", "config:reload")
            self.assertEqual((answer.status, answer.json["status"]), (200, "unchanged"), answer)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        self.assertEqual(others, [])
        self.problem(refusals[0], 429, "too_many_requests", says="wait for its answer")
        # None of them has kept its place.
        for path in REPORTS:
            self.assertEqual(self.switch.call("GET", path).status, 200)


if __name__ == "__main__":
    running.main()

"""Other configurations for the running switch: what an operator changes on a bad day, and what is not a configuration
at all. All of them have the prices of the first one, against which the books are compared.
"""

import copy
import json
import os
import random
import signal

PAIRS = [("jumdata", "jumdata-two"), ("megvii", "megvii-two"), ("aliyun-code", "aliyun-code-two"),
         ("lite-code", "lite-code-two")]
BROKEN = 0.25
TOLD = 0.7  # of the changes; the others are noticed when the switch looks at the file


def another(first, chance):
    """A valid one, near to the first."""
    settings = copy.deepcopy(first)
    for change in chance.sample([budgets, order, without_an_account, limits, contract_time], chance.randint(1, 3)):
        change(settings, chance)
    return settings


def budgets(settings, chance):
    made = {}
    for name in ("shop-day", "all-month", "pair-day"):
        if chance.random() < 0.4:
            continue
        # Seldom so little that callers are refused.
        limit = chance.choice(["300.00", *["100000.00", "200000.00"] * 6])
        made[name] = {"per": "month" if name == "all-month" else "day", "limit": limit, "currency": "CNY",
                      "at_limit": chance.choice(["stop", "warn"])}
        if name == "shop-day":
            made[name]["tenant"] = "shop"
        if name == "pair-day":
            made[name]["accounts"] = chance.sample(["jumdata", "megvii", "baidu"], chance.randint(1, 3))
    settings["budgets"] = made


def order(settings, chance):
    for route in settings["tenants"]["shop"]["routes"]:
        chance.shuffle(route["accounts"])


def without_an_account(settings, chance):
    """One that has open work, most probably."""
    gone = chance.choice(chance.choice(PAIRS))
    if any(gone in budget.get("accounts", []) for budget in settings.get("budgets", {}).values()):
        return
    for tenant in settings["tenants"].values():
        for route in tenant["routes"]:
            if route["accounts"] == [gone]:
                return
    del settings["accounts"][gone]
    for tenant in settings["tenants"].values():
        for route in tenant["routes"]:
            if gone in route["accounts"]:
                route["accounts"].remove(gone)
                route.pop("hedge_after", None)


def limits(settings, chance):
    for account in settings["accounts"].values():
        account["limits"] = {"timeout": chance.choice(["800ms", "1s", "2s"]), "result_interval": "1s"}
        if chance.random() < 0.3:
            account["limits"]["concurrency_max"] = chance.choice([1, 3, 50])


def contract_time(settings, chance):
    account = settings["accounts"][chance.choice(list(settings["accounts"]))]
    account["contract"] = dict(account["contract"], time=chance.choice(["+08:00", "-05:00", "+00:00"]))


class Configurations:
    """The switch's configuration file, and what was written to it."""

    def __init__(self, switch):
        self.switch = switch
        with open(switch.config_file, encoding="utf-8") as file:
            self.first = json.load(file)
        self.good = json.dumps(self.first)
        self.written = 0

    def write(self, text):
        """Moved into place, so that the switch never reads half of it. No two are alike."""
        self.written += 1
        scratch = self.switch.config_file + ".new"
        with open(scratch, "w", encoding="utf-8") as file:
            file.write(text + "\n" * self.written)
        os.replace(scratch, self.switch.config_file)

    def change(self, seed):
        chance = random.Random(seed)
        is_told = chance.random() < TOLD
        if chance.random() < BROKEN:
            wrong = copy.deepcopy(self.first)
            wrong["tenants"]["shop"]["routes"][0]["accounts"] = ["jumdata-tow"]
            self.write(chance.choice([json.dumps(wrong), self.good[: len(self.good) // 2], ""]))
        else:
            self.good = json.dumps(another(self.first, chance))
            self.write(self.good)
        if is_told:
            self.switch.signal(signal.SIGHUP)

    def mend(self):
        """A file that a switch can start with."""
        self.write(self.good)

    def first_again(self):
        """Every account is there again, and whatever is open can be asked for."""
        self.good = json.dumps(self.first)
        self.write(self.good)
        self.switch.signal(signal.SIGHUP)

"""The end of a chaos: everybody comes back, the sweeper brings all to an end, and the switch's books are held against
the vendors' and against themselves.

  lost         the vendor charged, and nothing in the ledger stands for it
  doubled      the ledger counts more captured charges than the vendor has
  unexplained  a charge that is neither what the vendor says nor marked unknown for a reason that its attempts show
  stuck        a verification under way, or a hold, of which nothing says when to go on with it
  drift        a count of usage, spend or a budget that is not what the entries come to; any other fault of the ledger
  unknown      holds that are marked unknown: a call was cut off, and nobody told us what came of it
"""

import collections
import contextlib
import dataclasses
import json
import sqlite3
import subprocess
import time

import ledger
import running
from load import token_in

SETTLE_S = 150  # a video that was cut off is taken for interrupted after two minutes
# Sessions of minutes are asked about every ten minutes at least, so are those whose age a wrong clock made longer.
LATEST_S = 11 * 60
# A vendor that cannot be asked: its session is looked at when its label says that it dies, and one that was opened by a
# clock that was ahead says so late. Nothing is held meanwhile.
ENDS_BY_LABEL = "p.account = 'baidu' AND w.status = 1 AND w.next_ask_ms <= p.expires_unix_ms + 2000"
# How the people come back who had closed the page.
LATE_ENDS = {"jumdata": "202", "megvii": "2000", "aliyun_sdk": "1000", "aliyun_lite": "1000"}
# verification_work.status: starting, processing, submitting; a verification without a row is starting.
UNDER_WAY = "ifnull(w.status, 0) IN (0, 2, 7)"


@dataclasses.dataclass
class Books:
    """Each a list of words for people."""

    lost: list
    doubled: list
    unexplained: list
    stuck: list
    drift: list
    unknown: list

    def faults(self):
        return self.lost + self.doubled + self.unexplained + self.stuck + self.drift


def rows(switch, sql):
    with contextlib.closing(sqlite3.connect(f"file:{switch.store_file}?mode=ro", uri=True)) as store:
        return store.execute(sql).fetchall()


def settle(switch, sandbox, handed, patience_s):
    """The vendors behave again, everybody whose session the platform has not seen end comes back, and the
    sweeper alone brings all to an end. What it has not by then and would have soon, the platform asks for."""
    sandbox.clear_faults()
    sessions = {session["token"]: session for session in sandbox.sessions() if session["state"] == "open"}
    known, over = set(handed), set()
    for found in switch.list():
        token = token_in(sessions.values(), found)
        is_held = any(one["state"] == "held" for one in found["charges"])
        (over if found["status"] == "expired" and not is_held else known).add(token)
    for token in (known - over) & sessions.keys():
        if sessions[token]["product"] in LATE_ENDS:
            sandbox.finish(token, LATE_ENDS[sessions[token]["product"]])
    late = []
    if not swept(switch, patience_s):
        late = stuck(switch)
        print(f"after {patience_s} s not everything has come to its end; the platform looks at it")
        for found in switch.list():
            if found["status"] == "processing" or any(one["state"] == "held" for one in found["charges"]):
                switch.get(found["id"])
        swept(switch, 5)
    return late


def swept(switch, patience_s):
    under_way = ("SELECT count(*) FROM verification AS v LEFT JOIN verification_work AS w ON w.id = v.id"
                 f" WHERE {UNDER_WAY}")
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        held = any(one["state"] == "held" for one in ledger.booked(switch, ["shop"]))
        if not held and rows(switch, under_way) == [(0,)]:
            return True
        time.sleep(0.5)
    return False


def verify(switch):
    """(stuck, drift) as `idswitch ledger verify` finds them."""
    command = [running.program(), "ledger", "verify", "-c", switch.config_file, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=switch.environment, check=False)
    if done.returncode == 0:
        return [], []
    try:
        faults = json.loads(done.stdout)["faults"]
    except (ValueError, KeyError):
        return [], [f"ledger verify: {done.stdout}{done.stderr}"]
    return ([f"ledger verify: {one}" for one in faults if one["kind"] == "hold_unasked"],
            [f"ledger verify: {one}" for one in faults if one["kind"] != "hold_unasked"])


# One that has expired and for which nothing is held is looked at once more, an hour later.
LAST_LOOK = """w.status = 4 AND NOT EXISTS (SELECT 1 FROM ledger_entry AS h WHERE h.verification = v.id AND h.slot = 0
  AND NOT EXISTS (SELECT 1 FROM ledger_entry AS r WHERE r.verification = h.verification AND r.account = h.account
  AND r.sku = h.sku AND r.event = h.event AND r.call = h.call AND (r.slot = 1 OR r.slot >= 2 AND r.evidence = 0)))"""


def stuck(switch):
    now_ms = time.time() * 1000
    found = rows(switch, f"""SELECT v.id, w.status, p.account, w.fence, w.next_ask_ms - {now_ms},
      p.expires_unix_ms - {now_ms}, v.created_unix_ms - {now_ms}, p.updated_unix_ms - {now_ms}
      FROM verification AS v LEFT JOIN verification_work AS w ON w.id = v.id
      LEFT JOIN verification_progress AS p ON p.id = v.id
      WHERE {UNDER_WAY} AND ifnull(w.next_ask_ms, 0) = 0
      OR w.next_ask_ms > {now_ms + LATEST_S * 1000} AND NOT ({ENDS_BY_LABEL}) AND NOT ({LAST_LOOK})""")
    names = ("id", "status", "account", "fence", "due_in_ms", "dies_in_ms", "created_in_ms", "updated_in_ms")
    return [f"not due before long: {dict(zip(names, row))}" for row in found]


def reason_for_unknown(verification):
    """What the attempts say about why nobody knows."""
    return any(one["error_class"] in ("unknown_outcome", "protocol", "unavailable") for one in verification["attempts"])


def compare(switch, sandbox):
    """(lost, doubled, unexplained, unknown)"""
    verifications = {one["id"]: one for one in switch.list()}
    product_of = ledger._products(switch)
    opening = {session["token"]: session["opening_request"] for session in sandbox.sessions()}
    ours = collections.defaultdict(list)
    unknown, unexplained = [], []
    for charge in ledger.booked(switch, ["shop"]):
        key = (product_of[charge["account"]], charge["sku"])
        verification = verifications[charge["verification"]]
        if charge["state"] == "unknown":
            unknown.append((key, charge))
            if not reason_for_unknown(verification):
                unexplained.append(f"unknown without a reason: {charge} {verification['attempts']}")
        elif charge["state"] == "held":
            unexplained.append(f"still held: {charge} of {verification['status']}, attempts {verification['attempts']}")
        else:
            # A charge that never got a name of its own has the session's, if it is the serving account's.
            is_serving = charge["account"] == verification.get("account")
            name = charge.get("vendor_reference") or (is_serving and verification["vendor"].get("reference"))
            ours[(*key, name)].append(charge)
    lost = []
    covers = collections.Counter(key for key, _ in unknown)
    for line in sandbox.control("charges")["charges"]:
        key = (line["product"], ledger.SKUS[line["product"], line["sku"]])
        names = {line["reference"], line["request_id"], opening.get(line["reference"])}
        found = next((ours[(*key, name)] for name in names if ours.get((*key, name))), None)
        if found:
            charge = found.pop(0)
            if charge["state"] != ledger.AGREEING[line["state"]]:
                unexplained.append(f"theirs {line}, ours {charge}")
            elif charge["state"] == "captured" and charge["amount"] != line["unit_price"]:
                unexplained.append(f"amount: theirs {line}, ours {charge}")
        elif line["state"] == "captured":
            # A call whose answer never came has no name on our side: an unknown hold must stand for it.
            if covers[key] > 0:
                covers[key] -= 1
            else:
                lost.append(f"only theirs: {line}")
    doubled = [f"only ours: {charge}" for found in ours.values() for charge in found if charge["state"] == "captured"]
    return lost, doubled, unexplained, unknown


def account(switch, sandbox, handed, patience_s):
    late = settle(switch, sandbox, handed, patience_s)
    lost, doubled, unexplained, unknown = compare(switch, sandbox)
    unasked, drift = verify(switch)
    return Books(lost, doubled, unexplained, late + stuck(switch) + unasked, drift, unknown)

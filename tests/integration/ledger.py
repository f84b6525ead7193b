"""Holds the switch's ledger against the vendors' books as the sandbox keeps them, charge by charge."""

import json

SKUS = {
    ("baidu", "sessioncode"): "sessioncode",
    ("baidu", "verify"): "verify",
    ("jumdata", "life_check_v2"): "life_check",
    ("megvii", "verify"): "verify",
    ("megvii", "liveness"): "verify",
    ("aliyun_sdk", "verification"): "face_verify",
    ("aliyun_lite", "verification"): "lite_verify",
}
PRODUCTS = {
    "baidu/voice_code": "baidu",
    "jumdata/life_check_v2": "jumdata",
    "megvii/faceid_v5": "megvii",
    "aliyun-faceid/sdk_v1_2": "aliyun_sdk",
    "aliyun-faceid/lite_v1": "aliyun_lite",
}
# What the vendor's state of a charge allows ours to be, when both name the same one.
AGREEING = {"captured": "captured", "held": "held", "refunded": "voided"}


def booked(switch, tenants):
    """All charges of the tenants, by GET /v1/billing/charges."""
    charges = []
    for tenant in tenants:
        before = ""
        while True:
            page = switch.call("GET", f"/v1/billing/charges?limit=100{before}", tenant=tenant).json
            charges += page["charges"]
            if "next" not in page:
                break
            before = "&before=" + page["next"]
    return charges


def _ask_for_open_ones(switch, verifications):
    person = {"person": {"name": "nobody", "id_number": "none"}}
    for tenant, verification in verifications:
        if verification["status"] != "failed" and any(c["state"] == "held" for c in verification["charges"]):
            switch.refresh(verification["id"], person, tenant=tenant)


def _products(switch):
    with open(switch.config_file, encoding="utf-8") as file:
        accounts = json.load(file)["accounts"]
    return {name: PRODUCTS[account["product"]] for name, account in accounts.items()}


def audit(switch, sandbox, tenants):
    """Raises AssertionError with every difference. Returns how many charges the vendors' books have."""
    verifications = [(tenant, one) for tenant in tenants for one in switch.list(tenant)]
    _ask_for_open_ones(switch, verifications)
    # While a session is open only the verification names it; the charge does from its settlement on.
    session_of = {one["id"]: one["vendor"].get("reference") for _, one in verifications}
    product_of = _products(switch)
    opening = {session["token"]: session["opening_request"] for session in sandbox.sessions()}
    named, nameless = {}, []
    for charge in booked(switch, tenants):
        key = (product_of[charge["account"]], charge["sku"])
        name = charge.get("vendor_reference") or (charge["state"] == "held" and session_of[charge["verification"]])
        if name:
            named.setdefault((*key, name), []).append(charge)
        else:
            nameless.append((key, charge))

    differences = []
    lines = sandbox.control("charges")["charges"]
    for line in lines:
        key = (line["product"], SKUS[line["product"], line["sku"]])
        names = {line["reference"], line["request_id"], opening.get(line["reference"])}
        found = next((named[(*key, name)] for name in names if named.get((*key, name))), None)
        if found:
            charge = found.pop(0)
            if charge["state"] != AGREEING[line["state"]] and charge["state"] != "unknown":
                differences.append(f"state: theirs {line}, ours {charge}")
            elif charge["state"] == "captured" and charge["amount"] != line["unit_price"]:
                differences.append(f"amount: theirs {line}, ours {charge}")
            continue
        # A call whose reply never came has no name on our side: a hold of unknown outcome must stand for it.
        cover = next((one for one in nameless if one[0] == key and one[1]["state"] == "unknown"), None)
        if cover:
            nameless.remove(cover)
        elif line["state"] != "refunded":
            differences.append(f"only theirs: {line}")
    left = [charge for found in named.values() for charge in found] + [charge for _, charge in nameless]
    differences += [f"only ours, and captured: {charge}" for charge in left if charge["state"] == "captured"]
    if differences:
        raise AssertionError("the ledger differs from the vendors' books:\n" + "\n".join(differences))
    return len(lines)

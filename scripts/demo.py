#!/usr/bin/env python3
"""`./dev demo`: the switch and the vendor sandbox, both over TLS, and eight people who are verified.

Everything goes the way it would in production: the shop talks to the switch over HTTPS, the switch to the
vendors over HTTPS, people open the vendors' pages, a vendor calls back. At the end the switch's ledger is held
against what the vendors counted.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import secrets
import signal
import socket
import ssl
import string
import sys
import tempfile
import urllib.parse

import certificates
import money
from processes import Failure, Processes, run

ROOT = pathlib.Path(__file__).resolve().parent.parent
PERSON = {"id": "person-1", "name": "张三", "id_number": "110101199001011237"}  # invented

# The sandbox's own default credentials (sandbox/README.md).
VENDOR_SECRETS = {
    "BAIDU_API_KEY": "sandbox-baidu-api-key",
    "BAIDU_SECRET_KEY": "sandbox-baidu-secret-key",
    "JUMDATA_APP_ID": "sandboxjumdataapp",
    "JUMDATA_APP_SECRET": "sandbox-jumdata-app-secret",
    "MEGVII_API_KEY": "sandbox-megvii-api-key",
    "MEGVII_API_SECRET": "sandbox-megvii-api-secret",
    "ALIYUN_APP_KEY": "sandboxaliyunappkey",
    "ALIYUN_APP_SECRET": "sandbox-aliyun-app-secret",
    "ALIYUN_APP_CODE": "sandbox-aliyun-appcode",
}


class Web:
    """One request at a time over HTTP or HTTPS, trusting only the demo's own authority."""

    def __init__(self, ca_file: pathlib.Path):
        self.tls = ssl.create_default_context(cafile=str(ca_file))

    def ask(self, method: str, url: str, body=None, headers=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(parts.netloc, timeout=30, context=self.tls)
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            target = parts.path + ("?" + parts.query if parts.query else "")
            connection.request(method, target, body, headers or {})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        except OSError as error:
            raise Failure(f"{method} {url}: {error}") from error
        finally:
            connection.close()


class Shop:
    """The platform's backend: all it knows is the switch's API."""

    def __init__(self, web: Web, url: str, api_key: str):
        self.web, self.url, self.api_key = web, url, api_key

    def call(self, method: str, path: str, body=None, media_type="application/json", **headers):
        headers = {"Authorization": f"Bearer {self.api_key}", **headers}
        if body is not None:
            headers["Content-Type"] = media_type
        status, _, text = self.web.ask(method, self.url + path, body, headers)
        if status >= 300:
            raise Failure(f"{method} {path} was answered {status}: {text.decode()}")
        return json.loads(text)

    def start(self, method: str, *checks: str):
        body = {"method": method, "checks": checks, "person": PERSON}
        key = {"Idempotency-Key": secrets.token_hex(8)}
        return self.call("POST", "/v1/verifications", json.dumps(body), **key)

    def result(self, verification):
        return self.call("GET", f"/v1/verifications/{verification['id']}")

    def result_with_person(self, verification):
        """For Megvii, which compares with the authority's photo only now; the switch keeps no names."""
        body = json.dumps({"person": {k: PERSON[k] for k in ("name", "id_number")}})
        return self.call("POST", f"/v1/verifications/{verification['id']}:refresh", body)

    def send_video(self, verification, video: bytes):
        return self.call("POST", f"/v1/verifications/{verification['id']}/video", video, "video/mp4")

    def charges(self):
        charges, page = [], {"limit": 200}
        while True:
            found = self.call("GET", "/v1/billing/charges?" + urllib.parse.urlencode(page))
            charges += found["charges"]
            if "next" not in found:
                return charges
            page["before"] = found["next"]


class Vendors:
    """The sandbox's control API: people's ends, faults, and what the vendors counted."""

    def __init__(self, web: Web, url: str):
        self.web, self.url = web, url

    def call(self, method: str, path: str, body=None):
        status, _, text = self.web.ask(method, self.url + path, None if body is None else json.dumps(body))
        if status >= 300:
            raise Failure(f"the sandbox answered {method} {path} with {status}: {text.decode()}")
        return json.loads(text)

    def finish_in_sdk(self, verification, code: str):
        self.call("POST", "/control/sessions/finish", {"token": verification["action"]["token"], "code": code})

    def expire_last(self, product: str):
        self.call("POST", "/control/sessions/expire", {"product": product})

    def take_down(self, product: str):
        fault = {"kind": "reply", "product": product, "status": 503, "content_type": "text/plain",
                 "body": "Service Unavailable"}
        self.call("POST", "/control/faults", fault)

    def bring_up(self):
        self.call("DELETE", "/control/faults")

    def requests_to(self, product: str) -> int:
        counts = self.call("GET", "/control/requests")
        return sum(count for name, count in counts.items() if name.startswith(product + "."))


def open_page(web: Web, url: str, outcome: str):
    """The person opens the vendor's page and is led back through the switch to the shop."""
    hops = [url + ("&" if "?" in url else "?") + "outcome=" + outcome]
    while not hops[-1].startswith("https://shop.example/done"):
        status, headers, _ = web.ask("GET", hops[-1])
        if status not in (302, 303) or len(hops) > 3:
            raise Failure(f"the way from the vendor's page back to the shop ends at {hops[-1]} with {status}")
        hops.append(headers["Location"])


# ---- eight people ------------------------------------------------------------------------------


def expect(verification, **wanted):
    found = {name: verification[name] for name in wanted}
    if found != wanted:
        raise Failure(f"wanted {wanted}, found {found} in\n{json.dumps(verification, indent=2)}")


def baidu(shop, vendors, web):
    started = shop.start("video_code", "liveness")
    video = b"a video of somebody saying code:" + started["action"]["code"].encode()
    ended = shop.send_video(started, video)
    expect(ended, status="completed", verdict="pass")
    return started, ended


def jumdata(shop, vendors, web):
    started = shop.start("h5", "liveness")
    open_page(web, started["action"]["url"], "200")
    ended = shop.result(started)
    expect(ended, status="completed", verdict="pass")
    return started, ended


def megvii(shop, vendors, web):
    started = shop.start("sdk", "liveness")
    vendors.finish_in_sdk(started, "1000")
    ended = shop.result(started)
    expect(ended, status="completed", verdict="pass")
    return started, ended


def aliyun_sdk(shop, vendors, web):
    started = shop.start("sdk", "liveness", "id_match")
    vendors.finish_in_sdk(started, "1000")
    ended = shop.result(started)
    expect(ended, status="completed", verdict="pass", account="aliyun-sdk")
    return started, ended


def aliyun_lite(shop, vendors, web):
    started = shop.start("h5", "liveness", "id_match")
    open_page(web, started["action"]["url"], "1000")
    ended = shop.result(started)
    expect(ended, status="completed", verdict="pass")
    notices = vendors.call("GET", "/control/notifications")["notifications"]
    if [notice.get("status") for notice in notices] != [200]:
        raise Failure(f"the vendor's notice did not arrive: {notices}")
    return started, ended


def first_vendor_down(shop, vendors, web):
    vendors.take_down("aliyun_sdk")
    started = shop.start("sdk", "liveness", "id_match")
    vendors.bring_up()
    asked = [attempt["account"] for attempt in started["attempts"]]
    if asked != ["aliyun-sdk", "megvii"]:
        raise Failure(f"wanted aliyun-sdk, then megvii to be asked; found {asked}")
    vendors.finish_in_sdk(started, "1000")
    ended = shop.result_with_person(started)
    expect(ended, status="completed", verdict="pass", account="megvii")
    return started, ended


def vendor_declines(shop, vendors, web):
    before = vendors.requests_to("megvii")
    started = shop.start("sdk", "liveness", "id_match")
    vendors.finish_in_sdk(started, "2000")
    ended = shop.result(started)
    expect(ended, status="completed", verdict="fail", reason="face.mismatch", account="aliyun-sdk")
    if vendors.requests_to("megvii") != before:
        raise Failure("megvii was asked after aliyun-sdk had answered: a verdict is an answer")
    return started, ended


def nobody_comes(shop, vendors, web):
    started = shop.start("h5", "liveness")
    vendors.expire_last("jumdata")
    ended = shop.result(started)
    expect(ended, status="expired", verdict=None)
    found = [(charge["state"], charge["amount"]) for charge in started["charges"] + ended["charges"]]
    if found != [("held", "0.30"), ("voided", "0.00")]:
        raise Failure(f"wanted the hold of jumdata's init to be voided, found {found}")
    return started, ended


STORIES = [
    ("Baidu: digits read aloud on a video", baidu),
    ("Jumdata: the vendor's page", jumdata),
    ("Megvii: the vendor's SDK", megvii),
    ("Aliyun FaceID: the vendor's SDK", aliyun_sdk),
    ("Aliyun FaceID Lite: page, and a callback", aliyun_lite),
    ("Aliyun is down: Megvii serves", first_vendor_down),
    ("Aliyun declines: nobody else is asked", vendor_declines),
    ("Nobody comes: the hold of 0.30 is voided", nobody_comes),
]


# ---- what is shown -----------------------------------------------------------------------------


def charge_cells(charges):
    """The charges of one verification: their state, and what was captured or is held."""
    shown = [charge for charge in charges if charge["state"] != "voided"] or charges
    states = ", ".join(sorted({charge["state"] for charge in shown})) or "none"
    return states, money.text_of(sum(money.micros_of(charge["amount"]) for charge in shown))


def row(title, started, ended):
    state, amount = charge_cells(ended["charges"])
    verdict = ended["verdict"] or f"({ended['status']})"
    return [title, ended["method"], ended["account"], started["action"]["type"], verdict,
            ended["reason"] or "-", state, "CNY " + amount]


def print_row(cells):
    print("{:<40} {:<10} {:<11} {:<10} {:<9} {:<13} {:<8} {}".format(*cells).rstrip(), flush=True)


def ledger_totals(charges):
    """Captured charges by account: how many, and how many micro-units."""
    totals = {}
    for charge in charges:
        if charge["state"] in ("held", "unknown"):
            raise Failure(f"a charge of {charge['account']} is still {charge['state']}; all should have an end")
        if charge["state"] == "captured":
            count, micros = totals.get(charge["account"], (0, 0))
            totals[charge["account"]] = (count + 1, micros + money.micros_of(charge["amount"]))
    return totals


def vendor_totals(statement):
    """The same from the sandbox's own count; its names have "_" where the config's accounts have "-"."""
    totals = {}
    for product, states in statement["totals"].items():
        captured = states["captured"]
        if captured["count"] > 0:
            totals[product.replace("_", "-")] = (captured["count"], money.micros_of(captured["amount"]))
    return totals


def compare_totals(shop: Shop, vendors: Vendors):
    ledger = ledger_totals(shop.charges())
    statement = vendors.call("GET", "/control/charges")
    theirs = vendor_totals(statement)
    print("\n{:<12} {:>16} {:>20}".format("captured", "our ledger", "the vendors' count"))
    for account in sorted(ledger | theirs):
        cells = [f"{count} x  CNY {money.text_of(micros)}"
                 for count, micros in (ledger.get(account, (0, 0)), theirs.get(account, (0, 0)))]
        print("{:<12} {:>16} {:>20}".format(account, *cells))
    count = sum(count for count, _ in ledger.values())
    micros = sum(micros for _, micros in ledger.values())
    overall = statement["overall"]
    if ledger != theirs or (count, micros) != (overall["count"], money.micros_of(overall["amount"])):
        raise Failure("our ledger and the vendors' count differ")
    print(f"\nledger = vendors: {count} charges, CNY {money.text_of(micros)}", flush=True)


# ---- the servers -------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_sandbox(processes: Processes, build: pathlib.Path, folder: pathlib.Path):
    ready = folder / "sandbox.json"
    tls = folder / "tls"
    processes.start("sandbox", [
        build / "sandbox/idswitch-sandbox", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0",
        "--host-name", "127.0.0.1", "--certificate", tls / "sandbox.pem", "--private-key", tls / "sandbox-key.pem",
        "--notify-ca", tls / "ca.pem", "--ready-file", ready])
    processes.wait_until("sandbox", ready.exists)
    return json.loads(ready.read_text())


def start_switch(processes: Processes, build: pathlib.Path, folder: pathlib.Path, vendors_url: str, api_key: str):
    """The switch must know its own address for people's way back, so its port is chosen before it starts."""
    template = string.Template((ROOT / "configs/demo.yaml").read_text())
    port = free_port()
    config, ready = folder / "idswitch.yaml", folder / "switch.json"
    config.write_text(template.substitute(
        port=port, tls=folder / "tls", plugins=build / "lib/idswitch", vendors=vendors_url,
        api_key_sha256=hashlib.sha256(api_key.encode()).hexdigest()))
    processes.start("switch", [build / "bin/idswitch", "serve", "-c", config, "--ready-file", ready],
                    {**os.environ, **VENDOR_SECRETS})
    processes.wait_until("switch", ready.exists)
    return f"https://127.0.0.1:{port}"


def print_hints(folder: pathlib.Path, shop: Shop, vendors: Vendors):
    header = folder / "api-key"
    header.touch(mode=0o600)
    header.write_text(f"Authorization: Bearer {shop.api_key}\n")
    print(f"""
Both stay until ctrl-C. In another terminal:

  cd {folder}
  shop() {{ curl -sS --cacert tls/ca.pem -H @api-key "$@" | jq; }}

  # start one; then open its action.url in a browser, or end it as the second line does
  shop {shop.url}/v1/verifications -H 'Content-Type: application/json' \\
    -d '{{"method":"h5","checks":["liveness"],"person":{{"id":"person-2"}}}}'
  curl -sS {vendors.url}/control/sessions/finish -d '{{"product":"jumdata","code":"200"}}' | jq

  shop {shop.url}/v1/verifications/ID             # how it stands, asking its vendor
  shop {shop.url}/v1/verifications                # all
  shop {shop.url}/v1/billing/charges              # our ledger
  curl -sS {vendors.url}/control/charges | jq      # what the vendors counted
  curl -sS --cacert tls/ca.pem {shop.url}/openapi.yaml
""", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/dev", help=argparse.SUPPRESS)
    parser.add_argument("--stay", action="store_true", help="leave both running until ctrl-C")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    with tempfile.TemporaryDirectory(prefix="idswitch-demo-") as name, Processes(pathlib.Path(name)) as processes:
        folder = pathlib.Path(name)
        certificates.make(folder / "tls", ["sandbox", "switch"])
        web = Web(folder / "tls/ca.pem")
        sandbox = start_sandbox(processes, build, folder)
        api_key = secrets.token_urlsafe(24)
        switch_url = start_switch(processes, build, folder, sandbox["base_url"], api_key)
        shop = Shop(web, switch_url, api_key)
        vendors = Vendors(web, sandbox["control_url"])

        print(f"\nthe switch: {switch_url}    the vendors: {sandbox['base_url']}    both over TLS\n")
        print_row(["what happens", "method", "account", "action", "verdict", "reason", "charge", "amount"])
        for title, story in STORIES:
            print_row(row(title, *story(shop, vendors, web)))
        compare_totals(shop, vendors)
        if arguments.stay:
            print_hints(folder, shop, vendors)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    run(main)

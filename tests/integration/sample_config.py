"""The configuration that the integration tests begin with: every product at the sandbox, two tenants, one admin key."""

import copy
import hashlib
import os

ADMIN_KEY = "key-of-the-operators-0123456789"
KEYS = {"shop": "key-of-the-shop-0123456789", "bank": "key-of-the-bank-0123456789"}
SECRETS = {
    "BAIDU_KEY": "sandbox-baidu-api-key",
    "BAIDU_SECRET": "sandbox-baidu-secret-key",
    "JUMDATA_ID": "sandboxjumdataapp",
    "JUMDATA_SECRET": "sandbox-jumdata-app-secret",
    "MEGVII_KEY": "sandbox-megvii-api-key",
    "MEGVII_SECRET": "sandbox-megvii-api-secret",
    "ALIYUN_CODE": "sandbox-aliyun-appcode",
    "ALIYUN_KEY": "sandboxaliyunappkey",
    "ALIYUN_SECRET": "sandbox-aliyun-app-secret",
}
DONE = "https://shop.example/done"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def account(product, sandbox, secrets, prices, **more):
    return {
        "product": product,
        "base_url": sandbox.base_url,
        "ca_file": sandbox.ca_file,
        "secrets": {slot: "env:" + name for slot, name in secrets.items()},
        "contract": {"currency": "CNY", "prices": prices},
        **more,
    }


def accounts(sandbox):
    appcode = {"app_code": "ALIYUN_CODE"}
    signature = {"app_key": "ALIYUN_KEY", "app_secret": "ALIYUN_SECRET"}
    face, lite = {"face_verify": "1.00"}, {"lite_verify": "1.20"}
    page = {"page_url": sandbox.base_url + "/lite/v1/do/"}
    return {
        "baidu": account("baidu/voice_code", sandbox, {"api_key": "BAIDU_KEY", "secret_key": "BAIDU_SECRET"},
                         {"sessioncode": "0.01", "verify": "0.20"}),
        "jumdata": account("jumdata/life_check_v2", sandbox,
                           {"app_id": "JUMDATA_ID", "app_secret": "JUMDATA_SECRET"}, {"life_check": "0.30"}),
        "megvii": account("megvii/faceid_v5", sandbox, {"api_key": "MEGVII_KEY", "api_secret": "MEGVII_SECRET"},
                          {"verify": "0.80"},
                          settings={"liveness_id": "sandbox-liveness", "verify_id": "sandbox-verify"}),
        "aliyun-code": account("aliyun-faceid/sdk_v1_2", sandbox, appcode, face, settings={"auth": "appcode"}),
        "aliyun-sign": account("aliyun-faceid/sdk_v1_2", sandbox, signature, face, settings={"auth": "signature"}),
        "lite-code": account("aliyun-faceid/lite_v1", sandbox, appcode, lite, settings={"auth": "appcode", **page}),
        "lite-sign": account("aliyun-faceid/lite_v1", sandbox, signature, lite,
                             settings={"auth": "signature", **page}),
    }


def route(method, checks, *names, **more):
    return {"method": method, "checks": checks.split("+"), "accounts": list(names), **more}


def rule(method, checks, use, **more):
    """A route with a policy."""
    return {"method": method, "checks": checks.split("+"), "use": use, **more}


ROUTES = {
    "shop": [
        route("h5", "liveness", "jumdata"),
        route("mini_program", "liveness", "jumdata"),
        route("h5", "liveness+id_match", "lite-code"),
        route("h5", "liveness+id_match+id_ocr", "lite-code"),
        route("h5", "liveness+face_match", "lite-code"),
        route("mini_program", "liveness+id_match", "lite-sign"),
        route("sdk", "liveness", "megvii"),
        route("sdk", "liveness+id_match", "aliyun-code"),
        route("sdk", "liveness+id_match+face_match", "aliyun-sign"),
        route("sdk", "liveness+face_match", "megvii"),
        route("video_code", "liveness", "baidu"),
    ],
    "bank": [
        route("h5", "liveness", "jumdata"),
        route("h5", "liveness+id_match", "lite-sign"),
        route("sdk", "liveness+id_match", "megvii"),
    ],
}


def sample_config(sandbox, folder, plugins, port):
    """Every product, and two tenants. JSON is YAML, so it is written as it stands."""
    tenants = {}
    for name, routes in ROUTES.items():
        tenants[name] = {
            "api_keys": [{"id": name + "-backend", "sha256": sha256(KEYS[name])}],
            "return_urls": ["https://shop.example", "https://partner.example/kyc?from=shop"],
            "default_return_url": DONE,
            "routes": copy.deepcopy(routes),
        }
    return {
        "server": {"listen": f"127.0.0.1:{port}", "public_url": f"http://127.0.0.1:{port}", "threads": 2},
        "store": {"path": os.path.join(folder, "idswitch.db")},
        "log": {"level": "debug"},
        "plugins": {"directory": plugins, "allow": ["baidu", "jumdata", "megvii", "aliyun-faceid"]},
        "admin": {"api_keys": [{"id": "ops", "sha256": sha256(ADMIN_KEY)}]},
        "accounts": accounts(sandbox),
        "tenants": tenants,
    }

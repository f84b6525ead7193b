"""`install_test.py BUILD SOURCE CXX CXX_FLAGS SANDBOX`: installs the build into a folder of its own, builds
examples/embed there as a stranger would, and runs it: once with a vendor that cannot be reached, and once
against the sandbox when there is one."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

EXPECTED = """bin/idswitch include/idswitch/switch.hpp include/idswitch/verification.hpp include/idswitch/abi.h
include/idswitch/sdk.hpp include/idswitch/abi/plugin.h include/idswitch/sdk/exchange.hpp lib/libidswitch.so
lib/idswitch/libidswitch_jumdata.so lib/cmake/idswitch/idswitch-config.cmake
lib/cmake/idswitch/idswitch-config-version.cmake lib/cmake/idswitch/plugin.map""".split()

CONFIG = """
server: {{public_url: https://id.example.com, threads: 1}}
store: {{path: idswitch.db}}
log: {{level: warn}}
plugins: {{directory: {plugins}, allow: [jumdata]}}
accounts:
  jumdata:
    product: jumdata/life_check_v2
    base_url: {base_url}
    {ca_file}
    secrets: {{app_id: env:JUMDATA_APP_ID, app_secret: env:JUMDATA_APP_SECRET}}
    contract: {{currency: CNY, prices: {{life_check: "0.30"}}}}
tenants:
  shop:
    api_keys: []
    return_urls: [https://shop.example]
    routes: [{{method: h5, checks: [liveness], accounts: [jumdata]}}]
"""

ENVIRONMENT = {"JUMDATA_APP_ID": "sandboxjumdataapp", "JUMDATA_APP_SECRET": "sandbox-jumdata-app-secret"}


def run(*command, **options):
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, **options)


def fail(what):
    sys.exit(f"install_test: {what}")


def check_tree(prefix):
    missing = [name for name in EXPECTED if not (prefix / name).exists()]
    if missing:
        fail(f"not installed: {', '.join(missing)}")
    for plugin in (prefix / "lib" / "idswitch").iterdir():
        if plugin.stat().st_mode & 0o022:
            fail(f"{plugin.name} can be written by others: the host would refuse it")
    symbols = subprocess.run(["nm", "-DC", "--defined-only", prefix / "lib" / "libidswitch.so"], check=True,
                             capture_output=True, text=True).stdout.splitlines()
    alien = [line for line in symbols if " idswitch::" not in line]
    if not symbols or alien:
        fail("libidswitch.so shows more than its interface:\n" + "\n".join(alien[:10]))


def embed(program, folder, prefix, base_url, ca_file="", options="{}"):
    folder.mkdir()
    config = folder / "idswitch.yaml"
    config.write_text(CONFIG.format(plugins=prefix / "lib" / "idswitch", base_url=base_url,
                                    ca_file=f"ca_file: {ca_file}" if ca_file else ""), encoding="utf-8")
    result = subprocess.run([program, config, "shop", "h5", "https://shop.example/done", options], text=True,
                            capture_output=True, env={**os.environ, **ENVIRONMENT}, timeout=120, check=False)
    print(result.stdout, result.stderr, sep="", flush=True)
    return result


def check_unreachable(program, folder, prefix):
    # Bound and not listening: connections are refused, and nobody else can take the port.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = embed(program, folder, prefix, f"https://127.0.0.1:{taken.getsockname()[1]}")
    if result.returncode != 1 or "unavailable" not in result.stdout + result.stderr:
        fail("an unreachable vendor must show as `unavailable` and exit status 1")


def check_sandbox(program, folder, prefix, sandbox):
    command = [sandbox, "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--tls-dir", folder / "tls",
               "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            where = json.loads(server.stdout.readline())
            options = {"jumdata/life_check_v2": {"title": "sandbox:200"}}
            result = embed(program, folder / "run", prefix, where["base_url"], where["ca_file"],
                           json.dumps(options))
        finally:
            server.terminate()
    if result.returncode != 0 or "awaiting_user: redirect https://" not in result.stdout \
            or "completed: pass" not in result.stdout:
        fail("a verification at the sandbox must be opened and must pass")


def main():
    build, source, compiler, flags, sandbox = (*sys.argv[1:5], pathlib.Path(sys.argv[5]))
    os.umask(0o022)
    # Beside the build: the host takes no plugin from a folder that everybody may write, like /tmp.
    with tempfile.TemporaryDirectory(dir=build) as name:
        folder = pathlib.Path(name)
        prefix = folder / "prefix"
        run("cmake", "--install", build, "--prefix", prefix, stdout=subprocess.DEVNULL)
        check_tree(prefix)
        run("cmake", "-S", pathlib.Path(source, "examples", "embed"), "-B", folder / "embed", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_FLAGS={flags}",
            stdout=subprocess.DEVNULL)
        run("cmake", "--build", folder / "embed", stdout=subprocess.DEVNULL)
        program = folder / "embed" / "embed"
        check_unreachable(program, folder / "unreachable", prefix)
        if sandbox.exists():
            (folder / "sandbox").mkdir()
            check_sandbox(program, folder / "sandbox", prefix, sandbox)
        else:
            print("no sandbox is built: only the unreachable vendor was tried")
    return 0


if __name__ == "__main__":
    sys.exit(main())

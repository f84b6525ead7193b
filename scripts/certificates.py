"""A private certificate authority and certificates for localhost, made with the openssl command."""

import pathlib
import subprocess

CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = localhost
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def make(folder: pathlib.Path, servers: list[str]):
    """Makes ca.pem, and NAME.pem with NAME-key.pem for each server."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "openssl.cnf").write_text(CONFIG)
    new(folder, "ca", "authority", ["-subj", "/CN=idswitch private CA"])
    for server in servers:
        new(folder, server, "server", ["-CA", folder / "ca.pem", "-CAkey", folder / "ca-key.pem"])


def new(folder: pathlib.Path, name: str, extensions: str, more: list):
    subprocess.run(["openssl", "req", "-x509", "-days", "30", "-newkey", "ec", "-noenc",
                    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-config", folder / "openssl.cnf",
                    "-extensions", extensions, "-keyout", folder / f"{name}-key.pem",
                    "-out", folder / f"{name}.pem", *more], check=True, stderr=subprocess.DEVNULL)

"""A certification authority with certificates, made with the openssl command."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

KEYS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["-newkey", "rsa:2048"]}


def openssl(*arguments: str | Path, check: bool = True) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as a site's `certificate` names them."""

    chain: Path
    key: Path
    password_file: Path | None = None
    ocsp: Path | None = None

    def config(self) -> dict[str, str]:
        keys = {"chain": self.chain, "key": self.key, "key_password_file": self.password_file, "ocsp": self.ocsp}
        return {name: str(path) for name, path in keys.items() if path}


class Authority:
    def __init__(self, folder: Path, name: str = "Pforte test CA"):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self.key = folder / "ca.key"
        openssl("req", "-x509", *KEYS["ec"], "-nodes", "-keyout", self.key, "-out", self.certificate,
                "-subj", f"/CN={name}", "-days", "30",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature")

    def issue(self, *names: str, key: str = "ec", days: int = 20, password: str | None = None) -> Pair:
        """A server certificate for `names`. With negative `days` it has expired; with `password` its key is sealed."""
        stem = f"{'+'.join(names).replace('*', 'any')}-{key}-{days}{'-sealed' if password else ''}"
        leaf, secret, request = (self.folder / (stem + end) for end in (".crt", ".key", ".csr"))
        chain, extensions, password_file = (self.folder / (stem + end) for end in (".pem", ".ext", ".password"))
        pair = Pair(chain, secret, password_file if password else None)
        if chain.exists():
            return pair

        sealing = ["-nodes"]
        if password:
            password_file.write_text(password + "\n")
            password_file.chmod(0o600)
            sealing = ["-passout", f"pass:{password}"]
        openssl("req", "-new", *KEYS[key], *sealing, "-keyout", secret, "-out", request, "-subj", f"/CN={names[0]}")
        alternatives = ",".join(("IP:" if name[0].isdigit() else "DNS:") + name for name in names)
        extensions.write_text(f"subjectAltName={alternatives}\nextendedKeyUsage=serverAuth\n"
                              "keyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-days", str(days), "-extfile", extensions, "-out", leaf)
        secret.chmod(0o600)
        chain.write_text(leaf.read_text() + self.certificate.read_text())
        return pair

    def staple(self, pair: Pair) -> Pair:
        """The same pair with a good OCSP response beside it."""
        leaf = pair.chain.with_suffix(".crt")
        serial = openssl("x509", "-in", leaf, "-noout", "-serial").split("=")[1].strip()
        index, query, response = (pair.chain.with_suffix(end) for end in (".index", ".ocspreq", ".ocsp"))
        index.write_text(f"V\t350101000000Z\t\t{serial}\tunknown\t/CN=any\n")
        openssl("ocsp", "-issuer", self.certificate, "-cert", leaf, "-reqout", query, "-no_nonce")
        openssl("ocsp", "-index", index, "-rsigner", self.certificate, "-rkey", self.key, "-CA", self.certificate,
                "-reqin", query, "-respout", response, "-ndays", "5")
        return Pair(pair.chain, pair.key, pair.password_file, response)

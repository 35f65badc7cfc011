"""Signing in at the KDC by certificate instead of a password, as a smart card does it (PKINIT, RFC 4556)."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from gate import until
from kdc import ALPHA, KDC_CONF, Realms, listens
from pki import KEYS, Authority, openssl
from ports import free_port

# What the certificates are for (RFC 4556, section 3.2.2 and 3.2.4), and whose they are.
CLIENT, KDC = "1.3.6.1.5.2.3.4", "1.3.6.1.5.2.3.5"
EXTENSIONS = """basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage={purpose}
subjectAltName=otherName:1.3.6.1.5.2.2;SEQUENCE:principal
[principal]
realm=EXP:0,GeneralString:{realm}
name=EXP:1,SEQUENCE:name
[name]
type=EXP:0,INTEGER:{kind}
parts=EXP:1,SEQUENCE:parts
[parts]
"""


class CertificateLogon:
    """A second KDC of ALPHA.TEST, over the same database, that knows the holders of certificates of an authority."""

    def __init__(self, realms: Realms, authority: Authority, folder: Path):
        self.realms = realms
        self.authority = authority
        self.folder = folder
        port = free_port()
        self.config = folder / "krb5.conf"
        anchors = f"    pkinit_anchors = FILE:{authority.certificate}\n"
        self.config.write_text(realms.config.read_text().replace(
            f"kdc = 127.0.0.1:{realms.ports[ALPHA]}\n", f"kdc = 127.0.0.1:{port}\n{anchors}"))
        self._issue("kdc", KDC, 2, "krbtgt", ALPHA)
        own = f"    pkinit_identity = FILE:{folder}/kdc.pem,{folder}/kdc.key\n{anchors}"
        kdc_conf = KDC_CONF.format(realm=ALPHA, folder=realms.folder / ALPHA, port=port)
        (folder / "kdc.conf").write_text(kdc_conf.replace("    database_name", own + "    database_name")
                                         .replace(f"{realms.folder / ALPHA}/kdc.log", f"{folder}/kdc.log"))
        environment = {**os.environ, "KRB5_CONFIG": str(self.config), "KRB5_KDC_PROFILE": str(folder / "kdc.conf"), "LC_ALL": "C"}
        log = (folder / "kdc.out").open("wb")
        self.process = subprocess.Popen(["krb5kdc", "-n", "-r", ALPHA, "-P", str(folder / "kdc.pid")], env=environment,
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: listens(port), "the KDC for certificates listens", 10)

    def _issue(self, stem: str, purpose: str, kind: int, *name: str, authority: Authority | None = None) -> None:
        issuer = authority or self.authority
        key, request, extensions, leaf = (self.folder / (stem + end) for end in (".key", ".csr", ".ext", ".pem"))
        openssl("req", "-new", *KEYS["rsa"], "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={stem}")
        parts = "".join(f"part{number}=GeneralString:{part}\n" for number, part in enumerate(name))
        extensions.write_text(EXTENSIONS.format(purpose=purpose, realm=ALPHA, kind=kind) + parts)
        openssl("x509", "-req", "-in", request, "-CA", issuer.certificate, "-CAkey", issuer.key, "-CAcreateserial",
                "-days", "5", "-extfile", extensions, "-out", leaf)

    def kinit(self, name: str, card_of: str, authority: Authority | None = None) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        """Signs in as `name` with a certificate of `card_of`; what came of it, and the environment with the tickets."""
        self._issue(card_of, CLIENT, 1, card_of, authority=authority)
        environment = self.realms.environment(self.folder / f"tickets-{name}") | {"KRB5_CONFIG": str(self.config)}
        done = subprocess.run(
            ["kinit", "-X", f"X509_user_identity=FILE:{self.folder}/{card_of}.pem,{self.folder}/{card_of}.key", f"{name}@{ALPHA}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=20)
        return done, environment

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

"""Who tells the status of certificates: `openssl ocsp`, and a small HTTP server with lists, responses and certificates."""

from __future__ import annotations

import contextlib
import datetime
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import AuthorityInformationAccessOID

from gate import until
from ports import free_port
from tls_certificates import DAY, NOW, Made
from tls_servers import Servers


def named(*, responders: tuple[str, ...] = (), issuers: tuple[str, ...] = (), lists: tuple[str, ...] = ()) -> list[tuple[x509.ExtensionType, bool]]:
    """The extensions by which a certificate names these addresses."""
    told: list[tuple[x509.ExtensionType, bool]] = []
    access = [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url)) for url in responders]
    access += [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(url)) for url in issuers]
    if access:
        told.append((x509.AuthorityInformationAccess(access), False))
    if lists:
        points = [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in lists]
        told.append((x509.CRLDistributionPoints(points), False))
    return told


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def list_of(issuer: Made, *revoked: Made, since: float = -1, days: float = 5, signer: Made | None = None) -> bytes:
    """A revocation list in DER."""
    builder = (x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject).last_update(NOW + since * DAY)
               .next_update(NOW + (since + days) * DAY).add_extension(x509.CRLNumber(1), critical=False))
    for one in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(NOW - 2 * DAY)
            .add_extension(x509.CRLReason(x509.ReasonFlags.superseded), critical=False).build())
    return builder.sign((signer or issuer).key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Web:
    """Gives what it has been given, and notes what it was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.only_by_post: set[str] = set()
        self.asked: list[str] = []
        web = self

        class Answering(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                # What a proxy is asked for has the host as well; an OCSP request follows the name.
                path = self.path.removeprefix(f"http://{self.headers['Host']}")
                web.asked.append(f"{self.command} {self.path}")
                name = next((name for name in web.files if path == name or path.startswith(name + "/")), None)
                refused = name in web.only_by_post and self.command == "GET"
                body = web.files[name] if name and not refused else b""
                self.send_response(200 if body else 405 if refused else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # who has had enough of it ends the connection
                    self.wfile.write(body)

            do_GET = do_POST = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, name: str, content: bytes, *, only_by_post: bool = False) -> str:
        self.files[name] = content
        if only_by_post:
            self.only_by_post.add(name)
        return self.url + name

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Responder:
    """`openssl ocsp`. Its port is known before there are certificates; what it knows is read at start."""

    def __init__(self, servers: Servers, name: str):
        self.servers, self.name, self.port = servers, name, free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self, issuer: Made, *, good: tuple[Made, ...] = (), revoked: tuple[Made, ...] = (), signer: Made | None = None) -> None:
        folder: Path = self.servers.folder
        index, ca, own, key = (folder / f"{self.name}.{end}" for end in ("index", "ca", "pem", "key"))
        lines = [f"V\t{stamp(NOW + 90 * DAY)}\t\t{serial(one)}\tunknown\t/CN=x\n" for one in good]
        lines += [f"R\t{stamp(NOW + 90 * DAY)}\t{stamp(NOW - 3 * DAY)},keyCompromise\t{serial(one)}\tunknown\t/CN=x\n" for one in revoked]
        index.write_text("".join(lines))
        ca.write_text(issuer.pem)
        own.write_text((signer or issuer).pem)
        key.write_text((signer or issuer).key_pem())
        said = folder / f"{self.port}.log"
        with said.open("w") as log:
            self.servers.processes.append(subprocess.Popen(
                ["openssl", "ocsp", "-index", str(index), "-CA", str(ca), "-rsigner", str(own), "-rkey", str(key), "-port", str(self.port),
                 "-ndays", "1", "-ignore_err"], stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        # A connection without a request would keep it busy for ever.
        until(lambda: "waiting for OCSP client connections" in said.read_text(), "the responder listens", 20)


def stamp(at: datetime.datetime) -> str:
    return at.strftime("%y%m%d%H%M%SZ")


def serial(one: Made) -> str:
    digits = f"{one.certificate.serial_number:X}"
    return digits if len(digits) % 2 == 0 else "0" + digits

"""LDAP directories: OpenLDAP with people and groups, a relay that makes it slow or silent, and one that lies."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from backends import tls_server
from framing import Reader
from gate import until
from kdc import listens, password_of
from pki import Authority
from ports import free_port

BASE = "dc=firma,dc=test"
PEOPLE_BASE = f"ou=people,{BASE}"
LOOKUP_DN = f"cn=lookup,{BASE}"
LOOKUP_PASSWORD = "lookup-Secret-1"
ADMIN_DN = f"cn=admin,{BASE}"
ADMIN_PASSWORD = "admin-Secret-1"
GROUPS = {"crm-users": ("susan", "peter"), "crm-admins": ("susan",)}

CONFIGURATION = """include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
TLSCACertificateFile {authority}
TLSCertificateFile {chain}
TLSCertificateKeyFile {key}
TLSVerifyClient never
security simple_bind=128
localSSF 256
loglevel stats
database mdb
maxsize 67108864
directory {folder}/data
suffix "{base}"
rootdn "{admin}"
rootpw {password}
index objectClass,uid,member,memberOf eq
overlay memberof
access to attrs=userPassword by self write by anonymous auth by * none
access to * by users read by anonymous auth
"""


def unit(name: str) -> str:
    return f"dn: ou={name},{BASE}\nobjectClass: organizationalUnit\nou: {name}\n\n"


def person(login: str, password: str | None = None, **attributes: str) -> str:
    """An entry in LDIF."""
    fields = {"cn": f"{login.capitalize()} Test", "sn": "Test", "mail": f"{login}@firma.test"} | attributes
    lines = [f"dn: uid={login},{PEOPLE_BASE}", "objectClass: inetOrgPerson", f"uid: {login}",
             *(f"{name}: {value}" for name, value in fields.items()), f"userPassword: {password or password_of(login)}"]
    return "\n".join(lines) + "\n\n"


def everything() -> str:
    top = f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: firma\no: Firma\n\n"
    lookup = (f"dn: {LOOKUP_DN}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: lookup\n"
              f"userPassword: {LOOKUP_PASSWORD}\n\n")
    groups = "".join(f"dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n"
                     + "".join(f"member: uid={login},{PEOPLE_BASE}\n" for login in members) + "\n"
                     for name, members in GROUPS.items())
    people = "".join(person(login) for login in ("susan", "peter", "uli"))
    return top + unit("people") + unit("groups") + lookup + people + groups


class Directory:
    """slapd with LDAPS and StartTLS on 127.0.0.1. Without one of both it takes no password."""

    def __init__(self, folder: Path, authority: Authority):
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        self.url, self.tls_url = f"ldap://127.0.0.1:{self.port}", f"ldaps://127.0.0.1:{self.tls_port}"
        self._local = "ldapi://" + str(folder / "ldapi").replace("/", "%2F")
        self._file = folder / "slapd.conf"
        self._log = (folder / "slapd.log").open("ab")
        pair = authority.issue("127.0.0.1")
        (folder / "data").mkdir()
        self.password_file = folder / "lookup.password"
        self.password_file.write_text(LOOKUP_PASSWORD + "\n")
        self.password_file.chmod(0o600)
        self._file.write_text(CONFIGURATION.format(folder=folder, authority=authority.certificate, chain=pair.chain,
                                                   key=pair.key, base=BASE, admin=ADMIN_DN, password=ADMIN_PASSWORD))
        self.process: subprocess.Popen[bytes] | None = None
        self.start()
        self.add(everything())  # online, since memberOf is written by the running server alone

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["slapd", "-d", "stats", "-f", str(self._file), "-h", f"{self.url} {self.tls_url} {self._local}"],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        until(lambda: listens(self.tls_port), "slapd listens", 10)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
            self.process = None

    def add(self, ldif: str) -> None:
        self._tool(["ldapadd"], ldif)

    def remove(self, login: str) -> None:
        self._tool(["ldapdelete", f"uid={login},{PEOPLE_BASE}"], "")

    def refer(self, name: str, url: str) -> str:
        """Part of the people is said to lie in another directory (RFC 3296). Its DN."""
        far = f"ou={name},{PEOPLE_BASE}"
        self._tool(["ldapadd", "-M"], f"dn: {far}\nobjectClass: referral\nobjectClass: extensibleObject\nou: {name}\n"
                                      f"ref: {url}/ou={name},{PEOPLE_BASE.replace(' ', '')}\n")
        return far

    def end_referral(self, far: str) -> None:
        self._tool(["ldapdelete", "-M", far], "")

    def _tool(self, command: list[str], text: str) -> None:
        done = subprocess.run([command[0], "-x", "-H", self._local, "-D", ADMIN_DN, "-w", ADMIN_PASSWORD, *command[1:]],
                              input=text, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr

    def log(self) -> str:
        """What it was asked: searches with their filters, binds with their names."""
        return (self.folder / "slapd.log").read_text(errors="replace")


class Relay:
    """TCP in front of a port; each piece from the client waits for `delay` seconds, `silent` swallows it."""

    def __init__(self, port: int):
        self.target = port
        self.delay = 0.0
        self.silent = False
        self.accepted = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.target), 5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            self._open += [client, server]
            for source, sink, slow in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._carry, args=(source, sink, slow), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, slow: bool) -> None:
        try:
            while piece := source.recv(1 << 16):
                if slow and self.silent:
                    continue
                if slow and self.delay:
                    time.sleep(self.delay)
                sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        self._listener.close()
        for one in self._open:
            one.close()


# A directory that lies. Just enough BER (RFC 4511) for that.


def ber(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    return bytes([tag, 0x84]) + len(body).to_bytes(4, "big") + body


def message(number: int, operation: bytes) -> bytes:
    return ber(0x30, ber(0x02, number.to_bytes(4, "big")), operation)


def result(tag: int, code: int = 0, *more: bytes) -> bytes:
    return ber(tag, ber(0x0A, bytes([code])), ber(0x04), ber(0x04), *more)


def entry(name: str, **attributes: str) -> bytes:
    listed = (ber(0x30, ber(0x04, key.encode()), ber(0x31, ber(0x04, value.encode())))
              for key, value in attributes.items())
    return ber(0x64, ber(0x04, name.encode()), ber(0x30, *listed))


BIND, SEARCH = 0x60, 0x63
BOUND, FOUND_ALL = 0x61, 0x65
# From the operation and the message's number to the bytes of the answer.
Lie = Callable[[int, int], bytes]


def believes_everybody(operation: int, number: int) -> bytes:
    """Any password is good, and there is nobody of that name."""
    return message(number, result(BOUND if operation == BIND else FOUND_ALL))


def knows_two(operation: int, number: int) -> bytes:
    """Any password is good, and every login means two people."""
    if operation == BIND:
        return message(number, result(BOUND))
    both = b"".join(message(number, entry(f"uid={name},{PEOPLE_BASE}", uid=name)) for name in ("susan", "root"))
    return both + message(number, result(FOUND_ALL))


def refers(operation: int, number: int) -> bytes:
    """Sends everybody elsewhere (RFC 4511, section 4.1.10)."""
    elsewhere = ber(0xA3, ber(0x04, b"ldap://127.0.0.1:9/"))
    return message(number, result(BOUND if operation == BIND else FOUND_ALL, 10, elsewhere))


def babbles(operation: int, number: int) -> bytes:
    """Bytes that are no LDAP."""
    return b"\x7f\xff" * 4000


def promises(operation: int, number: int) -> bytes:
    """Begins a message of 2 GiB."""
    return b"\x30\x84\x7f\xff\xff\xff" + b"\x02\x01" + bytes([number]) + b"\x61" * 4000


class Liar:
    """An LDAPS server with a good certificate, or another, that answers as `lie` says."""

    def __init__(self, pair: object, lie: Lie):
        self.heard = b""  # everything that clients said, passwords too
        self.accepted = 0
        self._lie = lie
        self._tls = tls_server(pair)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ldaps://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(client, server_side=True) as secured:
                reader = Reader(secured.recv)
                while True:
                    whole = self._read(reader)
                    if (operation := whole[2 + whole[1]]) in (BIND, SEARCH):
                        secured.sendall(self._lie(operation, int.from_bytes(whole[2:2 + whole[1]], "big")))
        except (OSError, EOFError, IndexError, ssl.SSLError):
            client.close()

    def _read(self, reader: Reader) -> bytes:
        """One message, without its outer head."""
        def take(count: int) -> bytes:
            return b"".join(reader.pieces(count))

        length = take(2)[1]
        if length & 0x80:
            length = int.from_bytes(take(length & 0x7F), "big")
        body = take(length)
        self.heard += body
        return body

    def close(self) -> None:
        self._listener.close()

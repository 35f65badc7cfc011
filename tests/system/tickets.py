"""Tokens of Kerberos clients, as `Authorization: Negotiate` carries them: good ones and every other kind.

The client's side runs in a process of its own (this file is its program too), since KRB5_CONFIG, the tickets and a
false clock belong to a process.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
KRB5 = bytes.fromhex("06092a864886f712010202")  # object identifiers with tag and length
SPNEGO = bytes.fromhex("06062b0601050502")
NTLM = bytes.fromhex("060a2b06010401823702020a")
UNKNOWN = bytes.fromhex("06062b0601059f7f")


def false_clock(ahead: float) -> tuple[str, ...]:
    """Variables for a process whose clock is `ahead` by so many seconds."""
    return f"LD_PRELOAD={FAKETIME}", f"FAKETIME={ahead:+}s", "DONT_FAKE_MONOTONIC=1"


class Client:
    """A client with its tickets, and perhaps a clock that is `ahead` by so many seconds."""

    def __init__(self, environment: dict[str, str], ahead: float = 0):
        if ahead:
            environment = environment | dict(variable.split("=", 1) for variable in false_clock(ahead))
        self._process = subprocess.Popen([sys.executable, __file__], env=environment, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def tell(self, **command: Any) -> dict[str, Any]:
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the client's process is gone"
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer

    def token(self, service: str, **how: Any) -> bytes:
        """The first token for a service. `how`: raw, mutual, delegate, binding (bytes)."""
        return self.begin(service, **how).token

    def begin(self, service: str, *, raw: bool = False, mutual: bool = False, delegate: bool = False,
              binding: bytes | None = None) -> Exchange:
        """An exchange of one or more tokens; `raw` leaves SPNEGO away."""
        flags = [name for name, wanted in (("mutual", mutual), ("delegate", delegate)) if wanted]
        told = self.tell(do="begin", service=service, raw=raw, flags=flags, binding=(binding or b"").hex())
        return Exchange(self, told["exchange"], bytes.fromhex(told["token"]), told["complete"])


class Exchange:
    def __init__(self, client: Client, number: int, token: bytes, complete: bool):
        self.client = client
        self.number = number
        self.token = token
        self.complete = complete

    def answered(self, token: bytes) -> bytes:
        """What to send next; empty when there is nothing more to say. Fails where the answer is no good."""
        told = self.client.tell(do="step", exchange=self.number, token=token.hex())
        self.complete = told["complete"]
        return bytes.fromhex(told["token"])

    def signature(self, data: bytes) -> bytes:
        return bytes.fromhex(self.client.tell(do="sign", exchange=self.number, data=data.hex())["token"])


def with_large_ticket(environment: dict[str, str], service: str, size: int) -> Path:
    """The ticket file of `environment`, now with a ticket for the service that carries `size` bytes of data."""
    done = subprocess.run([sys.executable, __file__, service, str(size)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(environment["KRB5CCNAME"].removeprefix("FILE:"))


def negotiate(token: bytes) -> str:
    """The header line."""
    return "Authorization: Negotiate " + base64.b64encode(token).decode()


# Tokens by hand: DER, as RFC 4178 has it.


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def mechanisms(*names: bytes) -> bytes:
    """MechTypeList, which also is what a mechListMIC signs."""
    return der(0x30, *names)


def first_offer(*names: bytes, token: bytes | None = None) -> bytes:
    """NegTokenInit that offers these mechanisms, with a token of the first of them or none."""
    parts = [der(0xA0, mechanisms(*names))]
    if token is not None:
        parts.append(der(0xA2, der(0x04, token)))
    return der(0x60, SPNEGO, der(0xA0, der(0x30, *parts)))


def next_answer(token: bytes, signature: bytes | None = None) -> bytes:
    """NegTokenResp of a client: accept-incomplete, with a token of the mechanism agreed on."""
    parts = [der(0xA0, der(0x0A, b"\x01")), der(0xA2, der(0x04, token))]
    if signature is not None:
        parts.append(der(0xA3, der(0x04, signature)))
    return der(0xA1, der(0x30, *parts))


NTLM_TYPE_1 = b"NTLMSSP\0" + (1).to_bytes(4, "little") + (0xA2088207).to_bytes(4, "little") + bytes(16) \
    + bytes.fromhex("0a0063450000000f")
NTLM_TYPE_3 = b"NTLMSSP\0" + (3).to_bytes(4, "little") + bytes(76)
# What a Windows client sends that has no ticket: NTLM in SPNEGO.
NTLM_IN_SPNEGO = first_offer(NTLM, token=NTLM_TYPE_1)
# Neither of the two offered first is ours, so the server asks for a Kerberos token: the exchange is open.
HALF_OPEN = first_offer(UNKNOWN, KRB5, token=b"something unknown")


# The program of the client's process.


def serve() -> None:
    import gssapi
    from gssapi.raw import ChannelBindings

    kerberos = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2")
    spnego = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
    principal = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2.1")
    flag = {"mutual": gssapi.RequirementFlag.mutual_authentication,
            "delegate": gssapi.RequirementFlag.delegate_to_peer}
    contexts: list[Any] = []

    def begin(command: dict[str, Any]) -> Any:
        binding = bytes.fromhex(command["binding"])
        flags = gssapi.RequirementFlag.integrity
        for name in command["flags"]:
            flags |= flag[name]
        name = gssapi.Name(command["service"], principal)
        contexts.append(gssapi.SecurityContext(
            name=name, mech=kerberos if command["raw"] else spnego, flags=flags, usage="initiate",
            channel_bindings=ChannelBindings(application_data=binding) if binding else None))
        return contexts[-1].step()

    for line in sys.stdin:
        command = json.loads(line)
        try:
            number = command.get("exchange", len(contexts))
            if command["do"] == "begin":
                token = begin(command)
            elif command["do"] == "step":
                token = contexts[number].step(bytes.fromhex(command["token"]))
            else:
                token = contexts[number].get_signature(bytes.fromhex(command["data"]))
            answer = {"exchange": number, "token": (token or b"").hex(), "complete": contexts[number].complete}
        except Exception as error:  # told to the test, which decides
            answer = {"failed": str(error)}
        print(json.dumps(answer), flush=True)


def fetch_large(service: str, size: int) -> None:
    """Asks the KDC for a ticket with authorization data of ours in it (RFC 4120, section 5.2.6: AD-IF-RELEVANT)."""
    import ctypes as c

    class Data(c.Structure):
        _fields_ = [("magic", c.c_int32), ("length", c.c_uint), ("data", c.c_char_p)]

    class Typed(c.Structure):  # krb5_keyblock, krb5_authdata
        _fields_ = [("magic", c.c_int32), ("type", c.c_int32), ("length", c.c_uint), ("contents", c.c_char_p)]

    class Credentials(c.Structure):
        _fields_ = [("magic", c.c_int32), ("client", c.c_void_p), ("server", c.c_void_p), ("key", Typed),
                    ("times", c.c_int32 * 4), ("is_skey", c.c_uint), ("flags", c.c_int32), ("addresses", c.c_void_p),
                    ("ticket", Data), ("second_ticket", Data), ("authdata", c.POINTER(c.POINTER(Typed)))]

    library = c.CDLL("libkrb5.so.3")
    context, cache, got = c.c_void_p(), c.c_void_p(), c.c_void_p()

    def must(code: int) -> None:
        if code:
            raise SystemExit(f"krb5 says {code}")

    must(library.krb5_init_context(c.byref(context)))
    must(library.krb5_cc_default(context, c.byref(cache)))
    wanted = Credentials()
    client, server = c.c_void_p(), c.c_void_p()
    must(library.krb5_cc_get_principal(context, cache, c.byref(client)))
    must(library.krb5_parse_name(context, service.encode(), c.byref(server)))
    wanted.client, wanted.server = client, server
    element = der(0x30, der(0xA0, der(0x02, b"\x7f\x01")), der(0xA1, der(0x04, bytes(size))))
    contents = der(0x30, element)
    data = Typed(0, 1, len(contents), contents)
    wanted.authdata = (c.POINTER(Typed) * 2)(c.pointer(data), None)
    must(library.krb5_get_credentials(context, 0, cache, c.byref(wanted), c.byref(got)))
    # Kept once more as if nobody had asked for the data, so that it is found by who does not.
    ticket = c.cast(got, c.POINTER(Credentials))
    ticket.contents.authdata = None
    must(library.krb5_cc_store_cred(context, cache, ticket))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        fetch_large(sys.argv[1], int(sys.argv[2]))
    else:
        serve()

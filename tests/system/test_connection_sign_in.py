"""Applications that sign in connections, as IIS does with NTLM: each client has a connection of its own to them."""

from __future__ import annotations

import base64
import struct
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import gssapi
import pytest
import raw
import tickets
from backends import Exchange, by_path, websocket_echo
from gate import HOST, until
from kdc import ALPHA
from raw import request
from visitor import APP, SERVICE, curl

OWN = {"connection_sign_in": True}
PEER = "127.0.0.2"
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")


# NTLM as far as a gate can tell it ([MS-NLMP], 2.2.1): nobody looks at the proof in the last message.


def hello() -> str:
    return encoded(b"NTLMSSP\0" + struct.pack("<IIQQ", 1, 0x00088207, 0, 0))


def challenge(number: int) -> str:
    return encoded(b"NTLMSSP\0" + struct.pack("<IHHIIQQHHI", 2, 0, 0, 48, 0x00088205, number, 0, 0, 0, 48))


def proof(name: str, number: int) -> str:
    """Of who answers that challenge; real clients do not repeat its number, but prove that they know it."""
    text = name.encode("utf-16-le")
    parts = [(0, 0), (0, 0), (0, 0), (len(text), 64), (0, 0), (0, 0)]
    fields = b"".join(struct.pack("<HHI", size, size, offset) for size, offset in parts)
    return encoded(b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", 0x00088205) + text + struct.pack("<Q", number))


def encoded(message: bytes) -> str:
    return "NTLM " + base64.b64encode(message).decode()


class Ntlm:
    """Asks for three legs, and knows its people by their connections. Answers with who they are."""

    def __init__(self, checks_number: bool = True):
        self.numbers: dict[object, int] = {}
        self.people: dict[object, str] = {}
        self.checks_number = checks_number  # real clients do not repeat it

    def __call__(self, exchange: Exchange) -> None:
        exchange.request.body()
        connection = exchange.connection
        scheme, _, token = (exchange.request.get("authorization") or "").partition(" ")
        message = base64.b64decode(token) if scheme == "NTLM" else b""
        if message[8:9] == b"\1":
            self.people.pop(connection, None)
            self.numbers[connection] = len(self.numbers) + 1
            return self.refuse(exchange, challenge(self.numbers[connection]))
        if message[8:9] == b"\3":
            number = self.numbers.pop(connection, None)
            if number is None or (self.checks_number and struct.unpack("<Q", message[-8:])[0] != number):
                return self.refuse(exchange, "Negotiate", "NTLM")
            size, _, offset = struct.unpack("<HHI", message[36:44])
            self.people[connection] = message[offset:offset + size].decode("utf-16-le").replace("\0", "")
        if connection not in self.people:
            return self.refuse(exchange, "Negotiate", "NTLM")
        return exchange.answer(self.people[connection].encode(), "Persistent-Auth: true")

    def refuse(self, exchange: Exchange, *challenges: str) -> None:
        exchange.answer(b"nobody", *(f"WWW-Authenticate: {one}" for one in challenges),
                        "Proxy-Support: Session-Based-Authentication", status=401)


def number_in(answer: raw.Answer) -> int:
    assert answer.status == 401, answer
    return struct.unpack("<Q", base64.b64decode(answer.get("www-authenticate").removeprefix("NTLM "))[24:32])[0]


def begin(client: raw.Client) -> int:
    """The first leg, as clients send it: with a body that is not there yet."""
    return number_in(client.ask(request("POST", "/", f"Authorization: {hello()}", "Content-Length: 0")))


def finish(client: raw.Client, name: str, number: int, body: bytes = b"the form") -> raw.Answer:
    return client.ask(request("POST", "/", f"Authorization: {proof(name, number)}", body=body))


def sign_in(client: raw.Client, name: str) -> None:
    answer = finish(client, name, begin(client))
    assert (answer.status, answer.body) == (200, name.encode())


def who(client: raw.Client, target: str = "/", *fields: str) -> str:
    return client.ask(request("GET", target, *fields)).body.decode()


@pytest.fixture
def office(start_backend):
    return start_backend(Ntlm())


@pytest.fixture
def pforte(start_gate, office):
    return start_gate(office, backend=OWN, workers=1)


def test_who_signs_in_over_three_legs_stays_signed_in(pforte, office):
    with pforte.connect(secure=True) as client:
        asked = client.ask(request())
        assert asked.status == 401
        assert asked.head.all("www-authenticate") == ["Negotiate", "NTLM"]
        assert asked.get("proxy-support") == "Session-Based-Authentication"
        sign_in(client, "susan")
        answer = client.ask(request())
        assert (answer.body, answer.get("persistent-auth")) == (b"susan", "true")
    assert office.accepted == 1
    until(lambda: not office.open, "it is closed with the client's")


def test_interleaved_clients_never_meet_the_others_identity(pforte, office):
    names = [f"agent-{number}" for number in range(6)]
    clients = [pforte.connect(secure=number % 2 == 0) for number in range(6)]
    numbers = [begin(client) for client in clients]  # all of them half-way at once
    for client, name, number in zip(clients, names, numbers, strict=True):
        assert finish(client, name, number).body == name.encode()
    for _ in range(20):
        for client in clients:
            client.send(request())
        assert [client.answer().body.decode() for client in clients] == names
        assert pforte.get().body == b"nobody"
    assert office.accepted == len(clients) + 20


def test_clients_at_the_same_time_never_meet_the_others_identity(start_gate, office):
    pforte = start_gate(office, backend=OWN)

    def work(number: int) -> set[str]:
        with pforte.connect() as client:
            seen = {who(client)}
            sign_in(client, f"agent-{number}")
            return seen | {who(client) for _ in range(50)}
    with ThreadPoolExecutor(8) as pool:
        for number, seen in enumerate(pool.map(work, range(24))):
            assert seen == {"nobody", f"agent-{number}"}
    assert office.accepted == 24


def test_curl_signs_in_by_ntlm(start_gate, start_backend):
    office = start_backend(Ntlm(checks_number=False))
    pforte = start_gate(office, backend=OWN, workers=1)
    for name in ("susan", "peter"):
        url = f"https://{HOST}:{pforte.tls_port}/again"
        done = pforte.curl("/", "--ntlm", "--user", f"{name}:secret", "--data", "form=1", url,
                           "--write-out", ",%{num_connects} ")
        assert done.stdout.decode() == f"{name},1 {name},0 ", done.stderr
    assert office.accepted == 2


def test_without_the_key_nothing_of_the_kind_passes(start_gate, office):
    pforte = start_gate(office, workers=1)
    with pforte.connect() as client:
        for authorization in ((), (f"Authorization: {hello()}",), (f"Authorization: {proof('susan', 1)}",)):
            answer = client.ask(request("GET", "/", *authorization))
            assert answer.head.all("www-authenticate") == ["Form"]
            assert answer.get("proxy-support") is None
    assert not office.saw(b"NTLM")
    assert not office.script.people


@pytest.mark.parametrize("said", [("Persistent-Auth: true",), ("WWW-Authenticate: Negotiate oRQwEg==",)], ids=["persistent", "token"])
def test_without_the_key_a_connection_that_is_signed_in_all_the_same_is_nobodys(said, start_gate, start_backend):
    people: dict[object, str] = {}

    def by_cookie(exchange: Exchange) -> None:  # with something that the gate lets through
        fields = ()
        if name := exchange.request.get("x-card"):
            people[exchange.connection] = name
            fields = said
        exchange.answer(people.get(exchange.connection, "nobody").encode(), *fields)
    app = start_backend(by_cookie)
    pforte = start_gate(app, workers=1)
    with pforte.connect() as client:
        for _ in range(3):
            assert who(client, "/", "X-Card: susan") == "susan"
            assert who(client) == "nobody"
    assert app.accepted == 4  # each that was signed in, and the one that was not


def test_what_the_gate_alone_may_say_passes_here_no_more_than_elsewhere(pforte, office):
    answer = pforte.get("/", "Cookie: __Host-pforte=x; a=1", "Remote-User: root", "Pforte-Groups: crm-admins")
    assert answer.status == 401
    head = office.requests[-1].head
    assert head.get("cookie") == "a=1"
    assert head.get("remote-user") is head.get("pforte-groups") is None


def test_both_connections_end_together(start_gate, start_backend):
    ntlm = Ntlm()

    def last(exchange: Exchange) -> None:
        exchange.answer(b"bye", "Connection: close")
        exchange.close()
    office = start_backend(by_path({"/last": last}, ntlm))
    pforte = start_gate(office, backend=OWN, workers=1)
    with pforte.connect() as client:
        sign_in(client, "susan")
        answer = client.ask(request("GET", "/last"))
        assert (answer.body, answer.get("connection")) == (b"bye", "close")
        assert client.ended(2)
    with pforte.connect() as client, pforte.connect() as half_way:
        sign_in(client, "susan")
        begin(half_way)
        office.drop_connections()
        assert client.ended(2)
        assert half_way.ended(2)
    until(lambda: not office.open, "no connection is left")


def test_a_client_that_keeps_nothing_alive_is_served_all_the_same(pforte, office):
    for text in (b"GET / HTTP/1.0\r\nHost: %s\r\n\r\n" % HOST.encode(), request("GET", "/", "Connection: close")):
        with pforte.connect() as client:
            assert client.ask(text).status == 401
            assert client.ended(2)
    with pforte.connect() as client:
        client.send(b"GET / HTTP/1.0\r\nHost: %s\r\nConnection: keep-alive\r\nAuthorization: %s\r\n\r\n"
                    % (HOST.encode(), hello().encode()))
        assert finish(client, "susan", number_in(client.answer())).body == b"susan"
    assert office.accepted == 3


def dying(script: Callable[[Exchange], None]) -> Callable[[Exchange], None]:
    """Closes instead of answering where the request says so, but on a new connection."""
    used: set[object] = set()

    def answer(exchange: Exchange) -> None:
        if exchange.request.get("x-die") and exchange.connection in used:
            return exchange.close()
        used.add(exchange.connection)
        return script(exchange)
    return answer


def test_a_request_that_finds_the_connection_gone_is_asked_again_as_nobody(start_gate, start_backend):
    office = start_backend(dying(Ntlm()))
    pforte = start_gate(office, backend=OWN, workers=1)
    with pforte.connect() as client:
        sign_in(client, "susan")
        answer = client.ask(request("GET", "/", "X-Die: 1"))
        assert (answer.status, answer.get("connection")) == (401, "close")
        assert answer.head.all("www-authenticate") == ["Negotiate", "NTLM"]
        assert client.ended(2)
    with pforte.connect() as client:
        sign_in(client, "susan")
        assert client.ask(request("POST", "/", "X-Die: 1", body=b"x")).status == 502
        assert client.ended(2)


def test_the_last_leg_is_never_repeated_on_another_connection(start_gate, start_backend):
    first, second = (start_backend(dying(Ntlm())) for _ in range(2))
    pforte = start_gate(first, second, backend=OWN, workers=1)
    with pforte.connect() as client:
        number = number_in(client.ask(request("GET", "/", f"Authorization: {hello()}")))
        seen = len(first.requests) + len(second.requests)
        answer = client.ask(request("GET", "/", f"Authorization: {proof('susan', number)}", "X-Die: 1"))
        assert (answer.status, answer.get("connection")) == (502, "close")
        assert len(first.requests) + len(second.requests) == seen + 1


def test_the_first_leg_goes_to_a_server_that_is_there_and_the_others_follow_it(start_gate, office):
    pforte = start_gate("http://127.0.0.1:9", office, backend=OWN | {"balance": "round-robin"}, workers=1)
    for name in ("susan", "peter", "uli"):
        with pforte.connect() as client:
            sign_in(client, name)
            assert {who(client) for _ in range(4)} == {name}


def test_an_ejected_server_keeps_those_who_are_signed_in(start_gate, start_backend):
    offices = [start_backend(by_path({"/hang": lambda exchange: exchange.reset()}, Ntlm())) for _ in range(2)]
    pforte = start_gate(*offices, backend=OWN | {"eject_after": 1, "eject_time": "1min", "balance": "round-robin", "retries": 0},
                        workers=1)
    with pforte.connect() as client, pforte.connect() as second:
        sign_in(client, "susan")
        sign_in(second, "peter")
        for _ in range(4):
            pforte.ask(request("POST", "/hang", body=b"x"))
        assert len(pforte.events("backend.ejected")) == 2
        assert (who(client), who(second)) == ("susan", "peter")


def test_a_reload_leaves_those_half_way_and_those_signed_in_where_they_are(pforte, office):
    with pforte.connect() as half_way, pforte.connect() as client:
        sign_in(client, "susan")
        number = begin(half_way)
        pforte.config["backend"][0]["answer_time"] = "50s"
        pforte.write()
        assert pforte.reload().returncode == 0
        assert finish(half_way, "peter", number).body == b"peter"
        assert (who(client), who(half_way)) == ("susan", "peter")
    assert office.accepted == 2


def test_a_reload_that_takes_the_key_away_ends_it(pforte, office):
    with pforte.connect() as client:
        sign_in(client, "susan")
        del pforte.config["backend"][0]["connection_sign_in"]
        pforte.write()
        assert pforte.reload().returncode == 0
        answer = client.ask(request("GET", "/", f"Authorization: {hello()}"))
        assert (answer.body, answer.head.all("www-authenticate")) == (b"nobody", ["Form"])
        assert pforte.get().body == b"nobody"


def test_a_gate_that_drains_ends_connections_between_two_legs(pforte, office):
    with pforte.connect() as client:
        begin(client)
        pforte.process.terminate()
        assert client.ended(2)
    assert pforte.wait() == 0


def test_a_websocket_is_opened_by_whoever_is_signed_in(start_gate, start_backend):
    ntlm = Ntlm()

    def socket(exchange: Exchange) -> None:
        websocket_echo(exchange) if exchange.connection in ntlm.people else ntlm(exchange)
    office = start_backend(by_path({"/socket": socket}, ntlm))
    pforte = start_gate(office, backend=OWN, workers=1)
    with pforte.connect(secure=True) as client:
        assert client.ask(request("GET", "/socket", *UPGRADE)).status == 401
        sign_in(client, "susan")
        assert client.ask(request("GET", "/socket", *UPGRADE)).status == 101
        client.send(b"\x81\x85\0\0\0\0hello")
        assert b"".join(client.reader.pieces(7)) == b"\x81\x05hello"
        assert pforte.get().body == b"nobody"
    until(lambda: not office.open, "the tunnel is closed")


def test_one_client_connection_has_one_connection_of_its_own(start_gate, start_backend, authority):
    offices = [start_backend(Ntlm()) for _ in range(2)]
    pforte = start_gate(offices[0], backend=OWN, workers=1,
                        more_backends=[{"name": "two", "servers": [offices[1].url]} | OWN],
                        site={"rule": [{"path": "/two", "backend": "two"}]})
    with pforte.connect() as client:
        sign_in(client, "susan")
        assert who(client, "/two") == "nobody"
        assert who(client) == "nobody"
        assert pforte.metric("pforte_backend_connections", state="busy") == 1
    assert [office.accepted for office in offices] == [2, 1]


def test_two_backends_at_one_server_share_no_connection(start_gate, office):
    pforte = start_gate(office, backend=OWN, workers=1,
                        more_backends=[{"name": "open", "servers": [office.url]}],
                        site={"rule": [{"path": "/open", "backend": "open"}]})
    with pforte.connect() as client:
        sign_in(client, "susan")
        assert [who(client), who(client, "/open"), who(client)] == ["susan", "nobody", "susan"]


@pytest.mark.parametrize("balancer", ["PROXY protocol", "forwarded_from"])
def test_clients_behind_a_balancer_sign_in_where_it_does_not_mix_them(balancer, start_gate, office):
    key = "proxy_protocol_from" if balancer == "PROXY protocol" else "forwarded_from"
    pforte = start_gate(office, backend=OWN, workers=1, listener={key: [f"{PEER}/32"]})
    preamble = b"PROXY TCP4 192.0.2.7 198.51.100.1 5678 443\r\n" if balancer == "PROXY protocol" else b""
    with pforte.connect(source=PEER, preamble=preamble) as client:
        if preamble:
            sign_in(client, "susan")
            assert who(client) == "susan"
        else:
            answer = client.ask(request("GET", "/", f"Authorization: {hello()}", "X-Forwarded-For: 192.0.2.7"))
            assert answer.head.all("www-authenticate") == ["Form"]
            assert not office.saw(b"NTLM")


def test_check_and_serve_refuse_to_sign_in_twice(pforte):
    pforte.config["site"][0]["sign_in"] = "optional"
    pforte.write()
    done = pforte.run("check")
    assert done.returncode == 2
    assert "connection_sign_in" in done.stderr
    assert "help: remove sign_in" in done.stderr
    assert pforte.reload().returncode != 0


# Negotiate, with real tickets.


class Negotiate:
    """An application with a keytab of its own, which knows its people by their connections."""

    def __init__(self, keytab: str):
        self.people: dict[object, str] = {}
        self._credentials = gssapi.Credentials(usage="accept", store={"keytab": keytab, "rcache": "none:"})
        self._lock = threading.Lock()
        self.accepted = 0

    def __call__(self, exchange: Exchange) -> None:
        exchange.request.body()
        scheme, _, token = (exchange.request.get("authorization") or "").partition(" ")
        fields = []
        if scheme == "Negotiate":
            with self._lock:
                context = gssapi.SecurityContext(creds=self._credentials, usage="accept")
                said = context.step(base64.b64decode(token))
                self.accepted += 1
            assert context.complete
            self.people[exchange.connection] = str(context.initiator_name)
            fields = [f"WWW-Authenticate: Negotiate {base64.b64encode(said or b'').decode()}", "Persistent-Auth: true"]
        name = self.people.get(exchange.connection)
        if name:
            return exchange.answer(name.encode(), *fields)
        return exchange.answer(b"nobody", "WWW-Authenticate: Negotiate", status=401)


@pytest.fixture
def domain_office(start_backend, realms):
    return start_backend(Negotiate(f"FILE:{realms.folder / ALPHA}.keytab"))


@pytest.fixture
def passing(start_gate, domain_office, authority):
    site = {"hosts": [APP], "certificate": authority.issue(APP).config()}
    return start_gate(domain_office, backend=OWN, workers=1, site=site)


def test_agents_with_tickets_are_signed_in_by_the_application(passing, domain_office, client_of):
    people = ["susan@ALPHA.TEST", "peter@ALPHA.TEST"]
    clients = [passing.connect(secure=True, sni=APP) for _ in people]
    for client, person in zip(clients, people, strict=True):
        exchange = client_of(person).begin(SERVICE, mutual=True)
        answer = client.ask(request("GET", "/", tickets.negotiate(exchange.token), host=APP))
        assert answer.body.decode() == person
        exchange.answered(base64.b64decode(answer.get("www-authenticate").removeprefix("Negotiate ")))
        assert exchange.complete
    for _ in range(20):
        for client in clients:
            client.send(request(host=APP))
        assert [client.answer().body.decode() for client in clients] == people
    assert domain_office.accepted == domain_office.script.accepted == 2


def test_curl_signs_in_by_negotiate(passing, domain_office, realms):
    for name in ("susan", "peter"):
        again = f"https://{APP}:{passing.tls_port}/again"
        done: subprocess.CompletedProcess[str] = curl(
            passing, realms, realms.kinit(name), "/", "--negotiate", "--user", ":", again, "--write-out", ",%{num_connects} ")
        assert done.stdout == f"{name}@{ALPHA},1 {name}@{ALPHA},0 ", done.stderr
    assert domain_office.accepted == 2
    assert domain_office.script.accepted == 2

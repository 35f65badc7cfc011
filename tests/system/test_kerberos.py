"""Tickets: whose they are, which are refused, and that no token whatsoever hurts or goes round in circles."""

import base64
import random
from pathlib import Path

import pytest
import raw
import tickets
from agents import both_keytabs
from kdc import ALPHA, BETA
from visitor import APP, NAVIGATION, SERVICE, Visitor, arrived, has_login_form, signed_in_as


def refused(visitor: Visitor, answer: raw.Answer) -> None:
    """The form is shown, and nobody has signed in."""
    assert answer.status in (401, 403), (answer.status, answer.body[:500])
    assert visitor.session is None
    assert visitor.whoami() is None


def made(realms, principal: str, password: str = "Pw-made-1") -> tickets.Client:
    """A client with the tickets of a principal that this test makes."""
    realms.add(principal, password)
    return tickets.Client(realms.environment(realms.kinit(principal, password)))


def large_token(realms, size: int) -> bytes:
    """Of a ticket of susan's that carries `size` bytes of data."""
    cache = tickets.with_large_ticket(realms.environment(realms.kinit("susan")), SERVICE, size)
    with tickets.Client(realms.environment(cache)) as client:
        return client.token(SERVICE)


# Whose ticket it is.


def test_a_ticket_of_the_other_realm_signs_in_its_own_agent(desk, client_of):
    answer = Visitor(desk).sign_in_with(client_of(f"uli@{BETA}"))
    assert arrived(answer)["remote-user"] == ["uli"]
    assert arrived(answer)["pforte-principal"] == [f"uli@{BETA}"]


def test_each_realm_has_its_own_service_and_key(desk, client_of):
    visitor = Visitor(desk)
    answer = visitor.sign_in_with(client_of(f"uli@{BETA}"), service=f"HTTP/app.beta.test@{BETA}")
    assert signed_in_as(answer) == "uli"
    other = Visitor(desk)
    assert signed_in_as(other.sign_in_with(client_of(f"susan@{ALPHA}"), service=f"HTTP/app.beta.test@{BETA}")) == "susan"


def test_a_namesake_of_another_realm_is_somebody_else(start_desk, app, client_of):
    gate = start_desk(app, kerberos={"login_fallback_realms": [ALPHA]})
    visitor = Visitor(gate)
    answer = visitor.send_ticket(client_of(f"susan@{BETA}").token(SERVICE))
    refused(visitor, answer)
    assert f"susan@{BETA}" in gate.said()
    assert app.requests == []


def test_somebody_unknown_is_told_so_and_a_machine_gets_no_html(start_desk, app, client_of):
    gate = start_desk(app)
    token = client_of(f"uli@{ALPHA}").token
    visitor = Visitor(gate)
    answer = visitor.send_ticket(token(SERVICE))
    refused(visitor, answer)
    assert answer.get("content-type").startswith("text/html")
    machine = Visitor(gate, machine=True)
    answer = machine.send_ticket(token(SERVICE))
    refused(machine, answer)
    assert answer.get("content-type") == "application/problem+json"
    assert app.requests == []


def test_the_login_counts_only_for_the_realms_that_are_listed(start_desk, app, realms, client_of):
    realms.add("eva", "Pw-eva-1")
    realms.add(f"eva@{BETA}", "Pw-eva-1")
    alpha, beta = (tickets.Client(realms.environment(realms.kinit(f"eva@{realm}"))) for realm in (ALPHA, BETA))
    strict, lenient = start_desk(app), start_desk(app, kerberos={"login_fallback_realms": [ALPHA]})
    with alpha, beta:
        refused(nobody := Visitor(strict), nobody.send_ticket(alpha.token(SERVICE)))
        refused(nobody := Visitor(lenient), nobody.send_ticket(beta.token(SERVICE)))
        assert signed_in_as(Visitor(lenient).sign_in_with(alpha)) == "eva"


def test_rules_map_principals_to_logins(start_desk, app, client_of):
    rules = [{"table": {f'"peter@{BETA}"': "eva"}}, {"pattern": f"(u[a-z]+)@{BETA.replace('.', '[.]')}", "login": "\\1"},
             {"pattern": f"susan@{BETA}", "login": "adam"}]
    gate = start_desk(app, **{"sign_in.map": rules})
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"peter@{BETA}"))) == "eva"
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"susan@{BETA}"))) == "adam"
    assert signed_in_as(Visitor(gate).sign_in_with(client_of(f"uli@{BETA}"))) == "uli"
    refused(nobody := Visitor(gate), nobody.send_ticket(client_of(f"uli@{ALPHA}").token(SERVICE)))


NAMES = ["susan$", "pc01$", "susan/admin", "susan\\@ALPHA.TEST", "SUSAN", "Susan", "susan\\ "]


@pytest.mark.parametrize("name", NAMES)
def test_no_other_name_passes_for_an_agent(name, start_desk, app, realms):
    gate = start_desk(app, kerberos={"login_fallback_realms": []})
    for realm in (ALPHA, BETA):
        with made(realms, f"{name}@{realm}") as client:
            refused(visitor := Visitor(gate), visitor.send_ticket(client.token(SERVICE)))
    assert app.requests == []


@pytest.mark.parametrize("name", ["peter$", "peter/admin", "peter\\@ALPHA.TEST", "peter\\ "])
def test_no_other_name_passes_for_a_login_either(name, start_desk, app, realms):
    gate = start_desk(app, kerberos={"login_fallback_realms": [ALPHA, BETA]})
    for realm in (ALPHA, BETA):
        with made(realms, f"{name}@{realm}") as client:
            refused(visitor := Visitor(gate), visitor.send_ticket(client.token(SERVICE)))


def test_a_principal_that_two_agents_claim_signs_in_neither_and_names_both(desk, realms):
    with made(realms, "twins") as client:
        refused(visitor := Visitor(desk), visitor.send_ticket(client.token(SERVICE)))
    assert "othertwin" in desk.said()
    assert "twin" in desk.said().replace("othertwin", "")


def test_a_disabled_agent_does_not_sign_in(desk, realms):
    with made(realms, "gone") as client:
        refused(visitor := Visitor(desk), visitor.send_ticket(client.token(SERVICE)))


# Tokens of every kind.


def cut(token: bytes) -> list[bytes]:
    return [token[:length] for length in (1, 2, 5, 20, len(token) // 2, len(token) - 1)]


def flipped(token: bytes) -> list[bytes]:
    dice = random.Random(7)
    spoiled = []
    for _ in range(40):
        one = bytearray(token)
        one[dice.randrange(len(one))] ^= 1 << dice.randrange(8)
        spoiled.append(bytes(one))
    return spoiled


def test_no_damaged_ticket_signs_anybody_in_but_as_its_owner(desk, susan):
    whole = susan.token(SERVICE)
    visitor = Visitor(desk)
    for token in cut(whole):
        refused(visitor, visitor.send_ticket(token))
    for token in flipped(susan.token(SERVICE)):
        answer = visitor.send_ticket(token)
        if answer.status == 200:  # a bit that nothing depends on; then it was the ticket itself
            assert signed_in_as(answer) == "susan"
            visitor.cookies.clear()
        else:
            refused(visitor, answer)
    assert signed_in_as(Visitor(desk).sign_in_with(susan)) == "susan"


STRANGE = {
    "NTLM": tickets.NTLM_TYPE_1, "NTLM type 3": tickets.NTLM_TYPE_3, "NTLM in SPNEGO": tickets.NTLM_IN_SPNEGO,
    "garbage": b"\xff\x00garbage" * 40, "text": b"hello", "an empty offer": tickets.first_offer(),
    "an unknown mechanism": tickets.first_offer(tickets.UNKNOWN, token=b"x"),
    "a ticket of zeros": tickets.first_offer(tickets.KRB5, token=bytes(600)),
    "a later leg without a first": tickets.next_answer(b"x" * 50),
    "a length of 4 GiB": bytes.fromhex("6084ffffffff") + bytes(100),
    "deep nesting": b"".join(b"\x30\x83" + (40000 - 5 * n).to_bytes(3, "big") for n in range(8000)),
    "indefinite length": b"\x60\x80" * 500,
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_token_leads_to_the_form_and_is_told_once(name, desk, susan):
    visitor = Visitor(desk)
    visitor.get("/")
    before = len(desk.said().splitlines())
    answer = visitor.get("/", tickets.negotiate(STRANGE[name]))
    assert answer.status == 401
    assert has_login_form(answer)
    assert not [value for value in answer.head.all("www-authenticate") if value.lower().startswith("negotiate ")]
    assert visitor.whoami() is None
    assert len(desk.said().splitlines()) - before <= 1
    machine = Visitor(desk, machine=True)
    answer = machine.get("/", tickets.negotiate(STRANGE[name]))
    assert (answer.status, answer.get("content-type")) == (401, "application/problem+json")
    assert signed_in_as(Visitor(desk).sign_in_with(susan)) == "susan"


def test_ntlm_is_named_in_the_log_with_who_sent_it(desk):
    Visitor(desk).get("/", tickets.negotiate(tickets.NTLM_TYPE_1))
    told = desk.events("sign-in.failed")
    assert len(told) == 1
    assert "NTLM" in desk.said()
    assert 'client="127.0.0.1"' in desk.said()


BAD_LINES = ["Negotiate", "Negotiate ", "Negotiate !!!!", "Negotiate YII", "Negotiate Y===", "Negotiate YI IC", "Negotiate  ",
             "Negotiate YIIC\tYIIC", "NegotiateYIIC", "Negotiate YIIC, Basic dTpw", "Negotiate ====", "Negotiate \x80\x81"]


@pytest.mark.parametrize("line", BAD_LINES)
def test_bad_base64_leads_to_the_form(line, desk):
    visitor = Visitor(desk)
    answer = visitor.get("/", f"Authorization: {line}")
    assert answer.status in (400, 401)
    if answer.status == 401:
        assert has_login_form(answer)
    assert visitor.whoami() is None


def test_two_tickets_in_one_request_sign_nobody_in_twice(desk, susan, client_of):
    other = client_of(f"peter@{ALPHA}")
    visitor = Visitor(desk)
    answer = visitor.get("/", tickets.negotiate(susan.token(SERVICE)), tickets.negotiate(other.token(SERVICE)))
    assert answer.status in (400, 401)
    assert visitor.session is None


@pytest.mark.parametrize("scheme", ["NTLM", "Basic", "Bearer", "Digest", "Kerberos"])
def test_another_scheme_signs_nobody_in_and_never_reaches_the_application(scheme, desk, app):
    visitor = Visitor(desk)
    answer = visitor.get("/", f"Authorization: {scheme} {base64.b64encode(b'susan:Db-eva-Secret-1').decode()}")
    assert answer.status == 401
    assert visitor.session is None
    assert app.requests == []


def test_64_kibibytes_of_credentials_are_looked_at_and_more_are_named_as_too_large(desk, susan):
    most = 65536 - len("Negotiate ")
    fits, larger = "A" * (most // 4 * 4), "A" * (65536 + 8)
    visitor = Visitor(desk)
    answer = visitor.get("/", f"Authorization: Negotiate {fits}")
    assert answer.status == 401
    assert has_login_form(answer)
    answer = visitor.reconnect().get("/", f"Authorization: Negotiate {larger}")
    assert answer.status == 431
    assert "www-authenticate" not in [name.lower() for name, _ in answer.head.fields]
    assert signed_in_as(visitor.reconnect().send_ticket(susan.token(SERVICE))) == "susan"


TOO_LARGE = f"Authorization: Negotiate {'A' * 80_000}"
GERMAN = ("Accept-Language: de-DE,de;q=0.9,en;q=0.8", *NAVIGATION)


@pytest.mark.parametrize("lines", [(*GERMAN, TOO_LARGE), (TOO_LARGE, *GERMAN)], ids=["before the ticket", "behind it, as in Chromium"])
def test_a_browser_whose_ticket_is_too_large_is_shown_the_form_in_its_language(lines, desk):
    with desk.connect(secure=True, sni=APP) as client:
        answer = client.ask(raw.request("GET", "/start?a=1", *lines, host=APP))
    assert answer.status == 431
    assert answer.get("content-type").startswith("text/html")
    page = answer.body.decode()
    assert '<html lang="de">' in page
    assert 'href="/.pforte/login"' in page
    assert "Ticket" in page
    assert "Cookie" not in page
    line = desk.access(status=431)
    assert (line["decision"], line["host"], line["path"]) == ("http.authorization-too-large", APP, "/start")
    told, = desk.events("sign-in.failed")
    assert told["code"] == "http.authorization-too-large"
    assert told["reference"] == answer.get("pforte-reference") == line["reference"]
    assert "65536 bytes" in told["reason"]
    assert "[limits]" in told["remedy"]
    assert "AAAA" not in desk.stderr.read_text()


@pytest.mark.parametrize("size", [80_000, 600_000])
def test_a_program_whose_ticket_is_too_large_reads_why(size, desk):
    answer = Visitor(desk, machine=True).get("/", f"Authorization: Negotiate {'A' * size}")
    assert answer.status == 431
    assert answer.json()["code"] == "http.authorization-too-large"
    assert "/.pforte/login" in answer.json()["detail"]
    assert "cookies" not in answer.json()["detail"]


def test_a_large_authorization_is_no_failed_sign_in_where_nobody_signs_in(pforte):
    assert pforte.get("/", f"Authorization: Bearer {'A' * 80_000}").status == 431
    assert not pforte.events("sign-in.failed")


@pytest.mark.parametrize("size", [8_000, 20_000, 46_000])
def test_a_large_ticket_signs_in(size, desk, realms):
    """As of somebody in a thousand groups."""
    token = large_token(realms, size)
    assert size < len(token) < 48_000
    assert signed_in_as(Visitor(desk).send_ticket(token)) == "susan"


def test_the_largest_ticket_that_windows_can_be_told_to_make_signs_in_where_the_limit_says_so(start_desk, app, realms):
    """MaxTokenSize is 65,535 at most: 87,380 letters of Base64."""
    size = 60_000
    size += 65_500 - len(large_token(realms, size))
    token = large_token(realms, size)  # numbers in DER: some tokens are longer than others by a score of bytes
    assert 65_450 < len(token) <= 65_535
    gate = start_desk(app, limits={"authorization": "96KiB"})
    assert signed_in_as(Visitor(gate).send_ticket(token)) == "susan"


def test_only_the_authorization_may_be_that_long(desk):
    for name in ("Cookie", "X-Long", "Proxy-Authorization"):
        assert Visitor(desk).get("/", f"{name}: {'A' * 60000}").status == 431


def test_a_forwarded_ticket_is_not_kept(desk, realms, tmp_path):
    cache = realms.kinit("susan", None, "-f")
    with tickets.Client(realms.environment(cache)) as client:
        token = client.token(SERVICE, delegate=True, mutual=True)
        assert len(token) > 1200  # it carries a ticket-granting ticket
        assert signed_in_as(Visitor(desk).send_ticket(token)) == "susan"
    for file in Path(desk.config["state_dir"]).rglob("*"):
        if file.is_file():
            assert b"krbtgt" not in file.read_bytes(), file


def test_a_refused_ticket_leaves_the_connection_as_it_was(desk, susan):
    with desk.connect(secure=True, sni=APP) as client:
        for _ in range(3):
            for line in (tickets.negotiate(tickets.NTLM_TYPE_1), tickets.negotiate(b"garbage"), "Authorization: Negotiate !"):
                assert client.ask(raw.request("GET", "/", line, *NAVIGATION, host=APP)).status == 401
        assert client.ask(raw.request("GET", "/", tickets.negotiate(susan.token(SERVICE)), host=APP)).status == 200


def test_a_ticket_that_comes_byte_by_byte_is_the_same_ticket(desk, susan):
    with desk.connect(secure=True, sni=APP) as client:
        client.trickle(raw.request("GET", "/", tickets.negotiate(susan.token(SERVICE)), host=APP))
        assert client.answer().status == 200


def test_the_realms_of_the_gate_are_those_of_its_keytabs(start_desk, app, realms, client_of):
    """A ticket for a service that the gate has no key of is refused, and the service is named."""
    only_alpha = {name: file for name, file in both_keytabs(realms).items() if name.endswith(ALPHA)}
    gate = start_desk(app, keytabs=only_alpha)
    for service in (f"HTTP/app.beta.test@{BETA}", f"HTTP/app.localhost@{BETA}", f"HTTP/other.localhost@{ALPHA}"):
        visitor = Visitor(gate)
        answer = visitor.send_ticket(client_of(f"uli@{BETA}").token(service))
        refused(visitor, answer)
        assert has_login_form(answer)
        assert service in gate.said()

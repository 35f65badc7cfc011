"""`pforte explain`: how one sign-in went, step by step, for whoever is asked why it did not."""

import base64
import json
import re
import subprocess
from pathlib import Path

import tickets
from agents import EVA, ldap_config
from gate import is_sanitized, until
from kdc import ALPHA
from visitor import SERVICE, Visitor

KEYTAB_KEY = re.compile(rb"(\xa0\x03\x02\x01[\x11\x12]\xa1\x03\x02\x01)(.)(\xa2)", re.DOTALL)


def with_key_version(token: bytes, version: int) -> bytes:
    """The same token, but its ticket claims another key version (up to 127), which stands there in the clear."""
    claimed, count = KEYTAB_KEY.subn(lambda found: found[1] + bytes([version]) + found[3], token, count=1)
    assert count == 1
    return claimed


def explained(gate, reference: str, *options: str) -> str:
    done = gate.run("explain", reference, *options)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


def told(gate, reference: str) -> dict:
    return json.loads(explained(gate, reference, "--json"))


def reference_of(gate, event: str) -> str:
    return gate.events(event)[-1]["reference"]


def has_no_secret(gate, text: str) -> None:
    for visitor in gate.visitors:
        for secret in visitor.secrets:
            assert len(secret) < 6 or secret[:60] not in text, secret[:60]


def in_order(text: str, *parts: str) -> None:
    at = 0
    for part in parts:
        found = text.find(part, at)
        assert found >= 0, f"{part!r} is missing, or too early, in:\n{text}"
        at = found + len(part)


def test_a_sign_in_by_ticket_is_told_from_the_logon_to_the_session(desk, realms, susan):
    visitor = Visitor(desk)
    token = susan.token(SERVICE)
    assert visitor.send_ticket(token, "/app?secret=in-the-Query-1").status == 200
    reference = reference_of(desk, "sign-in.done")
    text = explained(desk, reference)
    # It is written down behind the answer.
    session = until(lambda: json.loads(desk.run("session", "list", "--json").stdout)["sessions"], "session")[0]
    in_order(text, f"Sign-in {reference}: susan signed in by kerberos", f"susan@{ALPHA} logged on", "(steps 1-3)",
             f"the KDC gave the ticket for {SERVICE}, good until", "(steps 4-5)", "by its own clock", "(step 6)",
             "GET /app for app.localhost:", "came from 127.0.0.1", "SPNEGO with a Kerberos ticket", f"{len(token)} bytes",
             "key version 1, aes256-cts-hmac-sha1-96", "a thread was free", "the token was judged", f"opened by a key of {SERVICE} in ",
             f"{realms.folder / ALPHA}.keytab", "the store was asked", f"susan@{ALPHA} is agent susan: the agent has exactly this principal",
             f"session {session['id']} began; it ends at {session['expires']}", "(step 7)")
    document = told(desk, reference)
    assert document["outcome"] == "signed-in"
    assert document["request"]["path"] == "/app"
    assert abs(document["ticket"]["clock_ahead_s"]) <= 2
    assert 0 < document["times"]["accepting_us"] < document["times"]["took_us"]
    assert document["agent"] == {"login": "susan", "method": "kerberos", "principal": f"susan@{ALPHA}", "found_by": "principal",
                                 "rule": None, "created": False}
    assert document["problem"] is None
    assert "in-the-Query" not in text + json.dumps(document)
    has_no_secret(desk, text + json.dumps(document))


def test_a_ticket_with_a_key_version_that_the_keytab_lacks(desk, susan):
    reference = Visitor(desk).send_ticket(with_key_version(susan.token(SERVICE), 3)).get("pforte-reference")
    text = explained(desk, reference)
    in_order(text, "refused: kerberos.key-version", "key version 3", f"not opened by the keys of {SERVICE}", "key version 1",
             "stopped by kerberos.key-version: the ticket is sealed with key version 3", "what to do: make the keytab again")
    assert "steps 1-3" not in text  # nobody can know
    german = explained(desk, reference, "--lang", "de")
    in_order(german, "abgelehnt: kerberos.key-version", "das Ticket sagt: für", "Schlüsselversion 3", "gescheitert an kerberos.key-version",
             "das Ticket ist mit Schlüsselversion 3 von", "Abhilfe: die Keytab neu erzeugen")
    ticket = told(desk, reference)["ticket"]
    assert (ticket["key_version"], ticket["opened"], ticket["key"]["versions"]) == (3, False, [1])


def test_the_same_value_makes_the_line_in_the_log(desk, susan):
    token = susan.token(SERVICE)
    Visitor(desk).send_ticket(token)
    reference = Visitor(desk).send_ticket(token).get("pforte-reference")
    line = next(event for event in desk.events("sign-in.failed") if event["reference"] == reference)
    document = told(desk, reference)
    assert document["problem"] == {"code": line["code"], "reason": line["reason"],
                                   "remedy": {"en": line["remedy"], "de": document["problem"]["remedy"]["de"]}}
    assert document["ticket"]["client"] == f"susan@{ALPHA}"  # and yet it was refused: a repetition
    done = told(desk, reference_of(desk, "sign-in.done"))
    line = desk.events("sign-in.done")[-1]
    assert (done["agent"]["login"], done["session"]["id"]) == (line["agent"], line["session"])
    assert (done["ticket"]["service"], str(done["ticket"]["key_version"])) == (line["service"], line["key_version"])


def test_ntlm_and_what_is_no_token_at_all(desk):
    visitor = Visitor(desk)
    reference = visitor.send_ticket(tickets.NTLM_TYPE_3).get("pforte-reference")
    in_order(explained(desk, reference), "refused: kerberos.ntlm", "it offered NTLM", "stopped by kerberos.ntlm", "what to do: klist get")
    in_order(explained(desk, reference, "--lang", "de"), "NTLM", "der Client hat NTLM gesendet", "klist get")
    reference = visitor.get("/", "Authorization: Negotiate !!!").get("pforte-reference")
    assert told(desk, reference)["offered"] == {"kind": "negotiate", "bytes": None}
    reference = visitor.send_ticket(b"no token at all").get("pforte-reference")
    assert told(desk, reference)["offered"] == {"kind": "garbage", "bytes": 15}
    reference = visitor.send_ticket(tickets.HALF_OPEN).get("pforte-reference")
    assert told(desk, reference)["outcome"] == "goes-on"


def test_a_password_goes_from_provider_to_provider(start_desk, app, directory, authority):
    ldap = ldap_config(directory.tls_url, authority.certificate, directory.password_file)
    gate = start_desk(app, ldap=ldap, sign_in={"providers": ["kerberos", "ldap", "database"]},
                      site={"rule": [{"path": "/rest", "sign_in": "token"}]})
    gate.kept_descriptors = 9
    Visitor(gate).must_sign_in("eva", EVA.password)
    reference = reference_of(gate, "sign-in.done")
    text = explained(gate, reference)
    in_order(text, "eva signed in by database", "POST /.pforte/login", "login and password in the form", "a thread was free",
             "ldap: has no such login", "database: the password is right", "it is agent eva", "(step 7)")
    in_order(explained(gate, reference, "--lang", "de"), "eva hat sich angemeldet, mit database", "ldap: hat diesen Anmeldenamen nicht",
             "database: das Passwort stimmt", "(Schritt 7)")
    said = [(one["name"], one["said"], one["took_us"] > one["store_us"]) for one in told(gate, reference)["providers"]]
    assert said == [("ldap", "no-such-login", True), ("database", "accepted", True)]

    visitor = Visitor(gate)
    for number in range(8):  # until it has to wait
        answer = visitor.sign_in("eva", f"guess-Secret-{number}")
        if number == 0:
            first = told(gate, answer.get("pforte-reference") or reference_of(gate, "sign-in.failed"))
            assert first["waiting_login"] is None  # it may be a password in the wrong field
            assert [one["said"] for one in first["providers"]] == ["no-such-login", "wrong-password"]
            in_order(explained(gate, first["reference"]), "stopped by sign-in.wrong", "what to do: let them type it anew",
                     "pforte agent passwd LOGIN")
            in_order(explained(gate, first["reference"], "--lang", "de"), "sign-in.wrong", "Abhilfe: neu eintippen lassen")
    reference = gate.events("sign-in.failed")[-1]["reference"]
    text = explained(gate, reference)
    in_order(text, "refused: sign-in.locked", "stopped by sign-in.locked: too many failures; wait", "the login that has to wait: eva",
             "what to do: wait")
    assert told(gate, reference)["providers"] == []  # nobody was asked
    in_order(explained(gate, reference, "--lang", "de"), "zu viele Fehlversuche", "der Anmeldename, der warten muss: eva")
    program = Visitor(gate, machine=True)
    reference = program.get("/rest", "Authorization: Bearer nothing-Secret-1").get("pforte-reference")
    in_order(explained(gate, reference), "refused: sign-in.token", "the token of a program", "what to do: pforte agent token")
    everything = text + "".join(explained(gate, event["reference"], "--json") for event in gate.events("sign-in.failed"))
    has_no_secret(gate, everything)
    assert "nothing-Secret-1" not in everything


def test_a_request_without_a_sign_in_is_told_from_one_that_is_unknown(desk):
    reference = Visitor(desk).get("/").get("pforte-reference")
    done = desk.run("explain", reference)
    assert done.returncode == 0
    assert f"request {reference} had no sign-in: its path asks for none" in done.stdout
    assert f"grep {reference} {desk.config['log']['access']}" in done.stdout
    assert told(desk, reference)["why"] == "no-sign-in"
    unknown = desk.run("explain", "0123456789abc")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "this gate, which runs since" in unknown.stderr
    assert "look into the access log" in unknown.stderr
    assert "dieses Tor" in desk.run("explain", "0123456789abc", "--lang", "de").stderr
    assert desk.run("explain", "../../status").returncode == 2
    assert desk.run("explain").returncode == 2


def test_names_of_people_are_told_through_the_control_socket_alone(desk, susan):
    Visitor(desk).sign_in_with(susan)
    reference = reference_of(desk, "sign-in.done")
    address = desk.config["admin"]["address"]
    done = subprocess.run(["curl", "--silent", "--noproxy", "*", f"http://{address}/api/v1/sign-ins/{reference}"],
                          capture_output=True, text=True)
    assert json.loads(done.stdout)["status"] == 403
    assert desk.events("admin.refused")[-1]["reason"] == "admin.not-signed-in"
    assert "susan" not in done.stdout


def test_ten_thousand_attempts_take_bounded_memory_and_leave_the_sessions_that_began(start_desk, app, susan):
    gate = start_desk(app, workers=1)
    Visitor(gate).sign_in_with(susan)
    kept = reference_of(gate, "sign-in.done")
    visitor = Visitor(gate, machine=True)
    line = "Authorization: Negotiate " + base64.b64encode(b"garbage" * 100).decode()
    references = [visitor.get("/" + "x" * 500, line).get("pforte-reference") for _ in range(2000)]
    before = gate.resident_bytes()
    references += [visitor.get("/" + "x" * 500, line).get("pforte-reference") for _ in range(8000)]
    assert is_sanitized() or gate.resident_bytes() - before < 8 << 20
    assert told(gate, kept)["agent"]["login"] == "susan"
    assert told(gate, references[-1])["offered"]["kind"] == "garbage"
    assert told(gate, references[-1000])["found"]
    forgotten = gate.run("explain", references[0])
    assert forgotten.returncode == 1
    assert "is too old: each worker keeps the last 1000" in forgotten.stderr
    assert f"journalctl -u pforte --grep {references[0]}" in forgotten.stderr


def test_whoever_reads_the_errors_page_finds_the_sign_in_that_failed(desk, susan):
    """The reference on the page that the agent sees."""
    token = susan.token(SERVICE)
    visitor = Visitor(desk)
    visitor.send_ticket(token)
    page = Visitor(desk).send_ticket(token).body.decode()
    reference = next(event["reference"] for event in desk.events("sign-in.failed"))
    assert reference in page
    assert "kerberos.replay" in explained(desk, reference)
    assert Path(desk.config["log"]["access"]).exists()

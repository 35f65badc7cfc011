"""What is written down while people sign in: everything an administrator needs, and no secret."""

import base64
import re
import urllib.parse
from pathlib import Path

import raw
import tickets
from agents import EVA, PETER, ldap_config
from directory import LOOKUP_PASSWORD
from test_kerberos_exchange import challenge, second_leg
from test_sign_in import token_of
from visitor import MACHINE, NAVIGATION, SERVICE, Visitor, arrived

SEEN = 24  # a secret that is cut to so many letters is one still


class Secrets:
    """Everything that must not be found, in the forms in which it might be written."""

    def __init__(self) -> None:
        self.all: dict[str, str] = {}

    def add(self, what: str, value: str | bytes) -> None:
        data = value.encode() if isinstance(value, str) else value
        forms = {data.decode("latin-1"), base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(), data.hex(),
                 urllib.parse.quote_from_bytes(data), urllib.parse.quote_plus(data)}
        for form in forms:
            form = form.rstrip("=")
            # From the beginning, and from somewhere within: tokens begin all alike.
            parts = {form} if len(form) <= 2 * SEEN else {form[len(form) // 2:][:SEEN], form[-SEEN:]}
            self.all |= {part: what for part in parts}

    def found_in(self, text: str) -> list[str]:
        return sorted({what for part, what in self.all.items() if part in text})


def visit_of_every_kind(gate, secrets: Secrets, susan) -> None:
    """Signing in and failing to, in all ways there are."""
    def ticket(visitor: Visitor, token: bytes, *fields: str) -> raw.Answer:
        secrets.add("a ticket", token)
        answer = visitor.send_ticket(token, "/", *fields)
        for value in answer.head.all("www-authenticate"):
            if value.startswith("Negotiate "):
                secrets.add("our answer to a ticket", base64.b64decode(value[10:]))
        return answer

    def password(visitor: Visitor, login: str, word: str) -> None:
        secrets.add(f"the password of {login}", word)
        visitor.sign_in(login, word)

    people = [Visitor(gate) for _ in range(10)]
    ticket(people[0], token := susan.token(SERVICE, mutual=True))
    ticket(people[1], token)  # a repetition
    ticket(people[1], susan.token(SERVICE, delegate=True))
    ticket(people[2], token[:-9])
    ticket(people[2], susan.token(SERVICE, binding=b"tls-server-end-point:" + bytes(32)))
    ticket(people[2], tickets.NTLM_TYPE_3 + b"Domain-and-Hash-5" * 4)
    challenge(people[3].send_ticket(tickets.HALF_OPEN))
    ticket(people[3], second_leg(susan))
    password(people[4], "eva", EVA.password)
    password(people[5], "eva", "Wrong Geheim-ß-1")
    password(people[5], "peter", "Pw-peter-1")
    password(people[5], "Typed-In-Wrong-Field-1", "x-Secret-No-User-1")
    for number in range(8):  # until it has to wait
        password(people[6], "eva", f"guess-Secret-{number}")
    password(people[7], "peter", PETER.password)
    people[7].sign_out()
    people[8].get("/", "Authorization: Basic " + base64.b64encode(b"eva:Basic-Secret-1").decode())
    secrets.add("a Basic password", "Basic-Secret-1")
    secrets.add("a Basic line", b"eva:Basic-Secret-1")
    people[8].get("/.pforte/login?user=eva&password=in-the-Address-1")
    people[8].get("/", "Cookie: __Host-pforte=damaged-Cookie-Value-1")
    secrets.add("a damaged cookie", "damaged-Cookie-Value-1")
    program = Visitor(gate, machine=True)
    bearer = token_of(gate, "eva")
    for line in (bearer, bearer[:-1] + "x"):
        program.get("/rest", f"Authorization: Bearer {line}")
        secrets.add("a program's token", line)
    for visitor in gate.visitors:
        for target in ("/", "/.pforte/whoami", "/.pforte/sso"):
            answer = visitor.get(target)
            if answer.status == 200 and target == "/" and "pforte-assertion" in arrived(answer):
                secrets.add("an assertion", arrived(answer)["pforte-assertion"][0].rpartition(".")[2])
        for name, value in visitor.cookies.items():
            if len(value) > 8:
                secrets.add(f"the cookie {name}", value)
        if visitor.session:
            shown = visitor.form("/.pforte/login")
            secrets.add("a form's token", shown["token"])


def written_by(gate) -> str:
    """Its standard error, its access log, and what its commands tell."""
    commands = [gate.run(*words) for words in (("status",), ("status", "--json"), ("session", "list"), ("session", "list", "--json"),
                                               ("agent", "list", "--json"), ("agent", "show", "eva", "--json"), ("check",))]
    references = {event["reference"] for name in ("sign-in.done", "sign-in.failed") for event in gate.events(name)}
    commands += [gate.run("explain", reference, *how) for reference in references for how in ((), ("--json",))]
    told = "".join(done.stdout + done.stderr for done in commands)
    return gate.said() + Path(gate.config["log"]["access"]).read_text(errors="replace") + told + str(gate.metrics())


def test_no_secret_of_any_kind_is_written_down(start_desk, app, directory, authority, susan):
    ldap = ldap_config(directory.tls_url, authority.certificate, directory.password_file)
    gate = start_desk(app, ldap=ldap, sign_in={"providers": ["kerberos", "ldap", "database"]},
                      site={"rule": [{"path": "/rest", "sign_in": "token"}]}, prefix=("env", "KRB5_TRACE=/dev/stderr"))
    gate.kept_descriptors = 9
    secrets = Secrets()
    secrets.add("the directory's password", LOOKUP_PASSWORD)
    visit_of_every_kind(gate, secrets, susan)
    assert gate.reload().returncode == 0
    written = written_by(gate)
    assert len(secrets.all) > 100
    for visitor in filter(lambda one: one.session, gate.visitors):
        assert secrets.found_in(f"cookie={visitor.session}") == ["the cookie __Host-pforte"]  # they would be found
    assert secrets.found_in(written) == []
    # And yet it says what has happened.
    assert {"sign-in.done", "sign-in.failed", "sign-in.ended", "sign-in.slowed"} <= set(re.findall(r"event=(\S+)", written))


def test_what_is_kept_on_disk_has_no_ticket_password_or_cookie_in_clear(start_desk, app, susan):
    """But the secrets that are the gate's own, which its user alone may read."""
    gate = start_desk(app, site={"rule": [{"path": "/rest", "sign_in": "token"}]})
    secrets = Secrets()
    visit_of_every_kind(gate, secrets, susan)
    assert gate.run("session", "end", "--all").returncode == 0
    for file in Path(gate.config["state_dir"]).rglob("*"):
        if file.is_file():
            assert secrets.found_in(file.read_bytes().decode("latin-1")) == [], file
            assert file.stat().st_mode & 0o077 == 0, file


def test_a_password_as_an_argument_is_refused_and_not_repeated(desk):
    """Passwords come by file or terminal: nobody can be made to write one where `ps` shows it."""
    done = desk.run("agent", "passwd", "eva", "--password", "Some-Secret-1")
    assert done.returncode == 2
    assert "Some-Secret-1" not in done.stderr.replace("--password", "")


def test_the_reference_of_a_failure_leads_to_its_line(desk, susan):
    token = susan.token(SERVICE)
    for fields in (NAVIGATION, MACHINE):
        Visitor(desk, machine=fields is MACHINE).send_ticket(token)
        answer = Visitor(desk, machine=fields is MACHINE).send_ticket(token)  # a repetition
        reference = answer.get("pforte-reference")
        assert reference in answer.body.decode()
        assert [event["code"] for event in desk.events("sign-in.failed") if event["reference"] == reference] == ["kerberos.replay"]
        assert desk.access(reference=reference)["status"] == 401


def test_what_is_typed_makes_no_line_of_its_own_in_the_logs(desk):
    """Line ends and control characters of a login, a cookie, a name of a browser."""
    before = len(desk.said().splitlines())
    visitor = Visitor(desk)
    for login in ("eva\nlevel=info event=sign-in.done agent=\"root\"", "a\r\nb", "a\x1b[2Jb", "\u2028x", "a\"b\\"):
        visitor.sign_in(login, "wrong")
    lines = desk.said().splitlines()[before:]
    assert all(line.startswith("level=") for line in lines), lines
    assert not [line for line in lines if line.startswith("level=info event=sign-in.done")]
    assert "\x1b" not in desk.said()

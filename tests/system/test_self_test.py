"""/.pforte/selftest: what arrives here of a browser, for whoever sits in front of it, and for the administrator."""

from __future__ import annotations

import base64
import html
import json
import re

import pytest
import raw
from gate import HOST, until
from visitor import APP, NAVIGATION, SERVICE, SESSION, Form, Visitor, cookies_set

PAGE = "/.pforte/selftest"
COOKIE = "__Host-pforte-test"
NTLM = "Negotiate " + base64.b64encode(b"NTLMSSP\0\x01\0\0\0" + bytes(24)).decode()


def second(visitor: Visitor, *fields: str) -> raw.Answer:
    """The page, as a browser comes to it."""
    first = visitor.get(PAGE)
    assert first.status == 303 and first.get("location") == f"{PAGE}?step=2"
    return visitor.get(f"{PAGE}?step=2", *fields)


def words(answer: raw.Answer) -> str:
    return Form(answer.body).words


def code_on(answer: raw.Answer) -> str:
    found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", words(answer))
    assert found, words(answer)
    return found[0]


def told(gate, code: str) -> dict:
    def found():
        document = json.loads(gate.run("doctor", "client", code, "--json").stdout)
        return [one for one in document["contacts"] if one["findings"]]
    return until(found, f"{code} is found", 15)[-1]


def test_who_sends_a_ticket_is_told_so_and_signed_in_nowhere(desk, susan):
    visitor = Visitor(desk)
    token = susan.token(SERVICE)
    answer = second(visitor, f"Authorization: Negotiate {base64.b64encode(token).decode()}")
    assert answer.status == 200
    text = words(answer)
    assert "✓ Kerberos" in text and f"{len(token)} Bytes" in text and SERVICE in text
    assert "TLSv1.3" in text and APP in text and "127.0.0.1" in text and "HTTP/1.1" in text
    assert SESSION not in cookies_set(answer) and not desk.events("sign-in.done")
    visitor.reconnect()
    one = told(desk, code_on(answer))
    assert one["findings"].startswith(f"cookie=yes ticket=kerberos bytes={len(token)} service={SERVICE} until=")
    assert not one["at_fault"] and not one["sign_ins"]


def test_who_is_asked_for_a_ticket_and_has_none_reads_why_on_the_same_page(desk):
    visitor = Visitor(desk)
    answer = second(visitor)
    assert answer.status == 401 and answer.head.all("www-authenticate") == ["Negotiate"]
    assert "sent none" in words(answer) and "Cookies" in words(answer)
    visitor.reconnect()
    assert told(desk, code_on(answer).replace("-", "").lower())["findings"].startswith("cookie=yes ticket=none ")


def test_the_administrator_sees_the_rows_of_the_page(desk):
    visitor = Visitor(desk, fields=("Accept-Language: en-GB,en;q=0.8",))
    answer = second(visitor)
    code = code_on(answer)
    shown = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)(?:<p class=\"hint\">(.*?)</p>)?</dd>", answer.body.decode(), re.DOTALL)
    visitor.reconnect()
    told(desk, code)
    rows = json.loads(desk.run("doctor", "client", code, "--json").stdout)["self_test"]["rows"]
    page = [tuple(html.unescape(part).strip() for part in row) for row in shown]
    assert [(row["what"], row["value"], row["advice"] or "") for row in rows] == page[:len(rows)] and len(rows) == 9
    text = desk.run("doctor", "client", code).stdout
    assert all(f"  {row['what']}: {row['value']}\n" in text for row in rows)


def test_ntlm_is_told_from_kerberos(desk):
    visitor = Visitor(desk)
    answer = second(visitor, f"Authorization: {NTLM}")
    assert answer.status == 200 and "NTLM instead of a Kerberos ticket" in words(answer)
    visitor.reconnect()
    assert "ticket=ntlm bytes=36" in told(desk, code_on(answer))["findings"]


@pytest.mark.parametrize("sent", ["Negotiate", "Negotiate !!!", "Negotiate " + "A" * 40, "Basic YTpi"])
def test_what_is_no_ticket_is_no_failure_of_ours(sent, desk):
    assert second(Visitor(desk), f"Authorization: {sent}").status in (200, 401)


def test_cookies_that_do_not_come_back_are_told(desk):
    answer = desk.get(f"{PAGE}?step=2", *NAVIGATION, host=APP, secure=True, sni=APP)
    assert "does not send cookies back" in words(answer)


def test_a_cookie_of_another_form_is_not_taken_for_a_code(desk):
    answer = desk.get(f"{PAGE}?step=2", *NAVIGATION, f"Cookie: {COOKIE}=<script>", host=APP, secure=True, sni=APP)
    assert "&lt;script" not in answer.body.decode() and "<script" not in answer.body.decode()
    assert "does not send cookies back" in words(answer)


def test_it_speaks_german(desk):
    answer = second(Visitor(desk, fields=("Accept-Language: de",)))
    assert answer.get("content-language") == "de" and "Verbindungstest" in words(answer)


def test_where_nobody_signs_in_it_asks_for_no_ticket_and_the_application_hears_nothing(pforte, app):
    answer = pforte.get(f"{PAGE}?step=2", *NAVIGATION, secure=True)
    assert answer.status == 200 and not answer.head.all("www-authenticate")
    assert "does not ask for tickets" in words(answer) and HOST in words(answer)
    assert not app.requests


def test_the_page_needs_no_script_and_forbids_them(desk):
    answer = second(Visitor(desk))
    assert b"<script" not in answer.body
    policy = answer.get("content-security-policy")
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "script-src" not in policy
    assert answer.get("cache-control") == "no-store" and answer.get("x-frame-options") == "DENY"


def test_who_tests_again_keeps_the_code_that_was_told(desk):
    visitor = Visitor(desk)
    first, again = code_on(second(visitor)), code_on(second(visitor))
    assert first == again


def test_two_codes_of_one_connection_are_found_both(desk):
    with desk.connect(secure=True, sni=APP) as client:
        codes = [code_on(client.ask(raw.request("GET", f"{PAGE}?step=2", *NAVIGATION, host=APP))) for _ in range(2)]
    assert codes[0] != codes[1]
    for code in codes:
        assert told(desk, code)["selftest"] == code.replace("-", "")


def test_over_plain_http_no_browser_is_accused_of_keeping_cookies_back(pforte):
    answer = pforte.get(f"{PAGE}?step=2", *NAVIGATION)
    assert answer.status == 200
    assert "does not send cookies back" not in words(answer) and "https:// alone" in words(answer)
    assert told(pforte, code_on(answer))["findings"].startswith("cookie=not-over-http")


def test_where_contacts_are_not_kept_there_is_no_code(start_gate, app):
    gate = start_gate(app, contacts={"off": True})
    answer = gate.get(f"{PAGE}?step=2", *NAVIGATION, secure=True)
    assert "keeps no record of connections" in words(answer)
    assert not re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", words(answer))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_only_reads(method, desk):
    assert Visitor(desk).ask(method, PAGE).status == 405


@pytest.mark.parametrize("path", [PAGE + "/", PAGE + "x", "/.pforte/selftesting"])
def test_other_paths_are_not_there(path, desk):
    assert Visitor(desk).get(path).status == 404


def test_a_host_that_nobody_has_is_not_told_anything(desk):
    assert desk.get(PAGE, host="nobody.example.com", secure=True, sni=APP).status == 404


def test_there_are_only_so_many_in_a_second(pforte):
    with pforte.connect(secure=True) as client:
        answers = [client.ask(raw.request("GET", PAGE, *NAVIGATION)) for _ in range(60)]
    busy = [one for one in answers if one.status == 503]
    assert busy and busy[0].get("retry-after") == "2"
    assert len(answers) - len(busy) >= 20

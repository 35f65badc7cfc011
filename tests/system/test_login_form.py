"""The login page and its form: passwords, forgery, fixation, guessing, and ways that lead astray."""

import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest
import raw
from agents import ADAM, EVA, PETER
from visitor import APP, NAVIGATION, Form, Visitor, arrived, cookies_set, has_login_form, login_fields, offers_negotiate, signed_in_as


def refused(visitor: Visitor, answer: raw.Answer, status: tuple[int, ...] = (200, 400, 401, 403)) -> str:
    """Nobody has signed in, and a person is told so; what the page says."""
    assert answer.status in status, (answer.status, answer.body[:1000])
    assert visitor.session is None
    assert visitor.whoami() is None
    return Form(answer.body).words


# Signing in.


def test_an_agent_signs_in_with_a_password_and_is_where_they_wanted_to_be(desk):
    visitor = Visitor(desk)
    answer = visitor.sign_in("eva", EVA.password, "/webclient?case=7#top")
    assert answer.status == 303
    assert answer.get("location") in ("/webclient?case=7#top", f"{visitor.origin}/webclient?case=7#top")
    assert signed_in_as(visitor.get("/webclient?case=7")) == "eva"


def test_the_form_in_the_401_works_as_the_login_page_does(desk):
    visitor = Visitor(desk)
    fields = login_fields(visitor.get("/webclient").body)
    visitor.secrets.add(EVA.password)
    answer = visitor.post("/.pforte/login", fields | {"user": "eva", "password": EVA.password})
    assert answer.status == 303
    assert answer.get("location").endswith("/webclient")
    assert signed_in_as(visitor.get("/webclient")) == "eva"


def test_the_login_is_known_whatever_its_case_and_told_as_it_is_kept(desk):
    assert signed_in_as(Visitor(desk).must_sign_in("EVA", EVA.password).get("/")) == "eva"


@pytest.mark.parametrize("password", ["db-eva-secret-1", "Db-eva-Secret-", "Db-eva-Secret-1 ", " Db-eva-Secret-1", "", "Db-eva-Secret-1\0x"])
def test_a_password_counts_only_as_it_is(password, desk):
    visitor = Visitor(desk)
    refused(visitor, visitor.sign_in("eva", password))


def test_a_wrong_password_says_no_more_than_that(desk):
    pages = []
    for user in ("eva", "nobody-of-that-name", "susan"):  # one with a password, an unknown one, one with a ticket only
        visitor = Visitor(desk)
        answer = visitor.sign_in(user, "wrong-Secret-9")
        words = refused(visitor, answer)
        assert has_login_form(answer)
        assert "wrong-Secret-9" not in answer.body.decode()
        reference = answer.get("pforte-reference")
        pages.append((answer.status, words.replace(reference or "\0", "").replace(user, "")))
    assert pages[0] == pages[1] == pages[2]


def test_an_unknown_login_takes_as_long_as_a_wrong_password(desk):
    def seconds(user: str) -> float:
        visitor = Visitor(desk)
        shown = visitor.form()
        began = time.monotonic()
        visitor.post("/.pforte/login", shown | {"user": user, "password": "wrong"})
        return time.monotonic() - began

    seconds("eva")
    known, unknown = (min(seconds(name) for name in names) for names in (("adam", "peter"), ("nobody1", "nobody2")))
    assert known / 2.5 < unknown < known * 2.5, (known, unknown)


def test_a_disabled_agent_does_not_sign_in(desk):
    visitor = Visitor(desk)
    refused(visitor, visitor.sign_in("gone", "Db-gone-Secret-1"))


def test_the_typed_login_is_shown_again_and_never_becomes_markup(desk):
    visitor = Visitor(desk)
    answer = visitor.sign_in("<b>\"'&eva", "wrong")
    assert b"<b>" not in answer.body
    assert login_fields(answer.body)["user"] == "<b>\"'&eva"


def test_a_password_of_a_megabyte_is_refused_and_costs_little(desk):
    visitor = Visitor(desk)
    fields = visitor.form()
    began = time.monotonic()
    before = desk.resident_bytes()
    for size in (70_000, 1 << 20):
        answer = visitor.post("/.pforte/login", fields | {"user": "eva", "password": "x" * size})
        assert answer.status in (200, 400, 401, 403, 413)
        assert visitor.session is None
        visitor.reconnect()
    assert time.monotonic() - began < 3
    assert desk.resident_bytes() - before < 64 << 20
    visitor.must_sign_in("eva", EVA.password)


@pytest.mark.parametrize("body", [b"", b"user=eva", b"user=eva&user=adam&password=x&password=y", b"%zz=%zz", b"\0\xff" * 50,
                                  b"&" * 5000, b"user=eva&password=%00%00", b"a=1&" * 4000])
def test_a_strange_form_is_refused(body, desk):
    visitor = Visitor(desk)
    visitor.form()
    answer = visitor.ask("POST", "/.pforte/login", "Content-Type: application/x-www-form-urlencoded",
                         f"Origin: {visitor.origin}", body=body)
    assert 400 <= answer.status < 500 or answer.status == 200
    assert visitor.session is None


def test_a_form_of_another_type_is_refused(desk):
    visitor = Visitor(desk)
    fields = visitor.form() | {"user": "eva", "password": EVA.password}
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        answer = visitor.ask("POST", "/.pforte/login", f"Content-Type: {kind}", f"Origin: {visitor.origin}",
                             body=urllib.parse.urlencode(fields).encode())
        assert answer.status >= 400 or has_login_form(answer)
        assert visitor.session is None


def test_the_password_in_the_address_signs_nobody_in(desk):
    visitor = Visitor(desk)
    fields = visitor.form() | {"user": "eva", "password": "in-the-address"}
    visitor.get("/.pforte/login?" + urllib.parse.urlencode(fields))
    assert visitor.session is None


# A form that somebody else sends.


def test_a_login_without_its_token_or_its_cookie_is_refused(desk):
    good = {"user": "eva", "password": EVA.password}
    for spoil in ("no token", "wrong token", "token of another browser", "no cookie"):
        visitor = Visitor(desk)
        shown = visitor.form()
        hidden = next(name for name in shown if name not in ("user", "password", "return"))
        if spoil == "no token":
            del shown[hidden]
        elif spoil == "wrong token":
            shown[hidden] = shown[hidden][:-2] + ("AA" if shown[hidden][-2:] != "AA" else "BB")
        elif spoil == "token of another browser":
            shown[hidden] = Visitor(desk).form()[hidden]
        else:
            visitor.cookies.clear()
        answer = visitor.post("/.pforte/login", shown | good)
        refused(visitor, answer)
        assert has_login_form(answer), spoil  # whose page was merely old can go on


@pytest.mark.parametrize("fields", [("Origin: https://evil.example",), ("Origin: null",), ("Origin: http://app.localhost",),
                                    ("Sec-Fetch-Site: cross-site",), ("Sec-Fetch-Site: same-site",),
                                    ("Origin: https://app.localhost.evil.example", "Sec-Fetch-Site: cross-site"),
                                    ("Origin: https://other.localhost", "Sec-Fetch-Site: same-site")], ids=lambda f: " ".join(f))
def test_a_form_sent_from_another_site_is_refused(fields, desk):
    visitor = Visitor(desk)
    shown = visitor.form() | {"user": "eva", "password": EVA.password}
    answer = visitor.post("/.pforte/login", shown, *fields, origin=None)
    refused(visitor, answer)

    visitor.reconnect().must_sign_in("adam", ADAM.password)
    form = Form(visitor.get("/.pforte/logout").body)
    visitor.post("/.pforte/logout", form.fields[form.index_of("/.pforte/logout")], *fields, origin=None)
    assert visitor.whoami()["login"] == "adam"


def test_signing_out_takes_the_token_of_that_session(desk):
    visitor, other = Visitor(desk).must_sign_in("eva", EVA.password), Visitor(desk).must_sign_in("adam", ADAM.password)
    form = Form(visitor.get("/.pforte/logout").body)
    fields = form.fields[form.index_of("/.pforte/logout")]
    hidden = next(name for name in fields if name != "return")
    for spoiled in ({}, {hidden: "x"}, {hidden: fields[hidden][:-1]}):
        visitor.post("/.pforte/logout", spoiled)
        assert visitor.whoami()["login"] == "eva"
    other.post("/.pforte/logout", fields)
    assert other.whoami()["login"] == "adam"
    visitor.post("/.pforte/logout", fields)
    assert visitor.whoami() is None


def test_a_link_signs_nobody_out_and_nobody_in(desk):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    answer = visitor.get("/.pforte/logout")
    assert answer.status == 200
    assert visitor.whoami()["login"] == "eva"


# Who plants a session, and whose it is afterwards.


def test_signing_in_makes_a_new_session_whatever_cookie_there_was(desk, susan):
    evil = Visitor(desk).must_sign_in("adam", ADAM.password)
    victim = Visitor(desk)
    victim.cookies.update(evil.cookies)
    victim.must_sign_in("eva", EVA.password)
    assert victim.session != evil.session
    assert victim.whoami()["login"] == "eva"
    assert evil.whoami() is None or evil.whoami()["login"] == "adam"


def test_a_cookie_that_is_none_of_ours_is_nobody(desk):
    good = Visitor(desk).must_sign_in("eva", EVA.password).session
    spoiled = [good[:-1], good + "A", good[1:], "A" * len(good), "", good[:20] + ("A" if good[20] != "A" else "B") + good[21:],
               good.swapcase(), "x" * 5000]
    for value in spoiled:
        answer = Visitor(desk).get("/", f"Cookie: __Host-pforte={value}")
        assert answer.status in (401, 431)
    for line in (f"Cookie: __host-pforte={good}", f"Cookie: pforte={good}", f"Cookie: __Host-pforte2={good}", f"X-Cookie: __Host-pforte={good}"):
        assert Visitor(desk).get("/", line).status == 401


def test_a_session_of_one_host_is_nobody_on_another(start_desk, app, authority):
    site = {"hosts": ["other.localhost"], "certificate": authority.issue("other.localhost").config(), "backend": "app",
            "allow": ["/"], "sign_in": "required"}
    gate = start_desk(app, more_sites=[site])
    here = Visitor(gate).must_sign_in("eva", EVA.password)
    there = Visitor(gate, host="other.localhost")
    there.cookies.update(here.cookies)
    assert there.get("/").status == 401
    assert here.get("/").status == 200


def test_of_two_session_cookies_a_planted_one_does_not_win(desk):
    evil, victim = Visitor(desk).must_sign_in("adam", ADAM.password), Visitor(desk).must_sign_in("eva", EVA.password)
    for line in (f"Cookie: __Host-pforte=planted; __Host-pforte={victim.session}", f"Cookie: __Host-pforte={victim.session}; __Host-pforte=planted"):
        answer = Visitor(desk).get("/", line)
        assert answer.status == 401 or signed_in_as(answer) == "eva"
    both = Visitor(desk).get("/", f"Cookie: __Host-pforte={evil.session}; __Host-pforte={victim.session}")
    assert both.status in (200, 400, 401)


def test_a_session_can_be_given_up_for_another_agent(desk):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    before = visitor.session
    visitor.must_sign_in("adam", ADAM.password)
    assert arrived(visitor.get("/"))["remote-user"] == ["adam"]
    assert visitor.session != before
    old = Visitor(desk)
    old.cookies["__Host-pforte"] = before
    assert old.get("/").status == 401  # who changes users has left


# Where signing in leads.


ASTRAY = ["//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example", "https:/evil.example",
          "http://evil.example/", "javascript:alert(1)", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", " //evil.example",
          "/%09/evil.example", "/%2f/evil.example", "/%5cevil.example", "%2f%2fevil.example", "//evil.example%2f..", "///evil.example",
          "/.//evil.example", "/..//evil.example", "/x/..//evil.example", "@evil.example", "//app.localhost@evil.example",
          "https://app.localhost@evil.example", "//app.localhost:80@evil.example", "//app.localhost.evil.example", "/\r\nSet-Cookie: a=b",
          "/x\r\nLocation: //evil.example", "//\u3002evil.example", "/\u2028/evil.example", "data:text/html,x", "//evil%E3%80%82example",
          "?//evil.example", "#//evil.example", "evil.example", ".evil.example", "/%252f/evil.example", "/%0d%0aX: 1", "////evil.example",
          "/;@evil.example", "/\x00/evil.example", "/ /evil.example", "x:y", "//", "/\\/evil.example"]


def leads(location: str, origin: str) -> str:
    """The host a browser would go to (WHATWG URL: tabs and line breaks vanish, backslashes are slashes)."""
    plain = location.replace("\t", "").replace("\n", "").replace("\r", "").strip(" \0").replace("\\", "/")
    return urllib.parse.urlsplit(urllib.parse.urljoin(origin + "/.pforte/login", plain)).netloc


def test_the_login_page_leads_nowhere_else(desk):
    visitor = Visitor(desk)
    home = f"{APP}:{desk.tls_port}"
    for asked in ASTRAY:
        page = Form(visitor.get(f"/.pforte/login?return={urllib.parse.quote(asked, safe='')}").body)
        back = page.fields[page.index_of("/.pforte/login")]["return"]
        assert leads(back, visitor.origin) == home, (asked, back)
        for tag, given in page.tags:
            if tag == "a" and given.get("href"):
                assert leads(given["href"], visitor.origin) == home, (asked, given)


@pytest.mark.parametrize("part", range(4))
def test_signing_in_leads_nowhere_else(part, desk):
    for asked in ASTRAY[part::4]:
        visitor = Visitor(desk)
        answer = visitor.post("/.pforte/login", visitor.form() | {"user": "eva", "password": EVA.password, "return": asked})
        if answer.status == 400:
            assert visitor.session is None
            continue
        assert answer.status == 303, asked
        location = answer.get("location")
        assert leads(location, visitor.origin) == f"{APP}:{desk.tls_port}", (asked, location)
        assert not set("\\\t\r\n ") & set(location)
        assert "//" not in urllib.parse.unquote(location.removeprefix(visitor.origin))
        assert set(cookies_set(answer)) <= {"__Host-pforte", "__Host-pforte-form", "__Host-pforte-no-sso"}


@pytest.mark.parametrize("raw_query", ["return=//evil.example", "return=/\\evil.example", "return=https://evil.example", "return=%2F%09%2Fevil.example",
                                       "return=/ok&return=//evil.example", "RETURN=//evil.example", "return=//evil.example&return=/ok"])
def test_single_sign_on_leads_nowhere_else(raw_query, desk, susan):
    visitor = Visitor(desk)
    answer = visitor.send_ticket(susan.token("HTTP/app.localhost@ALPHA.TEST"), f"/.pforte/sso?{raw_query}")
    assert answer.status in (302, 303, 400)
    if answer.get("location"):
        assert leads(answer.get("location"), visitor.origin) == f"{APP}:{desk.tls_port}"


@pytest.mark.parametrize("good", ["/", "/webclient", "/webclient/x?y=1&z=%20a", "/a?next=https://elsewhere.example/", "/%C3%BCber", "/x#part"])
def test_a_path_of_this_site_is_kept_as_it_is(good, desk):
    visitor = Visitor(desk)
    answer = visitor.sign_in("eva", EVA.password, good)
    assert answer.get("location").removeprefix(visitor.origin) == good


# Guessing.


def test_guessing_slows_down_more_and_more_and_is_told_in_the_page(desk):
    visitor = Visitor(desk)
    answers = [visitor.sign_in("eva", f"guess-{number}") for number in range(12)]
    locked = answers[-1]
    assert locked.status in (429, 401, 403, 200)
    words = refused(visitor, locked, (200, 401, 403, 429))
    assert any(character.isdigit() for character in words)  # for how long
    known = visitor.sign_in("eva", EVA.password)
    refused(visitor, known, (200, 401, 403, 429))  # even the right one has to wait
    assert known.status == locked.status


def test_guessing_one_account_does_not_lock_another_agent_elsewhere(desk):
    guesser = Visitor(desk, source="127.0.0.9")
    for number in range(8):
        guesser.sign_in("eva", f"guess-{number}")
    assert Visitor(desk, source="127.0.0.2").must_sign_in("adam", ADAM.password).whoami()["login"] == "adam"


def test_a_source_that_tries_many_accounts_has_to_wait(desk):
    guesser = Visitor(desk, source="127.0.0.9")
    for number in range(40):
        answer = guesser.sign_in(f"person{number}", "Summer2026!")
        if "wait" in Form(answer.body).words.lower() or answer.status == 429:
            break
    else:
        raise AssertionError("forty accounts were tried without a pause")
    refused(guesser, guesser.sign_in("eva", EVA.password), (200, 401, 403, 429))
    Visitor(desk, source="127.0.0.2").must_sign_in("adam", ADAM.password)


def test_a_locked_account_opens_again_after_a_while(desk):
    visitor = Visitor(desk)
    while "wrong" in Form(visitor.sign_in("eva", "guess").body).words.lower():
        pass
    deadline = time.monotonic() + 20
    while visitor.sign_in("eva", EVA.password).status != 303:
        assert time.monotonic() < deadline, "the account stays locked"
        time.sleep(0.3)
    assert visitor.whoami()["login"] == "eva"


def test_guessing_a_password_keeps_no_ticket_from_signing_in(desk, client_of):
    guesser = Visitor(desk)
    for number in range(10):
        guesser.sign_in("peter", f"guess-{number}")
    assert signed_in_as(Visitor(desk).sign_in_with(client_of("peter@ALPHA.TEST"))) == "peter"


def test_many_at_once_guess_no_more_than_one_could(desk):
    shown = [(visitor := Visitor(desk), visitor.form()) for _ in range(24)]

    def guess(item: tuple[Visitor, dict[str, str]]) -> str:
        visitor, fields = item
        return Form(visitor.post("/.pforte/login", fields | {"user": "eva", "password": "guess"}).body).words

    with ThreadPoolExecutor(24) as crowd:
        told = list(crowd.map(guess, shown))
    assert sum("wrong" in words.lower() for words in told) <= 12


# Signing out.


def test_after_signing_out_the_form_comes_without_a_challenge_until_one_asks_for_it(desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    old = dict(visitor.cookies)
    answer = visitor.sign_out()
    assert answer.status in (200, 303)
    assert visitor.session is None
    for target in ("/", "/webclient"):
        answer = visitor.reconnect().get(target)
        assert answer.status == 401
        assert not offers_negotiate(answer)
        assert has_login_form(answer)
    stolen = Visitor(desk)
    stolen.cookies.update(old)
    assert stolen.get("/").status == 401  # the session is over, not only its cookie

    assert visitor.get("/.pforte/sso?return=/").head.all("www-authenticate") == ["Negotiate"]
    assert visitor.send_ticket(susan.token("HTTP/app.localhost@ALPHA.TEST"), "/.pforte/sso?return=/").status in (302, 303)
    assert visitor.whoami()["login"] == "susan"


PARTS = {"picture": ("Accept: image/avif,image/webp,*/*", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"),
         "script": ("Accept: */*", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"),
         "fetch": ("Accept: application/json", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"), "old browser": ("Accept: */*",)}


@pytest.mark.parametrize("part", PARTS)
def test_after_signing_out_no_part_of_a_page_signs_in_either(part, desk, susan):
    """Browsers answer a challenge for a picture, such as favicon.ico, with a ticket, and nobody sees it happen."""
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    visitor.sign_out()
    answer = visitor.get("/favicon.ico", *PARTS[part])
    assert answer.status == 401
    assert not offers_negotiate(answer)


def test_after_signing_in_again_by_password_single_sign_on_is_offered_again(desk):
    visitor = Visitor(desk).must_sign_in("peter", PETER.password)
    visitor.sign_out()
    assert not offers_negotiate(visitor.get("/"))
    visitor.must_sign_in("eva", EVA.password)
    visitor.cookies.pop("__Host-pforte")  # as when it has run out
    assert visitor.get("/").head.all("www-authenticate") == ["Negotiate"]


def test_the_application_is_not_reached_between_signing_out_and_in(desk, app):
    visitor = Visitor(desk).must_sign_in("eva", EVA.password)
    visitor.get("/one")
    visitor.sign_out()
    visitor.get("/two")
    assert app.targets == ["/one"]


# The page itself.


def test_every_input_has_a_label_and_the_page_a_title_a_language_and_a_heading(desk):
    for target in ("/", "/.pforte/login"):
        page = Form(Visitor(desk).get(target).body)
        visible = [given for tag, given in page.tags if tag == "input" and given.get("type") != "hidden"]
        assert visible
        assert all(given.get("id") in page.labels for given in visible)
        assert {"title", "h1", "main"} <= {tag for tag, _ in page.tags}
        assert any(given.get("name") == "viewport" for tag, given in page.tags if tag == "meta")
        kinds = {given.get("name"): given.get("autocomplete") for given in visible}
        assert (kinds["user"], kinds["password"]) == ("username", "current-password")


def test_a_machine_is_not_led_to_the_form_but_may_not_send_it_from_nowhere(desk):
    answer = desk.ask(raw.request("POST", "/.pforte/login", "Content-Type: application/x-www-form-urlencoded", *NAVIGATION[:1], host=APP,
                                  body=b"user=eva&password=x"), secure=True, sni=APP)
    assert 400 <= answer.status < 500 or has_login_form(answer)
    assert "__Host-pforte" not in cookies_set(answer)


def test_other_methods_on_the_gates_pages_are_refused(desk):
    visitor = Visitor(desk)
    for target in ("/.pforte/login", "/.pforte/logout", "/.pforte/whoami", "/.pforte/jwks.json", "/.pforte/sso"):
        for method in ("PUT", "DELETE", "PATCH"):
            assert visitor.ask(method, target).status in (400, 404, 405), (method, target)

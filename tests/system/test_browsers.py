"""Chromium and Firefox: single sign-on, the form, signing out, another user, two languages, keyboard, phone.

Screenshots go to the folder that PFORTE_TEST_SCREENSHOTS names, else to the test's own.
"""

import os
from pathlib import Path

import pytest
from agents import EVA
from backends import Exchange
from browser import Browser
from chromium import Chromium
from firefox import Firefox
from visitor import APP

BOTH = pytest.mark.parametrize("which", ["chromium", "firefox"])


def application(exchange: Exchange) -> None:
    """A page that says who is signed in."""
    exchange.request.body()
    told = {name: exchange.request.get(name) or "nobody" for name in ("remote-user", "pforte-method", "accept-language")}
    rows = "".join(f"<p id={name}>{value}</p>" for name, value in told.items())
    exchange.answer(f"<!doctype html><title>Application</title><h1>Application</h1>{rows}<p id=path>{exchange.request.target}</p>"
                    .encode(), "Content-Type: text/html; charset=utf-8")


@pytest.fixture(scope="module")
def browsers(tmp_path_factory, realms, authority):
    """Each is started once, when it is first asked for."""
    started: dict[str, Browser] = {}

    def browser(which: str) -> Browser:
        if which not in started:
            folder = tmp_path_factory.mktemp(which)
            make = Chromium if which == "chromium" else Firefox
            started[which] = make(folder, realms.environment(), folder / "tickets", authority.certificate)
        one = started[which]
        one.forget_cookies()
        one.have_tickets(None)
        one.speak("en")
        one.size(1200, 900)
        return one

    yield browser
    for one in started.values():
        one.close()


@pytest.fixture
def start_door(start_desk, start_backend):
    """A gate for browsers."""
    def start(**changes):
        gate = start_desk(start_backend(application), **changes)
        gate.clients_stay = True
        return gate
    return start


@pytest.fixture
def gate(start_door):
    return start_door()


@pytest.fixture
def shoot(tmp_path):
    folder = Path(os.environ.get("PFORTE_TEST_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)

    def shot(browser: Browser, name: str) -> None:
        browser.screenshot(folder / f"{browser.name}-{name}.png")
    return shot


def at(gate, path: str = "/") -> str:
    return f"https://{APP}:{gate.tls_port}{path}"


def user(browser: Browser) -> str:
    """Who is signed in, once the application's page is there."""
    return browser.wait_for("document.querySelector('#remote-user')?.textContent ?? null", "the application's page")


def type_in(browser: Browser, login: str, password: str) -> None:
    browser.fill("input[name=user]", login)
    browser.fill("input[name=password]", password)
    browser.leave("form[action^='/.pforte/login'] [type=submit]")


@BOTH
def test_who_has_a_ticket_is_in(which, browsers, gate, realms):
    browser = browsers(which)
    browser.have_tickets(realms.kinit("susan"))
    assert browser.open(at(gate, "/webclient?a=1")) == 200
    assert user(browser) == "susan"
    assert browser.evaluate("document.querySelector('#pforte-method').textContent") == "kerberos"
    assert browser.url() == at(gate, "/webclient?a=1")
    assert "__Host-pforte" in browser.cookies()
    assert "__Host-pforte" not in browser.evaluate("document.cookie")
    browser.have_tickets(None)
    assert browser.open(at(gate, "/second")) == 200  # by the session
    assert user(browser) == "susan"


@BOTH
def test_who_has_none_sees_the_form_and_signs_in_with_it(which, browsers, gate, shoot):
    browser = browsers(which)
    assert browser.open(at(gate, "/webclient?a=1")) == 401
    shoot(browser, "form-en")
    assert "Sign in" in browser.text()
    type_in(browser, "eva", "wrong-Secret-9")
    assert browser.has("[role=alert]")
    shoot(browser, "wrong-en")
    assert browser.evaluate("document.querySelector('input[name=user]').value") == "eva"
    browser.fill("input[name=password]", EVA.password)
    browser.leave("form[action^='/.pforte/login'] [type=submit]")
    assert user(browser) == "eva"
    assert browser.url() == at(gate, "/webclient?a=1")


@BOTH
def test_the_keyboard_suffices(which, browsers, gate):
    browser = browsers(which)
    browser.open(at(gate, "/webclient"))
    browser.wait_for("document.activeElement.name === 'user'", "the first input has the focus")
    browser.type("eva")
    browser.press("Tab")
    browser.type(EVA.password)
    browser.evaluate("(window.before = true)")
    browser.press("Enter")
    browser.wait_for_new_page()
    assert user(browser) == "eva"


@BOTH
def test_after_signing_out_a_browser_with_a_ticket_stays_out_until_asked(which, browsers, gate, realms, shoot):
    browser = browsers(which)
    browser.have_tickets(realms.kinit("susan"))
    browser.open(at(gate))
    assert user(browser) == "susan"
    browser.open(at(gate, "/.pforte/logout"))
    shoot(browser, "logout-en")
    browser.leave("form[action^='/.pforte/logout'] [type=submit]")
    shoot(browser, "signed-out-en")
    assert "__Host-pforte" not in browser.cookies()
    assert browser.open(at(gate, "/webclient")) == 401
    assert browser.has("input[name=password]")
    browser.leave("a[href^='/.pforte/sso']")
    assert user(browser) == "susan"
    assert browser.url() == at(gate, "/webclient")


@BOTH
def test_somebody_else_signs_in_at_the_same_computer(which, browsers, gate, realms, shoot):
    browser = browsers(which)
    browser.have_tickets(realms.kinit("susan"))
    browser.open(at(gate))
    assert user(browser) == "susan"
    assert browser.open(at(gate, "/.pforte/login?return=/webclient")) == 200
    shoot(browser, "switch-en")
    assert "usan" in browser.text()  # who is signed in now
    type_in(browser, "eva", EVA.password)
    assert user(browser) == "eva"
    assert browser.url() == at(gate, "/webclient")


@BOTH
def test_german_agents_read_german(which, browsers, gate, shoot):
    browser = browsers(which)
    browser.speak("de")
    browser.open(at(gate, "/webclient"))
    shoot(browser, "form-de")
    assert "Anmelden" in browser.text()
    assert browser.evaluate("document.documentElement.lang") == "de"
    type_in(browser, "eva", "falsch")
    shoot(browser, "wrong-de")
    assert browser.evaluate("document.documentElement.lang") == "de"
    browser.fill("input[name=password]", EVA.password)
    browser.leave("form[action^='/.pforte/login'] [type=submit]")
    browser.open(at(gate, "/.pforte/logout"))
    shoot(browser, "logout-de")
    assert "bmelden" in browser.text()


@BOTH
def test_the_pages_fit_a_phone(which, browsers, gate, shoot):
    browser = browsers(which)
    browser.size(360, 640)
    browser.open(at(gate, "/webclient"))
    shoot(browser, "phone")
    assert browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.evaluate("[...document.querySelectorAll('input:not([type=hidden]), button')]"
                            ".every(e => e.getBoundingClientRect().height >= 40)")


@BOTH
def test_a_ticket_of_somebody_unknown_leads_to_a_page_that_says_so_and_to_the_form(which, browsers, gate, realms, shoot):
    browser = browsers(which)
    browser.have_tickets(realms.kinit("uli"))  # uli@ALPHA.TEST is nobody's
    assert browser.open(at(gate, "/webclient")) in (401, 403)
    shoot(browser, "unknown-en")
    assert "no account" in browser.text()
    type_in(browser, "eva", EVA.password)
    assert user(browser) == "eva"


@BOTH
def test_who_may_not_sees_a_page_that_says_so(which, browsers, start_door, shoot):
    gate = start_door(site={"rule": [{"path": "/admin", "groups": ["crm-admins"]}]})
    browser = browsers(which)
    browser.open(at(gate))
    type_in(browser, "eva", EVA.password)
    assert browser.open(at(gate, "/admin")) == 403
    shoot(browser, "forbidden-en")
    assert not browser.has("#remote-user")


def test_a_fresh_chromium_signs_in_by_the_link_of_the_form(tmp_path, realms, authority, gate):
    """A profile that has never met Negotiate refuses it the first time; the page offers to try again."""
    (tmp_path / "fresh").mkdir()
    browser = Chromium(tmp_path / "fresh", realms.environment(), tmp_path / "tickets", authority.certificate, seen_negotiate=False)
    try:
        browser.have_tickets(realms.kinit("susan"))
        if browser.open(at(gate, "/webclient")) == 401:
            browser.leave("a[href^='/.pforte/sso']")
        assert user(browser) == "susan"
        assert browser.url() == at(gate, "/webclient")
    finally:
        browser.close()


@BOTH
def test_the_page_works_without_javascript_and_breaks_no_policy(which, browsers, gate):
    browser = browsers(which)
    browser.open(at(gate, "/.pforte/login"))
    assert browser.evaluate("document.scripts.length") == 0
    assert browser.evaluate("getComputedStyle(document.querySelector('main')).maxWidth !== 'none' ||"
                            " getComputedStyle(document.querySelector('main')).width !== getComputedStyle(document.body).width")

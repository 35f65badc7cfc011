"""The gate's pages for everybody: read aloud, by keyboard alone, in a narrow window, light and dark (WCAG 2.2, level AA)."""

import json

import pytest
from agents import EVA
from chromium import Chromium
from visitor import APP

ENOUGH_FOR_TEXT = 4.5  # 1.4.3
ENOUGH_FOR_CONTROLS = 3.0  # 1.4.11

# Contrast as 1.4.3 counts it, of every text that is seen with what is behind it; what is transparent lets through.
LOW_CONTRASTS = """(() => {
  const channels = text => { const m = text.match(/rgba?\\(([^)]+)\\)/)[1].split(/[ ,/]+/).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3]));
  const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const contrast = (a, b) => { const [l, h] = [light(a), light(b)].sort((x, y) => x - y); return (h + 0.05) / (l + 0.05); };
  const behind = element => element ? over(channels(getComputedStyle(element).backgroundColor), behind(element.parentElement)) :
    (matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255]);
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || element.tagName === 'INPUT';
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (!box.width || style.visibility === 'hidden' || !own(element)) continue;
    const back = behind(element), ratio = contrast(over(channels(style.color), back), back);
    if (ratio < %TEXT%) found.push([element.tagName, element.textContent.slice(0, 40), style.color, back, ratio]);
    if (!['INPUT', 'BUTTON'].includes(element.tagName)) continue;
    const around = behind(element.parentElement);
    const edge = Math.max(contrast(over(channels(style.borderTopColor), around), around), contrast(back, around));
    if (edge < %CONTROL%) found.push([element.tagName, 'edge', style.borderTopColor, around, edge]);
  }
  return found;
})()""".replace("%TEXT%", str(ENOUGH_FOR_TEXT)).replace("%CONTROL%", str(ENOUGH_FOR_CONTROLS))

ACTIVE = "(e => e.id || e.name || e.getAttribute('href') || e.type || e.tagName)(document.activeElement)"
PAGES = ("form", "wrong", "incomplete", "switch", "sign out", "signed out", "forbidden", "not found", "unknown")
OWN = ("form", "wrong", "switch", "sign out", "signed out", "forbidden", "unknown")


@pytest.fixture(scope="module")
def browser(tmp_path_factory, realms, authority):
    folder = tmp_path_factory.mktemp("accessible")
    one = Chromium(folder, realms.environment(), folder / "tickets", authority.certificate)
    yield one
    one.close()


@pytest.fixture(scope="module")
def tickets_of(realms):
    """Peter is an agent, and no administrator; uli@ALPHA.TEST is nobody's."""
    return {name: realms.kinit(name) for name in ("peter", "uli")}


@pytest.fixture
def visit(start_desk, app, browser, tickets_of):
    """visit(page): the browser, of somebody whom the gate has never seen, on that page."""
    gate = start_desk(app, site={"allow": ["/webclient", "/admin"], "rule": [{"path": "/admin", "groups": ["crm-admins"]}]})
    gate.clients_stay = True

    def at(path: str) -> str:
        return f"https://{APP}:{gate.tls_port}{path}"

    def type_in(login: str, password: str) -> None:
        browser.evaluate(f"(document.querySelector('#user').value = {json.dumps(login)},"
                         f" document.querySelector('#password').value = {json.dumps(password)})")
        browser.leave("form[action^='/.pforte/login'] [type=submit]")

    def signed_in() -> None:
        browser.have_tickets(tickets_of["peter"])
        assert browser.open(at("/webclient")) == 200
        browser.have_tickets(None)

    def go(page: str) -> Chromium:
        browser.forget_cookies()
        browser.have_tickets(None)
        browser.speak("en")
        browser.size(1200, 900)
        dark(browser, False)
        if page == "unknown":
            browser.have_tickets(tickets_of["uli"])
        if page in ("switch", "sign out", "signed out", "forbidden"):
            signed_in()
        browser.open(at({"switch": "/.pforte/login", "sign out": "/.pforte/logout", "signed out": "/.pforte/logout", "forbidden": "/admin",
                         "not found": "/nowhere"}.get(page, "/webclient")))
        if page == "wrong":
            type_in("eva", "wrong-Secret-9")
        if page == "incomplete":
            browser.evaluate("document.querySelectorAll('input').forEach(e => e.required = false)")
            type_in("eva", "")
        if page == "signed out":
            browser.leave("form[action^='/.pforte/logout'] [type=submit]")
        return browser
    return go


def dark(browser: Chromium, wanted: bool) -> None:
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if wanted else "light"}])


def test_every_page_has_a_language_a_title_and_one_heading(visit):
    for page in PAGES:
        browser = visit(page)
        assert browser.evaluate("document.documentElement.lang") in ("en", "de")
        assert browser.evaluate("document.title.trim().length") > 3
        assert browser.evaluate("document.querySelectorAll('h1').length") == 1
        assert browser.evaluate("document.querySelector('h1').innerText.trim().length") > 3
        assert browser.evaluate("document.querySelectorAll('main').length") == 1
        assert browser.evaluate("[...document.querySelectorAll('img')].every(e => e.hasAttribute('alt'))")
        ids = browser.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))


def test_all_text_can_be_told_from_what_is_behind_it(visit):
    for page in PAGES:
        browser = visit(page)
        for night in (False, True):
            dark(browser, night)
            assert browser.evaluate(LOW_CONTRASTS) == [], page
    browser.evaluate("(document.querySelector('h1').style.color = '#808080', document.querySelector('main').style.background = '#888')")
    assert browser.evaluate(LOW_CONTRASTS) != []  # it would be found


def test_every_input_and_button_has_a_name_that_is_read_aloud(visit):
    """As the browser itself computes it for a screen reader."""
    for page in ("form", "wrong", "switch", "unknown"):
        tree = visit(page).call("Accessibility.getFullAXTree")["nodes"]
        seen = [node for node in tree if not node.get("ignored")]
        named = {node["role"]["value"]: node.get("name", {}).get("value", "") for node in seen if node["role"]["value"] in ("textbox", "button", "link")}
        for node in seen:
            if node["role"]["value"] in ("textbox", "button", "link"):
                assert node.get("name", {}).get("value", "").strip(), node
        assert {"textbox", "button"} <= set(named)


def test_a_label_clicked_upon_leads_to_its_input(visit):
    browser = visit("form")
    for name in ("user", "password"):
        browser.click(f"label[for={name}]")
        assert browser.evaluate("document.activeElement.id") == name


def test_what_is_wrong_is_read_aloud_and_belongs_to_the_inputs(visit):
    for page in ("wrong", "incomplete"):
        browser = visit(page)
        assert browser.evaluate("document.querySelectorAll('[role=alert]').length") == 1
        assert len(browser.evaluate("document.querySelector('[role=alert]').innerText")) > 10
        told = browser.evaluate("[...document.querySelectorAll('#user, #password')].map(e =>"
                                " document.getElementById(e.getAttribute('aria-describedby'))?.getAttribute('role'))")
        assert told == ["alert", "alert"]
        assert browser.evaluate("document.title") != ""


def test_a_page_without_an_error_raises_no_alarm(visit):
    assert not visit("form").has("[role=alert]")


def test_by_tab_one_comes_to_everything_in_the_order_in_which_it_is_seen(visit):
    for page in ("form", "switch"):
        browser = visit(page)
        browser.evaluate("document.activeElement.blur()")
        wanted = browser.evaluate("[...document.querySelectorAll('a[href], input:not([type=hidden]), button')]"
                                  ".map(e => e.id || e.name || e.getAttribute('href') || e.type)")
        tops = browser.evaluate("[...document.querySelectorAll('a[href], input:not([type=hidden]), button')].map(e => e.getBoundingClientRect().top)")
        assert tops == sorted(tops)
        assert browser.evaluate("[...document.querySelectorAll('[tabindex]')].every(e => e.tabIndex <= 0)")
        browser.click("h1")
        browser.evaluate("getSelection().setPosition(document.body, 0)")
        met = []
        for _ in wanted:
            browser.press("Tab")
            met.append(browser.evaluate(ACTIVE))
            shown = browser.evaluate("(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))")
            assert shown[0] != "none" and shown[1] >= 2, (met[-1], shown)  # 2.4.7: one sees where one is
        assert met == wanted


def test_signing_in_and_out_needs_no_mouse(visit):
    browser = visit("form")
    browser.wait_for("document.activeElement.name === 'user'", "the first input has the focus")
    browser.type("eva")
    browser.press("Tab")
    browser.type(EVA.password)
    browser.evaluate("(window.before = true)")
    browser.press("Enter")
    browser.wait_for_new_page()
    assert "remote-user" in browser.text().lower()
    browser.open(browser.evaluate("location.origin") + "/.pforte/logout")
    browser.evaluate("(window.before = true)")
    browser.press("Tab")
    assert browser.evaluate(ACTIVE) == "submit"
    browser.press("Enter")
    browser.wait_for_new_page()
    assert browser.has("[role=status]")


def test_a_window_of_320_pixels_needs_no_scrolling_to_the_side(visit):
    """1.4.10; as a phone, or as a window of 1280 pixels enlarged four times."""
    for page in PAGES:
        browser = visit(page)
        browser.size(320, 640)
        for language in ("en", "de"):
            browser.speak(language)
            if page in ("form", "sign out", "forbidden", "not found"):
                browser.open(browser.url())
            wide = browser.evaluate("[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 320.5).map(e => e.outerHTML.slice(0, 80))")
            assert wide == []
            assert browser.evaluate("document.documentElement.scrollWidth") <= 320


def test_text_enlarged_to_twice_its_size_still_fits(visit):
    """1.4.4: by the reader's own setting, which the page must not overrule by fixed sizes."""
    browser = visit("form")
    browser.size(640, 900)
    browser.evaluate("(document.documentElement.style.fontSize = '200%')")
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert browser.evaluate("parseFloat(getComputedStyle(document.querySelector('#user')).fontSize)") >= 30
    assert browser.evaluate("[...document.querySelectorAll('button, input:not([type=hidden])')].every(e => e.scrollHeight <= e.clientHeight + 2)")


def test_everything_to_press_is_large_enough_for_a_finger(visit):
    """2.5.8 asks for 24 pixels."""
    for page in OWN:
        browser = visit(page)
        browser.size(360, 640)
        small = browser.evaluate("[...document.querySelectorAll('button, a.button, input:not([type=hidden])')]"
                                 ".filter(e => e.getBoundingClientRect().height < 40).map(e => e.outerHTML)")
        assert small == []

"""`pforte doctor --report FILE`: one page to hand to a colleague or a vendor."""

import json
import os
import shlex
import stat
import subprocess

import pytest
from chromium import Chromium
from gate import BINARY, run_pforte
from pki import Authority
from test_accessibility import LOW_CONTRASTS, dark


@pytest.fixture(scope="module")
def stores(tmp_path_factory) -> list[str]:
    """One that nothing is wrong with, one that holds a certificate of no authority, which has expired too."""
    folder = tmp_path_factory.mktemp("stores")
    authority = Authority(folder, "Report <b>CA")
    leaf = authority.issue("crm.example.com", days=-1)
    return [str(authority.certificate), str(leaf.chain.with_suffix(".crt"))]


def doctor(*arguments: str, status: int) -> str:
    done = run_pforte("doctor", *arguments)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def pages(stores, tmp_path_factory) -> dict[str, str]:
    """The addresses of the page in each language."""
    folder = tmp_path_factory.mktemp("pages")
    for language in ("en", "de"):
        run_pforte("doctor", "trust", stores[0], "trust", stores[1], "--report", str(folder / f"{language}.html"), "--lang", language)
    return {language: f"file://{folder}/{language}.html" for language in ("en", "de")}


@pytest.fixture(scope="module")
def browser(tmp_path_factory, stores):
    folder = tmp_path_factory.mktemp("reader")
    one = Chromium(folder, dict(os.environ), folder / "tickets", stores[0])
    yield one
    one.close()


def test_the_page_tells_what_the_terminal_tells(stores, tmp_path):
    page = tmp_path / "report.html"
    told = json.loads(doctor("trust", stores[1], "--report", str(page), "--json", status=run_pforte("doctor", "trust", stores[1]).returncode))
    text = page.read_text()
    findings = told["paths"][0]["findings"]
    assert findings
    for finding in findings:
        assert finding["id"] in text
    assert stat.S_ISREG(page.stat().st_mode)


def test_a_report_takes_the_place_of_an_older_one_whole(stores, tmp_path):
    page = tmp_path / "report.html"
    page.write_text("old" * 100000)
    doctor("trust", stores[0], "--report", str(page), status=0)
    assert page.read_text().endswith("</html>\n")
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_report_that_cannot_be_written_is_told_before_the_work(stores, tmp_path):
    said = doctor("trust", stores[0], "--report", str(tmp_path / "nowhere" / "report.html"), status=3)
    assert "report.html" in said and "help:" in said
    assert "examined" not in said
    german = doctor("trust", stores[0], "--report", str(tmp_path / "nowhere" / "report.html"), "--lang", "de", status=3)
    assert "Hilfe:" in german


@pytest.mark.parametrize("arguments", [("doctor", "trust", "{store}", "--json"), ("doctor", "trust", "{store}"), ("keytab", "show", "{keytab}")])
def test_what_cannot_be_printed_is_said_with_status_three(stores, tmp_path, arguments):
    keytab = tmp_path / "none.keytab"
    keytab.write_bytes(b"\x05\x02")
    typed = [one.format(store=stores[0], keytab=keytab) for one in arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run([*shlex.split(BINARY), *typed], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 3 and "standard output cannot be written" in done.stderr


def test_a_keytab_that_cannot_be_read_is_said_with_status_two(tmp_path):
    for file in (tmp_path / "nothing", tmp_path):
        assert str(file) in doctor("keytab", str(file), status=2)


def test_what_is_typed_does_not_steer_the_terminal(tmp_path):
    for typed in (("path", "h:1", "--dns", "\x1b[31m"), ("path", "h:1", "--timeout", "\x1b[31m"), ("keytab", "\x1b[31m"), ("trust", "\x1b[31m")):
        assert "\x1b" not in doctor(*typed, status=2)


def test_the_path_of_a_webhook_that_was_typed_stands_nowhere(tmp_path):
    page = tmp_path / "report.html"
    url = "https://hooks.slack.com/services/T0/B0/SECRET"
    for how in (("--json",), ("--verbose",)):
        done = run_pforte("doctor", "url", url, *how, "--report", str(page), "--timeout", "200ms", timeout=60)
        assert "hooks.slack.com/***" in done.stdout and "SECRET" not in done.stdout + done.stderr + page.read_text()


def test_the_page_loads_nothing_and_runs_nothing(browser, pages):
    browser.open(pages["en"])
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0
    assert browser.evaluate("document.scripts.length") == 0
    assert browser.evaluate("getComputedStyle(document.querySelector('.way')).display") == "flex"  # its own style is allowed
    assert browser.evaluate("document.querySelectorAll('section b b, dd b').length") == 0


def test_the_page_can_be_read_aloud(browser, pages):
    for language, page in pages.items():
        browser.open(page)
        assert browser.evaluate("document.documentElement.lang") == language
        assert browser.evaluate("document.querySelectorAll('h1').length") == 1
        assert browser.evaluate("['header', 'main', 'footer'].every(e => document.querySelectorAll('body > ' + e).length === 1)")
        levels = browser.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(e => +e.tagName[1])")
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))
        assert browser.evaluate("[...document.querySelectorAll('section')].every(e => document.getElementById(e.getAttribute('aria-labelledby')))")
        ids = browser.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))
        assert browser.evaluate("[...document.querySelectorAll('a')].every(e => document.getElementById(e.hash.slice(1)))")


def test_all_text_can_be_told_from_what_is_behind_it(browser, pages):
    browser.open(pages["en"])
    browser.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    for night in (False, True):
        dark(browser, night)
        assert browser.evaluate(LOW_CONTRASTS) == []
    dark(browser, False)


def test_a_narrow_window_needs_no_scrolling_to_the_side(browser, pages):
    browser.open(pages["de"])
    browser.size(320, 640)
    assert browser.evaluate("document.documentElement.scrollWidth") <= 320
    browser.size(1200, 900)


def test_what_is_folded_is_printed_as_well(browser, pages):
    browser.open(pages["en"])
    folded = "[...document.querySelectorAll('details:not([open]) dl')].map(e => e.getBoundingClientRect().height > 0 && e.checkVisibility({contentVisibilityAuto: true}))"
    assert browser.evaluate(folded) == [False]
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.evaluate(folded) == [True]
    browser.call("Emulation.setEmulatedMedia", media="")

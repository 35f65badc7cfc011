"""The path is judged as the backend will read it, and the backend gets exactly that."""

import re

import pytest
from gate import HOST
from raw import request


def targets_through(pforte, app, targets):
    """Each target, with the status it got and what the backend saw of it."""
    got = {}
    for target in targets:
        before = len(app.requests)
        status = pforte.ask(request("GET", target)).status
        got[target] = (status, app.targets[before:])
    return got


ALLOW = {"allow": ["/webclient", "/auth"]}

# Ways from /webclient to /management that work somewhere: none may be forwarded.
ESCAPES = [
    "/webclient/../management", "/webclient/..;/management", "/webclient/..;a=b/management", "/webclient/;/../management",
    "/webclient/%2e%2e/management", "/webclient/%2E%2E/management", "/webclient/.%2e/management",
    "/webclient/%2e%2e;/management", "/webclient/..%3b/management", "/webclient/..%2fmanagement",
    "/webclient%2f..%2fmanagement", "/webclient/..%5cmanagement", "/webclient/..\\management", "/webclient/%252e%252e/management",
    "/webclient/..%252fmanagement", "/webclient//../management", "/webclient/./../management", "/webclient/x/../../management",
    "/webclient/..%00/management", "/webclient/%c0%ae%c0%ae/management", "/webclient/%c0%ae./management",
    "/webclient/..%c0%afmanagement", "/webclient/%e0%80%ae%e0%80%ae/management", "/webclient/..%u2216management",
    "/webclient/%u002e%u002e/management", "/webclient/..%09/management", "/webclient/..%20/management",
    "/webclient/...;/../management", "/;/webclient/../management", "//management", "/;x/management", "/./management",
    "/webclient;/../management", "/webclient/..;/..;/management", "/%2e/management", "/webclient/%%32%65%%32%65/management",
]

BENIGN = [
    "/webclient", "/webclient/", "/webclient/a%20b", "/webclient/a+b", "/webclient/%C3%A4%C3%B6%C3%BC", "/webclient/a.b",
    "/webclient/a~b_c-d", "/webclient/a:b@c", "/webclient/a,b!c$d&e'f(g)h*i", "/webclient/a=b",
    "/webclient/x?a=%2F&b=%5c&c=..%2f..&d=%00", "/webclient/x?next=/../management", "/webclient/x?a=b;c=d",
    "/webclient/a..b", "/webclient/..a", "/webclient/x?", "/webclient/%7Euser", "/auth/login?return=%2Fx",
    "/webclient/100%25",
]


@pytest.mark.parametrize("profile", ["generic", "tomcat", "iis"])
def test_no_spelling_of_a_forbidden_path_reaches_the_backend(profile, start_gate, app):
    pforte = start_gate(app, site=ALLOW, backend={"path_profile": profile})
    got = targets_through(pforte, app, ESCAPES)
    # What is forwarded has nothing left in it that could be read in two ways.
    plain = re.compile(r"/webclient(/[a-z]+)*")
    assert {target: seen for target, (_, seen) in got.items() if seen and not plain.fullmatch(seen[0])} == {}
    assert {status for status, seen in got.values() if not seen} <= {400, 404}


@pytest.mark.parametrize("profile", ["generic", "tomcat", "iis"])
def test_a_benign_path_arrives_unchanged(profile, start_gate, app):
    pforte = start_gate(app, site=ALLOW, backend={"path_profile": profile})
    # Dots at the end of a name and colons are not ordinary on Windows.
    benign = [target for target in BENIGN if profile != "iis" or not target.endswith(":b@c")]
    got = targets_through(pforte, app, benign)
    assert {target: result for target, result in got.items() if result != (200, [target])} == {}


def test_a_session_id_in_the_path_passes_on_tomcat(start_gate, app):
    pforte = start_gate(app, site=ALLOW, backend={"path_profile": "tomcat"})
    targets = ["/webclient;jsessionid=0A1B", "/webclient/page;jsessionid=0A1B?x=y", "/webclient/a;p=1/b;q=2"]
    assert targets_through(pforte, app, targets) == {target: (200, [target]) for target in targets}


@pytest.mark.parametrize("target", ["/webclient/a%2fb", "/webclient/a%5cb", "/webclient/a%00b", "/webclient//x",
                                    "/webclient/%c0%ae", "/webclient/%zz", "/webclient/%", "/webclient/a%ff"])
def test_an_ambiguous_path_is_refused_with_a_named_reason(target, start_gate, app):
    pforte = start_gate(app, site=ALLOW)
    answer = pforte.ask(request("GET", target, "Accept: application/json"))
    assert answer.status == 400
    assert answer.get("content-type").startswith("application/problem+json")
    line = pforte.access(reference=answer.get("pforte-reference"))
    assert line["status"] == 400
    assert line["decision"] not in ("", "allow", None)
    assert app.requests == []


def test_a_rule_may_permit_that_very_oddity_and_no_other(start_gate, app):
    rule = {"path": "/webclient/files", "permit": ["encoded-slash"]}
    pforte = start_gate(app, site=ALLOW | {"rule": [rule]})
    got = targets_through(pforte, app, ["/webclient/files/a%2fb", "/webclient/files/a%5cb", "/webclient/a%2fb"])
    assert got == {"/webclient/files/a%2fb": (200, ["/webclient/files/a%2fb"]),
                   "/webclient/files/a%5cb": (400, []), "/webclient/a%2fb": (400, [])}


def test_prefixes_match_at_segment_borders_and_in_their_case(start_gate, app):
    pforte = start_gate(app, site={"allow": ["/cti", "/maskEditor", "/a/b"]})
    got = {target: pforte.get(target).status for target in
           ["/cti", "/cti/", "/cti/x", "/cti?x", "/cti_crm", "/ctix", "/CTI", "/maskEditor", "/maskeditor", "/a", "/a/b", "/a/bc"]}
    assert got == {"/cti": 200, "/cti/": 200, "/cti/x": 200, "/cti?x": 200, "/cti_crm": 404, "/ctix": 404, "/CTI": 404,
                   "/maskEditor": 200, "/maskeditor": 404, "/a": 404, "/a/b": 200, "/a/bc": 404}


def test_case_does_not_matter_on_iis(start_gate, app):
    pforte = start_gate(app, site={"allow": ["/webclient"], "rule": [{"path": "/webclient/admin", "deny": True}]},
                        backend={"path_profile": "iis"})
    got = {target: pforte.get(target).status for target in ["/WebClient/x", "/webclient/ADMIN", "/webclient/admin./x"]}
    assert got["/WebClient/x"] == 200
    assert got["/webclient/ADMIN"] == 404
    assert got["/webclient/admin./x"] in (400, 404)


def test_a_path_that_no_rule_allows_looks_like_one_that_does_not_exist(start_gate, app):
    pforte = start_gate(app, site={"allow": ["/webclient"]})
    forbidden = pforte.get("/management")
    other = pforte.get("/nothing-of-the-kind")
    assert forbidden.status == other.status == 404
    def names(answer):
        return [name for name, _ in answer.head.fields]
    assert names(forbidden) == names(other)
    assert app.requests == []


def test_the_longest_rule_decides_by_method_and_network(start_gate, app):
    rules = [{"path": "/rest", "methods": ["GET"]}, {"path": "/admin", "from": ["127.0.0.2/32"]},
             {"path": "/rest/secret", "deny": True}]
    pforte = start_gate(app, site={"allow": ["/webclient"], "rule": rules})

    def status(method, target, source="127.0.0.1"):
        return pforte.ask(request(method, target), method, source=source).status
    assert status("GET", "/rest/x") == 200
    assert status("POST", "/rest/x") in (404, 405)
    assert status("GET", "/rest/secret/x") == 404
    assert status("GET", "/admin/x") == 404
    assert status("GET", "/admin/x", "127.0.0.2") == 200
    assert status("GET", "/webclient/x") == 200


PRESET = ["/auth", "/admin", "/cti", "/cti_crm", "/help", "/infoboard", "/invocation", "/maskEditor", "/oauth", "/rest",
          "/script", "/scriptlibrary", "/soap", "/tilebuilder", "/webclient"]


def test_the_preset_of_the_application_allows_its_paths_and_nothing_else(start_gate, app):
    pforte = start_gate(app, site={"allow": [], "preset": "cursor-crm"})
    assert {path: pforte.get(path + "/x").status for path in PRESET} == dict.fromkeys(PRESET, 200)
    assert {path: pforte.get(path).status for path in ["/", "/management", "/ctix", "/scripts", "/WebClient"]} == \
        dict.fromkeys(["/", "/management", "/ctix", "/scripts", "/WebClient"], 404)


def test_the_gates_own_prefix_is_never_forwarded(pforte, app):
    targets = ["/.pforte/health", "/.pforte/", "/.pforte/unknown", "/.pforte", "/.pforte/..;/x", "/%2epforte/x", "/.pforte%2fx"]
    got = targets_through(pforte, app, targets)
    assert {target: seen for target, (_, seen) in got.items() if any("pforte" in one for one in seen)} == {}
    assert got["/.pforte/health"][0] == 200
    assert got["/.pforte/unknown"][0] == 404


def test_a_host_that_is_no_site_gets_nothing_of_one(pforte, app):
    assert pforte.ask(request("GET", "/", host="other.example")).status in (404, 421)
    assert pforte.ask(request("GET", "/", host=HOST.upper())).status == 200
    assert pforte.ask(request("GET", "/", host=f"{HOST}:8443")).status == 200
    assert pforte.ask(request("GET", "/", host=HOST + ".")).status in (200, 400, 404, 421)

"""In front of a real Tomcat: nothing reaches the forbidden context, everything benign arrives intact."""

import urllib.parse

import pytest
import raw
from raw import request
from test_path_gate import ESCAPES
from tomcat import Tomcat

# Variants that one proxy or another lets through with the same list of allowed paths.
MORE_ESCAPES = [
    "/webclient/..;jsessionid=1/management/", "/webclient/%2e%2e%3b/management", "/webclient/..%3bx/management",
    "/webclient;x=/../management", "/webclient/;/..;/management", "/webclient/a/..;/..;/management",
    "/webclient/a/%2e%2e/%2e%2e/management", "/auth/..;/management", "/webclient/.;/..;/management",
    "/webclient/..;/management;x", "/webclient/..;%2fmanagement", "/webclient/..;\\management",
    "/webclient/..;/%6danagement", "/%6danagement", "/management", "/management/", "/management;x",
    "/webclient/..;/..;/..;/management", "http://crm.example.com/webclient/..;/management",
]


@pytest.fixture(scope="module")
def tomcat(tmp_path_factory):
    server = Tomcat(tmp_path_factory.mktemp("tomcat") / "base")
    try:
        server.wait()
        yield server
    finally:
        server.close()


@pytest.fixture
def pforte(start_gate, tomcat):
    return start_gate(tomcat.url, site={"allow": ["/webclient", "/auth"]}, backend={"path_profile": "tomcat"})


def direct(tomcat, target: str) -> raw.Answer:
    with raw.Client(tomcat.port) as client:
        return client.ask(request("GET", target, "Connection: close"))


def test_the_forbidden_context_is_there_and_the_tricks_work_without_a_gate(tomcat):
    assert direct(tomcat, "/management/").body.startswith(b"context=/management")
    assert direct(tomcat, "/webclient/..;/management/x").body.startswith(b"context=/management")
    reached = [target for target in ESCAPES + MORE_ESCAPES if b"context=/management" in direct(tomcat, target).body]
    assert len(reached) >= 10


def test_no_variant_reaches_the_forbidden_context(pforte):
    got = {target: pforte.ask(request("GET", target)) for target in ESCAPES + MORE_ESCAPES}
    got |= {target + "/": pforte.ask(request("GET", target + "/")) for target in ESCAPES + MORE_ESCAPES}
    assert len(got) >= 2 * 19
    assert [target for target, answer in got.items() if b"context=/management" in answer.body] == []
    assert {answer.status for answer in got.values()} <= {400, 404}


def test_curl_does_not_reach_it_either(pforte):
    for target in ("/webclient/..;/management", "/webclient/%2e%2e/management", "/webclient/../management"):
        assert b"context=/management" not in pforte.curl(target).stdout


@pytest.mark.parametrize("path", [
    "/webclient/", "/webclient/a%20b", "/webclient/a+b", "/webclient/%C3%A4%C3%B6%C3%BC", "/webclient/a;p=1/b",
    "/webclient/x?a=%2F&b=%3B&c=..%2f..", "/webclient/x?next=/../management", "/webclient/100%25", "/webclient/a,b!c$d&e(f)*g",
    "/webclient/a..b",
])
def test_a_benign_path_means_the_same_with_and_without_the_gate(path, pforte, tomcat):
    behind, bare = pforte.ask(request("GET", path)), direct(tomcat, path)
    assert bare.status == 200
    assert (behind.status, behind.body) == (200, bare.body)
    assert f"uri={path.partition('?')[0]}\n" in behind.body.decode()


def test_a_session_id_in_the_path_is_understood(pforte):
    body = pforte.ask(request("GET", "/webclient/page;jsessionid=0A1B2C?x=y")).body.decode()
    assert "requested-session=0A1B2C" in body
    assert "info=/page\n" in body
    assert "query=x=y" in body


def test_an_upload_and_a_query_of_a_form_arrive(pforte):
    form = urllib.parse.urlencode({"name": "Jürgen & Söhne", "path": "/../x"})
    assert f"query={form}" in pforte.ask(request("GET", "/webclient/?" + form)).body.decode()


def test_a_connection_to_tomcat_is_used_again(pforte):
    with pforte.connect(secure=True) as client:
        for _ in range(30):
            assert client.ask(request("GET", "/webclient/")).status == 200
    assert pforte.metric("pforte_backend_connections", state="idle") <= 2

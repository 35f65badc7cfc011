"""`pforte doctor url URL` behind Apache, HAProxy, Tomcat and the gate: who blocked, where, and nothing where nobody did."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from gate import Gate, run_pforte, standard_config, until
from hops import Apache, Behind, HaProxy, available
from pki import Authority
from tomcat import Tomcat

# Of each hop: the path, the first error, and who is named in it.
BLOCKED = {
    "Apache": {
        "/forbidden": ("http.forbidden", "Apache"),
        "/gone": ("http.not-found", "Apache"),
        "/dead": ("http.unavailable", "Apache"),
        "/late": ("http.bad-gateway", "Apache"),
        "/socket": ("http.websocket-stripped", ""),
        "/application/webclient-gone": ("http.not-found", "Tomcat"),
    },
    "HAProxy": {
        "/forbidden": ("http.forbidden", "HAProxy"),
        "/nobody": ("http.unavailable", "HAProxy"),
        "/dead": ("http.unavailable", "HAProxy"),
        "/late": ("http.gateway-timeout", "HAProxy"),
        "/broken": ("http.bad-gateway", "HAProxy"),
        "/inside": ("http.redirect-internal", ""),
        "/socket": ("http.websocket-stripped", ""),
        "/gone": ("http.not-found", "Tomcat"),
    },
    "Tomcat": {
        "/gone": ("http.not-found", "Tomcat"),
        "/webclient/{a}": ("http.bad-request", "Tomcat"),
    },
    "gate": {
        "/management/": ("http.not-found", "Pforte"),
        "/webclient/..;/x": ("http.bad-request", "Pforte"),
    },
}
HEALTHY = {
    "Apache": ["/", "/application/webclient/", "/passed"],
    "HAProxy": ["/webclient/", "/passed"],
    "Tomcat": ["/webclient/"],
    "gate": ["/webclient/"],
}
# How long a head each takes as it comes, and what its remedy names.
LIMITS = {"Apache": ("/", "4 KiB", "LimitRequestFieldSize"), "HAProxy": ("/passed", "8 KiB", "tune.bufsize"),
          "Tomcat": ("/webclient/", "4 KiB", "maxHttpRequestHeaderSize")}


class Hops:
    """Everything asked for at once; what was told by hop and path."""

    def __init__(self, urls: dict[tuple[str, str], str], trust: str):
        subjects = [word for url in urls.values() for word in ("url", url)]
        done = run_pforte("doctor", *subjects, "--trust", trust, "--json", "--timeout", "3s", timeout=120)
        assert done.returncode == 1, done.stderr
        self.told: dict[tuple[str, str], dict[str, Any]] = dict(zip(urls, json.loads(done.stdout)["paths"], strict=True))

    def bad(self, hop: str, path: str) -> list[dict[str, Any]]:
        """Errors and warnings, without what a busy machine adds."""
        return [one for one in self.told[hop, path]["findings"] if one["level"] in ("error", "warning") and ".slow" not in one["id"]]

    def found(self, hop: str, path: str, id: str) -> dict[str, Any]:
        return next(one for one in self.told[hop, path]["findings"] if one["id"] == id)


@pytest.fixture(scope="module")
def hops(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Hops]:
    for program in ("apache2", "haproxy"):
        if not available(program):
            pytest.skip(f"there is no {program}")
    folder = tmp_path_factory.mktemp("hops")
    folder.chmod(0o755)
    with ExitStack() as stack:
        tomcat = Tomcat(folder / "tomcat")
        stack.callback(tomcat.close)
        behind = Behind(tomcat.url)
        stack.callback(behind.close)
        apache = Apache(folder / "apache", authority.issue("localhost", "127.0.0.1"), behind)
        stack.callback(apache.close)
        haproxy = HaProxy(folder / "haproxy", behind)
        stack.callback(haproxy.close)
        site = {"hosts": ["localhost"], "certificate": authority.issue("localhost").config(), "allow": ["/webclient"]}
        (folder / "gate").mkdir()
        gate = Gate(folder / "gate", authority, standard_config(folder / "gate", authority, [tomcat.url], site=site, backend={"path_profile": "tomcat"}))
        stack.callback(gate.process.wait)
        stack.callback(gate.process.kill)
        tomcat.wait()
        # Pages are compiled at the first request, which takes longer than a hop waits.
        until(lambda: subprocess.run(["curl", "-sfo", "/dev/null", tomcat.url + "/webclient/"]).returncode == 0, "Tomcat answers", 60)
        bases = {"Apache": apache.url, "HAProxy": haproxy.url, "Tomcat": tomcat.url.replace("127.0.0.1", "localhost"),
                 "gate": f"http://localhost:{gate.plain_port}"}
        urls = {(hop, path): bases[hop] + path for hop in bases for path in [*BLOCKED[hop], *HEALTHY[hop]]}
        urls["Apache", "https /"] = f"https://localhost:{apache.tls_port}/"
        urls["Apache", "https /plain"] = f"https://localhost:{apache.tls_port}/plain"
        yield Hops(urls, str(authority.certificate))


@pytest.mark.parametrize(("hop", "path"), [(hop, path) for hop in BLOCKED for path in BLOCKED[hop]])
def test_whoever_blocks_is_named(hops, hop, path):
    id, who = BLOCKED[hop][path]
    errors = [one for one in hops.bad(hop, path) if one["level"] == "error"]
    assert errors and errors[0]["id"] == id, errors
    assert who in errors[0]["seen"] and errors[0]["remedy"]


@pytest.mark.parametrize(("hop", "path"), [(hop, path) for hop in HEALTHY for path in HEALTHY[hop]])
def test_a_healthy_way_through_a_hop_is_left_alone(hops, hop, path):
    assert hops.bad(hop, path) == []


@pytest.mark.parametrize("hop", LIMITS)
def test_a_hops_limit_for_heads_is_found_with_the_setting_that_raises_it(hops, hop):
    path, taken, setting = LIMITS[hop]
    limit = hops.found(hop, path, "http.head-limit")
    assert setting in limit["remedy"], limit
    assert {"name": "taken", "value": taken} in limit["evidence"], limit


def test_a_redirect_of_apache_to_http_is_an_error(hops):
    assert [one["id"] for one in hops.bad("Apache", "https /plain") if one["level"] == "error"] == ["http.redirect-to-http"]


def test_apache_with_tls_is_left_alone(hops):
    assert hops.bad("Apache", "https /") == []


def test_a_websocket_passes_where_it_is_let_through(hops):
    for hop in ("Apache", "HAProxy"):
        assert hops.found(hop, "/passed", "http.websocket")["level"] == "ok"


def test_the_command_that_is_shown_gets_the_same_status(hops):
    command = hops.found("HAProxy", "/dead", "http.unavailable")["command"]
    shown = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=20)
    assert " 503 " in shown.stderr, (command, shown.stderr)

"""Answers are kept where a route says so and the application declares it, and never cross from one agent to another."""

import gzip
import itertools
import threading
import time
from email.utils import formatdate

import pytest
import raw
from agents import EVA, PETER
from backends import Exchange, by_path
from framing import chunk
from gate import is_sanitized, until
from raw import request
from visitor import APP, Visitor

MIB = 1 << 20
PUBLIC = "Cache-Control: public, max-age=60"
PLAIN = "Cache-Control: max-age=60"


def counting(*fields: str, body: bytes = b""):
    """Each answer has its own number, and `backend.fields` stand in all of them."""
    numbers = itertools.count(1)

    def script(exchange: Exchange) -> None:
        exchange.request.body()
        exchange.answer(body or b"answer %d" % next(numbers), *fields)
    return script


def keeping(start_gate, backend, cache=True, **changes):
    return start_gate(backend, site={"cache": cache} | changes.pop("site", {}), **changes)


def status(answer: raw.Answer) -> str:
    return answer.get("cache-status") or ""


# What is kept.


@pytest.mark.parametrize("secure", [False, True])
def test_what_the_application_declares_fresh_is_given_again(secure, start_gate, start_backend):
    backend = start_backend(counting(PLAIN, "Content-Type: text/css", 'ETag: "a"'))
    gate = keeping(start_gate, backend)
    first = gate.get("/", secure=secure)
    assert (first.body, status(first)) == (b"answer 1", "pforte; fwd=uri-miss; stored")
    again = gate.get("/", secure=secure)
    assert again.body == b"answer 1" and again.get("content-type") == "text/css" and again.get("etag") == '"a"'
    assert status(again).startswith("pforte; hit; ttl=") and 55 <= int(status(again).partition("ttl=")[2]) <= 60
    assert 0 <= int(again.get("age")) <= 5 and again.get("date")
    assert len(backend.requests) == 1
    assert gate.metric("pforte_cache_hits_total") == 1 and gate.metric("pforte_cache_misses_total") == 1
    assert gate.metric("pforte_cache_stored_total") == 1 and gate.metric("pforte_cache_entries") == 1
    assert 0 < gate.metric("pforte_cache_bytes") < 10_000


def test_nothing_is_kept_unless_the_route_says_so(start_gate, start_backend):
    backend = start_backend(counting(PUBLIC))
    gate = start_gate(backend, site={"rule": [{"path": "/kept", "cache": True}]})
    assert [gate.get("/x").body for _ in range(2)] == [b"answer 1", b"answer 2"]
    assert gate.get("/x").get("cache-status") is None
    assert [gate.get("/kept/x").body for _ in range(2)] == [b"answer 4", b"answer 4"]


@pytest.mark.parametrize("fields", [
    (), ("Cache-Control: public",), ("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT",), ('ETag: "a"',),
    ("Cache-Control: private, max-age=60",), ("Cache-Control: no-store, max-age=60",), ("Cache-Control: no-cache, max-age=60",),
    ("Cache-Control: max-age=0",), ("Cache-Control: max-age=60, s-maxage=0",), ("Cache-Control: max-age=60", "Age: 61"),
    ("Cache-Control: max-age=60", "Vary: *"), ("Cache-Control: public, max-age=60", "Set-Cookie: a=b"),
    ("Cache-Control: public, max-age=60", "Vary: X-Forwarded-For"), ("Cache-Control: max-age=sixty",), ("Expires: 0",)])
def test_what_is_not_declared_or_forbidden_is_not(fields, start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(*fields)))
    assert [gate.get("/").body for _ in range(2)] == [b"answer 1", b"answer 2"]
    assert gate.metric("pforte_cache_entries") == 0


def test_expires_counts_as_a_declaration(start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting("Expires: " + formatdate(time.time() + 60, usegmt=True))))
    assert [gate.get("/").body for _ in range(2)] == [b"answer 1", b"answer 1"]


def test_path_query_host_and_scheme_tell_answers_apart(start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(PLAIN)))
    asked = [lambda: gate.get("/a"), lambda: gate.get("/a?"), lambda: gate.get("/a?b"), lambda: gate.get("/A"),
             lambda: gate.get("/a", host="crm.example.com:8080"), lambda: gate.get("/a", secure=True)]
    answers = [ask().body for ask in asked]
    assert len(set(answers)) == len(asked)
    assert [ask().body for ask in asked] == answers


def test_the_fields_that_vary_names_tell_answers_apart(start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(PLAIN, "Vary: Accept-Language")))
    german, english = gate.get("/", "Accept-Language: de"), gate.get("/", "Accept-Language: en")
    assert status(english).startswith("pforte; fwd=vary-miss")
    assert gate.get("/", "Accept-Language: de").body == german.body != english.body
    assert gate.get("/").body not in (german.body, english.body)


def test_what_is_stale_is_asked_about_and_goes_on(start_gate, start_backend):
    def script(exchange: Exchange) -> None:
        if exchange.request.get("if-none-match") == '"a"':
            exchange.answer(b"", 'ETag: "a"', "Cache-Control: max-age=60", status=304)
        else:
            exchange.answer(b"body", 'ETag: "a"', "Cache-Control: max-age=1")
    backend = start_backend(script)
    gate = keeping(start_gate, backend)
    gate.get("/")
    time.sleep(2)
    confirmed = gate.get("/")
    assert (confirmed.status, confirmed.body) == (200, b"body")
    assert status(confirmed).startswith("pforte; fwd=stale; fwd-status=304")
    assert confirmed.get("cache-control") == "max-age=60"
    assert status(gate.get("/")).startswith("pforte; hit")
    assert len(backend.requests) == 2


def test_a_client_that_has_it_is_told_so(start_gate, start_backend):
    backend = start_backend(counting(PLAIN, 'ETag: "a"', "Content-Type: text/css"))
    gate = keeping(start_gate, backend)
    gate.get("/")
    known = gate.get("/", 'If-None-Match: "a"')
    assert known.status == 304 and known.get("etag") == '"a"' and known.get("content-type") is None
    assert gate.get("/", 'If-None-Match: "b"').body == b"answer 1"
    assert len(backend.requests) == 1


def test_a_head_is_answered_from_what_a_get_brought(start_gate, start_backend):
    backend = start_backend(counting(PLAIN))
    gate = keeping(start_gate, backend)
    gate.get("/")
    head = gate.ask(request("HEAD"), "HEAD")
    assert head.get("content-length") == str(len(b"answer 1")) and status(head).startswith("pforte; hit")
    assert len(backend.requests) == 1


@pytest.mark.parametrize("field", ["Range: bytes=0-1", "Cache-Control: no-store", "X-HTTP-Method-Override: DELETE",
                                   'If-Match: "a"', "X_Tenant: a", "X-Forwarded-Scheme: http"])
def test_what_a_stored_answer_does_not_serve_goes_to_the_application(field, start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(PLAIN)))
    gate.get("/")
    answer = gate.get("/", field)
    assert (answer.body, status(answer)) == (b"answer 2", "pforte; fwd=bypass")
    assert gate.get("/").body == b"answer 1"


def test_a_client_says_how_fresh_it_wants_it(start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(PLAIN)))
    gate.get("/")
    fresh = gate.get("/", "Cache-Control: no-cache")
    assert (fresh.body, status(fresh)) == (b"answer 2", "pforte; fwd=request; stored")
    assert gate.get("/").body == b"answer 2"
    assert gate.get("/", "Cache-Control: only-if-cached").body == b"answer 2"
    assert gate.get("/other", "Cache-Control: only-if-cached").status == 504


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_change_takes_out_what_was_kept(method, start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(PLAIN)), site={"rule": [
        {"path": "/", "methods": ["GET", "HEAD"], "cache": True}, {"path": "/", "methods": [method], "cache": False}]})
    gate.get("/a")
    gate.get("/b")
    assert gate.ask(request(method, "/a", body=b"x"), method).status == 200
    assert gate.get("/a").body == b"answer 4"
    assert gate.get("/b").body == b"answer 2"


def test_what_was_asked_for_before_a_purge_is_not_kept_after_it(start_gate, start_backend):
    go_on = threading.Event()

    def script(exchange: Exchange) -> None:
        go_on.wait(10)
        exchange.answer(b"old", PLAIN)
    backend = start_backend(script)
    gate = keeping(start_gate, backend)
    with gate.connect() as client:
        client.send(request())
        until(lambda: backend.requests, "it has been asked")
        assert gate.run("cache", "purge").returncode == 0
        go_on.set()
        assert client.answer().body == b"old"
    assert gate.metric("pforte_cache_entries") == 0


def test_an_answer_that_was_cut_is_not_kept(start_gate, start_backend):
    def script(exchange: Exchange) -> None:
        exchange.send(f"HTTP/1.1 200 OK\r\n{PLAIN}\r\nContent-Length: 100\r\n\r\nhalf".encode())
        exchange.close()
    backend = start_backend(script)
    gate = keeping(start_gate, backend)
    with gate.connect() as client:
        client.send(request()).head()
    until(lambda: gate.metric("pforte_requests_aborted_total") >= 1, "it was noticed")
    assert gate.metric("pforte_cache_entries") == 0
    assert gate.metric("pforte_cache_bytes") == 0


def test_a_chunked_answer_is_kept_when_it_is_short_enough(start_gate, start_backend):
    def script(exchange: Exchange) -> None:
        size = int(exchange.request.target[1:])
        exchange.send(f"HTTP/1.1 200 OK\r\n{PLAIN}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        exchange.send(b"".join(chunk(b"x" * 1000) for _ in range(size)) + b"0\r\n\r\n")
    backend = start_backend(script)
    gate = keeping(start_gate, backend, {"entry": "10KiB"})
    assert [len(gate.get("/10").body) for _ in range(2)] == [10_000] * 2
    assert [len(gate.get("/11").body) for _ in range(2)] == [11_000] * 2
    assert backend.targets == ["/10", "/11", "/11"]


def test_the_cache_keeps_within_its_memory(start_gate, start_backend):
    gate = start_gate(start_backend(counting(PLAIN, body=b"x" * 200_000)), site={"cache": True}, cache={"memory": "8MiB"})
    with gate.connect() as client:
        for number in range(20):
            client.ask(request(target=f"/{number}"))
        before = gate.resident_bytes()
        for number in range(400):
            client.ask(request(target=f"/more/{number}"))
            if number % 50 == 0:
                assert gate.metric("pforte_cache_bytes") <= 8 * MIB
        assert is_sanitized() or gate.resident_bytes() - before < 10 * MIB
        assert 30 <= gate.metric("pforte_cache_entries") <= 42


def test_what_is_kept_outlives_a_reload_and_a_smaller_memory(start_gate, start_backend):
    backend = start_backend(counting(PLAIN, body=b"x" * 100_000))
    gate = keeping(start_gate, backend)
    for number in range(20):
        gate.get(f"/{number}")
    gate.config["cache"] = {"memory": "1MiB"}
    gate.write()
    assert gate.reload().returncode == 0
    assert gate.metric("pforte_cache_bytes") <= MIB
    asked = len(backend.requests)
    gate.get("/19")
    assert len(backend.requests) == asked


def test_what_is_kept_is_compressed_on_its_way(start_gate, start_backend):
    body = b"<p>text</p>" * 1000
    backend = start_backend(counting(PLAIN, "Content-Type: text/html", 'ETag: "a"', body=body))
    gate = keeping(start_gate, backend, site={"compress": True})
    assert gate.get("/").body == body
    small = gate.get("/", "Accept-Encoding: gzip")
    assert small.get("content-encoding") == "gzip" and gzip.decompress(small.body) == body
    assert small.get("etag") == 'W/"a"' and status(small).startswith("pforte; hit")
    assert gate.get("/", "Accept-Encoding: gzip", 'If-None-Match: W/"a"').status == 304
    assert len(backend.requests) == 1


def test_over_http2_it_is_the_same(start_gate, start_backend):
    backend = start_backend(counting(PLAIN))
    gate = keeping(start_gate, backend)
    for _ in range(2):
        done = gate.curl("/", "--http2", "-i")
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/2 200") and body == b"answer 1" and b"cache-status: pforte; hit" in head
    assert len(backend.requests) == 1


# Never across agents.


def personal(*fields: str):
    """An application that greets whom it is told, or who has its cookie, and declares what the path says."""
    def script(exchange: Exchange) -> None:
        exchange.request.body()
        who = exchange.request.get("remote-user") or exchange.request.get("cookie") or "nobody"
        told = exchange.request.target.partition("?declares=")[2]
        exchange.answer(f"page of {who}".encode(), *fields,
                        *(["Cache-Control: " + told.replace("+", " ")] if told else []))
    return script


DECLARED = ["public,+max-age=600", "public,+s-maxage=600", "max-age=600", "must-revalidate,+max-age=600",
            "public,+immutable,+max-age=600,+must-understand,+no-store", "s-maxage=600,+proxy-revalidate"]


@pytest.mark.parametrize("need", ["required", "optional"])
@pytest.mark.parametrize("declared", DECLARED)
def test_nobody_gets_another_agents_page_whatever_the_application_declares(declared, need, start_desk, start_backend):
    backend = start_backend(personal("ETag: \"same\"", "Expires: " + formatdate(time.time() + 600, usegmt=True)))
    gate = start_desk(backend, site={"cache": True, "sign_in": need})
    eva, peter, target = Visitor(gate), Visitor(gate), f"/?declares={declared}"
    eva.sign_in(EVA.login, EVA.password)
    peter.sign_in(PETER.login, PETER.password)
    for _ in range(3):
        for visitor, agent in ((eva, EVA), (peter, PETER)):
            answer = visitor.get(target)
            assert answer.body == f"page of {agent.login}".encode()
            assert status(answer) == "pforte; fwd=bypass"
            if need == "optional":
                # Nor does anybody else, and what they get is not given to agents.
                assert Visitor(gate).get(target).body == b"page of nobody"
    # Nor with other means that a cache might stumble over.
    assert peter.get(target, "Cache-Control: only-if-cached, max-stale").body == f"page of {PETER.login}".encode()
    assert peter.get(target, 'If-None-Match: "other"').body == f"page of {PETER.login}".encode()
    assert peter.ask("HEAD", target).get("content-length") == str(len(f"page of {PETER.login}"))
    assert gate.metric("pforte_cache_hits_total") == 0 or need == "optional"
    if need == "required":
        assert gate.metric("pforte_cache_entries") == 0


def test_many_agents_at_once_each_get_their_own_page(start_desk, start_backend):
    gate = start_desk(start_backend(personal(PUBLIC)), site={"cache": True})
    visitors = []
    for agent in (EVA, PETER):
        visitor = Visitor(gate)
        visitor.sign_in(agent.login, agent.password)
        visitors.append((visitor, f"page of {agent.login}".encode()))
    wrong = []

    def work(visitor: Visitor, own: bytes) -> None:
        wrong.extend(body for number in range(300) if (body := visitor.get(f"/{number % 7}").body) != own)
    threads = [threading.Thread(target=work, args=one) for one in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_a_session_the_rules_come_before_what_is_kept(start_desk, start_backend):
    backend = start_backend(counting(PUBLIC))
    gate = start_desk(backend, site={"cache": {"withhold_identity": True}})
    eva = Visitor(gate)
    eva.sign_in(EVA.login, EVA.password)
    assert eva.get("/style.css").body == b"answer 1"
    assert Visitor(gate).get("/style.css").status == 401
    assert Visitor(gate, machine=True).get("/style.css").status == 401
    assert eva.get("/style.css").body == b"answer 1"


def test_agents_share_what_the_application_answers_without_knowing_them(start_desk, start_backend):
    backend = start_backend(personal())
    gate = start_desk(backend, site={"rule": [{"path": "/shared", "cache": {"withhold_identity": True}}]})
    eva, peter = Visitor(gate), Visitor(gate)
    eva.sign_in(EVA.login, EVA.password)
    peter.sign_in(PETER.login, PETER.password)
    eva.cookies["JSESSIONID"] = "evas"
    first = eva.get("/shared?declares=public,+max-age=60")
    assert first.body == b"page of nobody"
    again = peter.get("/shared?declares=public,+max-age=60")
    assert again.body == b"page of nobody" and status(again).startswith("pforte; hit")
    asked = [one for one in backend.requests if one.target.startswith("/shared")]
    assert len(asked) == 1
    for name in ("remote-user", "cookie", "authorization", "pforte-assertion", "pforte-principal"):
        assert asked[0].get(name) is None
    # Only where it says public.
    for visitor in (eva, peter):
        assert status(visitor.get("/shared?declares=max-age=60")) == "pforte; fwd=uri-miss"


@pytest.mark.parametrize("field", ["Cookie: JSESSIONID=1", "Authorization: Basic YTpi"])
def test_what_is_answered_to_somebody_is_kept_only_if_it_is_public(field, start_gate, start_backend):
    def script(exchange: Exchange) -> None:
        public = exchange.request.target.startswith("/public")
        exchange.answer(b"from %d" % len(exchange.backend.requests), PUBLIC if public else PLAIN)
    gate = keeping(start_gate, start_backend(script))
    assert gate.get("/own", field).body != gate.get("/own", field).body
    anonymous = gate.get("/own")
    assert gate.get("/own").body == anonymous.body != gate.get("/own", field).body
    assert gate.get("/public", field).body == gate.get("/public").body == gate.get("/public", field).body


def test_the_gates_own_cookie_is_not_kept(start_desk, start_backend, susan):
    gate = start_desk(start_backend(counting(PUBLIC)), site={"cache": {"withhold_identity": True}})
    first, second = Visitor(gate), Visitor(gate)
    signed_in = first.sign_in_with(susan, "/a")
    assert signed_in.get("cache-control") == "private, no-cache"
    second.sign_in(EVA.login, EVA.password)
    again = second.get("/a")
    assert status(again).startswith("pforte; hit") and again.body == signed_in.body
    assert again.head.all("set-cookie") == [] and again.get("cache-control") == "public, max-age=60"


def test_a_forged_field_of_the_gate_selects_nothing(start_desk, start_backend):
    gate = start_desk(start_backend(personal(PUBLIC, "Vary: Remote-User")), site={"cache": True, "sign_in": "optional"})
    visitor = Visitor(gate)
    assert visitor.get("/", "Remote-User: eva").body == b"page of nobody"
    assert gate.metric("pforte_cache_entries") == 0


def test_check_warns_where_nothing_could_be_kept(start_desk, app):
    gate = start_desk(app)
    gate.config["site"][0]["cache"] = True
    gate.write()
    done = gate.run("check")
    assert "withhold_identity" in done.stderr and "warning" in done.stderr, done.stderr
    gate.config["site"][0]["cache"] = {"withhold_identity": True}
    gate.write()
    assert "withhold_identity" not in gate.run("check").stderr


def test_purge_takes_out_a_site_or_a_path(start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(PLAIN)))
    for target in ("/a/1", "/a/2", "/b"):
        gate.get(target)
    done = gate.run("cache", "purge", "crm.example.com", "/a", "--json")
    assert (done.returncode, done.stdout) == (0, '{"purged": 2}\n'), done
    assert [gate.get(target).body for target in ("/b", "/a/1")] == [b"answer 3", b"answer 4"]
    assert gate.run("cache", "purge", "other.example.com").returncode == 2
    assert gate.run("cache", "purge").returncode == 0
    assert gate.metric("pforte_cache_entries") == 0
    shown = gate.run("cache", "show", "--json")
    assert '"entries": 0' in shown.stdout and '"limit": 67108864' in shown.stdout, shown


def test_what_connection_names_did_not_reach_the_application_and_selects_nothing(start_gate, start_backend):
    gate = keeping(start_gate, start_backend(counting(PUBLIC, "Vary: Accept-Language")))
    first = gate.get("/a", "Accept-Language: de", "Connection: Accept-Language").body
    german = gate.get("/a", "Accept-Language: de").body
    assert german != first and gate.get("/a", "Accept-Language: de").body == german


def test_an_answer_that_ends_with_its_connection_is_not_kept(start_gate, start_backend):
    asked = []

    def half(exchange: Exchange) -> None:
        asked.append(exchange.request.target)
        exchange.send(b"HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nConnection: close\r\n\r\nhalf a pa")
        exchange.close()
    gate = keeping(start_gate, start_backend(half))
    assert gate.get("/a").body == gate.get("/a").body
    assert len(asked) == 2

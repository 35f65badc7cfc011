"""What an operator and a user see: error pages, the access log, metrics, events."""

import json
import re
import time

import pytest
import raw
from backends import after, by_path, hang, text
from gate import HOST, until
from ports import free_port
from raw import request

BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def pforte(start_gate, start_backend):
    script = by_path({"/slow": after(0.2), "/hang": hang, "/teapot": text(b"short and stout", status=418)})
    return start_gate(start_backend(script), site={"allow": ["/app", "/slow", "/hang", "/teapot"]},
                      backend={"answer_time": "400ms"})


@pytest.mark.parametrize(("language", "code", "word"), [
    ("de-DE,de;q=0.9,en;q=0.8", "de", "nicht"), ("en-US,en;q=0.9", "en", "not"), ("fr", "en", "not"),
    ("en;q=0.3,de;q=0.7", "de", "nicht"), ("de;q=0,en", "en", "not"),
])
def test_a_browser_gets_a_page_in_its_language(language, code, word, pforte):
    answer = pforte.get("/nothing", BROWSER, f"Accept-Language: {language}")
    page = answer.body.decode("utf-8")
    assert answer.status == 404
    assert answer.get("content-type").lower().replace(" ", "") == "text/html;charset=utf-8"
    assert f'lang="{code}"' in page
    assert word in page.lower()
    assert answer.get("pforte-reference") in page


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/problem+json", "text/plain"])
def test_any_other_client_gets_a_problem_document(accept, pforte):
    answer = pforte.get("/nothing", *([f"Accept: {accept}"] if accept else []))
    assert answer.get("content-type").startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == 404
    assert problem["title"]
    assert answer.get("pforte-reference") in json.dumps(problem)


def test_an_error_page_is_not_kept_and_brings_nothing_from_elsewhere(pforte):
    answer = pforte.get("/nothing", BROWSER)
    assert "no-store" in (answer.get("cache-control") or "")
    assert "script" not in answer.body.decode().lower()
    assert "http://" not in answer.body.decode().replace("http://www.w3.org", "")


def test_a_path_is_never_played_back_unescaped(pforte):
    answer = pforte.get("/nothing/%3Cb%3E<b>\"'", BROWSER)
    assert "<b>" not in answer.body.decode()


def test_an_error_page_for_head_has_no_body(pforte):
    with pforte.connect() as client:
        assert client.ask(request("HEAD", "/nothing"), "HEAD").status == 404
        assert client.ask(request("GET", "/app")).status == 200


def test_references_are_never_the_same(pforte):
    references = {pforte.get("/nothing").get("pforte-reference") for _ in range(50)}
    assert len(references) == 50
    assert all(re.fullmatch(r"[0-9A-Za-z-]{6,40}", one) for one in references)


def test_an_answer_of_the_application_is_not_replaced_by_a_page(pforte):
    answer = pforte.get("/teapot", BROWSER)
    assert (answer.status, answer.body) == (418, b"short and stout")


def test_every_request_has_one_line_in_the_access_log(pforte):
    pforte.ask(request("POST", "/app/x?secret=1", body=b"hello"), secure=True)
    line = pforte.access(method="POST")
    assert set(line) >= {"time", "reference", "client", "sni", "host", "method", "path", "status", "bytes_in",
                         "bytes_out", "durations", "backend", "decision"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["time"])
    assert line["client"].startswith("127.0.0.1")
    assert line["sni"] == HOST
    assert line["host"] == HOST
    assert line["path"].startswith("/app/x")
    assert line["status"] == 200
    assert line["bytes_in"] >= 5
    assert line["bytes_out"] > 0
    assert line["backend"]


def test_the_durations_add_up(pforte):
    pforte.get("/slow")
    durations = pforte.access(path="/slow")["durations"]
    assert 190 <= durations["first_byte_ms"] <= durations["total_ms"] + 1 < 1500
    assert 0 <= durations["connect_ms"] < 100
    assert 0 <= durations["transfer_ms"] < 100


def test_what_is_refused_is_in_the_log_with_the_reason(pforte):
    cases = {b"GET /app HTTP/1.1\r\nHost : x\r\n\r\n": 400, request("GET", "/nothing"): 404,
             request("GET", "/app/a%2fb"): 400, request("GET", "/hang"): 504}
    for data, status in cases.items():
        answer = pforte.ask(data)
        assert answer.status == status
        line = pforte.access(reference=answer.get("pforte-reference"))
        assert line["status"] == status
        assert line["decision"]


def test_a_client_that_vanished_is_in_the_log(pforte):
    client = pforte.connect()
    client.send(request("GET", "/slow"))
    time.sleep(0.05)
    client.reset()
    line = pforte.access(path="/slow")
    assert line["status"] in (0, 200, 499)


def test_strange_bytes_do_not_break_the_log(pforte):
    pforte.ask(request("GET", "/app/\xfc\xff\"\\", 'User-Agent: "\\\xfc', host=HOST))
    pforte.ask(request("GET", "/nothing/%00%0a%22", host=HOST))
    until(lambda: len(pforte.access_lines()) >= 2, "both lines are there")
    for line in pforte.access_lines():
        assert line["reference"]


def test_lines_of_many_clients_are_whole(pforte):
    for _ in range(4):
        with pforte.connect() as client:
            client.send(request("GET", "/app/" + "x" * 500) * 50)
            for _ in range(50):
                assert client.answer().status == 200
    until(lambda: len([line for line in pforte.access_lines() if line["path"].startswith("/app/x")]) == 200, "200 lines")


def test_the_log_file_is_opened_anew_at_a_reload(pforte):
    file = pforte.folder / "access.log"
    pforte.get("/app/before")
    pforte.access(path="/app/before")
    file.rename(pforte.folder / "access.log.1")
    assert pforte.reload().returncode == 0
    asked = 0

    def in_the_new_file() -> bool:
        nonlocal asked
        pforte.get("/app/after")
        asked += 1
        return "/app/after" in file.read_text()
    until(in_the_new_file, "the new file is written")
    time.sleep(0.3)
    both = (pforte.folder / "access.log.1").read_text() + file.read_text()
    assert both.count("/app/after") == asked


def test_metrics_are_what_prometheus_reads(pforte):
    for _ in range(5):
        pforte.get("/app")
    pforte.get("/nothing")
    port = int(pforte.config["admin"]["address"].rpartition(":")[2])
    with raw.Client(port) as client:
        answer = client.ask(request(target="/metrics", host=f"127.0.0.1:{port}"))
    assert answer.get("content-type").startswith("text/plain")
    lines = answer.body.decode().splitlines()
    sample = re.compile(r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_]\w*="([^"\\\n]|\\.)*",?)*\})? (-?[0-9.eE+-]+|NaN|\+Inf)')
    assert [line for line in lines if line and not line.startswith("#") and not sample.fullmatch(line)] == []
    types = {line.split()[2]: line.split()[3] for line in lines if line.startswith("# TYPE")}
    assert types["pforte_client_connections"] == "gauge"
    assert "histogram" in types.values()
    for line in lines:
        if line and not line.startswith("#"):
            name = re.split(r"[{ ]", line)[0]
            assert name in types or re.sub(r"_(bucket|sum|count)$", "", name) in types, name


def test_connections_are_counted_while_they_last(pforte):
    with pforte.connect(secure=True) as one, pforte.connect() as other:
        one.ask(request("GET", "/app"))
        other.ask(request("GET", "/app"))
        assert pforte.client_connections == 2
    until(lambda: pforte.client_connections == 0, "they are gone")


def test_failed_handshakes_are_counted_by_reason(pforte, stranger):
    for _ in range(3):
        with pytest.raises(OSError):
            pforte.connect(tls=raw.trusting(stranger.certificate))
    until(lambda: sum(value for name, value in pforte.metrics().items() if name.startswith("pforte_") and
                      "handshake" in name and "reason=" in name) == 3, "three are counted")


def test_health_is_answered_on_every_listener_and_never_forwarded(pforte):
    for secure in (False, True):
        answer = pforte.get("/.pforte/health", secure=secure)
        assert answer.status == 200
    assert pforte.get("/.pforte/health", host="whoever.example").status in (200, 404, 421)


def test_the_http_listener_redirects_to_the_canonical_name(start_gate, app, authority):
    port = free_port()
    pforte = start_gate(app, more_listeners=[{"address": f"127.0.0.1:{port}", "redirect_to_https": True}],
                        site={"hosts": [HOST, "crm"], "certificate": authority.issue(HOST, "crm").config()})

    def location(host: str, target: str) -> tuple[int, str]:
        with raw.Client(port) as client:
            answer = client.ask(request("GET", target, host=host))
        return answer.status, (answer.get("location") or "").replace(f":{pforte.tls_port}", "")
    assert location(HOST, "/a?b=c%20d")[0] in (301, 302, 307, 308)
    assert location(HOST, "/a?b=c%20d")[1] == f"https://{HOST}/a?b=c%20d"
    assert location("crm", "/x")[1] == f"https://{HOST}/x"
    assert "evil" not in location("evil.example", "/x")[1]
    assert "evil" not in location(HOST, "//evil.example/x")[1].split("/")[2]
    assert app.requests == []


def test_the_operators_pages_answer_no_other_name(pforte):
    # A page from elsewhere whose name was pointed at 127.0.0.1 sends its own name.
    port = int(pforte.config["admin"]["address"].rpartition(":")[2])
    with raw.Client(port) as client:
        answer = client.ask(request(target="/metrics", host="evil.example"))
    assert answer.status in (400, 403, 404, 421)
    assert b"pforte_client_connections" not in answer.body


def test_the_operators_listener_changes_nothing(pforte):
    port = int(pforte.config["admin"]["address"].rpartition(":")[2])
    for method in ("POST", "GET"):
        with raw.Client(port) as client:
            answer = client.ask(request(method, "/api/v1/reload", host=f"127.0.0.1:{port}", body=b""))
        assert answer.status in (403, 404, 405)
    assert pforte.events("reload.done") == []

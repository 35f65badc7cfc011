"""How requests are shared out among the servers of a backend: weights, reserves, limits, hashes."""

import json
import signal
import threading
import time
from collections import Counter

import pytest
from backends import by_path, echo, reset_at_once, text
from gate import until
from raw import request

ALL = ["round-robin", "least-connections", "power-of-two", "hash"]


def ports(pforte, count: int) -> Counter:
    return Counter(pforte.get().json()["port"] for _ in range(count))


def server(backend, **more) -> dict:
    return {"url": backend.url} | more


def change(pforte, **keys) -> None:
    """Reloads the backend with other keys."""
    pforte.config["backend"][0].update(keys)
    pforte.write()
    assert pforte.reload().returncode == 0


class Held:
    """Requests that are under way until `release`."""

    def __init__(self, pforte, backends):
        self.pforte, self.backends, self.clients = pforte, backends, []
        self.open = threading.Event()

    def script(self, exchange):
        self.open.wait(10)
        exchange.answer(b"held")

    def send(self, count: int = 1) -> None:
        before = self.arrived()
        for _ in range(count):
            client = self.pforte.connect()
            client.send(request("GET", "/held"))
            self.clients.append(client)
        until(lambda: self.arrived() == before + count, "they have arrived")

    def arrived(self) -> int:
        return sum(backend.targets.count("/held") for backend in self.backends)

    def release(self) -> list[int]:
        self.open.set()
        statuses = [client.answer().status for client in self.clients]
        for client in self.clients:
            client.close()
        return statuses


@pytest.fixture
def hold(start_gate, start_backend):
    """A gate with backends whose /held lasts until released: `hold(count, servers, **gate)`."""
    def start(count, servers, **gate):
        backends = [start_backend() for _ in range(count)]
        pforte = start_gate(**gate | {"backend": {"servers": servers(*backends)} | gate.get("backend", {})})
        held = Held(pforte, backends)
        for backend in backends:
            backend.script = by_path({"/held": held.script})
        return pforte, backends, held
    return start


@pytest.mark.parametrize("balance", ["round-robin", "least-connections"])
def test_each_gets_by_its_weight(balance, start_gate, start_backend):
    heavy, light = start_backend(), start_backend()
    pforte = start_gate(workers=1, backend={"balance": balance, "servers": [server(heavy, weight=3), light.url]})
    assert ports(pforte, 40) == {heavy.port: 30, light.port: 10}


def test_a_reload_changes_weights_and_loses_no_request(start_gate, start_backend):
    one, other = start_backend(), start_backend()
    pforte = start_gate(workers=1, backend={"balance": "round-robin", "servers": [server(one, weight=1), other.url]})
    over, statuses = threading.Event(), []

    def keep_asking():
        while not over.is_set():
            statuses.append(pforte.get().status)
    asking = threading.Thread(target=keep_asking)
    asking.start()
    for weight in (9, 1, 4):
        change(pforte, servers=[server(one, weight=weight), other.url])
    over.set()
    asking.join()
    assert set(statuses) == {200}
    assert ports(pforte, 50) == {one.port: 40, other.port: 10}


@pytest.mark.parametrize("balance", ALL)
def test_a_backup_serves_only_while_no_other_can(balance, start_gate, start_backend):
    first, reserve = start_backend(), start_backend()
    pforte = start_gate(workers=2, backend={
        "balance": balance, "servers": [first.url, server(reserve, backup=True)],
        "health": {"path": "/health", "every": "100ms", "timeout": "500ms"}})
    assert ports(pforte, 10) == {first.port: 10}
    first.script = by_path({"/health": text(b"ill", status=503)})
    until(lambda: ports(pforte, 3) == {reserve.port: 3}, "the reserve steps in")
    first.script = echo
    until(lambda: ports(pforte, 3) == {first.port: 3}, "the first is back")


@pytest.mark.parametrize("balance", ALL)
def test_no_server_gets_more_at_once_than_it_takes(balance, hold):
    pforte, (small, large), held = hold(2, lambda a, b: [server(a, max_requests=1), server(b, max_requests=3)],
                                        workers=2, backend={"balance": balance, "queue": 0})
    held.send(4)
    assert (len(small.requests), len(large.requests)) == (1, 3)
    assert pforte.get().status == 503
    assert held.release() == [200] * 4
    assert pforte.get().status == 200


def test_what_other_workers_have_under_way_counts(hold):
    pforte, backends, held = hold(4, lambda *all: [one.url for one in all], workers=4,
                                  backend={"balance": "least-connections"})
    held.send(20)
    assert [one.targets.count("/held") for one in backends] == [5, 5, 5, 5]
    assert held.release() == [200] * 20


def test_by_hash_of_a_header_a_tenant_stays_at_its_server(start_gate, start_backend):
    servers = [start_backend() for _ in range(3)]
    pforte = start_gate(*servers, workers=2, backend={"balance": "hash", "hash_by": "header:X-Tenant"})

    def homes() -> dict:
        return {n: pforte.get("/", f"X-Tenant: t{n}").json()["port"] for n in range(40)}
    before = homes()
    assert set(before.values()) == {one.port for one in servers}
    assert homes() == before
    gone = servers[1]
    change(pforte, servers=[servers[2].url, servers[0].url])
    now = homes()
    assert {n for n in before if before[n] != now[n]} == {n for n in before if before[n] == gone.port}


def test_a_server_that_comes_back_gets_its_share_little_by_little(start_gate, start_backend):
    old, back = start_backend(), start_backend()
    pforte = start_gate(old, back, workers=1, backend={
        "balance": "round-robin", "slow_start": "3s",
        "health": {"path": "/health", "every": "100ms", "timeout": "500ms"}})
    assert ports(pforte, 20) == {old.port: 10, back.port: 10}
    back.script = by_path({"/health": text(b"ill", status=503)})
    until(lambda: back.port not in ports(pforte, 4), "it is left out")
    back.script = echo
    until(lambda: pforte.metric("pforte_backend_server_up", server=back.url) == 1, "it is back")
    began = time.monotonic()
    early = ports(pforte, 20)[back.port]
    assert time.monotonic() - began > 1 or early <= 6
    time.sleep(max(0.0, 3.2 - (time.monotonic() - began)))
    assert ports(pforte, 40)[back.port] >= 18


def test_ejections_grow_longer_until_the_server_has_served_for_a_while(start_gate, start_backend):
    bad, good = start_backend(reset_at_once), start_backend()
    pforte = start_gate(bad, good, workers=1, backend={
        "balance": "round-robin", "eject_after": 1, "eject_time": "100ms", "eject_time_max": "300ms"})

    def ejections(count: int) -> list[str]:
        def asked() -> list[str]:
            assert pforte.get().status == 200
            return [event["for"] for event in pforte.events("backend.ejected")]
        return until(lambda: told if len(told := asked()) >= count else None, f"{count} ejections")
    assert ejections(4) == ["100ms", "200ms", "300ms", "300ms"]
    bad.script = echo
    until(lambda: bad.port in ports(pforte, 2), "it serves again")
    time.sleep(0.35)
    bad.script = reset_at_once
    assert ejections(5)[4] == "100ms"


# Drain and undrain.


def drained(pforte, *operands) -> dict:
    done = pforte.run("backend", *operands, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def listed(pforte, backend) -> dict:
    servers = [one for each in drained(pforte, "list")["backends"] for one in each["servers"]]
    return next(one for one in servers if one["url"] == backend.url)


@pytest.mark.parametrize("balance", ALL)
def test_a_drained_server_gets_nothing_new_and_ends_what_it_has(balance, hold):
    pforte, (one, other), held = hold(2, lambda a, b: [a.url, server(b, weight=256)], workers=2,
                                      backend={"balance": balance})
    held.send(4)
    drained(pforte, "drain", "app", other.url)
    under_way = other.targets.count("/held")
    assert ports(pforte, 10) == {one.port: 10}
    assert listed(pforte, other)["state"] == "drained"
    assert listed(pforte, other)["requests"] == under_way
    assert pforte.metric("pforte_backend_server_drained", server=other.url) == 1
    assert pforte.metric("pforte_backend_server_up", server=other.url) == 0
    assert "drained" in pforte.run("status").stdout
    assert held.release() == [200] * 4
    drained(pforte, "undrain", "app", other.url)
    until(lambda: other.port in ports(pforte, 5) or balance == "hash", "it gets requests again")
    assert listed(pforte, other)["state"] == "up"
    assert [event["server"] for event in pforte.events("backend.drained")] == [other.url]


def test_a_drain_outlives_a_reload_and_a_restart(start_gate, start_backend):
    one, other = start_backend(), start_backend()
    pforte = start_gate(one, other, backend={"balance": "round-robin"})
    drained(pforte, "drain", "app", other.url)
    change(pforte, eject_after=7)  # makes new servers of them
    assert ports(pforte, 6) == {one.port: 6}
    pforte.signal(signal.SIGTERM)
    pforte.wait()
    again = start_gate.again(pforte)
    assert ports(again, 6) == {one.port: 6}
    drained(again, "undrain", "app")
    assert set(ports(again, 6)) == {one.port, other.port}


def test_a_server_can_be_drained_before_the_gate_runs(start_gate, start_backend):
    one, other = start_backend(), start_backend()
    pforte = start_gate(one, other, backend={"balance": "round-robin"})
    pforte.signal(signal.SIGTERM)
    pforte.wait()
    drained(pforte, "drain", "app", one.url)
    assert pforte.run("backend", "list").returncode == 3
    again = start_gate.again(pforte)
    assert ports(again, 6) == {other.port: 6}


def test_a_backend_that_is_drained_as_a_whole_answers_503_and_the_command_says_so(pforte, app):
    done = pforte.run("backend", "drain", "app")
    assert done.returncode == 0
    assert "503" in done.stderr
    assert pforte.get().status == 503
    assert app.requests == []
    drained(pforte, "undrain", "app")
    assert pforte.get().status == 200


def test_what_is_no_backend_and_no_server_of_it_is_refused(pforte, app):
    for operands, words in [(("drain", "ap"), "did you mean app?"), (("drain", "app", "http://127.0.0.1:1"), app.url),
                            (("undrain", "crm"), "there are: app"), (("list", "crm"), "no backend crm")]:
        done = pforte.run("backend", *operands)
        assert done.returncode == 2
        assert words in done.stderr
    german = pforte.run("backend", "drain", "crm", "--lang", "de")
    assert "hat kein Backend crm" in german.stderr
    assert pforte.get().status == 200


# Waiting in line.


def waiting(pforte) -> float:
    return pforte.metric("pforte_backend_queue_length", backend="app")


def queue(pforte, *targets) -> list:
    """Clients whose requests wait, in this order."""
    clients = []
    for target in targets:
        before = waiting(pforte)
        clients.append(pforte.connect())
        clients[-1].send(request("GET", target))
        until(lambda: waiting(pforte) == before + 1, f"{target} waits")  # noqa: B023
    return clients


def one_at_once(backend) -> list:
    return [server(backend, max_requests=1)]


def test_who_finds_all_servers_busy_waits_and_is_served_in_his_turn(hold):
    pforte, (backend,), held = hold(1, one_at_once, workers=4)
    held.send()
    clients = queue(pforte, *(f"/{number}" for number in range(8)))
    held.release()
    assert [client.answer().status for client in clients] == [200] * 8
    assert backend.targets == ["/held", *(f"/{number}" for number in range(8))]
    assert pforte.metric("pforte_backend_queued_total", backend="app", outcome="served") == 8
    assert pforte.metric("pforte_backend_queue_seconds_total", backend="app") > 0
    assert pforte.access(path="/7")["durations"]["queue_ms"] > 0
    assert "queue_ms" not in pforte.access(path="/held")["durations"]


def test_a_line_that_is_full_turns_away(hold):
    pforte, (backend,), held = hold(1, one_at_once, backend={"queue": 2, "queue_time": "7s"})
    held.send()
    clients = queue(pforte, "/a", "/b")
    answer = pforte.get("/c", "Accept: application/json")
    assert (answer.status, answer.get("retry-after")) == (503, "7")
    assert pforte.access(path="/c")["decision"] == "backend.queue-full"
    held.release()
    assert [client.answer().status for client in clients] == [200, 200]
    assert "/c" not in backend.targets
    assert pforte.metric("pforte_backend_queued_total", backend="app", outcome="full") == 1


def test_who_waits_too_long_is_told_to_come_again(hold):
    pforte, _, held = hold(1, one_at_once, backend={"queue_time": "300ms"})
    held.send()
    began = time.monotonic()
    answer = pforte.get("/late")
    assert 0.25 < time.monotonic() - began < 3
    assert (answer.status, answer.get("retry-after")) == (503, "1")
    line = pforte.access(path="/late")
    assert line["decision"] == "backend.queue-timeout"
    assert line["durations"]["queue_ms"] >= 290
    assert pforte.metric("pforte_backend_queued_total", backend="app", outcome="timeout") == 1
    assert held.release() == [200]


def test_who_goes_gives_his_place_in_the_line_up(hold):
    pforte, (backend,), held = hold(1, one_at_once, backend={"queue": 1})
    held.send()
    gone, = queue(pforte, "/gone")
    gone.reset()
    until(lambda: waiting(pforte) == 0, "the place is free")
    stays, = queue(pforte, "/stays")
    held.release()
    assert stays.answer().status == 200
    assert backend.targets == ["/held", "/stays"]
    assert pforte.metric("pforte_backend_queued_total", backend="app", outcome="gone") == 1


@pytest.mark.parametrize("back", ["well", "undrained"])
def test_a_server_that_comes_back_serves_those_who_wait(back, hold):
    pforte, (busy, away), held = hold(2, lambda a, b: [server(a, max_requests=1), b.url], backend={
        "balance": "round-robin", "health": {"path": "/health", "every": "100ms", "timeout": "500ms"}})
    if back == "well":
        away.script = by_path({"/health": text(b"ill", status=503)})
        until(lambda: pforte.metric("pforte_backend_server_up", server=away.url) == 0, "it is away")
    else:
        drained(pforte, "drain", "app", away.url)
    held.send()
    clients = queue(pforte, "/a", "/b", "/c")
    away.script = echo
    drained(pforte, "undrain", "app", away.url)
    assert [client.answer().status for client in clients] == [200] * 3
    assert {target for target in away.targets if target != "/health"} == {"/a", "/b", "/c"}
    assert held.release() == [200]


def test_a_client_that_waits_for_its_own_server_holds_up_nobody(hold):
    pforte, (own, other), held = hold(2, lambda a, b: [server(a, max_requests=1, route="a"), server(b, max_requests=1, route="b")],
                                      backend={"sticky": {"by": "application-cookie", "name": "SESSION"}})

    def ask(target, route):
        client = pforte.connect()
        client.send(request("GET", target, f"Cookie: SESSION=1.{route}"))
        return client
    held.clients.append(ask("/held", "a"))
    until(lambda: "/held" in own.targets, "it is busy")
    kept = ask("/kept", "a")
    until(lambda: waiting(pforte) == 1, "the next one of its clients waits")
    assert pforte.get("/free").json()["port"] == other.port
    held.release()
    assert kept.answer().json()["port"] == own.port


def test_under_load_nobody_is_lost_in_the_line_and_no_server_has_too_many(start_gate, start_backend):
    lock, now, most = threading.Lock(), Counter(), Counter()

    def count(exchange):
        port = exchange.backend.port
        with lock:
            now[port] += 1
            most[port] = max(most[port], now[port])
        time.sleep(0.003)
        with lock:
            now[port] -= 1
        echo(exchange)
    servers = [start_backend(count) for _ in range(2)]
    pforte = start_gate(workers=3, backend={"servers": [server(one, max_requests=2) for one in servers]})
    statuses = []

    def ask_often():
        with pforte.connect() as client:
            statuses.extend(client.ask(request("GET", "/")).status for _ in range(30))
    askers = [threading.Thread(target=ask_often) for _ in range(20)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert Counter(statuses) == {200: 600}
    assert max(most.values()) <= 2
    assert waiting(pforte) == 0

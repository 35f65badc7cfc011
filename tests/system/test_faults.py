"""When the machine gives no more: files, descriptors, disks; and the orderly end."""

import json
import resource
import signal
import ssl
import threading
import time

import pytest
import raw
from backends import after, by_path, websocket_echo
from gate import is_sanitized, until
from load import Load
from raw import request
from test_websocket import HELLO, HELLO_BACK, UPGRADE


def test_a_full_disk_for_the_log_costs_no_request(start_gate, app):
    pforte = start_gate(app, log={"access": "/dev/full"})
    for _ in range(200):
        assert pforte.get().status == 200
    until(lambda: "No space left" in pforte.said() or "access" in pforte.said(), "the gate says so")
    assert len(pforte.said().splitlines()) < 50  # it does not fill the next disk with complaints


def test_without_descriptors_the_gate_goes_on_and_says_so(start_gate, app):
    pforte = start_gate(app, prefix=("prlimit", "--nofile=64"))
    held: list[raw.Client] = []
    try:
        for _ in range(100):
            held.append(pforte.connect())
    except OSError:
        pass
    time.sleep(0.5)
    used = pforte_cpu(pforte)
    time.sleep(1)
    assert pforte_cpu(pforte) - used < 0.5  # it does not spin
    for client in held:
        client.close()

    def serves() -> bool:
        try:
            return pforte.get().status == 200
        except (OSError, EOFError):
            return False
    until(serves, "the gate serves again", 10)
    assert [line for line in pforte.said().splitlines() if "level=error" in line or "level=warning" in line]


def pforte_cpu(pforte) -> float:
    """Seconds of processor time so far."""
    with open(f"/proc/{pforte.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_the_limit_of_connections_holds_and_is_given_back(start_gate, app):
    pforte = start_gate(app, limits={"connections": 10})
    held = [pforte.connect() for _ in range(10)]
    for client in held[:3]:
        assert client.ask(request()).status == 200
    extra = pforte.connect()
    extra.socket.settimeout(0.5)
    try:
        assert extra.ask(request()).status in (200, 503)
    except (OSError, EOFError):
        pass
    for client in held:
        client.close()
    extra.close()
    until(lambda: pforte.get().status == 200, "the gate serves again")


def test_an_idle_gate_uses_no_processor(pforte):
    with pforte.connect(secure=True) as client:
        client.ask(request())
        time.sleep(0.2)
        before = pforte_cpu(pforte)
        time.sleep(1)
        assert pforte_cpu(pforte) - before <= 0.03


def test_sigterm_lets_what_is_under_way_finish(start_gate, start_backend):
    pforte = start_gate(start_backend(by_path({"/slow": after(0.7)})), limits={"drain": "5s"})
    with pforte.connect(secure=True) as client, pforte.connect() as plain, pforte.connect(secure=True) as idle:
        idle.ask(request())
        client.send(request("GET", "/slow"))
        plain.send(request("GET", "/slow"))
        time.sleep(0.2)
        began = time.monotonic()
        pforte.signal(signal.SIGTERM)
        assert idle.ended(1)
        time.sleep(0.1)
        with pytest.raises(OSError):
            raw.Client(pforte.plain_port)
        for one in (client, plain):
            answer = one.answer()
            assert answer.status == 200
            assert answer.get("connection") == "close"
            one.close()
        assert pforte.wait(3) == 0
        assert time.monotonic() - began < 2


def test_sigterm_under_load_loses_no_request_that_was_taken(start_gate, start_backend):
    pforte = start_gate(start_backend(after(0.02)))
    with Load(pforte, workers=6) as load:
        until(lambda: load.answered > 50, "the load is under way", 10)
        pforte.signal(signal.SIGTERM)
        assert pforte.wait(5) == 0
        time.sleep(0.1)
    assert set(load.statuses) == {200}
    # After its end nobody is there; before, an idle connection may have ended just when its client asked.
    assert {failure.split("(")[0] for failure in load.failures} <= {"ConnectionRefusedError", "RemoteDisconnected"} \
        | {"ConnectionResetError", "BrokenPipeError", "SSLEOFError"}


def test_sigterm_does_not_wait_longer_than_it_may(start_gate, start_backend):
    pforte = start_gate(start_backend(by_path({"/slow": after(8), "/socket": websocket_echo})), limits={"drain": "1s"})
    with pforte.connect() as slow, pforte.connect(secure=True) as socket:
        slow.send(request("GET", "/slow"))
        assert socket.ask(request("GET", "/socket", *UPGRADE)).status == 101
        socket.send(HELLO)
        assert b"".join(socket.reader.pieces(7)) == HELLO_BACK
        time.sleep(0.1)
        began = time.monotonic()
        pforte.signal(signal.SIGTERM)
        assert pforte.wait(4) == 0
        assert 0.8 < time.monotonic() - began < 2.5


def test_clients_that_vanish_at_every_moment_leave_nothing_behind(start_gate, start_backend, authority):
    pforte = start_gate(start_backend(by_path({"/slow": after(0.2)})))
    context = raw.trusting(authority.certificate)
    whole = request("POST", "/slow", body=b"x" * 50)

    def vanish(step: int) -> None:
        secure = step % 2
        client = pforte.connect(tls=context if secure else None)
        client.send(whole[:step * 5])
        time.sleep((step % 5) * 0.05)
        client.reset()

    threads = [threading.Thread(target=vanish, args=(step,)) for step in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pforte.get().status == 200


def nothing_of_another_exchange(pforte, backend):
    """What the next clients send arrives as their own, on connections that begin with it."""
    for number in range(12):
        assert pforte.get(f"/next/{number}").json()["target"] == f"/next/{number}"
    for reader in backend.wire:
        seen = bytes(reader.first_bytes)
        assert not seen or seen.startswith((b"POST /left ", b"GET /next/")), seen[:400]
        assert not (b"c2VjcmV0" in seen and b"GET /next/" in seen), seen[:400]


@pytest.mark.parametrize("secure", [False, True])
def test_a_request_whose_body_never_came_is_not_sent_ahead_of_the_next_one(secure, start_gate, app):
    pforte = start_gate(app, workers=1)
    for _ in range(3):
        client = pforte.connect(secure=secure)
        client.send(request("POST", "/left", "Authorization: Basic c2VjcmV0", "Content-Length: 50"))
        time.sleep(0.05)
        client.reset()
    until(lambda: pforte.client_connections == 0, "they are gone")
    nothing_of_another_exchange(pforte, app)


@pytest.mark.parametrize("secure", [False, True])
def test_an_answer_to_a_client_that_vanished_is_given_to_nobody_else(secure, start_gate, start_backend):
    backend = start_backend(by_path({"/left": after(0.1)}))
    pforte = start_gate(backend, workers=1)
    for delay in (0.09, 0.095, 0.1, 0.105):
        vanishing = [pforte.connect(secure=secure) for _ in range(8)]
        for client in vanishing:
            client.send(request("POST", "/left", "Authorization: Basic c2VjcmV0", body=b"x"))
        time.sleep(delay)
        for client in vanishing:
            client.reset()
    until(lambda: pforte.client_connections == 0, "they are gone")
    backend.drop_connections()
    time.sleep(0.1)
    nothing_of_another_exchange(pforte, backend)


def test_a_handshake_that_is_left_at_every_byte_leaves_nothing_behind(pforte, authority):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    engine = raw.trusting(authority.certificate).wrap_bio(incoming, outgoing, server_hostname="crm.example.com")
    try:
        engine.do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = outgoing.read()
    for size in range(0, len(hello), 16):
        client = pforte.connect(port=pforte.tls_port)
        client.send(hello[:size])
        client.reset() if size % 32 else client.close()
    assert pforte.get(secure=True).status == 200


def test_an_answer_of_the_gate_itself_is_valid_json_where_asked_for(start_gate, app):
    pforte = start_gate(app, site={"allow": ["/x"]})
    assert json.loads(pforte.get("/", "Accept: application/json").body)["status"] == 404


@pytest.mark.skipif(is_sanitized(), reason="the sanitizer needs a descriptor itself (/proc/self/maps), and ends the process")
def test_a_health_check_that_finds_no_descriptor_says_nothing_about_the_server(start_gate, app):
    pforte = start_gate(app, workers=1, backend={"health": {"path": "/health", "every": "100ms", "timeout": "500ms"}})

    def checks() -> int:
        return app.targets.count("/health")

    until(lambda: checks() >= 2, "the server is checked")
    with pforte.connect() as client:
        assert client.ask(request()).status == 200  # from now on the gate has a connection to the server
        soft, hard = resource.prlimit(pforte.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pforte.pid, resource.RLIMIT_NOFILE, (3, hard))
        time.sleep(0.2)
        before = checks()
        for _ in range(8):
            time.sleep(0.1)
            assert client.ask(request()).status == 200
        assert checks() == before  # none got through
        resource.prlimit(pforte.pid, resource.RLIMIT_NOFILE, (soft, hard))
        until(lambda: checks() > before, "the checks go on")
    assert pforte.events("backend.down") == []
    assert pforte.metric("pforte_backend_server_up") == 1

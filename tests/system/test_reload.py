"""A new configuration costs nobody a request; a wrong one changes nothing."""

import shutil
import signal
import threading
import time

import pytest
import raw
from backends import after, by_path, tls_server
from gate import HOST, merged, until
from load import Load
from ports import free_port
from raw import request


def serial(pforte) -> int:
    with pforte.connect(secure=True) as client:
        return int(client.tls.getpeercert()["serialNumber"], 16)


@pytest.mark.parametrize("new_connections", [False, True])
def test_reloads_under_load_lose_no_request(new_connections, pforte):
    with Load(pforte, workers=4, new_connections=new_connections) as load:
        until(lambda: load.answered > 50, "the load is under way", 10)
        for _ in range(8):
            done = pforte.reload()
            assert done.returncode == 0, done.stderr
            time.sleep(0.1)
        so_far = load.answered
        until(lambda: load.answered > so_far + 50, "it goes on", 10)
    assert load.failures == []
    assert set(load.statuses) == {200}


def test_a_reload_under_load_can_swap_backend_and_certificate(start_gate, start_backend, authority):
    old, new = start_backend(), start_backend()
    pforte = start_gate(old)
    with Load(pforte, workers=4) as load, Load(pforte, workers=2, new_connections=True) as fresh:
        until(lambda: load.answered > 50, "the load is under way", 10)
        pforte.config["backend"][0]["servers"] = [new.url]
        pforte.config["site"][0]["certificate"] = authority.issue(HOST, key="rsa").config()
        pforte.write()
        assert pforte.reload().returncode == 0
        until(lambda: len(new.requests) > 50, "the new backend is in use", 10)
    assert load.failures == fresh.failures == []
    seen = len(old.requests)
    assert pforte.get().json()["port"] == new.port
    assert len(old.requests) == seen


def test_a_request_under_way_is_finished_by_the_rules_it_began_with(start_gate, start_backend):
    pforte = start_gate(start_backend(by_path({"/slow": after(0.6)})))
    with pforte.connect(secure=True) as client:
        client.send(request("GET", "/slow"))
        time.sleep(0.1)
        pforte.config["site"][0]["allow"] = ["/other"]
        pforte.write()
        assert pforte.reload().returncode == 0
        assert client.answer().status == 200
    assert pforte.get("/slow").status == 404


def test_a_kept_alive_connection_follows_a_reload_or_ends(pforte):
    with pforte.connect(secure=True) as client:
        assert client.ask(request()).status == 200
        pforte.config["site"][0]["allow"] = ["/other"]
        pforte.write()
        assert pforte.reload().returncode == 0
        try:
            assert client.ask(request()).status == 404
        except (EOFError, OSError):
            pass


def test_sighup_reloads_too(pforte):
    pforte.config["site"][0]["allow"] = ["/other"]
    pforte.write()
    pforte.signal(signal.SIGHUP)
    until(lambda: pforte.get("/").status == 404, "the new rule holds")


def test_many_reloads_at_once_end_in_the_last_configuration(pforte):
    threads = [threading.Thread(target=pforte.reload) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(20):
        pforte.signal(signal.SIGHUP)
    pforte.config["site"][0]["allow"] = ["/last"]
    pforte.write()
    assert pforte.reload().returncode == 0
    until(lambda: pforte.get("/").status == 404, "the last rule holds")
    assert pforte.get("/last").status == 200


@pytest.mark.parametrize(("text", "word"), [
    ("this is no toml [", "pforte.toml"), ("listeners = 3\n", "listener"), ("", ""),
    ('[[listener]]\naddress = "nonsense"\n', "address"),
], ids=["syntax", "unknown key", "empty", "bad address"])
def test_an_invalid_file_changes_nothing_and_says_why(text, word, pforte):
    pforte.write(text)
    done = pforte.reload()
    # The command cannot read the file either, so how it finds the gate is its own affair; it must not claim success.
    assert done.returncode != 0
    pforte.signal(signal.SIGHUP)
    until(lambda: "level=error" in pforte.said() or "level=warning" in pforte.said(), "the gate says why")
    assert word in pforte.said() or word in done.stderr
    assert pforte.get().status == 200
    assert pforte.get(secure=True).status == 200


@pytest.mark.parametrize("what", ["chain", "key"])
@pytest.mark.parametrize("content", [b"garbage", b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_certificate_replaced_by_garbage_changes_nothing_and_says_why(what, content, start_gate, app, authority, tmp_path):
    pair = authority.issue(HOST)
    files = {"chain": shutil.copy(pair.chain, tmp_path / "site.pem"), "key": shutil.copy(pair.key, tmp_path / "site.key")}
    pforte = start_gate(app, site={"certificate": {name: str(file) for name, file in files.items()}})
    before = serial(pforte)
    files[what].write_bytes(content)
    done = pforte.reload()
    assert done.returncode != 0
    assert files[what].name in done.stderr + done.stdout + pforte.said()
    assert serial(pforte) == before
    files[what].write_bytes((pair.chain if what == "chain" else pair.key).read_bytes())
    assert pforte.reload().returncode == 0


def test_a_certificate_that_does_not_fit_its_key_or_its_names_is_refused_at_reload(start_gate, app, authority, tmp_path):
    pair, other = authority.issue(HOST), authority.issue("other.example.com")
    chain, key = shutil.copy(pair.chain, tmp_path / "site.pem"), shutil.copy(pair.key, tmp_path / "site.key")
    pforte = start_gate(app, site={"certificate": {"chain": str(chain), "key": str(key)}})
    before = serial(pforte)
    shutil.copy(other.chain, chain)
    assert pforte.reload().returncode != 0  # the key is another's
    shutil.copy(other.key, key)
    assert pforte.reload().returncode != 0  # the name is another's
    assert serial(pforte) == before


def test_a_listener_can_come_and_go(pforte):
    port = free_port()
    pforte.config = merged(pforte.config, {"listener": pforte.config["listener"] +
                                           [{"address": f"127.0.0.1:{port}", "tls": False}]})
    pforte.write()
    assert pforte.reload().returncode == 0
    with raw.Client(port) as client:
        assert client.ask(request()).status == 200
    pforte.config["listener"].pop()
    pforte.write()
    assert pforte.reload().returncode == 0

    def gone() -> bool:
        try:
            raw.Client(port).close()
            return False
        except ConnectionRefusedError:
            return True
    until(gone, "nobody listens there")


def test_a_port_that_is_taken_refuses_the_reload(pforte, app):
    pforte.config["listener"].append({"address": f"127.0.0.1:{app.port}", "tls": False})
    pforte.write()
    assert pforte.reload().returncode != 0
    assert pforte.get().status == 200


def test_pooled_tls_connections_to_a_backend_outlive_a_reload(start_gate, start_backend, authority):
    backend = start_backend(tls=tls_server(authority.issue("127.0.0.1")))
    pforte = start_gate(backend, workers=1, backend={"trust": str(authority.certificate)})
    for _ in range(3):
        assert pforte.get().status == 200
        assert backend.accepted == 1
        assert pforte.reload().returncode == 0
    assert pforte.get().status == 200
    assert backend.accepted == 1

"""Tickets that clients forward: kept for the application where the configuration asks for it, and gone with the session."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import raw
import tickets
from agents import must
from gate import Gate, until
from kdc import ALPHA, Realms
from visitor import SERVICE, Visitor, arrived, signed_in_as

HEADER = "pforte-ticket-cache"
SOON = 3.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tickets"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def keeping(start_desk: Any, app: Any, folder: Path) -> Gate:
    """A gate that keeps forwarded tickets in `folder`."""
    return start_desk(app, kerberos={"delegated_tickets": str(folder)})


def sign_in(gate: Gate, client: tickets.Client, delegate: bool = True) -> tuple[Visitor, raw.Answer]:
    visitor = Visitor(gate)
    answer = visitor.send_ticket(client.token(SERVICE, delegate=delegate))
    assert signed_in_as(answer) == "susan"
    return visitor, answer


def cache_told(answer: raw.Answer) -> Path | None:
    """The file that the application was told of."""
    told = arrived(answer).get(HEADER, [])
    assert len(told) < 2, told
    return Path(told[0].removeprefix("FILE:")) if told else None


def used(realms: Realms, cache: Path, service: str) -> str:
    """What an application does with a cache: it gets a ticket. Whose it is."""
    done = subprocess.run(["kvno", service], capture_output=True, text=True, env=realms.environment(cache), timeout=20)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(["klist"], capture_output=True, text=True, env=realms.environment(cache), timeout=20).stdout
    assert service in listed
    return listed.split("Default principal: ")[1].splitlines()[0]


def test_the_application_gets_tickets_as_the_agent_with_what_the_client_forwarded(keeping, realms, susan, folder):
    visitor, first = sign_in(keeping, susan)
    cache = cache_told(first)
    assert cache and cache.parent == folder and "susan" not in cache.name
    assert cache_told(visitor.get("/again")) == cache
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert used(realms, cache, f"HTTP/other.localhost@{ALPHA}") == f"susan@{ALPHA}"


def test_each_session_has_a_cache_of_its_own(keeping, susan, folder):
    caches = {cache_told(sign_in(keeping, susan)[1]) for _ in range(2)}
    assert {file.name for file in folder.iterdir()} == {cache.name for cache in caches if cache}
    assert len(caches) == 2


def test_a_ticket_that_is_forwarded_unasked_is_dropped(desk, susan):
    _, answer = sign_in(desk, susan)
    assert cache_told(answer) is None
    assert not [name for name in desk.descriptors() if "krb5cc" in name]
    assert not list(Path(desk.config["state_dir"]).rglob("*krb5cc*"))


def test_who_forwards_nothing_has_no_cache(keeping, susan, folder):
    _, answer = sign_in(keeping, susan, delegate=False)
    assert cache_told(answer) is None
    assert not list(folder.iterdir())


def test_a_folder_with_the_set_group_id_bit_lets_its_group_read(keeping, susan, folder):
    os.chown(folder, -1, 65534 if os.geteuid() == 0 else (os.getgroups() or [os.getegid()])[-1])
    folder.chmod(0o2750)
    cache = cache_told(sign_in(keeping, susan)[1])
    assert cache
    assert stat.S_IMODE(cache.stat().st_mode) == 0o640
    assert cache.stat().st_gid == folder.stat().st_gid


def test_signing_out_takes_the_ticket_away_at_once(keeping, susan, folder):
    (leaver, _), (stayer, answer) = sign_in(keeping, susan), sign_in(keeping, susan)
    assert leaver.sign_out().status == 200
    assert list(folder.iterdir()) == [cache_told(answer)]
    assert signed_in_as(stayer.get()) == "susan"


def test_a_session_that_an_administrator_ends_loses_its_ticket(keeping, susan, folder):
    sign_in(keeping, susan)
    _, answer = sign_in(keeping, susan)
    cache = cache_told(answer)
    assert cache
    session = cache.name.removeprefix("krb5cc_pforte_")
    until(lambda: session in keeping.run("session", "list").stdout, "the session is written down", SOON)
    must("session", "end", session, "--config", str(keeping.file))
    until(lambda: not cache.exists(), "the ticket of the ended session is gone", SOON)
    assert len(list(folder.iterdir())) == 1
    must("session", "end", "--agent", "susan", "--config", str(keeping.file))
    until(lambda: not list(folder.iterdir()), "so are those of all her sessions", SOON)


def test_a_session_that_is_ended_before_it_was_written_down_loses_its_ticket_too(keeping, susan, folder):
    _, answer = sign_in(keeping, susan)
    cache = cache_told(answer)
    keeping.run("session", "end", cache.name.removeprefix("krb5cc_pforte_"))  # knows it or not
    until(lambda: not cache.exists(), "the ticket is gone", SOON)


def test_a_session_that_idled_out_or_expired_loses_its_ticket_when_the_gate_looks(start_desk, app, susan, folder):
    gate = start_desk(app, kerberos={"delegated_tickets": str(folder)}, sign_in={"session_idle": "1s"})
    sign_in(gate, susan)
    time.sleep(1.2)
    # It looks once a minute, and whenever some session is ended.
    leaver, _ = sign_in(gate, susan)
    leaver.sign_out()
    until(lambda: not list(folder.iterdir()), "both tickets are gone", SOON)


def test_after_a_sudden_end_tickets_of_living_sessions_stay_and_leftovers_go(start_desk, keeping, susan, folder):
    visitor, answer = sign_in(keeping, susan)
    cache = cache_told(answer)
    time.sleep(0.5)  # the session is written down five times a second
    for name in ("krb5cc_pforte_AAECAwQFBgcICQoLDA0ODw", "new_pforte_AAECAwQFBgcICQoLDA0ODw"):
        (folder / name).write_text("left behind")
    again = start_desk.restart(keeping, kill=True)
    assert list(folder.iterdir()) == [cache]
    back = Visitor(again)
    back.cookies = visitor.cookies
    assert cache_told(back.get()) == cache


def test_a_reload_without_the_option_takes_the_tickets_away(keeping, susan, folder):
    visitor, _ = sign_in(keeping, susan)
    del keeping.config["kerberos"]["delegated_tickets"]
    keeping.write()
    assert keeping.reload().returncode == 0
    until(lambda: not list(folder.iterdir()), "the folder is empty", SOON)
    assert cache_told(visitor.get()) is None


def test_without_the_folder_everybody_signs_in_and_the_log_and_the_status_say_why_no_ticket_is_kept(keeping, susan, folder):
    folder.rmdir()
    _, answer = sign_in(keeping, susan)
    assert cache_told(answer) is None
    event, = keeping.events("kerberos.ticket-not-kept")
    assert event["agent"] == "susan" or "agent=susan" in keeping.said()
    assert f"{folder} cannot be used" in keeping.said()
    assert f"forwarded tickets in {folder}; not kept:" in keeping.run("status").stdout
    folder.mkdir(mode=0o700)
    assert cache_told(sign_in(keeping, susan)[1])
    assert "not kept" not in keeping.run("status").stdout


def test_a_folder_that_others_may_enter_is_warned_of_and_not_used(keeping, susan, folder):
    folder.chmod(0o755)
    _, answer = sign_in(keeping, susan)
    assert cache_told(answer) is None
    assert not list(folder.iterdir())
    checked = keeping.run("check")
    assert checked.returncode == 0
    assert f"chmod g-w,o= {folder}" in checked.stderr


def test_the_header_has_the_name_that_the_backend_asks_for_and_nobody_can_forge_it(start_desk, app, susan, folder):
    gate = start_desk(app, kerberos={"delegated_tickets": str(folder)},
                      backend={"identity": {"ticket_cache": "X-Krb5-Ccname"}})
    visitor = Visitor(gate, fields=("X_KRB5_CCNAME: FILE:/forged", "Pforte-Ticket-Cache: FILE:/forged"))
    found = arrived(visitor.send_ticket(susan.token(SERVICE, delegate=True)))
    assert found["x-krb5-ccname"][0].startswith(f"FILE:{folder}/krb5cc_pforte_")
    assert not {"x_krb5_ccname", HEADER} & found.keys()
    assert "/forged" not in str(found)

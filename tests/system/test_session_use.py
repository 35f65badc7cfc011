"""A session in use: new cookies, idle time from the last use, and reloads that nobody notices."""

import threading
import time

import raw
import tickets
from agents import EVA
from gate import until
from ports import free_port
from visitor import APP, SERVICE, Visitor, cookies_set, signed_in_as

IDLE = 2.0


def with_idle(start_desk, app, **sign_in):
    return start_desk(app, sign_in={"session_idle": f"{IDLE:.0f}s"} | sign_in)


def at_work(gate, susan) -> Visitor:
    """Somebody who has just signed in; a password would take its time, which counts."""
    visitor = Visitor(gate)
    visitor.sign_in_with(susan)
    return visitor


def asks_with(gate, session: str) -> raw.Answer:
    """One request with that very cookie, on a connection of its own."""
    return Visitor(gate).get("/", f"Cookie: __Host-pforte={session}")


def sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def test_a_session_in_use_gets_a_new_cookie_and_stays_the_same_session(start_desk, app, susan):
    gate = with_idle(start_desk, app)
    visitor = at_work(gate, susan)
    first = visitor.session
    assert cookies_set(visitor.get("/")) == {}  # not with every answer
    expires = visitor.whoami()["expires"]
    time.sleep(IDLE / 10)
    answer = visitor.get("/")
    assert list(cookies_set(answer)) == ["__Host-pforte"]
    assert visitor.session != first
    line = answer.head.all("set-cookie")[0].lower()
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip() for part in line.split(";")[1:]}
    assert visitor.whoami()["expires"] == expires  # a new cookie is no new life
    assert gate.run("session", "list", "--json").stdout.count('"susan"') == 1


def test_the_idle_time_counts_from_the_last_use(start_desk, app, susan):
    gate = with_idle(start_desk, app)
    visitor = at_work(gate, susan)
    begun, first = time.monotonic(), visitor.session
    for _ in range(3):
        time.sleep(IDLE / 2)
        assert signed_in_as(visitor.get("/")) == "susan"  # beyond IDLE from the beginning, in the end
    used, last = time.monotonic(), visitor.session
    assert used - begun > IDLE
    assert asks_with(gate, first).status == 401  # the first cookie has not been renewed itself
    sleep_until(used + IDLE * 0.85)
    assert asks_with(gate, last).status == 200
    sleep_until(used + IDLE + 0.2)
    assert asks_with(gate, last).status == 401


def test_requests_that_were_on_their_way_with_the_old_cookie_are_still_good(start_desk, app, susan):
    gate = with_idle(start_desk, app)
    visitor = at_work(gate, susan)
    old = visitor.session
    time.sleep(IDLE / 10)
    signed_in_as(visitor.get("/"))
    assert visitor.session != old
    for _ in range(5):
        assert signed_in_as(asks_with(gate, old)) == "susan"


def test_the_new_cookie_ends_with_the_session_like_the_old_one(start_desk, app, susan):
    gate = with_idle(start_desk, app)
    visitor = at_work(gate, susan)
    old = visitor.session
    time.sleep(IDLE / 10)
    visitor.get("/")
    fresh = visitor.session
    assert fresh != old
    visitor.sign_out()
    assert asks_with(gate, old).status == asks_with(gate, fresh).status == 401


# Reloads.


class Crowd:
    """Visitors that keep asking while something happens."""

    def __init__(self, *visitors: Visitor):
        self.statuses: list[tuple[int, bool]] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(one,), daemon=True) for one in visitors]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        until(lambda: len(self.statuses) > 20, "the crowd is at work")
        return self

    def __exit__(self, *_: object) -> None:
        before = len(self.statuses)
        until(lambda: len(self.statuses) > before + 20, "the crowd goes on")
        self._stop.set()
        for thread in self._threads:
            thread.join(10)

    def _ask(self, visitor: Visitor) -> None:
        while not self._stop.is_set():
            answer = visitor.get("/")
            self.statuses.append((answer.status, bool(cookies_set(answer))))
            time.sleep(0.005)


def test_reloads_under_way_refuse_no_session_and_begin_none(start_desk, app, susan):
    gate = start_desk(app)
    by_ticket = Visitor(gate)
    by_ticket.sign_in_with(susan)
    people = [by_ticket] + [Visitor(gate).must_sign_in("eva", EVA.password) for _ in range(2)]
    with Crowd(*people) as crowd:
        for _ in range(5):
            assert gate.reload().returncode == 0
    assert set(crowd.statuses) == {(200, False)}


def test_a_reload_that_brings_another_site_keeps_the_sessions_of_the_first(start_desk, app, authority):
    gate = start_desk(app)
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    gate.config["site"].append({"hosts": ["other.localhost"], "certificate": authority.issue("other.localhost").config(),
                                "backend": "app", "allow": ["/"], "sign_in": "required"})
    gate.kept_descriptors = gate.config["workers"]  # the new listener's
    gate.config["listener"].append({"address": f"127.0.0.1:{free_port()}", "tls": False})
    gate.write()
    with Crowd(visitor) as crowd:
        assert gate.reload().returncode == 0
    assert set(crowd.statuses) == {(200, False)}
    assert Visitor(gate, host="other.localhost").get("/").status == 401


def test_a_reload_with_a_shorter_idle_time_holds_for_those_who_are_in(start_desk, app):
    gate = start_desk(app)
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    gate.config["sign_in"]["session_idle"] = "1s"
    gate.write()
    assert gate.reload().returncode == 0
    time.sleep(1.3)
    assert visitor.get("/").status == 401


# A reload that is refused.


def refused_reload(gate) -> None:
    done = gate.reload()
    assert done.returncode != 0, done.stdout


def works_as_before(gate, visitor: Visitor, susan) -> None:
    assert signed_in_as(visitor.get("/")) == "eva"
    for _ in range(3):
        assert signed_in_as(Visitor(gate).sign_in_with(susan)) == "susan"
    Visitor(gate).must_sign_in("eva", EVA.password)


def test_a_refused_reload_leaves_the_kerberos_configuration_and_signing_in_as_they_were(start_desk, app, susan, tmp_path):
    gate = start_desk(app)
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    in_force = (tmp_path / "desk0/krb5.conf")
    before = in_force.read_bytes()
    (tmp_path / "other.conf").write_text("[libdefaults]\n  clockskew = 1\n  permitted_enctypes = aes128-cts-hmac-sha1-96\n")
    good = gate.config
    for wrong in ({"kerberos": good["kerberos"] | {"config": str(tmp_path / "other.conf"), "clock_skew": "61s"}, "nonsense": 1},
                  {"kerberos": good["kerberos"] | {"config": str(tmp_path / "nowhere.conf")}},
                  {"kerberos": good["kerberos"] | {"clock_skew": "-5s"}},
                  {"kerberos": good["kerberos"] | {"config": str(tmp_path / "other.conf")},
                   "listener": [*good["listener"], {"address": f"127.0.0.1:{app.port}", "tls": False}]}):
        gate.config = good | wrong
        gate.write()
        refused_reload(gate)
        assert in_force.read_bytes() == before, wrong
        works_as_before(gate, visitor, susan)
    gate.config = good
    gate.write()
    assert gate.reload().returncode == 0
    works_as_before(gate, visitor, susan)


def test_a_krb5_conf_that_is_damaged_while_running_breaks_nobodys_sign_in(start_desk, app, susan, realms, tmp_path):
    """What was read stays in force until it can be read again, for the Kerberos library as for everything else."""
    file = tmp_path / "krb5.conf"
    file.write_bytes(realms.config.read_bytes())
    gate = start_desk(app, kerberos={"config": str(file)})
    visitor = Visitor(gate).must_sign_in("eva", EVA.password)
    works_as_before(gate, visitor, susan)
    file.write_text("[libdefaults\n  this is = { no krb5.conf\n")
    works_as_before(gate, visitor, susan)
    refused_reload(gate)
    time.sleep(1.1)  # the library looks once a second
    works_as_before(gate, visitor, susan)


def test_a_refused_reload_leaves_a_ticket_under_way_alone(start_desk, app, susan):
    gate = start_desk(app)
    token = susan.token(SERVICE)
    gate.write("nonsense [")
    assert gate.reload().returncode != 0
    assert Visitor(gate).send_ticket(token).status == 200
    replayed = gate.ask(raw.request("GET", "/", tickets.negotiate(token), host=APP), secure=True, sni=APP)
    assert replayed.status == 401


"""Passwords that a directory knows: LDAP that is up, down, slow, silent, or lying."""

import json
import shutil
import time

import pytest
from agents import EVA, ldap_config
from directory import (ADMIN_PASSWORD, PEOPLE_BASE, Liar, Relay, babbles, believes_everybody, knows_two, person, promises, refers)
from gate import run_pforte, until
from visitor import Form, Visitor, arrived, has_login_form, signed_in_as

SUSAN_PASSWORD, PETER_PASSWORD = "Pw-susan-1", "Pw-peter-1"


@pytest.fixture
def start_with(start_desk, app, directory, authority):
    """start_with(URL..., key=value...): a gate that asks these servers before its own database."""
    def start(*urls: str, sign_in: dict | None = None, site: dict | None = None, **changes):
        config = ldap_config(urls[0] if urls else directory.tls_url, authority.certificate, directory.password_file,
                             timeout="1s", **changes)
        config["servers"] = list(urls) or [directory.tls_url]
        config = {key: value for key, value in config.items() if value is not None}
        providers = {"providers": ["kerberos", "ldap", "database"]}
        gate = start_desk(app, ldap=config, site=site or {}, sign_in=providers | (sign_in or {}))
        gate.kept_descriptors = 8
        return gate
    return start


def says_no(visitor: Visitor, user: str, password: str) -> str:
    answer = visitor.sign_in(user, password)
    assert answer.status != 303
    assert has_login_form(answer)
    assert visitor.session is None
    return Form(answer.body).words


# Up.


@pytest.mark.parametrize("way", ["LDAPS", "StartTLS", "bind pattern"])
def test_a_password_of_the_directory_signs_in(way, start_with, directory):
    if way == "LDAPS":
        gate = start_with()
    elif way == "StartTLS":
        gate = start_with(directory.url, start_tls=True)
    else:
        gate = start_with(directory.tls_url, bind_pattern=f"uid={{login}},{PEOPLE_BASE}", bind_dn=None,
                          bind_password_file=None)
    visitor = Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)
    found = arrived(visitor.get("/"))
    assert found["remote-user"] == ["susan"]
    assert found["pforte-method"] == ["ldap"]
    assert {"crm-admins", "crm-users"} <= set(found["pforte-groups"][0].replace(" ", "").split(","))
    for wrong in ("Pw-susan-2", "pw-susan-1", "Pw-peter-1"):
        says_no(Visitor(gate), "susan", wrong)


def test_groups_of_the_directory_open_what_is_for_them(start_with):
    rules = [{"path": "/users", "groups": ["crm-users"]}, {"path": "/admin", "groups": ["crm-admins"]}]
    gate = start_with(site={"rule": rules})
    uli = Visitor(gate).must_sign_in("uli", "Pw-uli-1")  # in no group of the directory; in crm-users here
    assert uli.get("/admin").status == 403
    peter = Visitor(gate).must_sign_in("peter", PETER_PASSWORD)
    assert peter.get("/users").status == 200
    assert peter.get("/admin").status == 403


def test_the_providers_are_asked_in_their_order(start_with):
    gate = start_with()
    assert arrived(Visitor(gate).must_sign_in("peter", PETER_PASSWORD).get("/"))["pforte-method"] == ["ldap"]
    assert arrived(Visitor(gate).must_sign_in("peter", "Db-peter-1").get("/"))["pforte-method"] == ["database"]
    assert signed_in_as(Visitor(gate).must_sign_in("eva", EVA.password).get("/")) == "eva"


def test_somebody_whom_only_the_directory_knows_is_refused_or_created(start_with, directory):
    directory.add(person("newcomer", "Pw-newcomer-1"))
    try:
        strict, lenient = start_with(), start_with(sign_in={"unknown_agents": "created"})
        answer = Visitor(strict).sign_in("newcomer", "Pw-newcomer-1")
        assert answer.status in (401, 403)
        visitor = Visitor(lenient).must_sign_in("newcomer", "Pw-newcomer-1")
        assert signed_in_as(visitor.get("/")) == "newcomer"
        assert visitor.whoami()["name"] == "Newcomer Test"
        assert "newcomer@firma.test" in lenient.run("agent", "show", "newcomer").stdout
    finally:
        directory.remove("newcomer")


def test_an_empty_password_is_never_asked_of_a_directory(start_desk, app, authority):
    """RFC 4513, section 5.1.2: a bind without password succeeds, and proves nothing."""
    liar = Liar(authority.issue("127.0.0.1"), believes_everybody)
    config = {"servers": [liar.url], "bind_pattern": f"uid={{login}},{PEOPLE_BASE}", "trust": str(authority.certificate)}
    gate = start_desk(app, ldap=config, sign_in={"providers": ["ldap", "database"]})
    for empty in ("", "\0", "\0abc"):
        visitor = Visitor(gate)
        assert visitor.sign_in("susan", empty).status in (200, 400, 401, 403)
        assert visitor.session is None
    assert b"uid=susan" not in liar.heard
    liar.close()


INJECTIONS = ["*", "s*", "susan)(uid=*", "susan)(|(uid=*", "*)(uid=*))(|(uid=*", "susan\\2a", "susan)(!(uid=x", "(susan)", "susan\0", "\\73usan",
              "susan,ou=people", "susan,ou=people,dc=firma,dc=test", "uid=susan", "susan+cn=x", "#737573616e", "\"susan\"", "susan;x", "su<san>",
              "cn=admin,dc=firma,dc=test", " susan", "susan ", "admin"]


@pytest.mark.parametrize("way", ["search", "pattern"])
def test_a_login_is_a_value_and_never_part_of_a_filter_or_name(way, start_with, directory):
    pattern = dict(bind_pattern=f"uid={{login}},{PEOPLE_BASE}", bind_dn=None, bind_password_file=None, base=None, user_filter=None)
    gate = start_with(directory.tls_url, sign_in={"providers": ["ldap"], "unknown_agents": "created"},
                      **(pattern if way == "pattern" else {}))
    for number, login in enumerate(INJECTIONS):
        for password in (SUSAN_PASSWORD, ADMIN_PASSWORD):
            visitor = Visitor(gate, source=f"127.0.1.{number + 1}")
            visitor.sign_in(login, password)
            told = visitor.whoami()
            assert told is None or (told["login"] == "susan" and login.strip(" ") == "susan"), login


# Down, slow, silent.


def test_a_directory_that_is_down_locks_nobody_out_and_names_itself(start_with, directory):
    gate = start_with()
    directory.stop()
    visitor = Visitor(gate)
    for _ in range(8):
        words = says_no(visitor, "susan", SUSAN_PASSWORD)
    assert "wrong" not in words.lower()  # it is not her fault, and the page does not say so
    visitor.must_sign_in("eva", EVA.password)
    assert directory.tls_url.removeprefix("ldaps://") in gate.said()
    directory.start()
    deadline = time.monotonic() + 40
    other = Visitor(gate)
    while other.sign_in("susan", SUSAN_PASSWORD).status != 303:
        assert time.monotonic() < deadline, "the directory is not asked again"
        time.sleep(0.5)


def test_the_next_server_is_asked_when_the_first_is_down(start_with, directory):
    gate = start_with("ldaps://127.0.0.1:9", directory.tls_url)
    Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)
    began = time.monotonic()
    Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("kind", ["slow", "silent"])
def test_a_directory_that_does_not_answer_in_time_is_left_out_for_a_while(kind, start_with, directory):
    relay = Relay(directory.tls_port)
    gate = start_with(f"ldaps://127.0.0.1:{relay.port}", directory.tls_url)
    relay.delay, relay.silent = (3.0, False) if kind == "slow" else (0.0, True)
    began = time.monotonic()
    Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)
    assert time.monotonic() - began < 6
    began = time.monotonic()
    Visitor(gate).must_sign_in("peter", PETER_PASSWORD)
    assert time.monotonic() - began < 1.5
    relay.close()


def test_a_directory_that_falls_silent_costs_its_timeout_once_and_status_says_so(start_with, directory):
    relay = Relay(directory.tls_port)
    url = f"ldaps://127.0.0.1:{relay.port}"
    gate = start_with(url)
    Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)  # a connection is kept from now on
    assert f"    {url}  up\n" in gate.run("status").stdout
    relay.silent = True
    visitor = Visitor(gate)
    visitor.form()
    began = time.monotonic()
    says_no(visitor, "susan", SUSAN_PASSWORD)
    assert 0.9 < time.monotonic() - began < 1.8
    assert f"    {url}  down, left alone until 2" in gate.run("status").stdout
    assert f"    {url}  gestört, ausgelassen bis 2" in gate.run("status", "--lang", "de").stdout
    told = json.loads(gate.run("status", "--json").stdout)["ldap_servers"]
    assert [server["url"] for server in told] == [url]
    assert told[0]["state"] == "down"
    assert "no answer within 1000 ms" in told[0]["reason"]
    relay.close()


def test_a_slow_directory_holds_up_nobody_with_a_ticket(start_with, directory, susan):
    relay = Relay(directory.tls_port)
    relay.silent = True
    gate = start_with(f"ldaps://127.0.0.1:{relay.port}")
    waiting = [Visitor(gate) for _ in range(12)]
    for visitor in waiting:
        shown = visitor.form() | {"user": "susan", "password": SUSAN_PASSWORD}
        body = "&".join(f"{key}={value}" for key, value in shown.items()).encode()
        visitor._connection.send(b"POST /.pforte/login HTTP/1.1\r\nHost: app.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                 b"Content-Length: %d\r\nOrigin: %s\r\n\r\n%s" % (len(body), visitor.origin.encode(), body))
    began = time.monotonic()
    assert signed_in_as(Visitor(gate).sign_in_with(susan)) == "susan"
    assert time.monotonic() - began < 0.8
    relay.close()


# Whom we trust, and what it shows.


@pytest.fixture
def stores(tmp_path, authority):
    """The trusted root in each form that a trust store may have."""
    (tmp_path / "password").write_text("changeit\n")
    (tmp_path / "folder").mkdir()
    shutil.copy(authority.certificate, tmp_path / "folder/root.pem")
    for store in ("trust.jks", "trust.p12"):
        done = run_pforte("trust", "add", str(tmp_path / store), str(authority.certificate), "--alias", "root",
                          "--password-file", str(tmp_path / "password"))
        assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.parametrize("store", ["trust.jks", "trust.p12", "folder"])
def test_a_trust_store_of_any_form_vouches_for_a_directory(store, start_with, stores, stranger):
    changes = {} if store == "folder" else {"trust_password_file": str(stores / "password")}
    gate = start_with(trust=str(stores / store), **changes)
    Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)
    liar = Liar(stranger.issue("127.0.0.1"), believes_everybody)
    gate = start_with(liar.url, trust=str(stores / store), **changes)
    says_no(Visitor(gate), "susan", SUSAN_PASSWORD)
    liar.close()


@pytest.mark.parametrize("way", ["LDAPS", "StartTLS"])
def test_the_inventory_has_what_a_directory_shows(way, start_with, directory):
    url = directory.tls_url if way == "LDAPS" else directory.url
    gate = start_with(url, start_tls=way == "StartTLS" or None)
    Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)

    def shown():
        listed = json.loads(gate.run("cert", "list", "--json").stdout)["certificates"]
        return [one for one in listed if any(use["kind"] == "ldap" and use["place"] == url for use in one["uses"])]
    (certificate,) = until(shown, "it is in the inventory")
    assert certificate["source"] == "seen" and certificate["names"] == ["127.0.0.1"]


# Lying.


def test_a_directory_with_a_certificate_of_nobody_gets_no_password(start_with, stranger, authority):
    for pair in (stranger.issue("127.0.0.1"), authority.issue("ldap.example.com"), authority.issue("127.0.0.1", days=-1)):
        liar = Liar(pair, believes_everybody)
        gate = start_with(liar.url)
        says_no(Visitor(gate), "susan", SUSAN_PASSWORD)
        assert SUSAN_PASSWORD.encode() not in liar.heard
        Visitor(gate).must_sign_in("eva", EVA.password)
        liar.close()


@pytest.mark.parametrize("lie", [knows_two, refers, babbles, promises, believes_everybody], ids=lambda lie: lie.__name__)
def test_a_directory_that_lies_signs_nobody_in(lie, start_with, authority):
    liar = Liar(authority.issue("127.0.0.1"), lie)
    gate = start_with(liar.url)
    visitor = Visitor(gate)
    says_no(visitor, "susan", SUSAN_PASSWORD)
    assert liar.accepted > 0
    Visitor(gate).must_sign_in("eva", EVA.password)
    liar.close()


@pytest.mark.parametrize("where", ["within the base", "at the base", "at the name"])
def test_a_referral_is_not_followed_to_a_directory_that_would_let_everybody_in(where, start_with, directory, authority):
    elsewhere = Liar(authority.issue("127.0.0.1"), believes_everybody)
    far = directory.refer("far", elsewhere.url)
    try:
        changes = {"at the base": {"base": far},
                   "at the name": dict(bind_pattern=f"uid={{login}},{far}", bind_dn=None, bind_password_file=None, base=None,
                                       user_filter=None)}.get(where, {})
        gate = start_with(directory.tls_url, sign_in={"unknown_agents": "created"}, **changes)
        says_no(Visitor(gate), "stray", "Any-Password-1")
        if where == "within the base":
            Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)  # what this directory knows itself counts
        assert elsewhere.accepted == 0
    finally:
        directory.end_referral(far)
        elsewhere.close()


def test_ldap_is_stopped_at_once_and_started_again(start_with, directory):
    gate = start_with()
    visitor = Visitor(gate)
    visitor.form()
    assert gate.run("service", "stop", "ldap").returncode == 0
    asked = directory.log().count("BIND")
    says_no(visitor, "susan", SUSAN_PASSWORD)
    assert directory.log().count("BIND") == asked
    told = gate.events("sign-in.failed")[-1]
    assert told["remedy"].startswith("a service that may know this password is stopped: pforte service start ldap; "), told
    visitor.must_sign_in("eva", EVA.password)
    assert gate.run("service", "start", "ldap").returncode == 0
    Visitor(gate).must_sign_in("susan", SUSAN_PASSWORD)

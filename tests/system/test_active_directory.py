"""Active Directory, as Samba has it: its tickets with the groups in them, and its passwords by LDAP."""

import json
import os
from dataclasses import replace

import agents
import pytest
import tickets
from active_directory import AES, BASE, LOOKUP, RC4, REALM, SERVICE
from agents import Agent
from gate import run_pforte, standard_config, toml_document, until
from kdc import password_of
from keytabs import keys_of
from visitor import Visitor, arrived, has_login_form, login_fields, signed_in_as

SUSAN = Agent("susan", "Susan Sommer", f"susan@{REALM}", ("from-store",))
EVA = Agent("eva", "Eva Ohneticket", None, (), "Db-eva-Secret-1")  # not in the domain
CREATED = {"unknown_agents": "created"}


@pytest.fixture(scope="session")
def realms(domain):
    """The realm of this file's gates."""
    return domain


@pytest.fixture(scope="session")
def accounts(tmp_path_factory, authority):
    folder = tmp_path_factory.mktemp("accounts")
    (folder / "pforte.toml").write_text(toml_document(standard_config(folder, authority, ["http://127.0.0.1:9"])))
    for agent in (SUSAN, EVA):
        agent.add(folder / "pforte.toml", folder)
    return folder / "state"


@pytest.fixture(scope="session")
def client_of(domain):
    """client_of("susan"): who makes tokens with that account's tickets. One for all tests."""
    made = {}

    def client(account, *options, password=None):
        if (account, options) not in made:
            cache = domain.fetch(domain.kinit(f"{account}@{REALM}", password, *options), SERVICE)
            made[account, options] = tickets.Client(domain.environment(cache))
        return made[account, options]

    yield client
    for one in made.values():
        one.close()


@pytest.fixture
def start(start_desk, app, domain):
    """start(keytabs={}, ...): a gate that takes the domain's tickets."""
    def start(keytabs=None, **changes):
        return start_desk(app, keytabs={SERVICE: domain.keytab} | (keytabs or {}), **changes)
    return start


@pytest.fixture
def start_with_ldap(start, domain, authority):
    """start_with_ldap(key=value...): a gate that asks the domain for passwords, as docs/ldap.md has it."""
    def start_with(url=None, sign_in=None, **changes):
        ldap = {"servers": [url or domain.tls_url], "trust": str(authority.certificate), "base": BASE,
                "user_filter": "(&(objectCategory=person)(sAMAccountName={login}))",
                "bind_dn": f"CN={LOOKUP},CN=Users,{BASE}", "bind_password_file": str(domain.password_file),
                "login_attribute": "sAMAccountName", "name_attribute": "displayName"} | changes
        ldap = {key: value for key, value in ldap.items() if value is not None}
        gate = start(ldap=ldap, sign_in={"providers": ["kerberos", "ldap", "database"]} | (sign_in or {}))
        gate.kept_descriptors = 8
        return gate
    return start_with


@pytest.fixture
def newcomer(domain):
    """newcomer("name"): a person of the domain for this test alone."""
    made = []

    def add(login):
        domain.admin("person", login=login, password=password_of(login), name=f"{login.capitalize()} Neu", mail=f"{login}@corp.test")
        made.append(login)
        return login

    yield add
    for login in made:
        domain.admin("remove", account=login)


def groups_of(answer):
    return set(",".join(arrived(answer).get("pforte-groups", [])).replace(" ", "").split(","))


def refused_ticket(gate, token):
    """Sends a ticket that must not sign in: what the log says of it."""
    before = len(gate.events("sign-in.failed"))
    visitor = Visitor(gate)
    answer = visitor.send_ticket(token)
    assert answer.status in (401, 403), answer.status
    assert visitor.session is None
    failed = gate.events("sign-in.failed")[before:]
    assert len(failed) == 1
    return f"{failed[0]}"


def refused_password(gate, login, password):
    visitor = Visitor(gate)
    answer = visitor.sign_in(login, password)
    assert answer.status != 303
    assert has_login_form(answer)
    assert visitor.session is None


# Tickets.


def test_a_ticket_of_the_domain_signs_in(start, client_of):
    found = arrived(Visitor(start()).sign_in_with(client_of("susan"), service=SERVICE))
    assert found["remote-user"] == ["susan"]
    assert found["pforte-principal"] == [f"susan@{REALM}"]
    assert found["pforte-method"] == ["kerberos"]


def test_the_groups_of_the_ticket_reach_the_application_nested_ones_too(start, client_of, domain):
    answer = Visitor(start()).sign_in_with(client_of("susan"), service=SERVICE)
    users, admins, files = (domain.admin("sid_of", account=name) for name in ("crm-users", "crm-admins", "crm-files"))
    everybody = domain.admin("sid_of", account="Domain Users")
    assert {users, admins, files, everybody, "from-store"} <= groups_of(answer)


def test_groups_of_the_ticket_have_the_names_that_are_configured_and_open_what_is_for_them(start, client_of, domain):
    names = {domain.admin("sid_of", account=name): name for name in ("crm-users", "crm-admins")}
    rules = [{"path": "/admin", "groups": ["crm-admins"]}, {"path": "/files", "groups": ["crm-files"]}]
    gate = start(site={"rule": rules}, **{"kerberos.groups": agents.quoted(names)})
    visitor = Visitor(gate)
    assert {"crm-users", "crm-admins"} <= groups_of(visitor.sign_in_with(client_of("susan"), "/admin", SERVICE))
    assert visitor.get("/files").status == 403  # its SID has no name here


def test_groups_hold_for_the_session_and_are_not_kept_with_the_agent(start, client_of, domain):
    gate = start()
    Visitor(gate).sign_in_with(client_of("susan"), service=SERVICE)
    assert json.loads(gate.run("agent", "show", "susan", "--json").stdout)["groups"] == ["from-store"]


def test_somebody_whom_only_the_domain_knows_is_refused_or_created(start, client_of):
    realm = {"login_fallback_realms": [REALM]}
    said = refused_ticket(start(kerberos=realm), client_of("peter").token(SERVICE))
    assert f"peter@{REALM}" in said
    gate = start(kerberos=realm, sign_in=CREATED)
    assert signed_in_as(Visitor(gate).sign_in_with(client_of("peter"), service=SERVICE)) == "peter"
    shown = json.loads(gate.run("agent", "show", "peter", "--json").stdout)
    assert (shown["name"], shown["principals"]) == ("Peter Sommer", [f"peter@{REALM}"])


def test_a_ticket_without_groups_signs_in_all_the_same(start, client_of):
    answer = Visitor(start()).sign_in_with(client_of("susan", "--no-request-pac"), service=SERVICE)
    assert groups_of(answer) == {"from-store"}


def test_a_computer_does_not_sign_in(start, client_of):
    gate = start(kerberos={"login_fallback_realms": [REALM]}, sign_in=CREATED)
    said = refused_ticket(gate, client_of("PC0815$").token(SERVICE))
    assert "sign-in.machine" in said
    assert "PC0815" not in gate.run("agent", "list").stdout


@pytest.fixture(scope="module")
def pretenders(domain):
    """A computer eva$ and a person whose UPN is adam@corp.test: the KDC gives tickets in the names eva and adam."""
    domain.admin("computer", name="eva", password=password_of("eva"))
    domain.admin("person", login="mallory", password=password_of("adam"), name="Mallory Malicious", mail="m@corp.test")
    domain.admin("call", account="mallory", by="adam@corp.test")
    return "eva", "adam"


def test_nobody_takes_the_name_of_an_agent_whom_the_domain_does_not_have(pretenders, start, client_of):
    gate = start(kerberos={"login_fallback_realms": [REALM]}, sign_in=CREATED)
    for name in pretenders:
        said = refused_ticket(gate, client_of(name).token(SERVICE))
        assert "kerberos.other-account" in said
        assert f"{name}@{REALM}" in said
    assert "adam" not in gate.run("agent", "list").stdout


def test_whoever_asks_by_a_upn_as_windows_does_comes_by_the_name_of_the_account(pretenders, start, client_of):
    gate = start(kerberos={"login_fallback_realms": [REALM], "require_pac": [REALM]}, sign_in=CREATED)
    answer = Visitor(gate).sign_in_with(client_of("adam", "-C"), service=SERVICE)
    assert signed_in_as(answer) == "mallory"


def test_where_a_pac_is_required_leaving_it_out_does_not_help(pretenders, start, client_of):
    gate = start(kerberos={"login_fallback_realms": [REALM], "require_pac": [REALM]})
    assert signed_in_as(Visitor(gate).sign_in_with(client_of("susan"), service=SERVICE)) == "susan"
    for name in (*pretenders, "susan"):
        assert "kerberos.no-account" in refused_ticket(gate, client_of(name, "--no-request-pac").token(SERVICE))


def test_the_spelling_that_was_typed_makes_no_second_agent(start, client_of):
    gate = start(kerberos={"login_fallback_realms": [REALM]}, sign_in=CREATED)
    found = arrived(Visitor(gate).sign_in_with(client_of("SUSAN", password=password_of("susan")), service=SERVICE))
    assert (found["remote-user"], found["pforte-principal"]) == (["susan"], [f"susan@{REALM}"])


def test_a_client_without_a_ticket_for_the_name_gets_the_form(start, client_of):
    with pytest.raises(AssertionError, match="not found in Kerberos database"):
        client_of("susan").token(f"HTTP/unheard-of.localhost@{REALM}")
    gate = start()
    answer = Visitor(gate).get("/")
    assert (answer.status, answer.head.all("www-authenticate")) == (401, ["Negotiate"])
    assert login_fields(answer.body)
    assert "kerberos.ntlm" in refused_ticket(gate, tickets.NTLM_IN_SPNEGO)


def test_another_name_of_the_same_account_is_good_as_well(start, domain, client_of):
    alias = f"HTTP/alias.localhost@{REALM}"
    file = domain.service("svc-alias", f"HTTP/main.localhost@{REALM}", alias, encryption=AES)
    gate = start({f"HTTP/main.localhost@{REALM}": file})
    assert signed_in_as(Visitor(gate).sign_in_with(client_of("susan"), service=alias)) == "susan"


# Keys.


def test_after_a_change_of_password_the_new_key_is_used_and_the_old_one_with_it(start, domain, tmp_path):
    service = f"HTTP/changed.localhost@{REALM}"
    file = domain.service("svc-changed", service, encryption=AES)
    gate = start({service: file})
    with tickets.Client(domain.environment(domain.fetch(domain.kinit(f"susan@{REALM}"), service))) as early:
        version = domain.admin("key_version_of", account="svc-changed")
        domain.admin("set_password", account="svc-changed", password="Changed-Secret-2")
        assert domain.admin("key_version_of", account="svc-changed") == version + 1
        with tickets.Client(domain.environment(domain.kinit(f"susan@{REALM}"))) as late:
            assert "kerberos.key-version" in refused_ticket(gate, late.token(service))
            both = tmp_path / "both.keytab"
            both.write_bytes(file.read_bytes())
            os.replace(domain.export(service, both), file)
            until(lambda: Visitor(gate).send_ticket(late.token(service)).status == 200, "the new key is used", 5)
        assert signed_in_as(Visitor(gate).sign_in_with(early, service=service)) == "susan"


@pytest.mark.parametrize("encryption", [RC4, None], ids=["RC4 alone", "nothing said of encryption"])
def test_an_account_without_aes_gets_tickets_that_are_refused_unless_allowed_by_name(encryption, start, domain, client_of):
    name = "old" if encryption else "unsaid"
    service = f"HTTP/{name}.localhost@{REALM}"
    file = domain.service(f"svc-{name}", service, encryption=encryption)
    said = refused_ticket(start({service: file}), client_of("susan").token(service))
    assert "kerberos.rc4" in said
    assert service in said
    gate = start({service: file}, kerberos={"allow_rc4": [service]})
    answer = Visitor(gate).sign_in_with(client_of("susan"), service=service)
    assert domain.admin("sid_of", account="crm-users") in groups_of(answer)
    keys = json.loads(gate.run("status", "--json").stdout)["keys"]
    assert {key["principal"]: key["rc4_tickets"] for key in keys} == {service: 1, SERVICE: 0}


# Passwords.


@pytest.mark.parametrize("way", ["LDAPS", "StartTLS", "bind pattern", "service account by name"])
def test_a_password_of_the_domain_signs_in(way, start_with_ldap, domain):
    gate = {"LDAPS": lambda: start_with_ldap(),
            "StartTLS": lambda: start_with_ldap(domain.url, start_tls=True),
            "bind pattern": lambda: start_with_ldap(bind_pattern="{login}@corp.test", bind_dn=None, bind_password_file=None),
            "service account by name": lambda: start_with_ldap(bind_dn=f"{LOOKUP}@corp.test")}[way]()
    found = arrived(Visitor(gate).must_sign_in("susan", password_of("susan")).get("/"))
    assert found["remote-user"] == ["susan"]
    assert found["pforte-method"] == ["ldap"]
    assert set(found["pforte-groups"][0].split(",")) == {"crm-users", "from-store"}  # what memberOf says
    for wrong in ("Pw-susan-2", "pw-susan-1", "Pw-peter-1", " "):
        refused_password(gate, "susan", wrong)


def test_groups_within_groups_are_searched(start_with_ldap):
    gate = start_with_ldap(group_base=BASE, group_filter="(member:1.2.840.113556.1.4.1941:={dn})")
    answer = Visitor(gate).must_sign_in("susan", password_of("susan")).get("/")
    assert groups_of(answer) == {"crm-users", "crm-admins", "crm-files", "from-store"}


def test_whoever_is_created_has_name_and_address_of_the_directory(start_with_ldap):
    gate = start_with_ldap(sign_in=CREATED)
    Visitor(gate).must_sign_in("PETER", password_of("peter"))
    shown = json.loads(gate.run("agent", "show", "peter", "--json").stdout)
    assert (shown["login"], shown["name"], shown["mail"]) == ("peter", "Peter Sommer", "peter@corp.test")


def test_whoever_binds_by_a_name_is_the_entry_of_that_name(pretenders, start_with_ldap):
    """adam@corp.test is Mallory, and no account is called adam: the entry has to be found by the same name."""
    pattern = {"bind_pattern": "{login}@corp.test", "bind_dn": None, "bind_password_file": None}
    gate = start_with_ldap(user_filter="(&(objectCategory=person)(userPrincipalName={login}@corp.test))", **pattern)
    refused_password(gate, "adam", password_of("adam"))
    assert "mallory" in gate.events("sign-in.failed")[0]["reason"]
    assert signed_in_as(Visitor(gate).must_sign_in("susan", password_of("susan")).get("/")) == "susan"


def test_a_login_is_taken_in_each_form_that_the_filter_names(start_with_ldap):
    either = "(&(objectCategory=person)(|(sAMAccountName={login})(userPrincipalName={login})))"
    gate = start_with_ldap(user_filter=either)
    for login in ("susan", "Susan", "susan@corp.test"):
        assert signed_in_as(Visitor(gate).must_sign_in(login, password_of("susan")).get("/")) == "susan"
    refused_password(gate, "CORP\\susan", password_of("susan"))


REASONS = {"disable": "disabled", "must_change_password": "must be changed", "expire": "account has expired",
           "expire_password": "password has expired", "lock": "locked"}


@pytest.mark.parametrize("what", REASONS)
@pytest.mark.parametrize("way", ["search", "pattern"])
def test_an_account_that_the_domain_refuses_is_refused_and_the_log_says_why(what, way, start_with_ldap, domain, newcomer):
    login = newcomer("newcomer")
    pattern = {"bind_pattern": "{login}@corp.test", "bind_dn": None, "bind_password_file": None}
    gate = start_with_ldap(sign_in=CREATED, **(pattern if way == "pattern" else {}))
    domain.admin(what, account=login)
    refused_password(gate, login, password_of(login))
    denied = gate.events("ldap.denied")
    assert len(denied) == 1
    assert login in denied[0]["account"]
    assert REASONS[what] in denied[0]["reason"]
    refused_password(gate, login, "Pw-wrong-1")
    assert len(gate.events("ldap.denied")) == (2 if what == "lock" else 1)


@pytest.mark.parametrize("way", ["search", "pattern"])
def test_a_computer_has_no_password_here(way, start_with_ldap, domain):
    pattern = {"bind_pattern": "{login}@corp.test", "bind_dn": None, "bind_password_file": None}
    gate = start_with_ldap(sign_in=CREATED, **(pattern if way == "pattern" else {}))
    for login in ("PC0815$", "PC0815"):
        refused_password(gate, login, password_of("PC0815$"))


def test_a_domain_controller_whose_certificate_nobody_vouches_for_gets_no_password(start_with_ldap, domain, stranger):
    for options in ({}, {"url": domain.url, "start_tls": True}):
        gate = start_with_ldap(trust=str(stranger.certificate), **options)
        refused_password(gate, "susan", password_of("susan"))
        assert gate.events("ldap.server-failed")[0]["code"] == "ldap.not-trusted"
        Visitor(gate).must_sign_in("eva", EVA.password)


# Its keytabs.


@pytest.mark.parametrize("account, principal, option", [
    ("svc-plain", "HTTP/plain.localhost", "user:svc-plain"), ("svc-upn", "HTTP/upn.localhost", "upn:HTTP/upn.localhost"),
    ("PC0815$", "PC0815$", "computer:pc0815")])
def test_a_keytab_from_the_accounts_password_has_the_keys_that_the_directory_has(account, principal, option, domain, tmp_path):
    if account.startswith("svc-"):
        domain.service(account, principal, encryption=AES | RC4)
    if option.startswith("upn:"):
        domain.admin("call", account=account, by=f"{principal}@{REALM}")
        domain.admin("set_password", account=account, password=password_of(account))
    theirs, ours, secret = domain.export(principal, tmp_path / "theirs"), tmp_path / "ours", tmp_path / "secret"
    secret.write_text(password_of(account))
    done = run_pforte("keytab", "create", str(ours), "--principal", f"{principal}@{REALM}", "--account", option, "--encryption",
                      "aes256-sha1,aes128-sha1,rc4", "--kvno", str(domain.admin("key_version_of", account=account)),
                      "--password-file", str(secret))
    assert done.returncode == 0, done.stderr
    # Heimdal writes flags behind the version, four bytes that are zero.
    exported = {replace(key, tail=key.tail.removesuffix(bytes(4))) for key in keys_of(theirs) if key.encryption in (17, 18, 23)}
    assert set(keys_of(ours)) == exported


def test_a_domain_controller_tells_salt_and_version_of_an_account(domain, tmp_path, monkeypatch):
    theirs, ours, secret = domain.service("svc-asked", "HTTP/asked.localhost", encryption=AES), tmp_path / "ours", tmp_path / "secret"
    secret.write_text(password_of("svc-asked"))
    monkeypatch.setenv("KRB5_CONFIG", str(domain.config))
    done = run_pforte("keytab", "create", str(ours), "--principal", f"HTTP/asked.localhost@{REALM}", "--account", "user:svc-asked",
                      "--ask-kdc", "--password-file", str(secret))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # nothing had to be assumed, and nothing differs
    exported = {replace(key, tail=key.tail.removesuffix(bytes(4))) for key in keys_of(theirs) if key.encryption in (17, 18)}
    assert set(keys_of(ours)) == exported

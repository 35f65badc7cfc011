"""Directories take many spellings for one login: who signs in is the entry's own login, or nobody."""

import json

import pytest
from agents import ldap_config
from directory import BIND, BOUND, FOUND_ALL, PEOPLE_BASE, Liar, entry, message, person, result
from visitor import Visitor, arrived, signed_in_as

PASSWORD = "Pw-susan-1"
# As OpenLDAP compares (RFC 4518: compatible forms, no case, blanks at the ends and in a row do not count), and some that it does not.
SPELLINGS = ["susan", "SUSAN", "Susan", "sUsAn", "ſuſan", "ＳＵＳＡＮ", "ｓｕｓａｎ", "su\u00adsan", "susan\u200b", "\u2060susan", "ⓢⓤⓢⓐⓝ",
             "susan ", " susan", "susan\u00a0", "\u3000susan", "susan\u2003", "ſusan", "sušan", "susän", "süsan", "sus\u0430n", "susa\u0301n",
             "𝓼𝓾𝓼𝓪𝓷", "susan\u034f", "susan\ufe0f", "susan\ufeff"]
SEARCH = {"base": "dc=firma,dc=test", "user_filter": "(uid={login})"}
PATTERN = {"bind_pattern": f"uid={{login}},{PEOPLE_BASE}", "base": None, "user_filter": None, "bind_dn": None, "bind_password_file": None}


@pytest.fixture
def start_with(start_desk, app, directory, authority):
    def start(url: str = "", sign_in: dict | None = None, **changes):
        config = ldap_config(url or directory.tls_url, authority.certificate, directory.password_file, timeout="2s", **changes)
        config = {key: value for key, value in config.items() if value is not None}
        gate = start_desk(app, ldap=config, sign_in={"providers": ["ldap"]} | (sign_in or {}))
        gate.kept_descriptors = 8
        return gate
    return start


def logins(gate) -> list[str]:
    told = json.loads(gate.run("agent", "list", "--json").stdout)
    return sorted(agent["login"] for agent in (told if isinstance(told, list) else told["agents"]))


def spelt(gate, number: int, login: str, password: str = PASSWORD) -> str | None:
    """Who the application says has come, when that login is typed at some computer."""
    visitor = Visitor(gate, source=f"127.0.2.{number + 1}")
    visitor.sign_in(login, password)
    return signed_in_as(visitor.get("/")) if visitor.session else None


@pytest.mark.parametrize("way", [SEARCH, SEARCH | {"login_attribute": "uid"}, PATTERN, PATTERN | {"login_attribute": "uid"}],
                         ids=["search", "search, login from the entry", "pattern", "pattern, login from the entry"])
def test_every_spelling_is_the_same_agent_or_nobody(way, start_with):
    gate = start_with(**way)
    found = {login: spelt(gate, number, login) for number, login in enumerate(SPELLINGS)}
    assert set(found.values()) <= {"susan", None}, found
    assert found["susan"] == found["SUSAN"] == "susan"


@pytest.mark.parametrize("way", [SEARCH, SEARCH | {"login_attribute": "uid"}, PATTERN], ids=["search", "search, login from the entry", "pattern"])
def test_one_entry_becomes_one_agent_however_it_is_spelt(way, start_with, directory):
    """Where agents are created as they come."""
    directory.add(person("fresh", "Pw-fresh-1"))
    try:
        gate = start_with(sign_in={"unknown_agents": "created"}, **way)
        before = logins(gate)
        typed = [login.replace("usan", "resh").replace("s", "f", 1) for login in ("susan", "SUSAN", "susan ")]
        typed += ["FRESH", "Fresh", "freſh", "ｆｒｅｓｈ", "ＦＲＥＳＨ", "fresh\u00a0", "fre\u00adsh", "frésh", "fresh\u200b", " fresh"]
        found = {login: spelt(gate, number, login, "Pw-fresh-1") for number, login in enumerate(typed)}
        assert set(filter(None, found.values())) <= {"fresh", "FRESH", "Fresh"}
        assert len({login.lower() for login in set(logins(gate)) - set(before)}) == 1, (found, logins(gate))
        assert len(set(filter(None, found.values()))) == 1, found
    finally:
        directory.remove("fresh")


def test_a_disabled_agent_is_disabled_in_every_spelling(start_with):
    gate = start_with(sign_in={"unknown_agents": "created"})
    before = logins(gate)
    assert gate.run("agent", "disable", "susan").returncode == 0
    for number, login in enumerate(SPELLINGS):
        assert spelt(gate, number, login) is None, login
    assert logins(gate) == before


def test_a_login_of_our_own_is_not_taken_over_by_an_entry_that_looks_like_it(start_with, directory):
    """Somebody may choose how they are called in the directory, but not to be an agent here by looking like one."""
    lookalikes = ["evä", "ｅｖａ", "еva", "eva\u200b"]
    for login in lookalikes:
        directory.add(person(login, "Pw-look-1", cn="Somebody", mail="x@firma.test"))
    try:
        for way in ({}, {"login_attribute": "uid"}):
            gate = start_with(sign_in={"unknown_agents": "refused"}, **way)
            for number, login in enumerate([*lookalikes, "eva", "EVA"]):
                assert spelt(gate, number, login, "Pw-look-1") is None, login
    finally:
        for login in lookalikes:
            directory.remove(login)


def knows_one(login: str):
    """Finds the same entry whatever is asked, as Active Directory does for names that differ in their accents; any password is good."""
    def lie(operation: int, number: int) -> bytes:
        if operation == BIND:
            return message(number, result(BOUND))
        return message(number, entry(f"uid={login},{PEOPLE_BASE}", uid=login)) + message(number, result(FOUND_ALL))
    return lie


@pytest.mark.parametrize("own", ["susan", "müller"])
def test_a_directory_that_ignores_accents_makes_nobody_somebody_else(own, start_with, authority):
    """What is typed may be the login of another agent: of the entry's own name alone it can be told."""
    liar = Liar(authority.issue("127.0.0.1"), knows_one(own))
    gate = start_with(liar.url, login_attribute="uid", sign_in={"unknown_agents": "created"})
    before = set(logins(gate))
    for number, typed in enumerate(["süsan", "sùsan", "susan", "muller", "müller", "MÜLLER", "peter", "eva"]):
        assert spelt(gate, number, typed, "any") in (None, own), typed
    assert set(logins(gate)) - before <= {own}
    liar.close()


def test_a_name_that_only_looks_the_same_is_not_the_agent_of_a_typed_name(start_with, authority):
    """Without the entry's own login, only what has one spelling alone is asked for."""
    liar = Liar(authority.issue("127.0.0.1"), knows_one("susan"))
    gate = start_with(liar.url)
    for number, typed in enumerate(["süsan", "ſuſan", "su san", "susan\u00a0", "sus\u0430n"]):
        assert spelt(gate, number, typed, "any") is None, typed
    liar.close()


def test_a_spelling_does_not_help_in_guessing(start_with):
    """The account waits, however it is called, and from wherever it is asked for."""
    gate = start_with(login_attribute="uid")
    for number, login in enumerate(SPELLINGS[:12]):
        spelt(gate, number, login, "guess")
    assert spelt(gate, 99, "susan") is None


def test_the_groups_are_those_of_the_entry_and_not_of_what_was_typed(start_with):
    gate = start_with(login_attribute="uid")
    for number, login in enumerate(["PETER", "ｐｅｔｅｒ"]):
        visitor = Visitor(gate, source=f"127.0.3.{number + 1}")
        visitor.sign_in(login, "Pw-peter-1")
        if visitor.session:
            found = arrived(visitor.get("/"))
            assert (found["remote-user"], found["pforte-groups"]) == (["peter"], ["crm-users"])

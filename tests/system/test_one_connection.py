"""Several agents and several sites on one connection: each request is judged by its own cookie and nothing else."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
import raw
import tickets
from agents import ADAM, EVA
from test_sign_in_identity import decoded, verified
from visitor import APP, SERVICE, Visitor, arrived

OTHER = "other.localhost"


def cookie_of(visitor: Visitor) -> str:
    return f"Cookie: __Host-pforte={visitor.session}"


def claims_of(answer: raw.Answer, keys: dict, folder) -> dict:
    return verified(arrived(answer)["pforte-assertion"][0], keys, folder)


def told(answer: raw.Answer) -> tuple[str, ...]:
    """Everything the application has heard of who asks."""
    found = arrived(answer)
    return tuple(found.get(name, ["-"])[0] for name in ("remote-user", "pforte-principal", "pforte-method", "pforte-groups"))


SUSAN = ("susan", "susan@ALPHA.TEST", "kerberos", "crm-admins,crm-users")
AS_EVA = ("eva", "-", "database", "crm-users")
AS_ADAM = ("adam", "-", "database", "-")


@pytest.fixture
def two_sites(start_desk, app, authority):
    """Both names in both certificates, so that one connection may ask for either."""
    pair = authority.issue(APP, OTHER).config()
    site = {"hosts": [OTHER], "certificate": pair, "backend": "app", "allow": ["/"], "sign_in": "required"}
    return start_desk(app, site={"certificate": pair}, more_sites=[site])


def test_on_one_connection_each_request_is_that_of_its_own_cookie(desk, susan, tmp_path):
    people = [(Visitor(desk), SUSAN), (Visitor(desk).must_sign_in("eva", EVA.password), AS_EVA),
              (Visitor(desk).must_sign_in("adam", ADAM.password), AS_ADAM)]
    people[0][0].sign_in_with(susan)
    keys = people[0][0].get("/.pforte/jwks.json").json()
    sessions: dict[str, str] = {}
    with desk.connect(secure=True, sni=APP) as client:
        for first, second in itertools.product(people, people):
            for visitor, expected in (first, second):
                answer = client.ask(raw.request("GET", "/", cookie_of(visitor), host=APP))
                assert told(answer) == expected
                claims = claims_of(answer, keys, tmp_path)
                assert claims["sub"] == expected[0]
                assert sessions.setdefault(expected[0], claims["sid"]) == claims["sid"]
    assert len(set(sessions.values())) == 3


def test_requests_sent_at_once_on_one_connection_keep_their_own_agents(desk, susan):
    eva, by_ticket = Visitor(desk).must_sign_in("eva", EVA.password), Visitor(desk)
    by_ticket.sign_in_with(susan)
    with desk.connect(secure=True, sni=APP) as client:
        client.send(b"".join(raw.request("GET", f"/{n}", cookie_of(eva if n % 2 else by_ticket), host=APP) for n in range(40)))
        for n in range(40):
            answer = client.answer()
            assert answer.json()["target"] == f"/{n}"
            assert told(answer) == (AS_EVA if n % 2 else SUSAN)


def test_who_asks_without_a_cookie_after_somebody_is_nobody(start_desk, app, susan):
    gate = start_desk(app, site={"sign_in": "optional"})
    visitor = Visitor(gate)
    visitor.send_ticket(susan.token(SERVICE))
    with gate.connect(secure=True, sni=APP) as client:
        for _ in range(3):
            assert told(client.ask(raw.request("GET", "/", cookie_of(visitor), host=APP))) == SUSAN
            found = arrived(client.ask(raw.request("GET", "/", host=APP)))
            assert not [name for name in found if name == "remote-user" or name.startswith("pforte-")]


def test_a_ticket_on_a_connection_of_somebody_elses_session_changes_nobody(desk, susan):
    """The cookie counts; and who came by ticket is not who comes next."""
    eva = Visitor(desk).must_sign_in("eva", EVA.password)
    with desk.connect(secure=True, sni=APP) as client:
        by_ticket = client.ask(raw.request("GET", "/", tickets.negotiate(susan.token(SERVICE)), host=APP))
        assert told(by_ticket) == SUSAN
        assert told(client.ask(raw.request("GET", "/", cookie_of(eva), host=APP))) == AS_EVA
        assert client.ask(raw.request("GET", "/", host=APP)).status == 401


def test_two_sites_on_one_connection_know_each_their_own_session(two_sites, susan, tmp_path):
    here, there = Visitor(two_sites), Visitor(two_sites, host=OTHER).must_sign_in("eva", EVA.password)
    here.sign_in_with(susan)
    keys = here.get("/.pforte/jwks.json").json()
    with two_sites.connect(secure=True, sni=APP) as client:
        for _ in range(3):
            for visitor, host, expected in ((here, APP, SUSAN), (there, OTHER, AS_EVA)):
                authority = f"{host}:{two_sites.tls_port}"
                answer = client.ask(raw.request("GET", "/", cookie_of(visitor), host=authority))
                assert told(answer) == expected
                claims = claims_of(answer, keys, tmp_path)
                assert claims["aud"] == claims["iss"] == f"https://{authority}"
                assert claims["sub"] == expected[0]


def test_a_session_of_one_site_is_nobody_on_another_although_the_connection_is_the_same(two_sites):
    here = Visitor(two_sites).must_sign_in("eva", EVA.password)
    with two_sites.connect(secure=True, sni=APP) as client:
        for _ in range(3):
            assert told(client.ask(raw.request("GET", "/", cookie_of(here), host=APP))) == AS_EVA
            assert client.ask(raw.request("GET", "/", cookie_of(here), host=OTHER)).status == 401


def test_a_form_of_one_site_signs_nobody_in_at_another(two_sites):
    """A sibling host can plant cookies for the whole domain, but its form's token is for itself."""
    here, there = Visitor(two_sites), Visitor(two_sites, host=OTHER)
    shown = there.form() | {"user": "eva", "password": EVA.password}
    here.secrets.add(EVA.password)
    here.cookies.update(there.cookies)
    assert here.post("/.pforte/login", shown).status == 403
    assert here.session is None


def test_the_assertion_is_for_the_origin_that_was_asked(two_sites, tmp_path):
    """One session, one host, two ways to write it: no answer carries the assertion that was made for another."""
    visitor = Visitor(two_sites).must_sign_in("eva", EVA.password)
    with two_sites.connect(secure=True, sni=APP) as client:
        for n in range(6):
            authority = APP if n % 2 else f"{APP}:{two_sites.tls_port}"
            answer = client.ask(raw.request("GET", "/", cookie_of(visitor), host=authority))
            claims = decoded(arrived(answer)["pforte-assertion"][0].split(".")[1]).decode()
            assert f'"aud":"https://{authority}"' in claims.replace(" ", "")


def test_a_crowd_on_few_connections_to_the_application_never_mixes(start_desk, app, susan):
    """The gate shares its connections to the application among all agents."""
    gate = start_desk(app, workers=1)
    people = [(Visitor(gate), SUSAN), (Visitor(gate).must_sign_in("eva", EVA.password), AS_EVA),
              (Visitor(gate).must_sign_in("adam", ADAM.password), AS_ADAM)]
    people[0][0].sign_in_with(susan)

    def ask_often(number: int) -> bool:
        visitor, expected = people[number % 3]
        with gate.connect(secure=True, sni=APP) as client:
            return all(told(client.ask(raw.request("GET", "/", cookie_of(visitor), host=APP))) == expected for _ in range(40))

    with ThreadPoolExecutor(9) as crowd:
        assert all(crowd.map(ask_often, range(9)))
    assert app.accepted < 30

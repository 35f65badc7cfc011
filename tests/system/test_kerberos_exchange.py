"""Exchanges of several legs: carried through, broken off, and begun ten thousand times."""

import base64
from concurrent.futures import ThreadPoolExecutor

import raw
import tickets
from gate import is_sanitized
from visitor import APP, NAVIGATION, SERVICE, Visitor, has_login_form, signed_in_as


def challenge(answer: raw.Answer) -> bytes:
    """The token that the gate sends back with a 401."""
    assert answer.status == 401, (answer.status, answer.body[:300])
    values = answer.head.all("www-authenticate")
    assert len(values) == 1
    scheme, _, token = values[0].partition(" ")
    assert (scheme, bool(token)) == ("Negotiate", True)
    return base64.b64decode(token)


def second_leg(susan: tickets.Client) -> bytes:
    """What the client of HALF_OPEN says next: its Kerberos token, and a signature of what it had offered."""
    exchange = susan.begin(SERVICE, raw=True)
    return tickets.next_answer(exchange.token, exchange.signature(tickets.mechanisms(tickets.UNKNOWN, tickets.KRB5)))


def test_a_client_that_first_offers_another_mechanism_signs_in_with_its_second_token(desk, susan):
    """RFC 4178, section 4.2: the server chooses Kerberos, and both sign what was offered."""
    visitor = Visitor(desk)
    challenge(visitor.send_ticket(tickets.HALF_OPEN))
    assert signed_in_as(visitor.send_ticket(second_leg(susan))) == "susan"


def test_what_was_offered_cannot_be_changed_on_the_way(desk, susan):
    visitor = Visitor(desk)
    challenge(visitor.send_ticket(tickets.HALF_OPEN))
    exchange = susan.begin(SERVICE, raw=True)
    signed = exchange.signature(tickets.mechanisms(tickets.NTLM, tickets.KRB5))
    answer = visitor.send_ticket(tickets.next_answer(exchange.token, signed))
    assert answer.status == 401
    assert visitor.session is None


def test_an_exchange_belongs_to_its_connection(desk, susan):
    first, other = Visitor(desk), Visitor(desk)
    challenge(first.send_ticket(tickets.HALF_OPEN))
    answer = other.send_ticket(second_leg(susan))
    assert answer.status == 401
    assert other.session is None
    assert signed_in_as(first.send_ticket(second_leg(susan))) == "susan"


def test_an_exchange_is_over_when_another_begins(desk, susan):
    visitor = Visitor(desk)
    challenge(visitor.send_ticket(tickets.HALF_OPEN))
    assert visitor.send_ticket(b"garbage").status == 401
    assert visitor.send_ticket(second_leg(susan)).status == 401
    assert signed_in_as(visitor.send_ticket(susan.token(SERVICE))) == "susan"


def test_a_page_in_between_does_not_sign_in(desk, susan):
    visitor = Visitor(desk)
    challenge(visitor.send_ticket(tickets.HALF_OPEN))
    assert visitor.get("/").status == 401
    assert visitor.whoami() is None


def test_a_browser_in_the_middle_of_an_exchange_still_sees_the_form(desk):
    answer = Visitor(desk).send_ticket(tickets.HALF_OPEN)
    challenge(answer)
    assert has_login_form(answer)


def test_ten_thousand_exchanges_that_nobody_finishes_cost_nothing_lasting(desk, susan):
    request = raw.request("GET", "/", tickets.negotiate(tickets.HALF_OPEN), *NAVIGATION, host=APP)

    def begin_many(_: int) -> int:
        refused = 0
        with desk.connect(secure=True, sni=APP) as client:
            for _ in range(5):
                client.send(request * 50)
                refused += sum(client.answer().status == 401 for _ in range(50))
        return refused

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(begin_many, range(8))) == 2000
        before = desk.resident_bytes()
        assert sum(crowd.map(begin_many, range(32))) == 8000
    assert is_sanitized() or desk.resident_bytes() - before < 24 << 20
    assert signed_in_as(Visitor(desk).sign_in_with(susan)) == "susan"


def test_many_connections_that_all_are_half_way_leave_room_for_others(desk, susan):
    request = raw.request("GET", "/", tickets.negotiate(tickets.HALF_OPEN), *NAVIGATION, host=APP)
    waiting = [desk.connect(secure=True, sni=APP) for _ in range(300)]
    for client in waiting:
        assert client.ask(request).status in (401, 503)
    assert signed_in_as(Visitor(desk).sign_in_with(susan)) == "susan"
    assert desk.resident_bytes() < 400 << 20

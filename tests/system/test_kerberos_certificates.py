"""Agents who sign in at their domain by certificate or smart card (PKINIT) have tickets as good as any."""

import pytest
import tickets
from certificate_logon import CertificateLogon
from visitor import SERVICE, Visitor, arrived, curl, signed_in_as


@pytest.fixture(scope="module")
def by_certificate(realms, authority, tmp_path_factory):
    one = CertificateLogon(realms, authority, tmp_path_factory.mktemp("cards"))
    yield one
    one.stop()


def test_who_has_a_ticket_by_certificate_is_signed_in_without_any_password(desk, by_certificate):
    done, environment = by_certificate.kinit("susan", "susan")
    assert done.returncode == 0, done.stderr
    with tickets.Client(environment) as client:
        answer = Visitor(desk).sign_in_with(client)
    assert signed_in_as(answer) == "susan"
    assert arrived(answer)["pforte-principal"] == ["susan@ALPHA.TEST"]
    assert arrived(answer)["pforte-method"] == ["kerberos"]


def test_curl_signs_in_with_it(desk, by_certificate, realms):
    done, environment = by_certificate.kinit("susan", "susan")
    assert done.returncode == 0, done.stderr
    cache = by_certificate.folder / "tickets-susan"
    by_certificate.realms.fetch(cache, SERVICE)
    answer = curl(desk, realms, cache, "/.pforte/sso", "--negotiate", "--user", ":", "--write-out", "%{http_code}", "--output", "-")
    assert answer.stdout.endswith("303"), (answer.stdout, answer.stderr)


def test_the_kdc_of_this_test_gives_no_ticket_for_a_foreign_certificate(by_certificate, stranger):
    """So that the tests above prove what they say."""
    for name, card, authority in (("susan", "peter", None), ("susan", "mallory", stranger)):
        done, _ = by_certificate.kinit(name, card, authority)
        assert done.returncode != 0

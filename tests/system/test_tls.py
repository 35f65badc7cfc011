"""TLS as browsers, openssl and Python speak it."""

import ssl
import subprocess
import time

import pytest
import raw
from gate import HOST, until
from raw import request


def s_client(pforte, *arguments: str, sni: str = HOST, send: str = "Q\n") -> str:
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{pforte.tls_port}", "-servername", sni,
                           "-CAfile", str(pforte.authority.certificate), *arguments],
                          input=send, capture_output=True, text=True, timeout=20)
    return done.stdout + done.stderr


def alert_of(pforte, context, sni=HOST) -> str:
    """What Python says about the alert that the gate sends, in upper case."""
    with pytest.raises(ssl.SSLError) as raised:
        with pforte.connect(tls=context, sni=sni) as client:
            client.ask(request())
    return (raised.value.reason or str(raised.value)).upper().replace(" ", "_")


@pytest.mark.parametrize(("version", "name"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
def test_both_current_versions_are_spoken(version, name, pforte):
    context = raw.trusting(pforte.authority.certificate, minimum=version, maximum=version)
    with pforte.connect(tls=context) as client:
        assert client.tls.version() == name
        assert client.ask(request()).status == 200


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_older_versions_are_not_spoken(version, pforte):
    assert "alert protocol version" in s_client(pforte, version, "-cipher", "DEFAULT@SECLEVEL=0")


@pytest.mark.parametrize("cipher", ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "aNULL"])
def test_weak_ciphers_are_not_spoken(cipher, pforte):
    assert "handshake failure" in s_client(pforte, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")


def test_the_modern_profile_speaks_tls_1_3_alone(start_gate, app):
    pforte = start_gate(app, tls={"profile": "modern"})
    with pforte.connect(secure=True) as client:
        assert client.tls.version() == "TLSv1.3"
    old = raw.trusting(pforte.authority.certificate, maximum=ssl.TLSVersion.TLSv1_2)
    assert "VERSION" in alert_of(pforte, old)


@pytest.mark.parametrize(("offered", "chosen"), [(["http/1.1"], "http/1.1"), (["spdy/3", "http/1.1"], "http/1.1"),
                                                 ([], None)])
def test_http_1_1_is_agreed_upon(offered, chosen, pforte):
    context = ssl.create_default_context(cafile=str(pforte.authority.certificate))
    if offered:
        context.set_alpn_protocols(offered)
    with pforte.connect(tls=context) as client:
        assert client.tls.selected_alpn_protocol() == chosen
        assert client.ask(request()).status == 200


def test_a_client_that_speaks_nothing_we_do_is_told_so(pforte):
    # RFC 7301, section 3.2.
    context = raw.trusting(pforte.authority.certificate, alpn=["smtp"])
    assert "NO_APPLICATION_PROTOCOL" in alert_of(pforte, context)


def test_each_client_gets_the_kind_of_key_it_can_use(start_gate, app, authority):
    pairs = [authority.issue(HOST, key="ec").config(), authority.issue(HOST, key="rsa").config()]
    pforte = start_gate(app, site={"certificate": pairs})
    assert "Server public key is 256 bit" in s_client(pforte)
    assert "Server public key is 2048 bit" in s_client(pforte, "-sigalgs", "rsa_pss_rsae_sha256")
    assert "Server public key is 2048 bit" in s_client(pforte, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256")
    assert "Server public key is 256 bit" in s_client(pforte, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")


def subject(client: raw.Client) -> str:
    return client.tls.getpeercert()["subject"][0][0][1]


@pytest.fixture
def two(start_gate, app, authority):
    other = {"hosts": ["other.example.com", "*.wild.example.com"], "backend": "app", "allow": ["/"],
             "certificate": authority.issue("other.example.com", "*.wild.example.com").config()}
    return start_gate(app, more_sites=[other])


@pytest.mark.parametrize(("sni", "name"), [(HOST, HOST), (HOST.upper(), HOST), ("other.example.com", "other.example.com"),
                                           ("a.wild.example.com", "other.example.com")])
def test_the_certificate_follows_the_name_asked_for(sni, name, two):
    with two.connect(secure=True, sni=sni) as client:
        assert subject(client) == name
        assert client.ask(request(host=sni)).status == 200


@pytest.mark.parametrize("sni", ["unknown.example", "wild.example.com", "a.b.wild.example.com", "localhost"])
def test_an_unknown_name_is_refused_with_its_own_alert(sni, two):
    context = raw.trusting(two.authority.certificate)
    assert "UNRECOGNIZED_NAME" in alert_of(two, context, sni)
    event = until(lambda: two.events("tls.handshake-failed"), "the refusal is logged")[0]
    assert event["sni"] == sni


def test_a_host_other_than_the_name_of_the_handshake_is_misdirected(two, app):
    # RFC 9110, section 15.5.20: otherwise a certificate of one site opens another.
    with two.connect(secure=True, sni=HOST) as client:
        assert client.ask(request(host="other.example.com")).status == 421
    assert app.requests == []


def test_the_catch_all_site_serves_every_name(start_gate, app, authority):
    pforte = start_gate(app, site={"hosts": ["*"]})
    context = raw.trusting(authority.certificate)
    context.check_hostname = False
    for sni in ("whoever.example", None):
        with pforte.connect(tls=context, sni=sni) as client:
            assert client.ask(request(host="whoever.example")).status == 200


def test_an_encrypted_key_is_opened_with_its_password_file(start_gate, app, authority):
    pforte = start_gate(app, site={"certificate": authority.issue(HOST, password="geheim äöü").config()})
    assert pforte.get(secure=True).status == 200
    assert "geheim" not in pforte.said()


def test_an_ocsp_response_from_a_file_is_stapled(start_gate, app, authority):
    pforte = start_gate(app, site={"certificate": authority.staple(authority.issue(HOST)).config()})
    for version in ("-tls1_2", "-tls1_3"):
        said = s_client(pforte, "-status", version)
        assert "OCSP Response Status: successful" in said
        assert "Cert Status: good" in said


def test_without_a_file_nothing_is_stapled(pforte):
    assert "OCSP response: no response sent" in s_client(pforte, "-status")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_ticket_resumes_the_session_on_any_worker(version, pforte):
    context = raw.trusting(pforte.authority.certificate, minimum=version, maximum=version)
    with pforte.connect(tls=context) as client:
        assert client.ask(request()).status == 200
        assert not client.tls.session_reused
        session = client.tls.session
    assert session.has_ticket
    for _ in range(8):
        with pforte.connect(tls=context, session=session) as client:
            assert client.tls.session_reused
            assert client.ask(request()).status == 200


def test_a_ticket_outlives_a_reload(pforte):
    context = raw.trusting(pforte.authority.certificate)
    with pforte.connect(tls=context) as client:
        client.ask(request())
        session = client.tls.session
    assert pforte.reload().returncode == 0
    with pforte.connect(tls=context, session=session) as client:
        assert client.tls.session_reused


def test_a_ticket_opens_no_other_site(two):
    context = raw.trusting(two.authority.certificate)
    with two.connect(tls=context) as client:
        client.ask(request())
        session = client.tls.session
    with two.connect(tls=context, session=session, sni="other.example.com") as client:
        assert not client.tls.session_reused or subject(client) == "other.example.com"
        assert client.ask(request(host=HOST)).status == 421


def test_a_client_that_does_not_trust_us_is_logged_once_with_its_alert(pforte, stranger):
    with pytest.raises(ssl.SSLCertVerificationError):
        pforte.connect(tls=raw.trusting(stranger.certificate))
    until(lambda: pforte.events("tls.handshake-failed"), "the failure is logged")
    time.sleep(0.2)
    events = pforte.events("tls.handshake-failed")
    assert len(events) == 1
    assert events[0]["client"].startswith("127.0.0.1")
    assert events[0]["sni"] == HOST
    assert events[0]["reason"]
    assert events[0]["alert"] == "48"  # unknown_ca


def test_curl_that_does_not_trust_us_is_logged_with_its_alert(pforte, stranger):
    done = subprocess.run(["curl", "-sS", "--noproxy", "*", "--cacert", str(stranger.certificate), "--resolve",
                           f"{HOST}:{pforte.tls_port}:127.0.0.1", f"https://{HOST}:{pforte.tls_port}/"],
                          capture_output=True, check=False)
    assert done.returncode == 60
    event = until(lambda: pforte.events("tls.handshake-failed"), "the failure is logged")[0]
    assert event["alert"] == "48"  # unknown_ca


@pytest.mark.parametrize(("what", "data"), [
    ("plain HTTP", request()), ("garbage", b"\x00\xff" * 50), ("SSL 2", bytes.fromhex("802e0100020015000000100100800200800300800400800500800600400700c0") + bytes(16)),
    ("half a hello", bytes.fromhex("16030100f5010000f10303") + bytes(20)),
])
def test_what_is_no_handshake_is_logged_once_and_closed(what, data, pforte):
    with pforte.connect(port=pforte.tls_port) as client:
        client.send(data)
        client.socket.shutdown(1)
        assert client.ended(5)
    events = until(lambda: pforte.events("tls.handshake-failed"), "the failure is logged")
    assert len(events) == 1
    assert pforte.get(secure=True).status == 200


def test_a_connection_without_a_byte_is_no_failure_worth_a_line(pforte):
    pforte.connect(port=pforte.tls_port).close()
    time.sleep(0.2)
    assert pforte.events("tls.handshake-failed") == []


def test_a_handshake_cut_into_single_bytes_succeeds(pforte):
    context = raw.trusting(pforte.authority.certificate)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    engine = context.wrap_bio(incoming, outgoing, server_hostname=HOST)
    with pforte.connect(port=pforte.tls_port) as client:
        while True:
            try:
                engine.do_handshake()
                break
            except ssl.SSLWantReadError:
                client.trickle(outgoing.read())
                incoming.write(client.socket.recv(3))
        engine.write(request("GET", "/", "Connection: close"))
        client.trickle(outgoing.read())
        while piece := client.socket.recv(7):
            incoming.write(piece)
        assert engine.read(15) == b"HTTP/1.1 200 OK"


def test_the_end_of_a_connection_is_said_in_tls_too(pforte):
    with pforte.connect(secure=True) as client:
        client.ask(request("GET", "/", "Connection: close"))
        assert client.ended()
        assert not client.truncated


def test_renegotiation_is_refused(pforte):
    client = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{pforte.tls_port}", "-servername", HOST, "-tls1_2",
                               "-msg"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(0.3)
    client.stdin.write(b"R\n")
    client.stdin.flush()
    time.sleep(0.5)
    client.kill()
    before, _, after = client.communicate()[0].partition(b"RENEGOTIATING")
    assert b"ServerHello" in before
    assert b"ServerHello" not in after
    assert pforte.get(secure=True).status == 200

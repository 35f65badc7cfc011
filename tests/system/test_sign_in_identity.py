"""What the application learns of who asks, and what nobody can make it believe."""

import base64
import hashlib
import json
import time
from pathlib import Path

import pytest
import raw
import tickets
from backends import text
from framing import chunk
from pki import openssl
from visitor import APP, SERVICE, Visitor, arrived, curl

OURS = ("remote-user", "pforte-principal", "pforte-method", "pforte-groups", "pforte-assertion")
FORGED = ["Remote-User", "remote-user", "REMOTE-USER", "Remote_User", "REMOTE_USER", "remote_User", "rEMOTE-uSER",
          "Pforte-Principal", "pforte-principal", "Pforte_Principal", "PFORTE_PRINCIPAL", "Pforte-Groups", "PFORTE_GROUPS",
          "pforte-groups", "Pforte-Method", "pforte_method", "Pforte-Assertion", "pforte_assertion", "Pforte_Assertion",
          "Pforte-Ticket-Cache", "PFORTE_TICKET_CACHE", "pforte-ticket_cache"]


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def der_number(number: bytes) -> bytes:
    number = number.lstrip(b"\0") or b"\0"
    number = (b"\0" if number[0] & 0x80 else b"") + number
    return bytes([2, len(number)]) + number


def verified(assertion: str, keys: dict, folder: Path) -> dict:
    """The claims of a JSON Web Token, if openssl finds its ES256 signature good."""
    head, claims, signature = assertion.split(".")
    told = json.loads(decoded(head))
    assert told["alg"] == "ES256"
    key = next(one for one in keys["keys"] if one["kid"] == told["kid"])
    assert (key["kty"], key["crv"]) == ("EC", "P-256")
    assert "d" not in key
    # SubjectPublicKeyInfo of P-256 (RFC 5480), and the signature as DER.
    info = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04" + decoded(key["x"]) + decoded(key["y"])
    both = der_number(decoded(signature)[:32]) + der_number(decoded(signature)[32:])
    for name, data in (("key.der", info), ("signed", f"{head}.{claims}".encode()), ("signature", bytes([0x30, len(both)]) + both)):
        (folder / name).write_bytes(data)
    openssl("pkey", "-pubin", "-inform", "DER", "-in", folder / "key.der", "-out", folder / "key.pem")
    said = openssl("dgst", "-sha256", "-verify", folder / "key.pem", "-signature", folder / "signature", folder / "signed")
    assert "Verified OK" in said
    return json.loads(decoded(claims))


def test_the_application_learns_who_signed_in_by_ticket(desk, susan):
    visitor = Visitor(desk)
    for answer in (visitor.sign_in_with(susan), visitor.get("/again")):
        found = arrived(answer)
        assert found["remote-user"] == ["susan"]
        assert found["pforte-principal"] == ["susan@ALPHA.TEST"]
        assert found["pforte-method"] == ["kerberos"]
        assert [group.strip() for group in found["pforte-groups"][0].split(",")] == ["crm-admins", "crm-users"]
        assert len(found["pforte-assertion"]) == 1


def test_the_application_learns_who_signed_in_by_password(desk):
    found = arrived(Visitor(desk).must_sign_in("eva", "Db-eva-Secret-1").get("/"))
    assert found["remote-user"] == ["eva"]
    assert found["pforte-method"] == ["database"]
    assert found["pforte-groups"] == ["crm-users"]
    assert found.get("pforte-principal", [""]) == [""]


def test_the_assertion_is_signed_by_a_published_key_and_says_the_same(desk, susan, tmp_path):
    visitor = Visitor(desk)
    found = arrived(visitor.sign_in_with(susan))
    published = visitor.get("/.pforte/jwks.json")
    assert published.status == 200
    claims = verified(found["pforte-assertion"][0], published.json(), tmp_path)
    assert claims["iss"].startswith(f"https://{APP}")
    assert claims["aud"] == claims["iss"] == visitor.origin
    assert claims["sub"] == "susan"
    assert claims["principal"] == "susan@ALPHA.TEST"
    assert "kerberos" in str(claims["amr"])
    assert claims["sid"]
    assert claims["iat"] - 2 <= time.time() < claims["exp"] <= time.time() + 3600


def test_the_published_keys_need_no_sign_in(desk):
    answer = Visitor(desk, machine=True).get("/.pforte/jwks.json")
    assert answer.status == 200
    assert answer.json()["keys"]


def test_the_assertion_of_one_session_names_that_session(desk, susan, tmp_path):
    claims = []
    for _ in range(2):
        visitor = Visitor(desk)
        found = arrived(visitor.sign_in_with(susan))
        claims.append(verified(found["pforte-assertion"][0], visitor.get("/.pforte/jwks.json").json(), tmp_path))
    assert claims[0]["sid"] != claims[1]["sid"]


def test_the_published_keys_outlive_a_restart(start_desk, app, susan, tmp_path):
    gate = start_desk(app)
    assertion = arrived(Visitor(gate).sign_in_with(susan))["pforte-assertion"][0]
    again = start_desk.restart(gate)
    assert verified(assertion, Visitor(again).get("/.pforte/jwks.json").json(), tmp_path)["sub"] == "susan"


@pytest.mark.parametrize("machine", [False, True], ids=["browser", "machine"])
def test_no_header_of_ours_can_be_forged_by_somebody_signed_in(machine, desk, susan):
    visitor = Visitor(desk, machine=machine)
    visitor.sign_in_with(susan)
    found = arrived(visitor.get("/", *[f"{name}: root" for name in FORGED]))
    assert "root" not in str(found)
    mine = {name for name in found if name.replace("_", "-").startswith(("remote-user", "pforte"))}
    assert mine == set(OURS)
    assert found["remote-user"] == ["susan"]


def test_nobody_can_forge_them_where_signing_in_is_optional(start_desk, app):
    gate = start_desk(app, site={"sign_in": "optional"})
    found = arrived(Visitor(gate).get("/", *[f"{name}: root" for name in FORGED]))
    assert not [name for name in found if name.replace("_", "-").startswith(("remote-user", "pforte"))]


@pytest.mark.parametrize("connection", ["Remote-User", "close, Pforte-Principal", "pforte-groups, keep-alive", "Pforte-Assertion",
                                        "Pforte-Method,Remote-User", "remote_user"])
def test_what_we_tell_cannot_be_removed_by_connection(connection, desk, susan):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    answer = visitor.get("/", f"Connection: {connection}", "Remote-User: root")
    if answer.status == 400:
        return
    found = arrived(answer)
    assert [found[name] for name in ("remote-user", "pforte-principal", "pforte-method")] == \
        [["susan"], ["susan@ALPHA.TEST"], ["kerberos"]]
    assert "root" not in str(found)


def test_trailers_bring_no_identity(desk, susan, app):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    lines = b"".join(f"{name}: root\r\n".encode() for name in FORGED)
    visitor.ask("POST", "/", "Transfer-Encoding: chunked", body=chunk(b"x") + b"0\r\n" + lines + b"\r\n")
    assert not app.saw(b"root")


def test_the_application_sees_neither_ticket_nor_cookies_of_ours(desk, susan, app):
    visitor = Visitor(desk)
    token = susan.token(SERVICE)
    fields = ("Cookie: a=1; __Host-pforte=x; __Host-pforte-form=y; b=2; __host-pforte=z; __Host-pforte-other=1; c=3",)
    answer = visitor.send_ticket(token, "/", *fields)
    assert "authorization" not in arrived(answer)
    assert arrived(answer)["cookie"][0].replace(" ", "") in ("a=1;b=2;c=3", "a=1;b=2;__host-pforte=z;c=3")
    visitor.get("/", f"Cookie: x=1; {'; '.join(f'{k}={v}' for k, v in visitor.cookies.items())}; y=2")
    assert not app.saw(base64.b64encode(token))
    assert not app.saw(visitor.session.encode())
    assert not app.saw(b"__Host-pforte")


def test_several_cookie_fields_hide_none_of_ours(desk, susan, app):
    visitor = Visitor(desk)
    visitor.sign_in_with(susan)
    answer = visitor.get("/", "Cookie: a=1", f"Cookie: __Host-pforte={visitor.session}", "Cookie: b=2")
    if answer.status == 200:
        assert "__Host-pforte" not in str(arrived(answer).get("cookie"))
    assert not app.saw(visitor.session.encode())


def test_the_application_can_neither_set_nor_remove_our_cookies(start_desk, start_backend, susan):
    gate = start_desk(start_backend(text(b"x", "Set-Cookie: __Host-pforte=evil; Path=/; Secure", "Set-Cookie: app=1",
                                         "Set-Cookie: __Host-pforte-form=evil; Path=/; Secure")))
    visitor = Visitor(gate)
    visitor.send_ticket(susan.token(SERVICE))
    answer = visitor.get("/")
    assert "evil" not in str(answer.head.fields)
    assert visitor.whoami()["login"] == "susan"
    assert visitor.cookies["app"] == "1"


BASIC = 'Basic realm="app, Negotiate"'
CHALLENGES = {
    "Negotiate": (["Negotiate"], ["Form"]),
    "NTLM": (["NTLM"], ["Form"]),
    "two fields, as IIS has them": (["Negotiate", "NTLM"], ["Form"]),
    "one field": (["nEGOTIATE YIIabc==, NTLM"], ["Form"]),
    "Basic beside": (["Negotiate", BASIC], [BASIC]),
    "all in one": ([f"NTLM, {BASIC}, charset=x, Negotiate"], [f"{BASIC}, charset=x"]),
    "Basic alone": ([BASIC], [BASIC]),
    "none": ([], []),
}


@pytest.mark.parametrize("case", CHALLENGES)
def test_the_application_asks_nobody_for_a_ticket_but_for_all_else(case, start_desk, start_backend, susan):
    sent, passed = CHALLENGES[case]
    gate = start_desk(start_backend(text(b"no", *[f"WWW-Authenticate: {one}" for one in sent], status=401)))
    visitor = Visitor(gate)
    for answer in (visitor.send_ticket(susan.token(SERVICE, mutual=True)), visitor.get("/again")):
        assert answer.status == 401
        assert answer.body == b"no"
        assert answer.head.all("www-authenticate") == passed
    assert visitor.whoami()["login"] == "susan"


@pytest.mark.parametrize("challenge", ["Negotiate", "NTLM", "Negotiate, NTLM", "Basic realm=x"])
def test_curl_does_not_repeat_itself_before_an_application_that_wants_tickets_too(challenge, start_desk, start_backend, realms):
    app = start_backend(text(b"no", f"WWW-Authenticate: {challenge}", status=401))
    gate = start_desk(app)
    done = curl(gate, realms, realms.kinit("susan"), "/", "--negotiate", "-u", ":", "--write-out", "\n%{http_code}")
    assert done.stdout.splitlines() == ["no", "401"], done
    assert 1 <= len(app.requests) <= 2
    assert len(gate.events("sign-in.done")) == 1


def test_nobody_is_asked_for_a_ticket_where_nobody_signs_in(start_gate, start_backend):
    gate = start_gate(start_backend(text(b"no", "WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM", status=401)))
    answer = gate.get("/")
    assert answer.status == 401
    assert answer.head.all("www-authenticate") == ["Form"]


def test_a_refusal_of_the_application_arrives_as_it_is(start_desk, start_backend, susan):
    gate = start_desk(start_backend(text(b"no", status=403)))
    answer = Visitor(gate).send_ticket(susan.token(SERVICE))
    assert answer.status == 403
    assert answer.body == b"no"


def test_the_headers_can_have_other_names(start_desk, app, susan):
    gate = start_desk(app, backend={"identity": {"login": "X-SM-User", "groups": "X-SM-Groups", "assertion": ""}})
    visitor = Visitor(gate)
    visitor.sign_in_with(susan)
    found = arrived(visitor.get("/", "X-SM-User: root", "x_sm_user: root", "X-Sm-Groups: root", "Remote-User: root"))
    assert found["x-sm-user"] == ["susan"]
    assert found["x-sm-groups"][0].replace(" ", "") == "crm-admins,crm-users"
    assert "root" not in str(found)
    assert "pforte-assertion" not in found


def test_a_reload_gives_them_other_names_in_the_session_that_goes_on(start_desk, app, susan):
    gate = start_desk(app)
    visitor = Visitor(gate)
    visitor.sign_in_with(susan)
    assert arrived(visitor.get("/"))["remote-user"] == ["susan"]
    gate.config["backend"][0]["identity"] = {"login": "X-SM-User", "groups": "", "principal": ""}
    gate.write()
    assert gate.reload().returncode == 0
    found = arrived(visitor.get("/"))
    assert found["x-sm-user"] == ["susan"]
    assert not {"remote-user", "pforte-groups", "pforte-principal"} & set(found)
    assert len(found["pforte-assertion"]) == 1


def test_in_one_session_an_assertion_is_for_the_origin_that_was_asked(desk, susan, tmp_path):
    visitor = Visitor(desk)
    keys = visitor.get("/.pforte/jwks.json").json()
    visitor.sign_in_with(susan)
    for host in (APP, APP.upper(), APP):
        visitor.host = host
        claims = verified(arrived(visitor.get("/"))["pforte-assertion"][0], keys, tmp_path)
        assert claims["aud"] == visitor.origin


def test_a_reload_tells_a_new_password_in_the_session_that_goes_on(start_desk, app, susan, tmp_path):
    file = tmp_path / "basic"
    file.write_text("old\n")
    gate = start_desk(app, backend={"identity": {"basic_password_file": str(file)}})
    visitor = Visitor(gate)
    visitor.sign_in_with(susan)
    for password in ("old", "new"):
        file.write_text(password + "\n")
        assert gate.reload().returncode == 0
        for _ in range(2):
            basic = base64.b64encode(f"susan:{password}".encode()).decode()
            assert arrived(visitor.get("/"))["authorization"] == [f"Basic {basic}"]


def test_each_application_is_told_what_is_meant_for_it_in_one_session(start_desk, start_backend, susan):
    crm = {"name": "crm", "servers": [start_backend().url], "identity": {"login": "X-CRM-User", "assertion": ""}}
    gate = start_desk(start_backend(), site={"rule": [{"path": "/crm", "backend": "crm"}]}, more_backends=[crm])
    visitor = Visitor(gate)
    visitor.sign_in_with(susan)
    for _ in range(2):
        told = arrived(visitor.get("/"))
        assert told["remote-user"] == ["susan"] and "x-crm-user" not in told and "pforte-assertion" in told
        told = arrived(visitor.get("/crm/"))
        assert told["x-crm-user"] == ["susan"] and "remote-user" not in told and "pforte-assertion" not in told


def test_channel_binding_data_is_that_of_the_served_certificate(start_desk, app, susan, authority):
    gate = start_desk(app, kerberos={"channel_binding": "require"})
    leaf = authority.issue(APP).chain.with_suffix(".crt")
    der = leaf.with_suffix(".der")
    openssl("x509", "-in", leaf, "-outform", "DER", "-out", der)
    binding = b"tls-server-end-point:" + hashlib.sha256(der.read_bytes()).digest()
    assert Visitor(gate).send_ticket(susan.token(SERVICE, binding=binding)).status == 200
    for wrong in (None, b"tls-server-end-point:" + bytes(32), binding[:-1]):
        visitor = Visitor(gate)
        assert visitor.send_ticket(susan.token(SERVICE, binding=wrong)).status == 401
        assert visitor.session is None


def test_a_wrong_channel_binding_is_refused_even_where_none_is_required(desk, susan):
    assert Visitor(desk).send_ticket(susan.token(SERVICE, binding=b"tls-server-end-point:" + bytes(32))).status == 401
    assert Visitor(desk).send_ticket(susan.token(SERVICE)).status == 200


def test_a_connection_is_nobody_after_a_ticket_without_its_cookie(desk, susan):
    with desk.connect(secure=True, sni=APP) as client:
        first = client.ask(raw.request("GET", "/", tickets.negotiate(susan.token(SERVICE)), host=APP))
        assert first.status == 200
        assert client.ask(raw.request("GET", "/", host=APP)).status == 401

"""What requests carry to show who sends them: header fields, one for each request."""

import http.client
import ssl

from processes import Failed

SESSIONS = 64  # different ones, which take turns
GIVEN = "Cookie: session=" + "0123456789abcdef" * 12  # about as long as a session's


def connection(gate, state):
    context = ssl.create_default_context(cafile=state / "chain.pem")
    context.set_alpn_protocols(["http/1.1"])
    return http.client.HTTPSConnection("localhost", gate.port, context=context, timeout=30)


def split(field):
    name, _, value = field.partition(": ")
    return {name: value}


def fields(gate, realm, state, count):
    """At least one, and not more than `count` if each can be used once; none where nobody has to show anything."""
    if gate.kind.proof == "ticket":
        return realm.tokens(count)
    if gate.kind.proof == "session":
        return sessions(gate, realm, state, min(count, SESSIONS))
    return [GIVEN] if gate.kind.proof == "given" else []


def sessions(gate, realm, state, count):
    """Signs in so many times."""
    client = connection(gate, state)
    cookies = []
    try:
        for token in realm.tokens(count):
            client.request("GET", "/1k", headers=split(token))
            answer = client.getresponse()
            answer.read()
            pairs = [value.split(";")[0] for value in answer.headers.get_all("Set-Cookie", [])]
            pairs = [pair for pair in pairs if not pair.endswith("=")]
            if answer.status != 200 or not pairs:
                raise Failed(f"signing in: status {answer.status}, {len(pairs)} cookies")
            cookies.append("Cookie: " + "; ".join(pairs))
    except (OSError, http.client.HTTPException) as why:
        raise Failed(f"signing in: {why}") from why
    finally:
        client.close()
    return cookies

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kerberos/principal.h"

namespace pforte::kerberos {

// What somebody sent behind "Negotiate ", read without any key: which mechanism, and for a ticket which service it is
// for. Views point into the token. Sources: RFC 4178 (SPNEGO), RFC 4121 (krb5), RFC 4120 (AP-REQ).
struct Token {
  enum class Form : std::uint8_t {
    Spnego,               // with a krb5 ticket in it
    Krb5,                 // a bare krb5 ticket
    Continue,             // a later leg of an exchange (NegTokenResp), with a ticket or without
    SpnegoWithoutTicket,  // offers krb5, but sends a token of another mechanism first, or none
    Ntlm,                 // bare, or first in SPNEGO without krb5 being offered
    Other,                // a mechanism that we do not have
    Garbage,
  };
  Form form = Form::Garbage;

  // Of the ticket; set for Spnego and Krb5, and for a Continue that carries one.
  Principal service;
  std::int64_t key_version = -1;   // -1: the ticket names none
  std::int64_t encryption = -1;    // RFC 3961 number: 18 is aes256-cts-hmac-sha1-96, 23 rc4-hmac
  std::string_view authenticator;  // as sealed: the same only if it is a replay
  std::string_view request;        // the AP-REQ in DER
  std::string_view ticket;         // the Ticket in DER

  // Of Spnego, where nothing depends on what it says around the krb5 token: that token.
  std::string_view inner;

  bool has_ticket() const { return !ticket.empty(); }
};

// Never fails: what cannot be read is Garbage. Bounded in time and depth for any input.
//
// Strict: nothing twice, nothing in another order, nothing behind the end, so that the authenticator that is
// remembered against replays is the one that the Kerberos library accepts.
Token read_token(std::string_view token);

// SPNEGO's last word (NegTokenResp, RFC 4178, 4.2.2): krb5 has accepted, and `answer` is its token, or empty. As MIT
// krb5 says it, also to who has offered krb5 under the name that Windows 2000 wrote.
std::string spnego_completed(std::string_view answer);

}  // namespace pforte::kerberos

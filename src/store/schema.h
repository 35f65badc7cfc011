#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "store/store.h"

namespace pforte::store {

// The statements that bring a store from one version of the tables to the next; the first makes them. Instants are
// milliseconds since 1970, flags are 0 and 1.
//
//   agent          number PK, login, login_folded UNIQUE, name, mail, disabled, password (Argon2id or null), made
//   agent_principal  principal, agent; two agents may claim the same: then neither signs in by it
//   agent_group    agent, name
//   agent_token    digest PK (SHA-256 in hex), agent, label, made, expires (null: never)
//   service        name PK, stopped, changed
//   session        id PK, agent, login, method, principal, client, user_agent, began, seen, expires
//   session_end    id PK (a session's), until: no cookie of it lives longer
//   agent_end      agent PK, at: sessions that began until then are over; agent 0 stands for everybody
//   secret_key     purpose, number, made, secret; PK (purpose, number)
//   counter        name PK, last: numbers that were given, so that none is given twice
//   certificate    sha256 PK (hex, of the DER), subject, issuer (RFC 4514), serial, not_before, not_after, authority,
//                  chain (PEM, its own first), secret (PKCS#8 in PEM, or null), source, owner, kept, retired (or null)
//   certificate_name  name (lower case), certificate
//   certificate_use   kind, place, certificate, first, last: it was seen there
//   certificate_alarm  certificate, what, at: whoever cares has been told
//   authority_certificate  serial PK (hex), issuer (id of its key), subject, names, profile, not_before, not_after,
//                          issued, revoked (null: not), reason, certificate (PEM)
//   authority_crl  issuer PK, number, revoked (how many entries), this_update, next_update, list (DER in hex)
//   acme_account   directory PK (of the CA), key_pem, url (empty: yet to be made)
//   acme_renewal   names PK (of a certificate, with spaces between), directory, order_url, key_pem (of the order under
//   way;
//                  empty: none), failures in a row, tried, next, code, reason (of the last failure)
//   acme_server_account  id PK, thumbprint UNIQUE, jwk, contact (JSON), deactivated, made: clients of our ACME server
//   acme_server_order  id PK, account, names (with spaces between), state, expires, serial, chain (empty before)
//   acme_server_proof  id PK, order_id, account, name, token, state, type, problem, detail
//   store_version  version: how many of these statements it has seen
std::span<const std::string_view> migrations();

// Brings a store to this version. Fails with Kind::Invalid (store.newer) when it is newer than that.
Result<> migrate(Store& store);

}  // namespace pforte::store

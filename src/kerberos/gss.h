#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "kerberos/pac.h"

// Types of the GSSAPI library, NOLINTBEGIN(readability-identifier-naming): named by it.
struct gss_cred_id_struct;
struct gss_ctx_id_struct;
// NOLINTEND(readability-identifier-naming)

// GSSAPI as an acceptor needs it: RFC 2744, with the extensions of MIT krb5.
namespace pforte::kerberos {

struct ReleaseCredential {
  void operator()(gss_cred_id_struct* credential) const;
};
using Credential = std::unique_ptr<gss_cred_id_struct, ReleaseCredential>;

struct DeleteContext {
  void operator()(gss_ctx_id_struct* context) const;
};
using Context = std::unique_ptr<gss_ctx_id_struct, DeleteContext>;

// The credential of exactly this service, for krb5 bare and in SPNEGO, without a replay cache; where none is named,
// that of whichever key of the keytab opens a ticket. `keytab` as the library names it: "MEMORY:x". Fails with
// Kind::Unavailable, in the library's words.
Result<Credential> acquire_credential(const std::string& principal, const std::string& keytab);

// What came of one leg.
struct Step {
  enum class Outcome : std::uint8_t { Complete, GoesOn, Refused };
  Outcome outcome = Outcome::Refused;
  std::string answer;

  // Of one that is complete.
  std::string client;  // as krb5_unparse_name() writes it
  bool anonymous = false;
  bool bound = false;
  std::chrono::seconds lifetime{};  // of the ticket
  int session_encryption = 0;       // RFC 3961 number
  std::optional<LogonInfo> logon;   // of a verified PAC

  // Of one that was refused.
  bool wrong_binding = false;
  std::string reason;
};

// One leg of the exchange in `context`, null before the first. `binding` is the application data to compare with the
// client's; empty: not compared. `forwarded` is filled with a ticket-granting ticket that comes along; null: it is
// dropped.
Step accept_leg(Context& context, const Credential& credential, std::string_view token, std::string_view binding,
                Credential* forwarded = nullptr);

// Writes a ticket that a client has forwarded into a FILE cache of its own, readable by this user alone; what was in
// the file goes. Fails with Kind::Unavailable, in the library's words.
Result<> store_forwarded(const Credential& forwarded, const std::string& file);

}  // namespace pforte::kerberos

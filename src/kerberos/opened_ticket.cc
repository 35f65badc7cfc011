#include "kerberos/opened_ticket.h"

#include <krb5/krb5.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "kerberos/keytab_file.h"
#include "kerberos/sealed_times.h"

namespace pforte::kerberos {
namespace {

struct FreeTicket {
  krb5_context library;
  void operator()(krb5_ticket* ticket) const { krb5_free_ticket(library, ticket); }
};
using Ticket = std::unique_ptr<krb5_ticket, FreeTicket>;

krb5_data as_krb5_data(std::string_view bytes) {
  krb5_data data{};
  data.length = unsigned(bytes.size());
  data.data = const_cast<char*>(bytes.data());
  return data;
}

std::chrono::sys_seconds time_of(krb5_timestamp time) {
  return std::chrono::sys_seconds(std::chrono::seconds(std::uint32_t(time)));
}

// Null when no key opens it.
Ticket opened(krb5_context library, const Token& token, const ServiceKeys& keys) {
  krb5_data bytes = as_krb5_data(token.ticket);
  krb5_ticket* decoded = nullptr;
  if (krb5_decode_ticket(&bytes, &decoded) != 0) return {nullptr, {library}};
  Ticket ticket(decoded, {library});
  krb5_principal service = nullptr;
  if (krb5_parse_name(library, keys.principal().c_str(), &service) != 0) return {nullptr, {library}};
  std::swap(ticket->server, service);
  krb5_free_principal(library, service);
  krb5_keytab keytab = nullptr;
  if (krb5_kt_resolve(library, keys.keytab().c_str(), &keytab) != 0) return {nullptr, {library}};
  // Fails for a ticket that came through untrusted realms as well, which is no matter of keys.
  (void)krb5_server_decrypt_ticket_keytab(library, keytab, decoded);
  krb5_kt_close(library, keytab);
  if (ticket->enc_part2 == nullptr) ticket.reset();
  return ticket;
}

std::optional<std::chrono::sys_seconds> time_asked(krb5_context library, const Token& token,
                                                   const krb5_keyblock& session_key) {
  krb5_enc_data sealed{};
  sealed.enctype = session_key.enctype;
  sealed.ciphertext = as_krb5_data(token.authenticator);
  std::string plain(token.authenticator.size(), '\0');
  krb5_data into = as_krb5_data(plain);
  krb5_error_code code = krb5_c_decrypt(library, &session_key, KRB5_KEYUSAGE_AP_REQ_AUTH, nullptr, &sealed, &into);
  if (code != 0) return std::nullopt;
  return authenticator_time({into.data, into.length});
}

}  // namespace

std::optional<OpenedTicket> open_ticket(const Library& library, const Token& token, const ServiceKeys& keys) {
  if (!library) return std::nullopt;
  Ticket ticket = opened(library.get(), token, keys);
  if (!ticket) return std::nullopt;
  const krb5_enc_tkt_part& part = *ticket->enc_part2;
  const krb5_ticket_times& times = part.times;
  return OpenedTicket{.client = principal_of(*part.client),
                      .authenticated = time_of(times.authtime),
                      .begins = time_of(times.starttime != 0 ? times.starttime : times.authtime),
                      .ends = time_of(times.endtime),
                      .asked = time_asked(library.get(), token, *part.session)};
}

}  // namespace pforte::kerberos

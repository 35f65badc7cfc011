#include "kerberos/diagnosis.h"

#include <krb5/krb5.h>
#include <profile.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "kerberos/encryption.h"
#include "kerberos/key_version.h"
#include "kerberos/keytab_file.h"
#include "kerberos/krb5_config.h"

namespace pforte::kerberos {
namespace {

using Seconds = std::chrono::sys_seconds;

// What an error says about a service's ticket.
Error denied(std::string_view code, std::string text) {
  return {Kind::Denied, code, std::move(text)};
}

std::string listed(const std::vector<int>& numbers) {
  std::string text;
  for (int number : numbers) text += cat(text.empty() ? "" : ", ", number);
  return text;
}

krb5_data data_over(std::string_view bytes) {
  krb5_data data{};
  data.length = unsigned(bytes.size());
  data.data = const_cast<char*>(bytes.data());
  return data;
}

// The library's code for the request, without looking at replays.
int code_of(krb5_context library, const Token& token, const KeyBox& box) {
  krb5_principal service = nullptr;
  krb5_keytab keytab = nullptr;
  krb5_auth_context state = nullptr;
  krb5_error_code code = krb5_parse_name(library, box.service().c_str(), &service);
  if (code == 0) code = krb5_kt_resolve(library, box.keytab().c_str(), &keytab);
  if (code == 0) code = krb5_auth_con_init(library, &state);
  if (code == 0) code = krb5_auth_con_setflags(library, state, 0);
  if (code == 0) {
    krb5_data request = data_over(token.request);
    krb5_principal named = box.opens() == KeyBox::Opens::Any ? nullptr : service;
    code = krb5_rd_req(library, &state, &request, named, keytab, nullptr, nullptr);
  }
  krb5_auth_con_free(library, state);
  if (keytab != nullptr) krb5_kt_close(library, keytab);
  krb5_free_principal(library, service);
  return code;
}

std::optional<Error> judge_times(const OpenedTicket& ticket, Seconds now) {
  std::chrono::seconds skew = clock_skew_in_force();
  std::string client = ticket.client.to_text();
  std::string clocks = cat(" (clocks may be ", span_text(skew), " apart)");
  if (now > ticket.ends + skew)
    return denied("kerberos.expired",
                  cat("the ticket of ", client, " expired ", span_text(now - ticket.ends), " ago", clocks));
  if (now < ticket.begins - skew)
    return denied("kerberos.not-yet-valid", cat("the ticket of ", client, " is valid from ",
                                                span_text(ticket.begins - now), " from now", clocks));
  if (!ticket.asked)
    return denied("kerberos.request", cat("the request of ", client, " is not sealed with the key of its ticket"));
  std::chrono::seconds ahead = *ticket.asked - now;
  if (std::chrono::abs(ahead) < skew) return std::nullopt;
  return denied("kerberos.skew", cat("the clock of ", client, " is ", span_text(std::chrono::abs(ahead)),
                                     ahead.count() > 0 ? " ahead of" : " behind", " ours", clocks));
}

Error judge_code(krb5_context library, int code, const std::string& client, std::string_view reason) {
  std::string text = code == 0 ? std::string(reason) : library_text(library, code);
  switch (code) {
    case KRB5KRB_AP_ERR_ILL_CR_TKT:
      return denied("kerberos.untrusted-path", cat("the realms between ", client, " and ours are not trusted: ", text));
    case KRB5_NOPERM_ETYPE:
      return denied("kerberos.encryption", cat("the request of ", client, ": ", text));
    default:
      return denied("kerberos.refused", cat("the request of ", client, " was refused: ", text));
  }
}

}  // namespace

std::string span_text(std::chrono::seconds span) {
  using namespace std::chrono;
  std::int64_t all = span.count();
  if (span < minutes(2)) return cat(all, " s");
  if (span < hours(2)) return cat(all / 60, " min", all % 60 == 0 ? "" : cat(" ", all % 60, " s"));
  if (span < days(2)) return cat(all / 3600, " h");
  return cat(all / 86400, " days");
}

Error missing_key(const Token& token, const ServiceKeys& keys) {
  std::vector<int> versions = keys.versions();
  std::string encryptions;
  for (const ServiceKeys::Key& key : keys.keys()) {
    bool same =
        token.key_version <= 0 || key_version_fits(std::uint32_t(key.version), std::uint32_t(token.key_version));
    if (same) encryptions += cat(encryptions.empty() ? "" : ", ", encryption_name(key.encryption));
  }
  if (encryptions.empty()) {
    std::string behind = token.key_version > versions.back()
                             ? "; the keytab is out of date"
                             : "; the client has an old ticket, or the keytab was made without the old keys";
    return denied("kerberos.key-version", cat("the ticket is sealed with key version ", token.key_version, " of ",
                                              keys.principal(), ", the keytab has ", listed(versions), behind));
  }
  return denied("kerberos.encryption",
                cat("the ticket is sealed with ", encryption_name(token.encryption),
                    ", for which the keytab has no key of ", keys.principal(), "; it has ", encryptions));
}

Error diagnose(const Token& token, const ServiceKeys& keys, const KeyBox& used,
               const std::optional<OpenedTicket>& ticket, std::string_view reason) {
  if (!keys.fits(token.key_version, token.encryption)) return missing_key(token, keys);
  Library library = open_library();
  if (!library)
    return {Kind::Unavailable, "kerberos.krb5-config", "the Kerberos library cannot read its configuration"};
  if (!ticket) {
    return denied("kerberos.wrong-key",
                  cat("the key of ", keys.principal(), " (version ", token.key_version, ", ",
                      encryption_name(token.encryption), ") does not open the ticket: another password or salt"));
  }
  krb5_timestamp now = 0;
  krb5_timeofday(library.get(), &now);
  Seconds ours{std::chrono::seconds(std::uint32_t(now))};
  if (std::optional<Error> error = judge_times(*ticket, ours)) return *std::move(error);
  return judge_code(library.get(), code_of(library.get(), token, used), ticket->client.to_text(), reason);
}

}  // namespace pforte::kerberos

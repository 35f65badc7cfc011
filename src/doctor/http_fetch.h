#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/message.h"
#include "doctor/proxy_connect.h"
#include "doctor/setting.h"
#include "net/address.h"

namespace pforte::doctor {

// A file at an address that a certificate names: an OCSP response, a revocation list, an issuer's certificate.
struct FetchQuestion {
  std::string url;
  std::string body = {};          // sent by POST; empty: GET
  std::string content_type = {};  // of the body
  std::size_t most_bytes = 0;     // of the answer
  bool is_vouched_for = false;    // whoever names the address is trusted, or is whom a trusted one has certified

  auto operator<=>(const FetchQuestion&) const = default;
};

// How one gets there.
struct FetchWay {
  std::shared_ptr<const ProxyWay> proxy;  // null: directly
  bool to_this_machine = false;           // the server that is examined is on this machine
};

struct Fetched {
  std::string bytes = {};
  Message failure = {};    // why there are none; empty: there are
  bool is_barred = false;  // it was not tried: we do not go there
  int status = 0;          // of HTTP; 0: there was no answer
};

// Why nobody should go there, where that shows by the address alone; none: one may. Whoever is examined writes what it
// likes into its certificate, so that we could be sent to what only this machine reaches: that goes by plain HTTP to
// port 80, and not to this machine or its neighbours on the wire (link-local, where clouds keep secrets); whom we trust
// may name any port, and this machine. See docs/doctor.md.
std::optional<Message> bar_on_url(const FetchQuestion& question, const FetchWay& way);
std::optional<Message> bar_on_address(const FetchQuestion& question, const FetchWay& way, const net::Address& address);

// Fetches it without following redirects, no longer than three times `setting.step`: for the name, the connection and
// the answer. Never fails. All must outlive the task.
net::Task<Fetched> fetch(const Setting& setting, const FetchWay& way, FetchQuestion question);

}  // namespace pforte::doctor

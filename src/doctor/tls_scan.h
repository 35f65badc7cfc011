#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/tls_answer.h"
#include "tls/probe.h"

namespace pforte::doctor {

// What a server takes in one version.
struct VersionScan {
  VersionOffer offer;
  std::optional<ServerFlight> first =
      {};  // what it said to the first hello that it took; none: it does not take the version
  std::vector<std::vector<std::string>> chains = {};  // that it showed, each with another certificate of its own; DER
  // How it refused the rest of suites and of groups; none: it was not asked for all of them.
  std::optional<AnswerEnd> suites_end = {}, groups_end = {};
};

// Everything that was asked of a server.
struct TlsScan {
  TlsAnswer contact;                       // to a hello as a client of today says it
  std::vector<VersionScan> versions = {};  // each that was asked for, taken or not, the oldest first
  std::optional<tls::Probed> probed = {};  // a handshake to the end; none: it timed out, or there was no connection
  std::optional<tls::Probed> again = {};   // with what the first had brought
  std::optional<tls::Probed> only_http1 = {}, unnamed = {}, foreign = {};
  bool still_there = true;  // it answered in the end as in the beginning, where it refused something without a word
};

// A host name that no server can know (RFC 2606, 2).
inline constexpr std::string_view kForeignName = "no-such-host.example";

// A hello as a client of today says it: TLS 1.3 and 1.2.
ClientHello hello_of_today(const TlsSubject& subject);

// Whether it is known by such an end that nothing more is taken: silence tells nothing, nor does a connection that is
// dropped by whoever drops all of them by then.
bool is_told(const TlsScan& scan, std::optional<AnswerEnd> end);

// Asks a server that has answered `contact`. What it takes is found by elimination: all that is left is offered until
// nothing is taken. A server that answers slowly is asked no more after half of `setting.whole`.
net::Task<TlsScan> scan_tls(const Setting& setting, const TlsSubject& subject, TlsAnswer contact);

}  // namespace pforte::doctor

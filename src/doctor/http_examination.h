#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "doctor/destination.h"
#include "doctor/path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// Statuses that pass a gate's health check, both ends included.
struct HealthyStatuses {
  int from = 200, to = 399;

  bool contain(int status) const { return status >= from && status <= to; }
};

// A server whose HTTP is examined.
struct HttpSubject {
  Dial dial;                // to the server, where TLS begins if its scheme has it
  Destination destination;  // as clients ask for it: what stands in Host and SNI, and the path of the first request
  std::size_t hop = 0;      // of the path, which the server is
  std::span<const std::string_view> context_paths = {};  // each must lead to the application: a preset's
  std::optional<HealthyStatuses> healthy = {};           // the first request is a gate's health check; none: it is not
  bool is_gate = false;               // what answers must be Pforte; the first request is one of its own pages
  bool leads_to_https = false;        // it is to answer with a redirect to https, and nothing else is asked
  bool asks_for_certificate = false;  // of the client, in the handshake
  std::string trust_file = {};        // for curl, certificates in PEM; empty: curl's own
};

// Examines what a server answers, who else answers in its place, and what gets lost on the way; tells the path. Over
// https any certificate will do, since TLS is examined elsewhere; nothing secret is sent.
//
// Asks by GET and OPTIONS alone. A few dozen requests on connections of their own, most of them at once; none is waited
// for longer than twice `setting.step`. Never fails because of what the server does. All must outlive the task.
net::Task<> examine_http(const Setting& setting, const HttpSubject& subject, Path& path);

}  // namespace pforte::doctor

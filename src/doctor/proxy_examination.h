#pragma once

#include <memory>

#include "doctor/destination.h"
#include "doctor/name_facts.h"
#include "doctor/path.h"
#include "doctor/proxy_connect.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// What of a path with a proxy is examined.
struct ProxySubject {
  const Destination& destination;                   // has a proxy
  std::shared_ptr<const tls::ClientContext> trust;  // for a proxy that is spoken to by TLS
  std::size_t hop = 0;                              // of the path, which the proxy is; the end is the one behind it
};

// Examines the way to a proxy, then asks it to connect to the destination and tells the path what it says, at the hop
// that says so: a parent proxy that refuses gets a hop of its own. Null: it does not go on. All must outlive the task.
net::Task<std::shared_ptr<const ProxyWay>> examine_proxy(const Setting& setting, const NameFacts& facts,
                                                         const ProxySubject& subject, Path& path);

}  // namespace pforte::doctor

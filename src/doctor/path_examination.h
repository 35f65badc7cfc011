#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/destination.h"
#include "doctor/directory_examination.h"
#include "doctor/finding.h"
#include "doctor/http_examination.h"
#include "doctor/mail_examination.h"
#include "doctor/name_facts.h"
#include "doctor/path.h"
#include "doctor/setting.h"
#include "pki/client.h"
#include "pki/trust_store.h"
#include "tls/context.h"

namespace pforte::doctor {

// Whom the ends of a path trust, and whose verdicts on their certificates are asked for.
struct Judges {
  std::vector<std::shared_ptr<const pki::TrustStore>> trust;
  std::vector<pki::ClientKind> clients;
  std::shared_ptr<const tls::ClientContext> proxy_trust;  // for proxies that are spoken to by TLS
  std::string setting = {};  // what says whom they trust: "--trust", "pforte.toml:12:9: [ldap] trust"; empty: nothing
};

// One end of a path and how it is looked at.
struct PathSubject {
  Destination destination;
  Judges judges;
  std::size_t hop = 0;           // of the end; a proxy is the hop before it
  bool needs_http1 = false;      // Kerberos signs in connections there
  std::string server_name = {};  // for SNI and the certificate, where it is not the destination's host
  bool tcp_only = false;         // what is spoken there is not known to us
  bool typed = true;             // people type its URL, or click on it
  // Why judges.trust lacks what is configured: what was seen, and the remedy.
  std::optional<Finding> trust_fault = {};
  std::span<const std::string_view> context_paths = {};  // each must lead to the application; those of a preset
  std::string expected_issuer = {};                      // of the certificate, see InspectionSubject; empty: none
  // The destination's path is a gate's health check, which passes with these; none: it is not.
  std::optional<HealthyStatuses> healthy = {};
  bool is_gate = false;         // the destination is a page of Pforte's own: what answers must be Pforte
  bool leads_to_https = false;  // the destination is to do nothing but lead to https
  // The proxy that programs here would take, by https_proxy or http_proxy; empty: none.
  std::string usual_proxy = {};
  // What the gate wants there; null: nothing of the kind.
  std::shared_ptr<const DirectoryWish> directory = {};
  std::shared_ptr<const MailWish> mail = {};
};

// The path to a destination from whoever `from` is, with a hop for its proxy if it has one. `name` stands before it:
// "ACME letsencrypt"; may be empty.
Path path_to(const Destination& destination, const Message& from, std::string_view name = "");

// Looks up names, connects, goes through the proxy, shakes hands and asks, step by step as far as one gets, and tells
// the path. `facts` must outlive the task.
net::Task<> examine_end(const Setting& setting, const NameFacts& facts, PathSubject subject, Path& path);

}  // namespace pforte::doctor

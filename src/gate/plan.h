#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "conf/problem.h"
#include "gate/backend.h"
#include "gate/config.h"
#include "gate/metrics.h"
#include "gate/passthrough.h"
#include "gate/site.h"
#include "gate/tls_names.h"

namespace pforte::cache {
class ResponseCache;
}

namespace pforte::gate {

class AcmeService;
class PublicAuthority;
class SignIn;

// Everything that workers go by, put together from the configuration and the files it names. Never changes: a reload
// makes a new one and hands it to every worker.
struct Plan {
  Config config;
  std::vector<std::unique_ptr<Backend>> backends;
  std::vector<std::unique_ptr<Site>> sites;
  HostMap<Site> hosts;
  std::vector<std::unique_ptr<Passthrough>> passthroughs;
  // By the address of each listener where there are any. A site's host is there as well, and stands for none.
  std::map<net::Address, HostMap<Passthrough>> passed_hosts;
  std::shared_ptr<const TlsNames> names;            // as they were when it was made; null where nobody needs them
  std::shared_ptr<SignIn> sign_in;                  // null where nobody signs in
  std::shared_ptr<AcmeService> acme_service;        // null where the company CA does not issue by ACME
  std::shared_ptr<PublicAuthority> company_ca;      // null where nothing is told of the company CA
  std::set<std::string, std::less<>> asked_groups;  // by any rule
  std::shared_ptr<cache::ResponseCache> cache;      // null where nothing is kept; the same for all plans

  // The site a host name stands for, in any case and with or without a port; null if there is none.
  const Site* find_site(std::string_view authority) const;

  // The passthrough with that first host; null: there is none.
  const Passthrough* passthrough_of(std::string_view host) const;

  // Whose a host is that a request names, as find_site() reads it to who comes in at this listener, if its TLS ends
  // elsewhere; null: it does not.
  const Passthrough* find_passed(std::string_view authority, const net::Address& listener) const;
  bool is_passed_somewhere(std::string_view authority) const;

  // What is passed through of what comes in at a listener; null: nothing.
  const HostMap<Passthrough>* passed_hosts_at(const net::Address& listener) const {
    if (passed_hosts.empty()) return nullptr;
    auto found = passed_hosts.find(listener);
    return found == passed_hosts.end() ? nullptr : &found->second;
  }

  // Of the sign-in pages; empty without one.
  struct Logo {
    std::string type;  // of its contents: "image/svg+xml"
    std::string bytes;
  };
  Logo logo;

  // ":8443" behind https names in redirects; empty for 443.
  std::string https_port;
};

// What a plan is put together with.
struct PlanParts {
  const Plan* previous = nullptr;  // what is known of its servers is kept where they stay the same
  SiteNames& numbered;             // gives each site its number for the counters

  inventory::Inventory* inventory = nullptr;  // for sites with "auto"; null: they have no certificate

  // Signs in, as the configuration says; null when that cannot work, with the problem told. Asked where somebody signs
  // in at all. Empty: nobody will be, as in a check.
  std::function<std::shared_ptr<SignIn>(const Config&, conf::Problems&)> sign_in;

  // Tells of the company CA. Empty: nothing is told, as in a check.
  std::function<std::shared_ptr<PublicAuthority>(const Config&, conf::Problems&)> authority = {};
  // Issues by ACME. Empty: nothing is issued, as in a check.
  std::function<std::shared_ptr<AcmeService>(const Config&, conf::Problems&)> acme_service = {};
};

// Reads and judges the files a configuration names. Everything that is wrong goes to `problems`; null exactly when one
// of them is an error.
std::shared_ptr<const Plan> make_plan(Config config, const PlanParts& parts, conf::Problems& problems);

// Judges the files alone that a configuration names: certificates, keys, trust stores, passwords, the logo. For one
// that has errors, which no plan can be made of.
void check_named_files(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate

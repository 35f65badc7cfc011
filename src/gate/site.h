#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gate/backend.h"
#include "gate/cache_config.h"
#include "gate/compress_config.h"
#include "gate/site_config.h"
#include "policy/path_rules.h"
#include "tls/context.h"

namespace pforte::gate {

// What a rule adds to the verdict: rules are told apart by policy::Rule::tag, an index into Site::terms.
struct Terms {
  const Backend* backend = nullptr;
  std::uint64_t body = 0;  // largest request body in bytes; 0: unlimited
  bool by_method = false;  // some rule of the site judges by method
  SignInNeed sign_in = SignInNeed::None;
  const CompressConfig* compress = nullptr;  // null: answers go as they are
  const CacheConfig* cache = nullptr;        // null: answers are not kept
  bool near_cache = false;                   // the site keeps some, which a request may change

  bool withholds_identity() const { return cache && cache->withhold_identity; }
};

// Some host names, what is allowed under them, and where it goes. Immutable.
struct Site {
  SiteConfig config;
  std::string name;       // its first host, for logs and counters
  std::size_t index = 0;  // in the counters: SiteNames
  bool signs_in = false;  // somewhere on it
  std::vector<Terms> terms;
  policy::PathRules rules;
  std::shared_ptr<const tls::ServerContext> tls;  // null where no TLS listener needs it

  // The https name that a short name stands for (http://crm is https://crm.example.com); empty if there is none, or
  // `host` is not short.
  std::string_view canonical_host(std::string_view host) const;
};

// What a site offers by ALPN.
constexpr tls::Protocols protocols_of(const SiteConfig& site) {
  return site.http2 ? tls::Protocols::Http2AndHttp1 : tls::Protocols::Http1;
}

// "crm.example.com:8443" without its port; an IPv6 address keeps its brackets.
std::string_view without_port(std::string_view authority);

// An IPv6 address as certificates have it; any other host as it is.
std::string_view without_brackets(std::string_view host);

// Host names to what they stand for: exact names first, then "*.example.com" for exactly one label, then "*".
template <class T>
class HostMap {
 public:
  void add(std::string_view host, const T* value) {
    if (host == "*") {
      catch_all_ = value;
    } else {
      hosts_.emplace(host, value);
    }
  }

  // `host` in lower case, without a port. Null when nothing fits.
  const T* find(std::string_view host) const {
    if (auto exact = hosts_.find(host); exact != hosts_.end()) return exact->second;
    if (std::size_t dot = host.find('.'); dot != std::string_view::npos) {
      std::string wildcard = "*";
      wildcard += host.substr(dot);
      if (auto found = hosts_.find(wildcard); found != hosts_.end()) return found->second;
    }
    return catch_all_;
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, const T*, Hash, std::equal_to<>> hosts_;
  const T* catch_all_ = nullptr;
};

}  // namespace pforte::gate

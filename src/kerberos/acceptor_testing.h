#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "kerberos/acceptor.h"
#include "kerberos/memory_replay_guard.h"
#include "kerberos/remedy.h"
#include "kerberos/testing.h"

// What tests of the acceptor share.

namespace pforte::kerberos::testing {

inline const std::string app_service = "HTTP/app.alpha.test@ALPHA.TEST";
inline const std::string other_service = "HTTP/other.alpha.test@ALPHA.TEST";
inline const std::string beta_service = "HTTP/app.beta.test@BETA.TEST";

// Two realms with their services, once for all tests of this file.
class Stage {
 public:
  Stage() {
    realms.add_service(Realms::kAlpha, app_service, app);
    realms.add_service(Realms::kAlpha, other_service, other);
    realms.add_service(Realms::kBeta, beta_service, beta);
    susan = realms.sign_in("susan@ALPHA.TEST");
  }

  Realms realms;
  std::string app = realms.folder() + "/app.keytab";
  std::string other = realms.folder() + "/other.keytab";
  std::string beta = realms.folder() + "/beta.keytab";
  std::string susan;
};

inline Stage& stage() {
  static Stage made;
  return made;
}

inline KerberosConfig config_of(const std::vector<std::pair<std::string, std::string>>& keytabs) {
  KerberosConfig config;
  for (const auto& [name, file] : keytabs) config.keytabs.push_back({{}, *parse_principal(name), {file, {}}});
  return config;
}

// An acceptor with its memory.
struct Gate {
  explicit Gate(const KerberosConfig& config) : acceptor(*Acceptor::make(config, *replays)) {}

  Result<Leg> accept(std::string_view token, std::string_view binding = {}) {
    std::unique_ptr<HalfExchange> half;
    return accept(token, binding, half);
  }
  Result<Leg> accept(std::string_view token, std::string_view binding, std::unique_ptr<HalfExchange>& half) {
    seen = {};
    return acceptor->accept(token, binding, half, seen);
  }
  std::string code(std::string_view token, std::string_view binding = {}) {
    Result<Leg> leg = accept(token, binding);
    if (leg) return leg->proof ? "accepted" : "goes on";
    CAPTURE(leg.error().code());
    CHECK(!remedy_for(leg.error().code()).en.empty());
    return std::string(leg.error().code());
  }

  std::unique_ptr<MemoryReplayGuard> replays = *MemoryReplayGuard::make({});
  std::unique_ptr<Acceptor> acceptor;
  Presentation seen;  // of the last token
};

// So that a keytab is looked at again.
inline void wait_for_look() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
}

}  // namespace pforte::kerberos::testing

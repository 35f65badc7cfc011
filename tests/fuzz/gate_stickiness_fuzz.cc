// Whatever an application sets and a client sends: a client is kept at no server but one that its session names or that
// has set it, and a cookie of ours that we have not sealed leads nowhere.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/random.h"
#include "gate/stickiness.h"

namespace {

using namespace pforte;
using namespace pforte::gate;
using crypto::SealingKeys;

constexpr session::Time kTime{std::chrono::seconds(1'700'000'000)};
constexpr net::Instant kInstant{std::chrono::hours(1000)};

SealingKeys new_keys() {
  std::vector<SealingKeys::Key> keys;
  keys.push_back({.number = 7, .secret = Secret(crypto::random_bytes(SealingKeys::kSecretBytes))});
  return SealingKeys(std::move(keys));
}

// Two servers, the first with the route "node0".
Backend backend_by(StickyConfig::By by) {
  Backend backend;
  backend.config.sticky = StickyConfig{.by = by, .name = "S", .lifetime = {}};
  backend.sessions = std::make_shared<SessionPlaces>();
  for (unsigned port : {8080U, 8081U}) {
    ServerConfig config;
    config.host = "10.0.0.1";
    config.port = std::uint16_t(port);
    config.route = port == 8080 ? "node0" : "";
    backend.config.servers.push_back(config);
    backend.servers.push_back(std::make_shared<Server>(backend.config, config, nullptr));
  }
  return backend;
}

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// A line that the application sets, and below it what the client sends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SealingKeys keys = new_keys();
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view set = input.substr(0, input.find('\n'));
  std::string_view sent = input.substr(std::min(input.size(), set.size() + 1));
  http::RequestHead request;
  request.fields = {{"Cookie", sent, http::FieldName::Cookie}};
  http::ResponseHead answer;
  answer.fields = {{"Set-Cookie", set, http::FieldName::SetCookie}};

  Backend own = backend_by(StickyConfig::By::Cookie);
  Stickiness forged(own, request, &keys, kTime);
  must(forged.server(kInstant) == nullptr);
  must(!forged.note(*own.servers[0], answer, &keys, kTime).empty());

  Backend application = backend_by(StickyConfig::By::ApplicationCookie);
  Stickiness first(application, request, &keys, kTime);
  must(first.server(kInstant) != application.servers[1].get());
  must(first.note(*application.servers[1], answer, &keys, kTime).empty());
  Stickiness second(application, request, &keys, kTime);
  const Server* found = second.server(kInstant);
  if (found == application.servers[0].get()) must(sent.contains(".node0"));
  if (found == application.servers[1].get()) must(sent.contains("S=") && set.contains('='));
  return 0;
}

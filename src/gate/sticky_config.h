#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "conf/reader.h"
#include "gate/server_config.h"

namespace pforte::gate {

// How a client is kept at the server that it came to first: `sticky` of a backend.
struct StickyConfig {
  enum class By : std::uint8_t {
    Cookie,             // one of ours, sealed
    ApplicationCookie,  // the application's session: its route, or what was learnt of it
  };
  By by = By::Cookie;
  conf::Place place{};

  // The complete name of the cookie: ours begins with kServerCookie.
  std::string name;

  // Cookie: for how long a client is kept that does not come. It outlives the browser only where this is given. 1 min
  // to 30 d.
  std::optional<std::chrono::seconds> lifetime;
  static constexpr std::chrono::seconds kUsualLifetime = std::chrono::hours(10);
  std::chrono::seconds kept_for() const { return lifetime.value_or(kUsualLifetime); }
};

// Reads `sticky`: true, false or a table. None: clients are not kept. `backend` names our cookie where nothing else
// does. What is wrong goes to the reader's problems.
std::optional<StickyConfig> read_sticky_config(conf::Reader& keys, std::string_view backend);

// What servers say of themselves for stickiness, against what the backend wants. Tells what is wrong.
void check_routes(std::span<const ServerConfig> servers, const std::optional<StickyConfig>& sticky,
                  conf::Problems& problems);

}  // namespace pforte::gate

#include "gate/stickiness.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "gate/session_places.h"
#include "http/cookie.h"

namespace pforte::gate {

using session::Time;

namespace {

// A cookie is made anew when it is that old, so that the keys which sealed it never go while its client comes.
constexpr std::chrono::seconds kOldAfter = std::chrono::hours(1);
// How far the clocks of two nodes may differ.
constexpr std::chrono::seconds kClockSkew = std::chrono::minutes(5);

// What is sealed: the server's hash and seconds since 1970, 8 bytes each, the lowest first.
constexpr std::size_t kPlainBytes = 16;

void append_number(std::uint64_t number, std::string& out) {
  for (int i = 0; i < 8; ++i, number >>= 8) out += char(number & 0xff);
}

std::uint64_t number_at(std::string_view bytes, std::size_t begin) {
  std::uint64_t number = 0;
  for (std::size_t i = begin + 8; i-- > begin;) number = number << 8 | std::uint8_t(bytes[i]);
  return number;
}

std::string purpose_of(const Backend& backend) {
  return cat("server of ", backend.config.name.value);
}

// The value in "NAME=VALUE; Path=/" for this name; empty for another one.
std::string_view value_set(std::string_view set_cookie, std::string_view name) {
  std::size_t equals = set_cookie.find('=');
  if (equals == std::string_view::npos || http::trim(set_cookie.substr(0, equals)) != name) return {};
  std::string_view rest = set_cookie.substr(equals + 1);
  return http::trim(rest.substr(0, rest.find(';')));
}

}  // namespace

Stickiness::Stickiness(const Backend& backend, const http::RequestHead& request, const crypto::SealingKeys* keys,
                       Time now)
    : backend_(backend) {
  std::vector<std::string_view> values;
  http::find_cookies(request.fields, config().name, values);
  for (std::string_view value : values) {
    if (config().by == StickyConfig::By::ApplicationCookie) {
      server_ = server_of_session(value);
    } else if (keys) {
      open(value, *keys, now);
    }
    if (server_) return;
  }
}

const Server* Stickiness::server(net::Instant now) const {
  // A drained one keeps its clients.
  return server_ && server_->healthy() && !server_->ejected(now) ? server_ : nullptr;
}

bool Stickiness::open(std::string_view cookie, const crypto::SealingKeys& keys, Time now) {
  std::string plain;
  if (!keys.open(cookie, purpose_of(backend_), plain) || plain.size() != kPlainBytes) return false;
  auto age = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) -
             std::chrono::seconds(std::int64_t(number_at(plain, 8)));
  if (age < -kClockSkew || age > config().kept_for()) return false;
  server_ = server_with(number_at(plain, 0));
  old_ = age > std::min(kOldAfter, config().kept_for() / 2);
  return server_ != nullptr;
}

const Server* Stickiness::server_with(std::uint64_t hash) const {
  auto found = std::ranges::find(backend_.servers, hash, [](const auto& one) { return one->hash(); });
  return found == backend_.servers.end() ? nullptr : found->get();
}

// "ID.route", as Tomcat's jvmRoute makes it.
const Server* Stickiness::server_by_route(std::string_view id) const {
  std::size_t dot = id.rfind('.');
  std::string_view route = dot == std::string_view::npos ? std::string_view() : id.substr(dot + 1);
  if (route.empty()) return nullptr;
  const std::vector<ServerConfig>& servers = backend_.config.servers;
  auto found = std::ranges::find(servers, route, &ServerConfig::route);
  return found == servers.end() ? nullptr : backend_.servers[std::size_t(found - servers.begin())].get();
}

const Server* Stickiness::server_of_session(std::string_view id) const {
  if (const Server* server = server_by_route(id)) return server;
  std::optional<std::uint64_t> hash = backend_.sessions->find(id);
  return hash ? server_with(*hash) : nullptr;
}

std::string_view Stickiness::note(const Server& server, const http::ResponseHead& head, const crypto::SealingKeys* keys,
                                  Time now) {
  if (config().by == StickyConfig::By::ApplicationCookie) {
    learn_session(server, head);
    return {};
  }
  if (!keys || (&server == server_ && !old_)) return {};
  std::string plain;
  append_number(server.hash(), plain);
  append_number(std::uint64_t(std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count()), plain);
  cookie_ = http::set_cookie_text(
      {.name = config().name, .value = keys->seal(plain, purpose_of(backend_)), .max_age = config().lifetime});
  return cookie_;
}

void Stickiness::learn_session(const Server& server, const http::ResponseHead& head) const {
  for (const http::Field& field : head.fields) {
    if (field.known != http::FieldName::SetCookie) continue;
    std::string_view id = value_set(field.value, config().name);
    if (!id.empty() && !server_by_route(id)) backend_.sessions->learn(id, server.hash());
  }
}

}  // namespace pforte::gate

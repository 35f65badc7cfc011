#include "gate/health_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 3> kHealthKinds = {"http", "tcp", "tls"};
constexpr std::array<std::string_view, 4> kHttpKeys = {"path", "expect", "body", "host"};

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<unsigned> parse_status(std::string_view text) {
  unsigned status = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  bool good = error == std::errc() && end == text.data() + text.size() && status >= 100 && status <= 599;
  return good ? std::optional(status) : std::nullopt;
}

void read_expected_status(conf::Reader& keys, HealthConfig& health) {
  if (!keys.has_text("expect")) {
    if (!keys.has("expect")) {
      keys.claim("expect");
      return;
    }
    health.expect_from = static_cast<unsigned>(keys.number_or("expect", health.expect_from, {100, 599}));
    health.expect_to = health.expect_from;
    return;
  }
  std::string range = keys.text("expect")->value;
  std::size_t dash = range.find('-');
  std::optional<unsigned> from = parse_status(std::string_view(range).substr(0, dash));
  std::optional<unsigned> to =
      dash == std::string::npos ? from : parse_status(std::string_view(range).substr(dash + 1));
  if (from && to && *from <= *to) {
    health.expect_from = *from;
    health.expect_to = *to;
    return;
  }
  keys.problems().error(
      keys.place_of("expect"), "conf.health.expect",
      {cat('"', range, "\" is not a status or a range of them"),
       cat('"', range, "\" ist kein Status und kein Bereich davon")},
      {"write expect = 200 or expect = \"200-399\"", "schreiben: expect = 200 oder expect = \"200-399\""});
}

void read_http_keys(conf::Reader& keys, HealthConfig& health) {
  conf::Text path = keys.required_text("path");
  health.path = path.value;
  read_expected_status(keys, health);
  health.body = keys.text("body").value_or(conf::Text()).value;
  health.host = keys.text("host").value_or(conf::Text()).value;
  if (!path.value.empty() && !(path.value.starts_with('/') && is_plain(path.value))) {
    keys.problems().error(
        path.place, "conf.health.path",
        {cat("\"", path.value, "\" cannot be asked for"), cat("\"", path.value, "\" kann nicht abgefragt werden")},
        {"a path begins with / and has no spaces: \"/rest/health\"",
         "ein Pfad beginnt mit / und hat keine Leerzeichen: \"/rest/health\""});
  }
  if (!is_plain(health.host)) {
    keys.problems().error(keys.place_of("host"), "conf.health.host",
                          {"host is not the value of a Host header", "host ist kein Wert für einen Host-Header"},
                          {"write a name, with a port if the server wants one: \"crm.example.com\"",
                           "einen Namen schreiben, mit Port, falls der Server ihn verlangt: \"crm.example.com\""});
  }
}

void refuse_http_keys(conf::Reader& keys, HealthKind kind) {
  for (std::string_view key : kHttpKeys) {
    if (!keys.claim(key)) continue;
    keys.problems().error(
        keys.place_of(key), "conf.health.kind",
        {cat(key, " means nothing to kind = \"", name_of(kind), "\", which sends no request"),
         cat(key, " bedeutet nichts für kind = \"", name_of(kind), "\", das keine Anfrage sendet")},
        {cat("remove ", key, ", or write kind = \"http\""), cat(key, " entfernen oder kind = \"http\" schreiben")});
  }
}

void check_servers_speak_tls(const conf::Reader& keys, std::span<const ServerConfig> servers) {
  if (std::ranges::all_of(servers, &ServerConfig::tls)) return;
  keys.problems().error(keys.place_of("kind"), "conf.health.no-tls",
                        {"kind = \"tls\" asks for a certificate, and a server of this backend is http://",
                         "kind = \"tls\" verlangt ein Zertifikat, und ein Server dieses Backends ist http://"},
                        {"write https:// if the servers speak TLS, else kind = \"tcp\"",
                         "https:// schreiben, wenn die Server TLS sprechen, sonst kind = \"tcp\""});
}

}  // namespace

std::string_view name_of(HealthKind kind) {
  return kHealthKinds[std::size_t(kind)];
}

HealthConfig read_health_config(conf::Reader keys, std::span<const ServerConfig> servers) {
  HealthConfig health;
  health.kind = static_cast<HealthKind>(keys.choice_or("kind", 0, kHealthKinds));
  health.kind == HealthKind::Http ? read_http_keys(keys, health) : refuse_http_keys(keys, health.kind);
  if (health.kind == HealthKind::Tls) check_servers_speak_tls(keys, servers);
  health.every = keys.duration_or("every", health.every, {100ms, 1h});
  health.timeout = keys.duration_or("timeout", health.timeout, {10ms, 5min});
  health.rise = static_cast<unsigned>(keys.number_or("rise", health.rise, {1, 100}));
  health.fall = static_cast<unsigned>(keys.number_or("fall", health.fall, {1, 100}));
  keys.end();
  return health;
}

}  // namespace pforte::gate

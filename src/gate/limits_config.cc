#include "gate/limits_config.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr conf::Bounds kAnySize = {.least = 0, .most = std::numeric_limits<std::int64_t>::max()};

RequestLimits read_request_limits(conf::Reader& keys, RequestLimits limits) {
  limits.body = keys.size_or("body", limits.body, kAnySize);
  limits.body_time = keys.duration_or("body_time", limits.body_time, {1s, 1h});
  limits.body_rate = keys.size_or("body_rate", limits.body_rate, {0, 1024 * kMiB});
  limits.tunnel_idle = keys.duration_or("tunnel_idle", limits.tunnel_idle, {1s, 7 * 24h});
  return limits;
}

}  // namespace

Limits read_limits_config(conf::Reader keys) {
  Limits limits;
  limits.head = keys.size_or("head", limits.head, {kKiB, kMiB});
  limits.authorization = keys.size_or("authorization", limits.authorization, {kKiB, kMiB});
  limits.request_line = keys.size_or("request_line", std::min(limits.request_line, limits.head), {256, 256 * kKiB});
  limits.headers = static_cast<unsigned>(keys.number_or("headers", limits.headers, {10, 1000}));
  limits.streams = static_cast<unsigned>(keys.number_or("streams", limits.streams, {1, 1000}));
  limits.idle = keys.duration_or("idle", limits.idle, {1s, 1h});
  limits.head_time = keys.duration_or("head_time", limits.head_time, {1s, 5min});
  limits.handshake_time = keys.duration_or("handshake_time", limits.handshake_time, {1s, 5min});
  limits.connections = keys.number_or("connections", limits.connections, {0, 10'000'000});
  limits.drain = keys.duration_or("drain", limits.drain, {0s, 1h});
  limits.request = read_request_limits(keys, limits.request);
  keys.end();

  if (limits.request_line > limits.head) {
    keys.problems().error(keys.place_of("request_line"), "conf.limits.request-line",
                          {"request_line is larger than head, of which it is a part",
                           "request_line ist größer als head, dessen Teil es ist"},
                          {cat("raise head to at least \"", conf::size_text(limits.request_line), "\""),
                           cat("head auf mindestens \"", conf::size_text(limits.request_line), "\" anheben")});
  }
  return limits;
}

RequestLimits read_request_limits_config(conf::Reader keys, const RequestLimits& inherited) {
  constexpr std::array<std::string_view, 10> kBeforeTheSite = {
      "head", "authorization", "request_line", "headers",        "streams",
      "idle", "head_time",     "connections",  "handshake_time", "drain"};
  RequestLimits limits = read_request_limits(keys, inherited);
  for (std::string_view key : kBeforeTheSite) {
    if (!keys.has(key) || !keys.claim(key)) continue;
    keys.problems().error(keys.place_of(key), "conf.limits.not-per-site",
                          {cat(key, " cannot differ from site to site: it takes effect before the site is known"),
                           cat(key, " kann sich nicht je Site unterscheiden: es wirkt, bevor die Site bekannt ist")},
                          {cat("set ", key, " in [limits]"), cat(key, " in [limits] setzen")});
  }
  keys.end();
  return limits;
}

}  // namespace pforte::gate

#include "gate/balance_config.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view kHeader = "header:";

// A token of RFC 9110, 5.6.2.
bool is_field_name(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  auto fits = [&](char c) { return is_alphanumeric(c) || kMarks.contains(c); };
  return !text.empty() && std::ranges::all_of(text, fits);
}

std::string read_hash_field(conf::Reader& keys, Balance by) {
  std::optional<conf::Text> hash_by = keys.text("hash_by");
  if (!hash_by) return {};
  if (by != Balance::Hash) {
    keys.problems().warning(
        hash_by->place, "conf.balance.no-hash",
        {"hash_by has no effect: balance is not \"hash\"", "hash_by bleibt ohne Wirkung: balance ist nicht \"hash\""},
        {"write balance = \"hash\", or remove hash_by", "balance = \"hash\" schreiben oder hash_by entfernen"});
  }
  if (hash_by->value == "source") return {};
  std::string_view value = hash_by->value;
  if (value.starts_with(kHeader) && is_field_name(value.substr(kHeader.size())))
    return lowered(value.substr(kHeader.size()));
  keys.problems().error(hash_by->place, "conf.balance.hash-by",
                        {cat("hash_by cannot be \"", value, '"'), cat("hash_by kann nicht \"", value, "\" sein")},
                        {"write \"source\" for the client's address, or \"header:X-Tenant\" for a field of the request",
                         "\"source\" schreiben für die Adresse des Clients oder \"header:X-Tenant\" für ein Feld der "
                         "Anfrage"});
  return {};
}

}  // namespace

BalanceConfig read_balance_config(conf::Reader& keys) {
  constexpr std::array<std::string_view, 4> kNames = {"round-robin", "least-connections", "power-of-two", "hash"};
  BalanceConfig config;
  config.by = static_cast<Balance>(keys.choice_or("balance", static_cast<std::size_t>(config.by), kNames));
  config.hash_field = read_hash_field(keys, config.by);
  config.slow_start = keys.duration_or("slow_start", config.slow_start, {0ms, 1h});
  config.queue = keys.number_or("queue", config.queue, {0, 100'000});
  config.queue_time = keys.duration_or("queue_time", config.queue_time, {10ms, 10min});
  return config;
}

}  // namespace pforte::gate

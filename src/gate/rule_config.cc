#include "gate/rule_config.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/nearest.h"
#include "gate/host_config.h"
#include "gate/network_config.h"

namespace pforte::gate {
namespace {

// Of RFC 9110, RFC 5789 and WebDAV. Others are allowed, but may be slips.
constexpr std::array<std::string_view, 17> kMethods = {"GET",     "HEAD",  "POST",    "PUT",      "DELETE",    "PATCH",
                                                       "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "PROPPATCH", "MKCOL",
                                                       "COPY",    "MOVE",  "LOCK",    "UNLOCK",   "REPORT"};

// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || kMarks.contains(c);
  });
}

// Methods are case-sensitive, so "get" would match nothing that a client sends.
void check_method(const conf::Text& method, conf::Problems& problems) {
  std::string upper = capitals(method.value);
  bool good = is_token(method.value) && upper == method.value;
  std::optional<std::string_view> meant = conf::nearest(upper, kMethods);
  if (good && (!meant || *meant == method.value)) return;

  if (good) {
    problems.warning(method.place, "conf.rule.unusual-method",
                     {cat('"', method.value, "\" is an unusual method"),
                      cat('"', method.value, "\" ist eine ungewöhnliche Methode")},
                     {cat("did you mean \"", *meant, "\"?"), cat("ist \"", *meant, "\" gemeint?")});
    return;
  }
  Message remedy = {"write it as clients send it: \"GET\"", "so schreiben, wie Clients sie senden: \"GET\""};
  if (meant) remedy = {cat("write \"", *meant, '"'), cat("schreiben: \"", *meant, '"')};
  problems.error(method.place, "conf.rule.method",
                 {cat('"', method.value, "\" is not a method"), cat('"', method.value, "\" ist keine Methode")},
                 std::move(remedy));
}

std::vector<std::string> read_methods(conf::Reader& keys) {
  const std::vector<conf::Text> texts = keys.texts("methods").value_or(std::vector<conf::Text>());
  std::vector<std::string> methods;
  for (const conf::Text& method : texts) {
    check_method(method, keys.problems());
    methods.push_back(method.value);
  }
  return methods;
}

constexpr std::array<policy::Oddity, 9> kOddities = {
    policy::Oddity::EncodedSlash,        policy::Oddity::Backslash,      policy::Oddity::EncodedBackslash,
    policy::Oddity::EncodedSemicolon,    policy::Oddity::EmptySegment,   policy::Oddity::EncodedDots,
    policy::Oddity::DotSegmentParameter, policy::Oddity::DoubleEncoding, policy::Oddity::InvalidUtf8};

Message remedy_for_oddity(std::string_view name) {
  std::vector<std::string_view> names;
  names.reserve(kOddities.size());
  for (policy::Oddity oddity : kOddities) names.push_back(policy::oddity_name(oddity));
  if (auto meant = conf::nearest(name, names))
    return {cat("did you mean \"", *meant, "\"?"), cat("ist \"", *meant, "\" gemeint?")};

  std::string known;
  for (std::string_view one : names) known += cat(known.empty() ? "" : ", ", one);
  return {cat("known: ", known), cat("bekannt: ", known)};
}

policy::Permits read_permits(conf::Reader& keys) {
  const std::vector<conf::Text> names = keys.texts("permit").value_or(std::vector<conf::Text>());
  policy::Permits permits;
  for (const conf::Text& name : names) {
    if (std::optional<policy::Oddity> oddity = policy::oddity_named(name.value)) {
      permits.add(*oddity);
      continue;
    }
    keys.problems().error(name.place, "conf.rule.permit",
                          {cat("there is no oddity \"", name.value, "\" to permit"),
                           cat("es gibt keine Eigenheit \"", name.value, "\", die erlaubt werden könnte")},
                          remedy_for_oddity(name.value));
  }
  return permits;
}

std::vector<std::string> read_groups(conf::Reader& keys) {
  std::vector<std::string> groups;
  const std::vector<conf::Text> names = keys.texts("groups").value_or(std::vector<conf::Text>());
  groups.reserve(names.size());
  for (const conf::Text& name : names) groups.push_back(name.value);
  return groups;
}

}  // namespace

bool is_absolute(const conf::Text& path, conf::Problems& problems) {
  if (path.value.starts_with('/')) return true;
  std::string absolute = cat('/', path.value);
  problems.error(
      path.place, "conf.rule.path",
      {cat("path \"", path.value, "\" does not begin with /"), cat("Pfad \"", path.value, "\" beginnt nicht mit /")},
      {cat("write \"", absolute, '"'), cat("schreiben: \"", absolute, '"')});
  return false;
}

RuleConfig read_rule_config(conf::Reader keys) {
  RuleConfig config;
  config.place = keys.place();
  config.path = keys.required_text("path");
  if (!config.path.value.empty()) is_absolute(config.path, keys.problems());
  config.methods = read_methods(keys);
  config.from = read_networks_config(keys, "from");
  config.permits = read_permits(keys);
  config.deny = keys.flag_or("deny", false);
  if (keys.has("body")) config.body = keys.size_or("body", 0, {.least = 0, .most = INT64_MAX});
  keys.claim("body");
  config.backend = keys.text("backend");
  config.compress = read_compress_config(keys);
  config.cache = read_cache_config(keys);
  bool own_need = keys.has("sign_in");
  SignInNeed need = read_sign_in_need_config(keys, SignInNeed::None);
  if (own_need) config.sign_in = need;
  config.groups = read_groups(keys);
  if (config.deny && !config.groups.empty()) {
    keys.problems().error(keys.place_of("groups"), "conf.rule.deny-groups",
                          {"a rule that denies takes no groups", "eine Regel, die verbietet, kennt keine Gruppen"},
                          {"allow the path to the groups that may: whoever is in none of them may not",
                           "den Pfad den Gruppen erlauben, die dürfen: Wer in keiner davon ist, darf nicht"});
  }
  keys.end();
  return config;
}

std::string comparable_path(std::string_view path, policy::PathProfile profile) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return profile == policy::PathProfile::Iis ? lowered(path) : std::string(path);
}

}  // namespace pforte::gate

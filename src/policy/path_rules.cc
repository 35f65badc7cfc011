#include "policy/path_rules.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::policy {

namespace {

// "" for "/".
std::string_view without_last_slash(std::string_view path) {
  return path.substr(0, path.size() - (path.ends_with('/') ? 1 : 0));
}

// Whether `text` begins with `start`, by the profile's idea of case. Both are at least `start` long.
bool begins(std::string_view text, std::string_view start, PathProfile profile) {
  if (profile != PathProfile::Iis) return std::memcmp(text.data(), start.data(), start.size()) == 0;
  return equals_ignoring_case(text.substr(0, start.size()), start);
}

// The path as it is compared: no slash at the end, lower case where case does not count.
std::string comparable(std::string_view path, PathProfile profile) {
  path = without_last_slash(path);
  return profile == PathProfile::Iis ? lowered(path) : std::string(path);
}

bool holds(const Rule& rule, std::string_view method, const net::Address& client) {
  bool for_method = rule.methods.empty() || std::ranges::find(rule.methods, method) != rule.methods.end();
  auto holds_client = [&](const net::Network& network) { return network.contains(client); };
  return for_method && (rule.from.empty() || std::ranges::any_of(rule.from, holds_client));
}

bool holds_for_groups(const Rule& rule, const Caller& caller) {
  if (rule.groups.empty()) return true;
  auto is_in = [&](const std::string& group) { return std::ranges::binary_search(*caller.groups, group); };
  return caller.groups && std::ranges::any_of(rule.groups, is_in);
}

std::unexpected<Error> unfit(std::string_view path, std::string_view why) {
  return fail(Kind::Invalid, "policy.rule-path", cat("a rule cannot have the path \"", path, "\": ", why));
}

Verdict refused(const PathRefusal& refusal) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::Refused;
  verdict.refusal = refusal;
  return verdict;
}

}  // namespace

Result<> check_rule_path(std::string_view path, PathProfile profile) {
  std::string scratch;
  auto read = read_path(path, profile, Permits(), scratch);
  if (!read) return unfit(path, read.error().text);
  if (!read->doubt.code.empty()) return unfit(path, read->doubt.text);
  if (path.contains('%')) return unfit(path, "it is written without escapes");
  if (read->decision != path) return unfit(path, "dot segments and parameters have no place in it");
  // Case folding beyond ASCII differs between versions of Windows.
  auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (profile == PathProfile::Iis && !std::ranges::all_of(path, is_ascii)) {
    return unfit(path, "for a backend that ignores case it must be ASCII");
  }
  return {};
}

bool is_within(std::string_view path, std::string_view place, PathProfile profile) {
  place = without_last_slash(place);
  if (path.size() < place.size()) return false;
  bool is_at_border = path.size() == place.size() || path[place.size()] == '/';
  return is_at_border && begins(path, place, profile);
}

PathRules::PathRules(std::vector<Rule> rules, PathProfile profile) : profile_(profile) {
  for (Rule& rule : rules) {
    if (!check_rule_path(rule.path, profile)) std::abort();
    permitted_somewhere_.add(rule.permits);
    std::string path = comparable(rule.path, profile);
    auto place = std::ranges::find(places_, path, &Place::path);
    if (place == places_.end()) place = places_.insert(place, {.path = std::move(path), .rules = {}});
    place->rules.push_back(std::move(rule));
  }
  std::ranges::sort(places_, std::ranges::greater(), [](const Place& place) { return place.path.size(); });
}

Verdict PathRules::judge(std::string_view raw_path, std::string_view method, const Caller& caller,
                         std::string& scratch) const {
  auto path = read_path(raw_path, profile_, permitted_somewhere_, scratch);
  if (!path) return refused(path.error());

  const Place* place = decisive(*path);
  Verdict verdict = decide(place, *path, method, caller);
  if (path->doubt.code.empty() || verdict.kind == Verdict::Kind::Refused) return verdict;

  bool allowed_by_some_reading = verdict.kind != Verdict::Kind::NotAllowed;
  bool other_reading = false;
  for (const Place& other : places_) {
    if (!may_match(other, *path)) continue;
    other_reading = true;
    if (decide(&other, *path, method, caller).kind != Verdict::Kind::NotAllowed) allowed_by_some_reading = true;
  }
  if (!other_reading) return verdict;
  return allowed_by_some_reading ? refused(path->doubt) : Verdict();
}

// The place that decides in every reading, as far as readings agree: its border lies before the first difference.
const PathRules::Place* PathRules::decisive(const JudgedPath& path) const {
  std::string_view text = path.decision.substr(0, path.certain);
  bool sure_of_end = path.doubt.code.empty();
  for (const Place& place : places_) {
    bool border_is_certain = place.path.size() < text.size() || sure_of_end;
    if (border_is_certain && is_within(text, place.path, profile_)) return &place;
  }
  return nullptr;
}

// Whether some readings are at or below the place and others are not.
bool PathRules::may_match(const Place& place, const JudgedPath& path) const {
  std::size_t size = place.path.size();
  if (size < path.certain) return false;
  bool possible = size == path.certain || path.anything_may_follow || place.path[path.certain] == '/';
  return possible && begins(path.decision, std::string_view(place.path).substr(0, path.certain), profile_);
}

Verdict PathRules::decide(const Place* place, const JudgedPath& path, std::string_view method,
                          const Caller& caller) const {
  const Rule* allowing = nullptr;
  const Rule* denying = nullptr;
  const Rule* for_others = nullptr;
  std::span<const Rule> rules = place == nullptr ? std::span<const Rule>() : place->rules;
  auto prefer = [&path](const Rule*& chosen, const Rule& rule) {
    if (chosen == nullptr || !chosen->permits.covers(path.oddities)) chosen = &rule;
  };
  for (const Rule& rule : rules) {
    if (!holds(rule, method, caller.address)) continue;
    if (rule.effect == Rule::Effect::Deny) {
      denying = &rule;
    } else {
      prefer(holds_for_groups(rule, caller) ? allowing : for_others, rule);
    }
  }

  Verdict verdict;
  const Rule* best = allowing != nullptr ? allowing : for_others;
  Permits permits = best != nullptr ? best->permits : Permits();
  if (!permits.covers(path.oddities)) return refused(refusal_of(permits.missing(path.oddities)));
  verdict.rule = denying != nullptr ? denying : best;
  if (denying != nullptr || best == nullptr) return verdict;
  verdict.kind = allowing != nullptr ? Verdict::Kind::Allowed : Verdict::Kind::NeedsGroup;
  verdict.path = path;
  return verdict;
}

}  // namespace pforte::policy

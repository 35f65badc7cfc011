#include "acme/document.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "acme/strict_json.h"
#include "base/ascii.h"
#include "base/text.h"
#include "base/time.h"

namespace pforte::acme {
namespace {

using Parsed = nlohmann::json;

constexpr std::string_view kProblemPrefix = "urn:ietf:params:acme:error:";
constexpr std::size_t kLongestText = 2048;
constexpr std::size_t kMostElements = 200;
constexpr std::size_t kShortestToken = 22;  // letters for 128 bits (8.1)
constexpr std::size_t kLongestToken = 256;

std::unexpected<Error> malformed_document(std::string_view what) {
  return fail(Kind::Invalid, "acme.malformed", cat("the CA's answer is no ", what));
}

Result<Parsed> read_object(std::string_view text, std::string_view what) {
  std::optional<Parsed> document = strict_object(text);
  if (!document) return malformed_document(what);
  return *std::move(document);
}

// For logs and terminals: no control characters, and not endlessly long.
std::string tame(std::string text) {
  if (text.size() > kLongestText) text.resize(kLongestText);
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

// Empty where there is none.
std::string text_in(const Parsed& object, const char* name) {
  auto found = object.find(name);
  bool good = found != object.end() && found->is_string();
  return good ? tame(found->get<std::string>()) : std::string();
}

// An array of objects or texts; null where there is none or it is too long.
const Parsed* array_in(const Parsed& object, const char* name) {
  auto found = object.find(name);
  bool good = found != object.end() && found->is_array() && found->size() <= kMostElements;
  return good ? &*found : nullptr;
}

const Parsed* object_in(const Parsed& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_object() ? &*found : nullptr;
}

bool flag_in(const Parsed& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::optional<State> state_in(const Parsed& object) {
  constexpr std::array<std::pair<std::string_view, State>, 8> kStates{{{"pending", State::Pending},
                                                                       {"processing", State::Processing},
                                                                       {"ready", State::Ready},
                                                                       {"valid", State::Valid},
                                                                       {"invalid", State::Invalid},
                                                                       {"deactivated", State::Over},
                                                                       {"expired", State::Over},
                                                                       {"revoked", State::Over}}};
  std::string word = text_in(object, "status");
  const auto* found = std::ranges::find(kStates, std::string_view(word), &std::pair<std::string_view, State>::first);
  return found == kStates.end() ? std::nullopt : std::optional(found->second);
}

Problem problem_in(const Parsed& object) {
  Problem problem{.type = text_in(object, "type"), .detail = text_in(object, "detail"), .parts = {}};
  if (problem.type.starts_with(kProblemPrefix)) problem.type.erase(0, kProblemPrefix.size());
  const Parsed* parts = array_in(object, "subproblems");
  if (!parts) return problem;
  for (const Parsed& part : *parts) {
    if (!part.is_object()) continue;
    const Parsed* identifier = object_in(part, "identifier");
    std::string name = identifier ? text_in(*identifier, "value") : std::string();
    problem.parts.push_back(name.empty() ? text_in(part, "detail") : cat(name, ": ", text_in(part, "detail")));
  }
  return problem;
}

std::optional<Problem> error_in(const Parsed& object) {
  const Parsed* error = object_in(object, "error");
  return error ? std::optional(problem_in(*error)) : std::nullopt;
}

bool is_token(std::string_view text) {
  auto fits = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; };
  return text.size() >= kShortestToken && text.size() <= kLongestToken && std::ranges::all_of(text, fits);
}

// None for one that no client could answer, such as of a type with other members.
std::optional<Challenge> challenge_in(const Parsed& object) {
  if (!object.is_object()) return std::nullopt;
  std::optional<State> state = state_in(object);
  Challenge challenge{.type = text_in(object, "type"),
                      .url = text_in(object, "url"),
                      .token = text_in(object, "token"),
                      .state = state.value_or(State::Pending),
                      .problem = error_in(object)};
  bool good = state && !challenge.type.empty() && !challenge.url.empty() && is_token(challenge.token);
  return good ? std::optional(std::move(challenge)) : std::nullopt;
}

}  // namespace

Result<Directory> read_directory(std::string_view json) {
  Parsed object = TRY(read_object(json, "directory"));
  Directory directory{.new_nonce = text_in(object, "newNonce"),
                      .new_account = text_in(object, "newAccount"),
                      .new_order = text_in(object, "newOrder"),
                      .renewal_info = text_in(object, "renewalInfo")};
  if (const Parsed* meta = object_in(object, "meta"))
    directory.wants_binding = flag_in(*meta, "externalAccountRequired");
  if (directory.new_nonce.empty() || directory.new_account.empty() || directory.new_order.empty())
    return malformed_document("directory");
  return directory;
}

Problem read_problem(std::string_view json) {
  Parsed object = Parsed::parse(json, nullptr, false);
  return object.is_object() ? problem_in(object) : Problem();
}

Result<Order> read_order(std::string_view json) {
  Parsed object = TRY(read_object(json, "order"));
  std::optional<State> state = state_in(object);
  const Parsed* authorizations = array_in(object, "authorizations");
  Order order{.state = state.value_or(State::Pending),
              .authorizations = {},
              .finalize = text_in(object, "finalize"),
              .certificate = text_in(object, "certificate"),
              .problem = error_in(object)};
  if (!state || !authorizations || order.finalize.empty()) return malformed_document("order");
  for (const Parsed& one : *authorizations) {
    if (!one.is_string()) return malformed_document("order");
    order.authorizations.push_back(tame(one.get<std::string>()));
  }
  return order;
}

Result<Authorization> read_authorization(std::string_view json) {
  Parsed object = TRY(read_object(json, "authorization"));
  std::optional<State> state = state_in(object);
  const Parsed* identifier = object_in(object, "identifier");
  const Parsed* challenges = array_in(object, "challenges");
  if (!state || !identifier || !challenges) return malformed_document("authorization");
  Authorization authorization{.name = lowered(text_in(*identifier, "value")),
                              .wildcard = flag_in(object, "wildcard"),
                              .state = *state,
                              .challenges = {}};
  if (authorization.name.empty()) return malformed_document("authorization");
  for (const Parsed& one : *challenges) {
    if (std::optional<Challenge> challenge = challenge_in(one))
      authorization.challenges.push_back(*std::move(challenge));
  }
  return authorization;
}

Result<RenewalInfo> read_renewal_info(std::string_view json) {
  Parsed object = TRY(read_object(json, "renewal information"));
  const Parsed* window = object_in(object, "suggestedWindow");
  if (!window) return malformed_document("renewal information");
  auto from = read_rfc3339(text_in(*window, "start"));
  auto until = read_rfc3339(text_in(*window, "end"));
  if (!from || !until || *until <= *from) return malformed_document("renewal information");
  return RenewalInfo{.from = *from, .until = *until};
}

}  // namespace pforte::acme

#include "session/assertion.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/text.h"

namespace pforte::session {
namespace {

std::int64_t in_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

nlohmann::json claims_of(const Session& session, std::string_view origin, Time now) {
  nlohmann::json claims = {
      {"iss", origin},          {"aud", origin},
      {"sub", session.login},   {"amr", {session.method}},
      {"iat", in_seconds(now)}, {"exp", in_seconds(std::min(now + kAssertionLife, session.expires))},
      {"sid", session.id}};
  if (!session.principal.empty()) claims["principal"] = session.principal;
  if (!session.groups.empty()) claims["groups"] = session.groups;
  return claims;
}

}  // namespace

Result<std::string> assertion(const Session& session, std::string_view origin, Time now,
                              const crypto::SigningKey& key) {
  std::string head = cat(R"({"alg":"ES256","typ":"JWT","kid":")", key.id(), R"("})");
  std::string claims;
  try {
    claims = claims_of(session, origin, now).dump();
  } catch (const nlohmann::json::exception&) {
    // Replacing the bytes could make two names one.
    return fail(Kind::Invalid, "session.not-utf8",
                cat("what is known of the agent with number ", session.agent, " is not all UTF-8"));
  }
  std::string signed_text = cat(to_base64url(head), '.', to_base64url(claims));
  std::string signature = TRY(key.sign(signed_text));
  return cat(signed_text, '.', to_base64url(signature));
}

}  // namespace pforte::session

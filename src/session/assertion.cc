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

bool stands_for_itself(char c) {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

// A text in quotes. Nearly all are plain, for which the library takes its time; what is not is left to it. It throws
// for what is not UTF-8.
std::string in_json(std::string_view text) {
  if (std::ranges::all_of(text, stands_for_itself)) return cat('"', text, '"');
  return nlohmann::json(text).dump();
}

std::string claims_of(const Session& session, std::string_view origin, Time now) {
  std::string site = in_json(origin);
  std::string claims =
      cat(R"({"iss":)", site, R"(,"aud":)", site, R"(,"sub":)", in_json(session.login), R"(,"amr":[)",
          in_json(session.method), R"(],"iat":)", in_seconds(now), R"(,"exp":)",
          in_seconds(std::min(now + kAssertionLife, session.expires)), R"(,"sid":)", in_json(session.id));
  if (!session.principal.empty()) claims += cat(R"(,"principal":)", in_json(session.principal));
  std::string_view before = R"(,"groups":[)";
  for (const std::string& group : session.groups) {
    claims += cat(before, in_json(group));
    before = ",";
  }
  claims += session.groups.empty() ? "}" : "]}";
  return claims;
}

}  // namespace

Result<std::string> assertion(const Session& session, std::string_view origin, Time now,
                              const crypto::SigningKey& key) {
  std::string head = cat(R"({"alg":"ES256","typ":"JWT","kid":")", key.id(), R"("})");
  std::string claims;
  try {
    claims = claims_of(session, origin, now);
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

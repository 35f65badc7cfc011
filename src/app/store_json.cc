#include "app/store_json.h"

#include <nlohmann/json.hpp>

#include "app/check.h"
#include "base/time.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string json_of(const identity::Agent& agent) {
  return line_of({{"login", agent.login},
                  {"name", agent.name},
                  {"mail", agent.mail},
                  {"principals", agent.principals},
                  {"groups", agent.groups},
                  {"disabled", agent.disabled},
                  {"has_password", agent.has_password}});
}

std::string json_of(const identity::ServiceState& service) {
  bool ever = service.changed != std::chrono::system_clock::time_point();
  return line_of({{"name", service.name},
                  {"state", service.stopped ? "stopped" : "running"},
                  {"changed", ever ? Json(rfc3339(service.changed)) : Json(nullptr)}});
}

std::string json_of(const session::Record& record) {
  const session::Session& session = record.session;
  return line_of({{"id", session.id},
                  {"login", session.login},
                  {"method", session.method},
                  {"principal", session.principal},
                  {"client", record.client},
                  {"user_agent", record.user_agent},
                  {"began", rfc3339(session.began)},
                  {"seen", rfc3339(session.seen)},
                  {"expires", rfc3339(session.expires)}});
}

std::string json_of(const NewToken& token) {
  return line_of({{"login", token.login},
                  {"label", token.label},
                  {"token", token.token},
                  {"expires", token.expires ? Json(rfc3339(*token.expires)) : Json(nullptr)}});
}

std::string json_of(const PrincipalMapping& mapping) {
  constexpr const char* kSteps[] = {"principal", "login-fallback", "rule"};
  bool somebody = mapping.code.empty();
  Json rule;
  if (mapping.rule)
    rule = {{"file", mapping.rule->file}, {"line", mapping.rule->line}, {"column", mapping.rule->column}};
  return line_of({{"principal", mapping.principal},
                  {"login", somebody ? Json(mapping.login) : Json(nullptr)},
                  {"by", somebody ? Json(kSteps[std::size_t(mapping.by)]) : Json(nullptr)},
                  {"rule", std::move(rule)},
                  {"exists", mapping.exists},
                  {"code", somebody ? Json(nullptr) : Json(mapping.code)},
                  {"message", somebody ? Json(nullptr) : Json(mapping.message)}});
}

std::string import_json(std::uint64_t added, const conf::Problems& problems, Language language) {
  Json document = Json::parse(problems_json(problems, language));
  document["added"] = added;
  return line_of(document);
}

std::string removed_json(const std::string& login) {
  return line_of({{"login", login}, {"removed", true}});
}

}  // namespace pforte::app

// Apart from check.cc because the JSON library takes seconds to compile.
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/check.h"

namespace pforte::app {

namespace {

using Json = nlohmann::ordered_json;

// A file name may be any bytes; dump() would throw on those that are not UTF-8.
std::string text_of(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json document_of(const conf::Problems& problems, Language language) {
  Json list = Json::array();
  for (const conf::Problem& problem : problems.in_order()) {
    list.push_back({{"file", problem.place.file},
                    {"line", problem.place.line},
                    {"column", problem.place.column},
                    {"severity", conf::word_for(problem.severity, Language::English)},
                    {"code", problem.code},
                    {"message", problem.what.in(language)},
                    {"remedy", problem.remedy.in(language)}});
  }
  return {{"ok", !problems.has_errors()}, {"problems", std::move(list)}};
}

Json document_of(const SignInStep& step, Language language) {
  constexpr std::array<const char*, 3> kStates = {"done", "open", "unseen"};
  Json remedy = Json::array();
  for (const Message& line : step.remedy) remedy.push_back(line.in(language));
  return {{"id", step.id},
          {"state", kStates[std::size_t(step.state)]},
          {"message", step.what.in(language)},
          {"remedy", std::move(remedy)}};
}

}  // namespace

std::string problems_json(const conf::Problems& problems, Language language) {
  return text_of(document_of(problems, language));
}

std::string check_json(const CheckResult& result, Language language) {
  Json document = document_of(result.problems, language);
  document["steps"] = Json::array();
  for (const SignInStep& step : result.steps) document["steps"].push_back(document_of(step, language));
  document["node"] = Json::object();
  for (const auto& [name, value] : result.node) document["node"][name] = value;
  if (!result.differences) return text_of(document);
  document["ok"] = !result.problems.has_errors() && result.differences->empty();
  document["differences"] = Json::array();
  for (const NodeDifference& one : *result.differences) {
    document["differences"].push_back({{"name", one.name},
                                       {"here", one.here},
                                       {"there", one.there},
                                       {"message", one.what().in(language)},
                                       {"remedy", one.remedy().in(language)}});
  }
  return text_of(document);
}

}  // namespace pforte::app

// Apart from check.cc because the JSON library takes seconds to compile.
#include <nlohmann/json.hpp>
#include <utility>

#include "app/check.h"

namespace pforte::app {

std::string problems_json(const conf::Problems& problems, Language language) {
  using Json = nlohmann::ordered_json;
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
  Json document = {{"ok", !problems.has_errors()}, {"problems", std::move(list)}};
  // A file name may be any bytes; dump() would throw on those that are not UTF-8.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace pforte::app

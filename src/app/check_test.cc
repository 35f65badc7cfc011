#include "app/check.h"

#include <doctest/doctest.h>

namespace pforte::app {

TEST_CASE("problems come as text with a help line, and as JSON with stable keys") {
  conf::Problems problems;
  problems.error({"a.toml", 3, 7}, "conf.x", {"wrong", "falsch"}, {"write right", "richtig schreiben"});
  problems.warning({"a.toml", 1, 0}, "conf.y", {"odd", "seltsam"}, {"", ""});

  CHECK(problems_text(problems, Language::German, false) ==
        "pforte: a.toml:1: Warnung: seltsam\n"
        "pforte: a.toml:3:7: Fehler: falsch\n"
        "Hilfe: richtig schreiben\n");
  CHECK(problems_text(problems, Language::English, true).contains("\x1b[1;31merror: "));

  std::string json = problems_json(problems, Language::English);
  CHECK(json.starts_with("{\n  \"ok\": false,\n"));
  CHECK(
      json.contains("\"line\": 3,\n      \"column\": 7,\n      \"severity\": \"error\",\n      \"code\": \"conf.x\""));
  CHECK(problems_json(conf::Problems(), Language::English) == "{\n  \"ok\": true,\n  \"problems\": []\n}\n");
}

TEST_CASE("a file name that is not UTF-8 does not break the JSON") {
  conf::Problems problems;
  problems.error({"\xff.toml", 0, 0}, "conf.unreadable", {"x", "x"}, {"", ""});
  CHECK(problems_json(problems, Language::English).contains("\xef\xbf\xbd.toml"));
}

}  // namespace pforte::app

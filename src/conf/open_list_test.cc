#include "conf/open_list.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::conf {

TEST_CASE("the innermost list that is not closed is found where it begins") {
  struct Row {
    std::string_view text;
    std::optional<std::size_t> at;
  };
  const Row rows[] = {
      {"", std::nullopt},
      {"[log]\n[[site]]\na = [1, [2]]\n", std::nullopt},
      {"a = [1, 2\n", 4},
      {"a = [[1], [2\n", 10},
      {"a = [[1], [2]\n", 4},
      {"a = \"[\" # [\nb = ']['\n", std::nullopt},
      {"a = [\"\\\"]\", ']', # ]\n", 4},
      {"a = \"\"\"\n[\"\" [\\\"\"\"\"\nb = [", 23},
      {"a = '''\n[' ['''\n", std::nullopt},
      {"a = \"[\nb = [\n", 11},
      {"a = ]\n", std::nullopt},
      {"a = [\"", 4},
      {"a = [\"\\", 4},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(open_list_at_end(row.text) == row.at);
  }
}

}  // namespace pforte::conf

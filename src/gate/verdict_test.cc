#include "gate/verdict.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pforte::gate {
namespace {

// What becomes of a server whose checks pass (+) or fail (-): "u" up, "d" down after each.
std::string course(std::string_view checks, unsigned rise, unsigned fall) {
  Verdict verdict;
  std::string course;
  for (char check : checks) {
    bool before = verdict.well();
    CHECK(verdict.take(check == '+', rise, fall) == (verdict.well() != before));
    course += verdict.well() ? 'u' : 'd';
  }
  return course;
}

TEST_CASE("a verdict changes after so many checks in a row, and the first check decides alone") {
  struct Row {
    std::string_view checks, course;
    unsigned rise, fall;
  };
  const Row rows[] = {
      {"++++", "uuuu", 2, 3},         {"-", "d", 2, 3},         {"-+", "dd", 2, 3},
      {"-++", "ddu", 2, 3},           {"+---", "uuud", 2, 3},   {"+--+--+---", "uuuuuuuuud", 2, 3},
      {"+---+-++", "uuuddddu", 2, 3}, {"+-+-+", "ududu", 1, 1}, {"-+++", "dddu", 3, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.checks);
    CHECK(course(row.checks, row.rise, row.fall) == row.course);
  }
}

}  // namespace
}  // namespace pforte::gate

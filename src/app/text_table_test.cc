#include "app/text_table.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <functional>

#include "base/text.h"

namespace pforte::app {
namespace {

std::string written(const std::function<void(std::FILE*)>& write) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  write(out);
  std::fclose(out);
  std::string copy(text, size);
  std::free(text);
  return copy;
}

}  // namespace

TEST_CASE("columns stand below each other, whatever bytes their characters take") {
  std::string text = written([](std::FILE* out) {
    TextTable table(out, {"LOGIN", "NAME", "GROUPS"});
    table.row({"söz", "Susan Öz", "crm"});
    table.row({"tom", "", ""});
  });
  CHECK(text ==
        "LOGIN  NAME      GROUPS\n"
        "söz    Susan Öz  crm\n"
        "tom    -         -\n");
}

TEST_CASE("a table is written while its rows come") {
  std::string text = written([&](std::FILE* out) {
    TextTable table(out, {"A", "B"});
    for (int i = 0; i < 5000; ++i) table.row({cat(i), "x"});
    std::fflush(out);
    CHECK(std::ftell(out) > 5000 * 6);
  });
  CHECK(text.starts_with("A    B\n0    x\n"));
  CHECK(text.ends_with("4999  x\n"));
}

}  // namespace pforte::app

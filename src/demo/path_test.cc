#include "demo/path.h"

#include <doctest/doctest.h>

namespace pforte::demo {
namespace {

TEST_CASE("the demo's application reads paths as Tomcat does") {
  struct Row {
    std::string_view path, read;
  };
  const Row rows[] = {
      {"", "/"},
      {"/", "/"},
      {"*", "/*"},
      {"/webclient/", "/webclient"},
      {"/webclient//x", "/webclient/x"},
      {"/webclient/..;/management", "/management"},
      {"/webclient/..;jsessionid=1/management", "/management"},
      {"/webclient/%2e%2e/management", "/management"},
      {"/webclient;a=b/x;c", "/webclient/x"},
      {"/../../rest", "/rest"},
      {"/a%20b", "/a b"},
      {"/100%", "/100%"},
      {"/a%2", "/a%2"},
      {"/a%2g", "/a%2g"},
      {"/%41", "/A"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CHECK(path_as_tomcat_reads_it(row.path) == row.read);
  }
}

}  // namespace
}  // namespace pforte::demo

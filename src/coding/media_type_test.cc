#include "coding/media_type.h"

#include <doctest/doctest.h>

namespace pforte::coding {

TEST_CASE("a content type is of a kind whatever its case and its parameters") {
  CHECK(is_of_type("text/html", "text/html"));
  CHECK(is_of_type("Text/HTML; charset=utf-8", "text/html"));
  CHECK(is_of_type("text/csv", "text/*"));
  CHECK(is_of_type("application/problem+json", "application/*+json"));
  CHECK_FALSE(is_of_type("application/+json", "application/*+json"));
  CHECK_FALSE(is_of_type("application/json", "application/*+json"));
  CHECK_FALSE(is_of_type("text/", "text/*"));
  CHECK_FALSE(is_of_type("texts/html", "text/*"));
  CHECK_FALSE(is_of_type("", "text/*"));
}

TEST_CASE("a kind is a type, all of a type, or all with one suffix") {
  for (std::string_view good : {"text/html", "text/*", "application/*+xml", "application/vnd.ms-excel"}) {
    CAPTURE(good);
    CHECK(is_type_kind(good));
  }
  for (std::string_view bad : {"", "text", "text/", "/html", "*/*", "text/h*", "text/html; charset=utf-8", "text/**"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_type_kind(bad));
  }
}

TEST_CASE("pages and data are not static, style sheets and scripts are") {
  CHECK(is_static_type("text/css"));
  CHECK(is_static_type("text/javascript;charset=utf-8"));
  CHECK(is_static_type("image/svg+xml"));
  CHECK_FALSE(is_static_type("text/html"));
  CHECK_FALSE(is_static_type("application/json"));
}

}  // namespace pforte::coding

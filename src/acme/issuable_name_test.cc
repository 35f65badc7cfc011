#include "acme/issuable_name.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::acme {
namespace {

using namespace std::string_view_literals;

TEST_CASE("certificates are ordered for host names in small letters") {
  const std::string longest_label(63, 'a');
  for (std::string_view name : {"a.intern.example"sv, "xn--bcher-kva.example"sv, "10.example"sv, "a-b.c3"sv}) {
    CAPTURE(name);
    CHECK(is_issuable_name(name));
  }
  CHECK(is_issuable_name(longest_label + ".example"));
  CHECK(!is_issuable_name(longest_label + "a.example"));
}

TEST_CASE("what a resolver, an HTTP peer or a list could read otherwise is no name to issue for") {
  for (std::string_view name : {"3232235777\0 victim.intern.example.com"sv,
                                "a\0.example"sv,
                                "a b.example"sv,
                                "a\r\nX: y.example"sv,
                                "a\t.example"sv,
                                "A.example"sv,
                                "*.example"sv,
                                "host"sv,
                                ""sv,
                                "."sv,
                                ".example"sv,
                                "a.example."sv,
                                "a..example"sv,
                                "-a.example"sv,
                                "a-.example"sv,
                                "a_b.example"sv,
                                "b\xc3\xbc.example"sv,
                                "192.0.2.7"sv,
                                "3232235777"sv,
                                "0x7f.1"sv,
                                "127.0.0.0x1"sv,
                                "a.10"sv,
                                "a:80.example"sv,
                                "a/b.example"sv,
                                "[::1]"sv}) {
    CAPTURE(name);
    CHECK(!is_issuable_name(name));
  }
}

}  // namespace
}  // namespace pforte::acme

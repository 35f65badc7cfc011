#include "gate/return_path.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pforte::gate {

namespace {
using namespace std::string_view_literals;
}

TEST_CASE("a path of this site is returned to as it was asked for") {
  for (std::string_view path : {
           "/",
           "/webclient",
           "/webclient/",
           "/a/b.html?c=d&e=%20f",
           "/?return=https://evil.example/",
           "/a?b=//evil.example",
           "/a?b=..%2f..%5c",
           "/a?b=100%",
           "/a?b=%0d%0a",
           "/#/tickets/5",
           "/a?b#c",
           "/Stra%C3%9Fe",
           "/a%20b",
           "/a%252e%252e/b",
           "/a//b",
           "/@susan",
           "/a:b",
           "/a;jsessionid=1",
           "/...",
           "/.well-known/x",
           "/.pforte2",
           "/a/.pforte/login",
           "/a|b",
       }) {
    CAPTURE(path);
    CHECK(safe_return_path(path) == path);
  }
}

TEST_CASE("whatever could lead to another site leads to the start page") {
  const std::string_view tricks[] = {
      "",
      "evil.example",
      "@evil.example",
      ".evil.example",
      ":8080/",
      "?a=b",
      "#a",
      "*",
      "https://evil.example/",
      "HTTPS://evil.example/",
      "https:evil.example",
      "https:/evil.example",
      "https:///evil.example",
      "https://this.example@evil.example/",
      "javascript:alert(1)",
      "java\tscript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "//evil.example/%2f..",
      "///evil.example",
      "////evil.example",
      "//@evil.example",
      "//this.example@evil.example",
      "//%65vil.example",
      "/\\evil.example",
      "\\/evil.example",
      "\\\\evil.example",
      "/a\\b",
      "/a?b=\\",
      "/\t/evil.example",
      "/\n/evil.example",
      "/\r\n/evil.example",
      "\t//evil.example",
      " /a",
      " //evil.example",
      "/ /evil.example",
      "/a b",
      "/a\r\nSet-Cookie: x=y",
      "/a?b\r\nc",
      "/\x7f/evil.example",
      "/\x01/evil.example",
      "/\0/evil.example"sv,
      "/a\0"sv,
      "/%2fevil.example",
      "/%2Fevil.example",
      "%2f%2fevil.example",
      "/%2f%2fevil.example",
      "/%5cevil.example",
      "/%5Cevil.example",
      "/a%5c..%5cb",
      "/%09/evil.example",
      "/%0a/evil.example",
      "/%0d%0aLocation:%20//evil.example",
      "/%00/evil.example",
      "/%7f",
      "/./",
      "/.",
      "/..",
      "/.//evil.example",
      "/..//evil.example",
      "/a/..//evil.example",
      "/a/../..//evil.example",
      "/%2e/%2fevil.example",
      "/%2e%2e//evil.example",
      "/a/%2e%2e/b",
      "/a%2f..%2fb",
      "/..;/manager",
      "/..;a=b/manager",
      "/%2e%2e;/manager",
      "/%",
      "/%2",
      "/%zz",
      "/%2/",
      "/%u002f",
      "/\xc3\xbc",
      "/\357\274\217evil.example",  // a full-width slash
      "/\343\200\202evil.example",  // an ideographic full stop
      "/\x85/evil.example",
  };
  for (std::string_view asked : tricks) {
    CAPTURE(asked);
    CHECK(safe_return_path(asked) == "/");
  }
}

TEST_CASE("the gate's own pages are not returned to") {
  for (std::string_view asked : {"/.pforte", "/.pforte/", "/.pforte/login?return=/a", "/.pforte?a", "/.pforte#a",
                                 "/.PFORTE/logout", "/%2epforte/login", "/.pforte%2flogin", "/.pforte;a/login"}) {
    CAPTURE(asked);
    CHECK(safe_return_path(asked) == "/");
  }
}

TEST_CASE("a path that is too long leads to the start page") {
  std::string longest = "/" + std::string(kMostReturnPathBytes - 1, 'a');
  CHECK(safe_return_path(longest) == longest);
  CHECK(safe_return_path(longest + 'a') == "/");
}

}  // namespace pforte::gate

#include "doctor/typed_address.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::doctor {
namespace {

const std::vector<ServedAddress> served_addresses = {
    {.host = "crm.example.com", .port = 8443, .url = "https://crm.example.com:8443/webclient", .paths = {"/webclient"}},
    {.host = "*.shop.example.com", .port = 443, .url = "https://*.shop.example.com/", .paths = {}}};

std::string mistake_in(std::string_view url, bool is_own_address = false) {
  std::optional<Finding> finding = judge_typed(read_url(url).value(), served_addresses, is_own_address);
  return finding ? finding->seen.en : "";
}

TEST_CASE("the mistake in a typed address is named, and what was meant") {
  struct Typed {
    std::string_view url, mistake;
  };
  const Typed rows[] = {
      {"http://crm.example.com:8443/", "http:// was typed"},
      {"http://crm.example.com/", "http:// was typed"},
      {"https://crm.example.com/", "port 443 was typed, or none; the gate listens at 8443"},
      {"https://crm:8443/", "crm is short for crm.example.com"},
      {"https://crn.example.com:8443/", "crn.example.com is served nowhere, crm.example.com is"},
      {"https://crm.exmaple.com:8443/", "crm.exmaple.com is served nowhere"},
      {"https://crm.example.com:8443/webclients", "the path /webclients is not one that the site allows"},
  };
  for (const Typed& row : rows) {
    CAPTURE(row.url);
    CHECK(mistake_in(row.url).starts_with(row.mistake));
    CHECK(judge_typed(read_url(row.url).value(), served_addresses, false)->remedy.en ==
          "did you mean https://crm.example.com:8443/webclient?");
  }
  CHECK(mistake_in("https://192.0.2.1:8443/webclient", true) == "an IP address was typed, and no site is served by it");
}

TEST_CASE("several mistakes are named together") {
  CHECK(mistake_in("http://crm:8080/x") ==
        "crm is short for crm.example.com; http:// was typed, and the gate serves https:// there; port 8080 was typed, "
        "or none; the gate listens at 8443; the path /x is not one that the site allows");
}

TEST_CASE("a missing path is told where the site does not allow /, and is a warning where nothing else is wrong") {
  std::optional<Finding> told = judge_typed(read_url("https://crm.example.com:8443").value(), served_addresses, false);
  REQUIRE(told);
  CHECK(told->level == Level::Warning);
  CHECK(told->seen.en == "no path was typed, and the site does not allow /");
  CHECK(told->remedy.en == "did you mean https://crm.example.com:8443/webclient?");
  CHECK(judge_typed(read_url("https://crm:8443").value(), served_addresses, false)->level == Level::Error);

  const std::vector<ServedAddress> at_root = {
      {.host = "a.example.com", .port = 443, .url = "https://a.example.com/", .paths = {"/.pforte"}},
      {.host = "b.example.com", .port = 443, .url = "https://b.example.com/app", .paths = {"/app", "/"}}};
  CHECK_FALSE(judge_typed(read_url("https://a.example.com").value(), at_root, false));
  CHECK_FALSE(judge_typed(read_url("https://b.example.com").value(), at_root, false));
}

TEST_CASE("who typed rightly, or means somebody else, is left alone") {
  for (std::string_view url : {"https://crm.example.com:8443/webclient", "https://crm.example.com:8443/webclient?x=/y",
                               "https://a.shop.example.com/any", "https://m365.example.com/",
                               "https://partner.example/", "https://192.0.2.1/", "https://b.a.shop.example.com/"}) {
    CAPTURE(url);
    CHECK(mistake_in(url).empty());
  }
  CHECK_FALSE(judge_typed(read_host_port("crm.example.com:8443").value(), served_addresses, false));
}

TEST_CASE("an allowed path permits itself and what is below it, whether or not it ends with a slash") {
  struct Asked {
    std::string_view allowed, path;
    bool permitted;
  };
  const Asked rows[] = {
      {"/c/", "/c", true},
      {"/c/", "/c/", true},
      {"/c/", "/c/x", true},
      {"/c/", "/cx", false},
      {"/", "/anything", true},
      {"/administration/reports", "/administration/reports", true},
      {"/administration/reports/", "/administration/reports", true},
      {"/administration/reports", "/administration/reports/2026?x", true},
      {"/administration/reports", "/administration/reports-2026", false},
      {"/administration/reports", "/administration/report", false},
      {"/administration/reports", "/a", false},
  };
  for (const Asked& row : rows) {
    CAPTURE(row.allowed);
    CAPTURE(row.path);
    std::vector<ServedAddress> served = {{.host = "crm.example.com",
                                          .port = 443,
                                          .url = "https://crm.example.com/",
                                          .paths = {std::string(row.allowed)}}};
    Destination typed = read_url(std::string("https://crm.example.com") + std::string(row.path)).value();
    CHECK(judge_typed(typed, served, false).has_value() != row.permitted);
  }
}

}  // namespace
}  // namespace pforte::doctor

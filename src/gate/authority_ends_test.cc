#include "gate/authority_ends.h"

#include <doctest/doctest.h>

#include "authority/ends.h"
#include "authority/testing.h"
#include "base/text.h"

namespace pforte::gate {
namespace {

using authority::testing::Company;
using authority::testing::kNow;
using namespace std::chrono_literals;

// What is warned of, the file's name alone.
std::string ending(const Company& company, std::chrono::days later, std::string url = "http://pki.example.com") {
  Config config;
  config.state_dir = company.folder.path();
  config.ca.url = std::move(url);
  conf::Problems problems;
  check_authority_ends(config, kNow + later, problems);
  std::string files;
  for (const conf::Problem& one : problems.all()) {
    CHECK(one.code == "authority.ends");
    std::string_view path = std::string_view(one.what.en).substr(0, one.what.en.find(' '));
    files += cat(files.empty() ? "" : " ", path.substr(path.rfind('/') + 1));
  }
  return files;
}

TEST_CASE("what of the company CA ends is told in time") {
  Company company;
  CHECK(ending(company, std::chrono::days(0)).empty());
  CHECK(ending(company, std::chrono::days(360)).empty());
  CHECK(ending(company, std::chrono::days(371)) == "root.crl");
  CHECK(ending(company, std::chrono::days(401)) == "root.crl");
  CHECK(ending(company, std::chrono::days(401), "").empty());
}

TEST_CASE("a CA certificate is told of while what it issues can still live its whole life") {
  Company company;
  conf::Problems problems;
  std::chrono::days whole = std::chrono::days(0);
  for (const authority::End& end : authority::ends_of(company.places)) {
    if (end.of == authority::End::Of::Intermediate) whole = std::chrono::floor<std::chrono::days>(end.when - kNow);
  }
  REQUIRE(whole > std::chrono::days(91));
  CHECK(ending(company, whole - std::chrono::days(92), "").empty());
  CHECK(ending(company, whole - std::chrono::days(89), "") == "intermediate.pem");
}

TEST_CASE("where there is no company CA, nothing ends") {
  Config config;
  config.state_dir = "/nowhere";
  conf::Problems problems;
  check_authority_ends(config, kNow, problems);
  CHECK(problems.all().empty());
}

}  // namespace
}  // namespace pforte::gate

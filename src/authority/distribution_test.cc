#include "authority/distribution.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "authority/testing.h"

namespace pforte::authority {
namespace {

const std::string& content_of(const std::vector<PackageFile>& files, std::string_view name) {
  auto found = std::ranges::find(files, name, &PackageFile::name);
  REQUIRE(found != files.end());
  return found->content;
}

TEST_CASE("a package has the root and its fingerprint in every text that needs it") {
  testing::Company company;
  Authority authority = company.open();
  std::vector<PackageFile> files = distribution_package(authority.root()).value();
  std::string fingerprint = sha256_fingerprint(authority.root());
  CHECK(fingerprint.size() == 95);
  for (std::string_view name : {"README.txt", "LIESMICH.txt", "apple/company-root.mobileconfig"}) {
    CAPTURE(name);
    CHECK(content_of(files, name).find(fingerprint) != std::string::npos);
    CHECK(content_of(files, name).find("Example Root CA") != std::string::npos);
  }
  CHECK(content_of(files, "company-root.crt") == authority.root().judged.der);
  for (const PackageFile& file : files) {
    CAPTURE(file.name);
    CHECK(!file.content.empty());
    for (const char* mark : {"@NAME@", "@SHA", "@UUID", "@BASE64@"})
      CHECK(file.content.find(mark) == std::string::npos);
  }
}

TEST_CASE("a name that means something to a shell or to XML is written without that") {
  testing::Company company({.name = "A & B <c> \"%PATH%\" $(x)"});
  std::vector<PackageFile> files = distribution_package(company.open().root()).value();
  for (std::string_view name : {"windows/install-root.cmd", "apple/company-root.mobileconfig"}) {
    CAPTURE(name);
    for (std::string_view bad : {"& B", "<c>", "%PATH", "$("})
      CHECK(content_of(files, name).find(bad) == std::string::npos);
  }
}

}  // namespace
}  // namespace pforte::authority

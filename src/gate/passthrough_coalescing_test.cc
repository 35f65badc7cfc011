#include "gate/passthrough_coalescing.h"

#include <doctest/doctest.h>

#include <string>

#include "base/text.h"
#include "crypto/testing.h"

namespace pforte::gate {
namespace {

using crypto::testing::Folder;
using crypto::testing::issue;
using crypto::testing::pem_of;

// A site with a certificate, and passthroughs beside it.
struct Shared {
  std::string certificate = "DNS:*.example.com";
  std::string hosts = R"("crm.example.com")";
  std::string passthrough = R"(hosts = ["mail.example.com"])";
  std::string site = {};
  std::string more = {};
};

// The warnings, in English.
std::string warnings(const Shared& shared) {
  Folder folder;
  crypto::Identity identity = issue({.names = shared.certificate}, nullptr);
  folder.write("a.pem", pem_of(*identity.chain[0]));
  folder.write("a.key", pem_of(*identity.key));
  std::string text =
      cat("[[listener]]\naddress = \"127.0.0.1:8443\"\n[[backend]]\nname = \"app\"\n",
          "servers = [\"http://127.0.0.1:8080\"]\n[[site]]\nhosts = [", shared.hosts,
          "]\ncertificate = { chain = \"a.pem\", key = \"a.key\" }\nbackend = \"app\"\nallow = [\"/\"]\n", shared.site,
          "\n[[passthrough]]\nservers = [\"10.0.0.5:443\"]\n", shared.passthrough, '\n', shared.more);
  conf::Problems problems;
  std::optional<Config> config = parse_config(text, folder.path() + "/pforte.toml", problems);
  for (const conf::Problem& one : problems.all()) CAPTURE(conf::to_text(one, Language::English));
  REQUIRE(config);
  SiteNames numbered;
  REQUIRE(make_plan(*std::move(config), {.previous = nullptr, .numbered = numbered, .sign_in = {}}, problems));
  std::string found;
  for (const conf::Problem& one : problems.in_order()) {
    if (one.code == "conf.passthrough-coalescing") found += cat(one.what.en, '\n', one.remedy.en, '\n');
  }
  return found;
}

TEST_CASE(
    "a certificate that covers a site and a passthrough at one address is warned of, with the three to choose from") {
  std::string found = warnings({});
  for (std::string_view part :
       {"crm.example.com", "mail.example.com", "*.example.com", "certificate", "address", "HTTP/2", "http2 = false"}) {
    CAPTURE(part);
    CHECK(found.contains(part));
  }
}

TEST_CASE("whether one certificate covers both is seen through wildcards on either side, and by SANs") {
  struct Row {
    std::string certificate, hosts, passthrough;
    bool warned;
  };
  const Row rows[] = {
      {"DNS:crm.example.com,DNS:mail.example.com", R"("crm.example.com")", R"("mail.example.com")", true},
      {"DNS:crm.example.com,DNS:mail.example.com", R"("crm.example.com")", R"("*.example.com")", true},
      {"DNS:*.example.com", R"("crm.example.com")", R"("*.example.com")", true},
      {"DNS:*.example.com", R"("crm.example.com")", R"("*")", true},
      {"DNS:*.example.com", R"("*.example.com")", R"("mail.example.com")", true},
      {"DNS:*.example.com,DNS:example.org", R"("crm.example.com", "example.org")",
       R"("www.example.org", "b.example.com")", true},
      {"DNS:crm.example.com", R"("crm.example.com")", R"("mail.example.com")", false},
      {"DNS:crm.example.com", R"("crm.example.com")", R"("*.example.com", "*")", false},
      {"DNS:*.example.com", R"("*.example.com")", R"("*")", false},
      {"DNS:*.example.com", R"("crm.example.com")", R"("a.mail.example.com", "example.com")", false},
      {"DNS:*.example.com", R"("*.example.com")", R"("*.mail.example.com")", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.certificate);
    CAPTURE(row.passthrough);
    Shared shared{
        .certificate = row.certificate, .hosts = row.hosts, .passthrough = cat("hosts = [", row.passthrough, ']')};
    CHECK(warnings(shared).empty() != row.warned);
  }
}

TEST_CASE("giving up one of the three ends the warning, and what is beside the point does not") {
  constexpr std::string_view kOther = "[[listener]]\naddress = \"127.0.0.2:8443\"\n";
  const std::string hosts = "hosts = [\"mail.example.com\"]\n";
  CHECK(warnings({.certificate = "DNS:crm.example.com"}).empty());
  CHECK(warnings({.passthrough = hosts + "http2 = false"}).empty());
  CHECK(warnings({.passthrough = hosts + "listeners = [\"127.0.0.2:8443\"]", .more = std::string(kOther)}).empty());

  // The connection to the passthrough's servers is the one that must not be shared.
  CHECK(!warnings({.site = "http2 = false"}).empty());
  CHECK(!warnings({.passthrough = hosts + "listeners = [\"127.0.0.2:8443\", \"127.0.0.1:8443\"]",
                   .more = std::string(kOther)})
             .empty());
  CHECK(!warnings({.more = std::string(kOther)}).empty());
}

TEST_CASE("two passthroughs at one address are warned of where the wildcard of one takes in a host of the other") {
  auto with = [](std::string_view second, std::string_view more = "") {
    return warnings({.certificate = "DNS:crm.example.com",
                     .passthrough = "hosts = [\"*.example.org\"]",
                     .more = cat("[[passthrough]]\nservers = [\"10.0.0.6:443\"]\nhosts = [\"", second, "\"]\n", more)});
  };
  CHECK(with("mail.example.org").contains("*.example.org"));
  CHECK(with("mail.example.net").empty());
  CHECK(with("a.mail.example.org").empty());
  CHECK(with("mail.example.org", "listeners = [\"127.0.0.2:8443\"]\n[[listener]]\naddress = \"127.0.0.2:8443\"\n")
            .contains("*.example.org"));  // the other one holds everywhere
}

}  // namespace
}  // namespace pforte::gate

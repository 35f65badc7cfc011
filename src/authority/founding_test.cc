#include "authority/founding.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "authority/testing.h"
#include "crypto/certificate_request.h"
#include "crypto/pem.h"

namespace pforte::authority {
namespace {

using testing::Company;
using testing::kNow;
using testing::names;

mode_t mode_of(const std::string& file) {
  struct stat about{};
  stat(file.c_str(), &about);
  return about.st_mode & 0777;
}

TEST_CASE("root and intermediate are made at once, and their keys are nobody else's") {
  Company company;
  CHECK(mode_of(company.places.folder) == 0700);
  CHECK(mode_of(company.places.root_key()) == 0600);
  CHECK(mode_of(company.places.intermediate_key()) == 0600);
  for (const std::string& file : {company.places.root_key(), company.places.intermediate_key()})
    CHECK(crypto::read_file(file)->starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  Authority authority = company.open();
  CHECK(authority.intermediate().judged.subject.text() == "CN=Example Issuing CA,O=Example");
  CHECK(authority.intermediate().judged.basic_constraints->path_length == 0);
}

TEST_CASE("an authority that is there is not replaced") {
  Company company;
  Result<> again = found(company.places, {.name = "Example"}, Secret("r"), Secret("w"), kNow);
  REQUIRE(!again);
  CHECK(again.error().code() == "authority.exists");
}

TEST_CASE("what a crash left behind does not hinder, and a folder that cannot be written is named") {
  crypto::testing::Folder folder;
  Places places{folder.path() + "/ca"};
  std::filesystem::create_directory(places.folder + ".new");
  folder.write("ca.new/root.key", "half");
  REQUIRE(found(places, {.name = "Example"}, Secret("r"), Secret("w"), kNow));
  CHECK(!std::filesystem::exists(places.folder + ".new"));

  Result<> nowhere = found({"/proc/none/ca"}, {.name = "Example"}, Secret("r"), Secret("w"), kNow);
  REQUIRE(!nowhere);
  CHECK(nowhere.error().code() == "file.unwritable");
  CHECK(nowhere.error().text().starts_with("/proc/none"));
}

TEST_CASE("a root on another machine signs the intermediate, and its renewal") {
  crypto::testing::Folder offline, online;
  Places root{offline.path() + "/ca"}, work{online.path() + "/ca"};
  Foundation foundation{.name = "Example", .bounds = {.permitted = names({"example.com"})}};
  REQUIRE(found_root(root, foundation, Secret("root"), kNow));
  REQUIRE(request_intermediate(work, foundation, Secret("work")));
  std::string key = crypto::read_file(work.intermediate_key()).value();

  for (UtcTime now : {kNow, kNow + std::chrono::days(1000)}) {
    std::string request = crypto::read_file(work.intermediate_request()).value();
    std::string chain = sign_intermediate(root, root.root_key(), Secret("root"), request, foundation, now).value();
    std::string file = online.write("chain.pem", chain);
    REQUIRE(take_intermediate(work, file, Secret("work"), now));
    Authority authority = Authority::open(work, Secret("work")).value();
    CHECK(authority.intermediate().judged.name_constraints->permitted.size() == 3);
    CHECK(authority.intermediate().judged.name_constraints->excluded.size() == 2);
    REQUIRE(request_intermediate(work, foundation, Secret("work")));
    CHECK(crypto::read_file(work.intermediate_key()).value() == key);
  }
}

TEST_CASE("bounds are domains and networks, with a domain among what is permitted") {
  crypto::testing::Folder folder;
  auto code = [&](std::string_view permitted) {
    Foundation foundation{.name = "Example", .bounds = {.permitted = names({permitted, "example.com"})}};
    Result<> made = request_intermediate({folder.path() + "/ca"}, foundation, Secret("work"));
    return made ? "made" : std::string(made.error().code());
  };
  for (std::string_view bad : {"*.example.com", "10.0.0.0/99", "fe80::/129", "example.com/", "10.0.0", "ann@"}) {
    CAPTURE(bad);
    CHECK(code(bad) == "authority.names");
  }
  for (std::string_view good : {".example.com", "10.0.0.0/8", "10.1.2.3", "fe80::/10", "ann@example.com"}) {
    CAPTURE(good);
    CHECK(code(good) == "made");
  }
  Foundation open{.name = "Example", .bounds = {.permitted = names({"10.0.0.0/8"})}};
  Result<> made = request_intermediate({folder.path() + "/ca"}, open, Secret("work"));
  REQUIRE(!made);
  CHECK(made.error().text().find("no domain") != std::string::npos);
}

TEST_CASE("an intermediate that is renewed keeps its name, and one with another name is not taken") {
  Company company;
  Foundation renamed{.name = "Other"};
  auto signed_chain = [&](std::string_view request) {
    return sign_intermediate(company.places, company.places.root_key(), Secret("root"), request, renamed, kNow).value();
  };
  REQUIRE(request_intermediate(company.places, renamed, Secret("work")));
  std::string request = crypto::read_file(company.places.intermediate_request()).value();
  CHECK(crypto::read_certificate_request(request, "r")->subject == "CN=Example Issuing CA,O=Example");
  CHECK(take_intermediate(company.places, company.folder.write("a.pem", signed_chain(request)), Secret("work"), kNow));

  crypto::PrivateKey key = crypto::read_private_key(company.places.intermediate_key(), Secret("work")).value();
  std::string other = crypto::make_certificate_request(*key, {{"O", "Other"}, {"CN", "Other"}}, {}).value();
  std::string file = company.folder.write("b.pem", signed_chain(other));
  CHECK(take_intermediate(company.places, file, Secret("work"), kNow).error().code() == "authority.root");
}

TEST_CASE("an intermediate of another root, or for another key, is not taken") {
  Company company, other;
  REQUIRE(request_intermediate(company.places, {.name = "Example"}, Secret("work")));
  std::string request = crypto::read_file(company.places.intermediate_request()).value();
  std::string chain =
      sign_intermediate(other.places, other.places.root_key(), Secret("root"), request, {.name = "Example"}, kNow)
          .value();
  std::string file = company.folder.write("chain.pem", chain);
  CHECK(take_intermediate(company.places, file, Secret("work"), kNow).error().code() == "authority.root");
  CHECK(take_intermediate(other.places, file, Secret("work"), kNow).error().code() == "authority.key-mismatch");
}

}  // namespace
}  // namespace pforte::authority

#include "pki/trust_folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/testing.h"

namespace pforte::pki {
namespace {

namespace fs = std::filesystem;
using crypto::testing::Folder;
using crypto::testing::make_authority;
using crypto::testing::pem_of;
using FileNames = std::vector<std::string>;

TEST_CASE("a link that OpenSSL finds by hash is called by eight digits and a number") {
  for (const char* name : {"4042bcee.0", "00000000.17"}) CHECK(is_hashed_name(name));
  for (const char* name :
       {"4042bcee", "4042bcee.", "4042bcee.r0", "4042BCEE.0", "4042bce.0", "4042bceea.0", "root.pem"})
    CHECK(!is_hashed_name(name));
}

TEST_CASE("certificates are looked for in files by their ending, links by hash last") {
  Folder folder;
  for (const char* name : {"4042bcee.0", "b.CRT", "a.pem", "c.cer", "d.der", "README", "e.pem.bak"})
    folder.write(name, "");
  fs::create_directory(cat(folder.path(), "/f.pem"));
  REQUIRE(mkfifo(cat(folder.path(), "/g.pem").c_str(), 0600) == 0);
  fs::create_symlink("a.pem", cat(folder.path(), "/00000000.0"));
  CHECK(names_in_trust_folder(folder.path()).value() == FileNames{"a.pem", "b.CRT", "c.cer", "d.der", "4042bcee.0"});
  CHECK(names_in_trust_folder(cat(folder.path(), "/none")).error().kind() == Kind::NotFound);
}

TEST_CASE("a file with other certificates keeps them, one without any is set aside with its link") {
  Folder folder;
  crypto::Identity a = make_authority("a"), b = make_authority("b");
  std::string der = crypto::der_of(*a.chain[0]), link = cat(folder.path(), "/", crypto::hashed_name(*a.chain[0]), ".0");
  folder.write("both.pem", cat(pem_of(*a.chain[0]), pem_of(*b.chain[0])));
  REQUIRE(add_to_trust_folder(folder.path(), {{.alias = "alone.pem", .der = der}}));
  CHECK(fs::read_symlink(link) == "alone.pem");
  REQUIRE(remove_from_trust_folder(folder.path(), der));
  CHECK(!fs::exists(fs::symlink_status(link)));
  CHECK(fs::exists(cat(folder.path(), "/alone.pem.bak")));
  CHECK(crypto::read_file(cat(folder.path(), "/both.pem")).value() == pem_of(*b.chain[0]));
}

TEST_CASE("of an addition that fails, nothing stays: no file, no link, no folder") {
  Folder folder;
  std::string fresh = cat(folder.path(), "/new/"), a = crypto::der_of(*make_authority("a").chain[0]);
  std::string b = crypto::der_of(*make_authority("b").chain[0]);
  std::string too_long(300, 'x');  // for a name of a file
  CHECK(add_to_trust_folder(fresh, {{.alias = "a.pem", .der = a}, {.alias = too_long, .der = b}}).error().code() ==
        "file.unwritable");
  CHECK(!fs::exists(fresh));
  folder.write("there.pem", "");
  CHECK(add_to_trust_folder(folder.path(), {{.alias = "a.pem", .der = a}, {.alias = "there.pem", .der = b}})
            .error()
            .code() == "file.exists");
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a damaged file keeps nobody from removing a certificate of another one") {
  Folder folder;
  std::string der = crypto::der_of(*make_authority().chain[0]);
  folder.write("a-damaged.pem", "-----BEGIN CERTIFICATE-----\n");
  REQUIRE(add_to_trust_folder(folder.path(), {{.alias = "good.pem", .der = der}}));
  CHECK(remove_from_trust_folder(folder.path(), der));
  CHECK(!fs::exists(cat(folder.path(), "/good.pem")));
}

}  // namespace
}  // namespace pforte::pki

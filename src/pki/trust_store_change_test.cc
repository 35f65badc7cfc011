#include "pki/trust_store_change.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem_blocks.h"
#include "crypto/testing.h"
#include "pki/jks.h"

namespace pforte::pki {
namespace {

namespace fs = std::filesystem;

using crypto::testing::Folder;
using crypto::testing::make_authority;

const std::optional<Secret> no_password;
const std::optional<Secret> changeit("changeit");

std::string authority_der(const std::string& name) {
  return crypto::der_of(*make_authority(name).chain[0]);
}

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> aliases(const std::string& path, const std::optional<Secret>& password) {
  auto store = read_trust_store(path, password);
  REQUIRE(store);
  std::vector<std::string> all;
  for (const TrustEntry& entry : store->entries) all.push_back(entry.alias);
  return all;
}

using Names = std::vector<std::string>;

TEST_CASE("a store of each form is made, gets certificates and loses them") {
  Folder folder;
  std::string first = authority_der("The First"), second = authority_der("Second");
  for (const char* name : {"a.pem", "a.p12", "a.jks", "a.jceks", "folder/"}) {
    CAPTURE(name);
    std::string path = cat(folder.path(), "/", name), ending = path.ends_with('/') ? ".pem" : "";
    bool needs_password = path.ends_with("ks") || path.ends_with("p12");
    const std::optional<Secret>& password = needs_password ? changeit : no_password;
    StoreToChange store{.path = path, .password = password};
    auto added = add_to_trust_store(store, {first}, "first");
    REQUIRE(added);
    CHECK(!added->at(0).was_there);
    REQUIRE(add_to_trust_store(store, {second}, "Zw\u00d6lf"));
    std::string name_of_second = path.ends_with("ks") ? "zw\u00f6lf" : "Zw\u00d6lf";
    CHECK(aliases(path, password) ==
          (ending.empty() ? Names{"first", name_of_second} : Names{name_of_second + ending, "first" + ending}));

    auto again = add_to_trust_store(store, {first}, "other");
    REQUIRE(again);
    CHECK(again->at(0).was_there);
    CHECK(again->at(0).alias == "first" + ending);
    CHECK(add_to_trust_store(store, {authority_der("third")}, "first").error().code() == "trust.alias-taken");

    auto removed = remove_from_trust_store(store, "first" + ending);
    REQUIRE(removed);
    REQUIRE(removed->size() == 1);
    CHECK(removed->front().der == first);
    CHECK(remove_from_trust_store(store, "first" + ending).error().code() == "trust.no-entry");
    REQUIRE(remove_from_trust_store(store, sha256_of(second).substr(0, 8)));
    CHECK(aliases(path, password).empty());
  }
}

TEST_CASE("what a store was before the last change is beside it") {
  Folder folder;
  StoreToChange store{.path = cat(folder.path(), "/s.jks"), .password = changeit};
  REQUIRE(add_to_trust_store(store, {authority_der("a")}, "a"));
  CHECK(!fs::exists(store.path + ".bak"));
  std::string before = content_of(store.path);
  REQUIRE(add_to_trust_store(store, {authority_der("b")}, "b"));
  CHECK(content_of(store.path + ".bak") == before);
}

TEST_CASE("a wrong password, none, a damaged store or one of another form changes nothing") {
  Folder folder;
  std::string path = cat(folder.path(), "/s.jks");
  std::optional<Secret> wrong("wrong");
  REQUIRE(add_to_trust_store({.path = path, .password = changeit}, {authority_der("a")}, "a"));
  std::string before = content_of(path);
  auto code = [&](const std::optional<StoreForm>& form, const std::optional<Secret>& password) {
    return std::string(add_to_trust_store({.path = path, .form = form, .password = password}, {authority_der("b")}, "b")
                           .error()
                           .code());
  };
  CHECK(code({}, wrong) == "trust.password-wrong");
  CHECK(code({}, no_password) == "trust.password-missing");
  CHECK(code(StoreForm::Pkcs12, changeit) == "trust.form");
  CHECK(content_of(path) == before);
  folder.write("s.jks", before.substr(0, before.size() - 1));
  CHECK(code({}, changeit) == "trust.damaged");
  CHECK(content_of(path) == before.substr(0, before.size() - 1));
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("private keys survive every change, and their file is not readable by everybody") {
  Folder folder;
  std::string der = authority_der("own");
  Jks keys{.entries = {{.alias = "server", .key = "an encrypted key", .chain = {der}}}};
  std::string path = folder.write("s.jks", *write_jks(keys, *changeit));
  chmod(path.c_str(), 0644);
  StoreToChange store{.path = path, .password = changeit};
  REQUIRE(add_to_trust_store(store, {authority_der("a")}, "a"));
  CHECK(remove_from_trust_store(store, "server").error().code() == "trust.is-key");
  REQUIRE(remove_from_trust_store(store, "a"));
  CHECK(content_of(path) == *write_jks(keys, *changeit));
  struct stat about{};
  REQUIRE(stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0640);
  REQUIRE(stat((path + ".bak").c_str(), &about) == 0);
  CHECK((about.st_mode & 07) == 0);
}

TEST_CASE("what people wrote into a PEM bundle stays; what stands before a certificate goes with it") {
  Folder folder;
  std::string a = authority_der("a"), b = authority_der("b");
  std::string head = "## our bundle\n\n", note = "# for the mail server\n", tail = "\n# the end\n";
  std::string path =
      folder.write("b.pem", cat(head, note, crypto::pem_block(a), "\nB\n=\n", crypto::pem_block(b), tail));
  StoreToChange store{.path = path, .password = no_password};
  REQUIRE(remove_from_trust_store(store, sha256_of(b)));
  CHECK(content_of(path) == cat(head, note, crypto::pem_block(a), "\n", tail));
  REQUIRE(remove_from_trust_store(store, sha256_of(a)));
  CHECK(content_of(path) == cat(head, "\n", tail));
}

TEST_CASE("several certificates are named after the first, or after their subjects") {
  Folder folder;
  StoreToChange store{.path = cat(folder.path(), "/s.p12"), .password = no_password};
  REQUIRE(add_to_trust_store(
      store, {authority_der("M\u00fcller & S\u00f6hne CA"), authority_der("m\u00fcller s\u00f6hne ca")}, {}));
  REQUIRE(add_to_trust_store(store, {authority_der("x"), authority_der("y")}, "mine"));
  CHECK(aliases(store.path, no_password) ==
        Names{"m\u00fcller-s\u00f6hne-ca", "m\u00fcller-s\u00f6hne-ca-2", "mine", "mine-2"});
}

TEST_CASE("what is there more than once is one certificate: it goes as a whole, or all but the first") {
  Folder folder;
  std::string a = authority_der("a"), b = authority_der("b"), block = crypto::pem_block(a);
  StoreToChange store{.path = folder.write("twice.pem", cat(block, crypto::pem_block(b), block)),
                      .password = no_password};
  REQUIRE(remove_duplicates(store).value().size() == 1);
  CHECK(content_of(store.path) == cat(block, crypto::pem_block(b)));
  CHECK(remove_duplicates(store).value().empty());
  folder.write("twice.pem", cat(block, crypto::pem_block(b), block));
  CHECK(remove_from_trust_store(store, sha256_of(a)).value().size() == 2);
  CHECK(content_of(store.path) == crypto::pem_block(b));
}

TEST_CASE("what lies in a folder under a name, and is no certificate, is not written over") {
  Folder folder;
  StoreToChange store{.path = folder.path(), .password = no_password};
  folder.write("a.pem", "my notes");
  CHECK(add_to_trust_store(store, {authority_der("a")}, {}).value().at(0).alias == "a-2.pem");
  CHECK(add_to_trust_store(store, {authority_der("a")}, "a").error().code() == "trust.alias-taken");
  CHECK(content_of(cat(folder.path(), "/a.pem")) == "my notes");
}

TEST_CASE("OpenSSL finds what is in a folder by its hash, also after others were removed") {
  Folder folder;
  StoreToChange store{.path = folder.path(), .password = no_password};
  std::string certificates[] = {authority_der("same"), authority_der("same"), authority_der("same")};
  for (const std::string& der : certificates) REQUIRE(add_to_trust_store(store, {der}, {}));
  std::string hash = crypto::hashed_name(*crypto::certificate_from(certificates[0]));
  auto link = [&](int number) { return fs::read_symlink(cat(folder.path(), "/", hash, ".", number)).string(); };
  CHECK(link(0) == "same.pem");
  CHECK(link(2) == "same-3.pem");
  REQUIRE(remove_from_trust_store(store, "same.pem"));
  CHECK(link(0) == "same-3.pem");
  CHECK(link(1) == "same-2.pem");
  CHECK(!fs::exists(fs::symlink_status(cat(folder.path(), "/", hash, ".2"))));
  CHECK(aliases(folder.path(), no_password) == Names{"same-2.pem", "same-3.pem"});
}

TEST_CASE("the system's store is left to the system") {
  StoreToChange store{.path = "system", .password = no_password};
  CHECK(add_to_trust_store(store, {authority_der("a")}, {}).error().code() == "trust.read-only");
  CHECK(remove_from_trust_store(store, "a").error().code() == "trust.read-only");
}

TEST_CASE("an alias that no store can have is refused") {
  Folder folder;
  for (const char* alias : {"", "a\nb", "\xff"}) {
    CAPTURE(alias);
    StoreToChange store{.path = cat(folder.path(), "/s.p12"), .password = no_password};
    CHECK(add_to_trust_store(store, {authority_der("a")}, alias).error().code() == "trust.alias");
  }
  for (const char* alias : {"../x", ".x"}) {
    StoreToChange store{.path = cat(folder.path(), "/d/"), .password = no_password};
    CHECK(add_to_trust_store(store, {authority_der("a")}, alias).error().code() == "trust.alias");
  }
}

}  // namespace
}  // namespace pforte::pki

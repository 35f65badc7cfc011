#include "pki/trust_store.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/testing.h"
#include "pki/jks.h"
#include "pki/trust_store_content.h"

namespace pforte::pki {
namespace {

using crypto::testing::Folder;
using crypto::testing::make_authority;
using crypto::testing::pem_of;

std::vector<std::string> subjects(const TrustStore& store) {
  std::vector<std::string> names;
  for (const TrustEntry& entry : store.entries) {
    auto outline = crypto::outline_of(entry.der);
    REQUIRE(outline);
    names.push_back(crypto::name_text(outline->subject));
  }
  return names;
}

TEST_CASE("a PEM bundle is its certificates, in its order, with the names that stand before them") {
  Folder folder;
  auto first = make_authority("first"), second = make_authority("second");
  std::string text = cat("a comment\n", pem_of(*first.chain[0]), "    friendlyName: the second\n",
                         pem_of(*second.chain[0]), "the end\n");
  auto store = read_trust_store(folder.write("bundle", text));
  REQUIRE(store);
  CHECK(store->form == StoreForm::Pem);
  CHECK(subjects(*store) == std::vector<std::string>{"CN=first", "CN=second"});
  CHECK(store->entries[0].alias.empty());
  CHECK(store->entries[1].alias == "the second");
}

TEST_CASE("a private key in a PEM bundle is counted and not kept") {
  Folder folder;
  auto made = make_authority();
  auto store = read_trust_store(folder.write("both.pem", cat(pem_of(*made.chain[0]), pem_of(*made.key))));
  REQUIRE(store);
  CHECK(store->entries.size() == 1);
  CHECK(store->keys.size() == 1);
  CHECK(store->keys[0].chain.empty());
}

TEST_CASE("a file in DER is the one certificate it holds") {
  Folder folder;
  auto made = make_authority("der");
  auto store = read_trust_store(folder.write("ca.cer", crypto::der_of(*made.chain[0])));
  REQUIRE(store);
  CHECK(store->form == StoreForm::Der);
  CHECK(subjects(*store) == std::vector<std::string>{"CN=der"});
}

TEST_CASE("a directory is the certificates of its files, each once, under the name that is no hash") {
  Folder folder;
  auto first = make_authority("first"), second = make_authority("second");
  std::string hash = crypto::hashed_name(*first.chain[0]);
  folder.write("b.crt", pem_of(*first.chain[0]));
  folder.write("a.der", crypto::der_of(*second.chain[0]));
  folder.write("README", "no certificate");
  folder.write("notes.pem", "");
  std::filesystem::create_symlink("b.crt", cat(folder.path(), "/", hash, ".0"));
  std::filesystem::create_symlink("gone.crt", cat(folder.path(), "/dangling.pem"));
  std::filesystem::create_directory(cat(folder.path(), "/java.pem"));
  auto store = read_trust_store(folder.path());
  REQUIRE(store);
  CHECK(store->form == StoreForm::Directory);
  CHECK(subjects(*store) == std::vector<std::string>{"CN=second", "CN=first"});
  CHECK(store->entries[0].alias == "a.der");
  CHECK(store->entries[1].alias == "b.crt");
}

TEST_CASE("a damaged file in a directory is told of, and the others count") {
  Folder folder;
  folder.write("bad.pem", "\n-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
  folder.write("good.pem", pem_of(*make_authority("good").chain[0]));
  auto store = read_trust_store(folder.path());
  REQUIRE(store);
  CHECK(subjects(*store) == std::vector<std::string>{"CN=good"});
  REQUIRE(store->unreadable.size() == 1);
  CHECK(store->unreadable[0].text() == cat(folder.path(), "/bad.pem:2: the certificate is not Base64"));
}

TEST_CASE("a named pipe, into which nobody may ever write, is not opened") {
  Folder folder;
  std::string pipe = cat(folder.path(), "/pipe.pem");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_trust_store(pipe).error().code() == "trust.form");
}

TEST_CASE("a certificate that OpenSSL trusts for some purposes alone is told with its line") {
  Folder folder;
  auto made = make_authority();
  X509_add1_reject_object(made.chain[0].get(), OBJ_nid2obj(NID_server_auth));
  crypto::Bytes out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_AUX(out.get(), made.chain[0].get());
  std::string file = folder.write("a.pem", cat("\n", crypto::testing::text_in(*out)));
  auto store = read_trust_store(file);
  REQUIRE(!store);
  CHECK(store.error().code() == "certificate.trust-settings");
  CHECK(store.error().text().starts_with(cat(file, ":2: ")));
}

TEST_CASE("Java's stores are read whatever they are called, private keys apart from what is trusted") {
  Folder folder;
  auto root = make_authority("root");
  std::string der = crypto::der_of(*root.chain[0]);
  std::optional<Secret> password("changeit");
  for (StoreForm form : {StoreForm::Jks, StoreForm::Jceks, StoreForm::Pkcs12}) {
    auto content = empty_store_content(form);
    REQUIRE(content->add({{.alias = "root", .der = der}}));
    std::string file = folder.write("cacerts", *content->write(password));
    auto store = read_trust_store(file, password);
    REQUIRE(store);
    CHECK(store->form == form);
    CHECK(store->checked);
    CHECK(subjects(*store) == std::vector<std::string>{"CN=root"});
    CHECK(store->entries[0].alias == "root");
    CHECK(read_trust_store(file, Secret("wrong")).error().code() == "trust.password-wrong");
  }
  Jks keys{.entries = {{.alias = "key", .key = "k", .chain = {der}}}};
  auto store = read_trust_store(folder.write("keys", *write_jks(keys, *password)), password);
  REQUIRE(store);
  CHECK(store->entries.empty());
  REQUIRE(store->keys.size() == 1);
  CHECK(store->keys[0].chain == std::vector<std::string>{der});
}

TEST_CASE("an empty file is a store without certificates") {
  Folder folder;
  auto store = read_trust_store(folder.write("empty.pem", "\n"));
  REQUIRE(store);
  CHECK(store->entries.empty());
}

TEST_CASE("what is no trust store is refused with its name and the reason") {
  Folder folder;
  auto made = make_authority();
  std::string pem = pem_of(*made.chain[0]), der = crypto::der_of(*made.chain[0]);
  struct Row {
    std::string content;
    std::string_view code;
  };
  const Row rows[] = {
      {"hello", "trust.form"},
      {"-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n", "certificate.in-pkcs7"},
      {"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "certificate.in-pkcs7"},
      {pem.substr(0, pem.size() / 2), "certificate.damaged"},
      {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate.damaged"},
      {der + "x", "trust.form"},
      {der.substr(0, der.size() - 1), "trust.form"},
      {"\x30\xff that is the length of its length", "trust.form"},
  };
  for (const Row& row : rows) {
    std::string file = folder.write("store", row.content);
    auto store = read_trust_store(file);
    REQUIRE(!store);
    CHECK(store.error().code() == row.code);
    CHECK(store.error().text().starts_with(file));
  }
  CHECK(read_trust_store(cat(folder.path(), "/nothing")).error().kind() == Kind::NotFound);
}

TEST_CASE("the system's store is there") {
  if (!std::filesystem::exists("/etc/ssl/certs")) return;
  auto store = read_trust_store("system");
  REQUIRE(store);
  CHECK(store->form == StoreForm::System);
}

}  // namespace
}  // namespace pforte::pki

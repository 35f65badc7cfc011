#include "crypto/pem.h"

#include <doctest/doctest.h>

#include <string>

#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using namespace testing;

TEST_CASE("all certificates of a file are read in its order, whatever stands between them") {
  Folder folder;
  Identity first = issue({.subject = "first"}, nullptr);
  Identity second = issue({.subject = "second"}, nullptr);
  std::string pem = "# a comment\n" + pem_of(*first.chain[0]) + "\nbetween\r\n" + pem_of(*second.chain[0]);
  Result<std::vector<Certificate>> chain = read_certificates(folder.write("chain.pem", pem));
  REQUIRE(chain);
  REQUIRE(chain->size() == 2);
  CHECK(X509_cmp((*chain)[0].get(), first.chain[0].get()) == 0);
  CHECK(X509_cmp((*chain)[1].get(), second.chain[0].get()) == 0);
}

TEST_CASE("a file that holds no good certificate says what is wrong, and with which") {
  Folder folder;
  std::string good = pem_of(*issue({}, nullptr).chain[0]);
  std::string damaged = good;
  damaged[damaged.size() / 2] = damaged[damaged.size() / 2] == 'A' ? 'B' : 'A';
  std::string cut = good.substr(0, good.size() / 2);
  struct Row {
    std::string content;
    std::string_view code, says;
  };
  const Row rows[] = {
      {"", "certificate.none", "no certificate"},
      {"nothing in here\n", "certificate.none", "no certificate"},
      {pem_of(*make_key()), "certificate.none", "no certificate"},
      {cut, "certificate.damaged", "certificate 1"},
      {good + cut, "certificate.damaged", "certificate 2"},
      {"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "certificate.damaged", "certificate 1"},
      {good + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate.damaged", "certificate 2"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.content);
    Result<std::vector<Certificate>> chain = read_certificates(folder.write("bad.pem", row.content));
    REQUIRE(!chain);
    CHECK(chain.error().kind() == Kind::Invalid);
    CHECK(chain.error().code() == row.code);
    CHECK(chain.error().text().find(row.says) != std::string::npos);
    CHECK(chain.error().text().find("bad.pem") != std::string::npos);
  }
}

TEST_CASE("a file that is not there or is a folder cannot be read") {
  Folder folder;
  Result<std::vector<Certificate>> missing = read_certificates(folder.path() + "/none.pem");
  REQUIRE(!missing);
  CHECK(missing.error().kind() == Kind::NotFound);
  CHECK(!read_certificates(folder.path()));
  CHECK(!read_private_key(folder.path(), std::nullopt));
  Result<std::string> large = read_file(folder.write("large", std::string((16UZ << 20) + 1, 'x')));
  REQUIRE(!large);
  CHECK(large.error().kind() == Kind::Limit);
}

std::string code_of(const std::string& file, const char* password) {
  std::optional<Secret> secret;
  if (password) secret.emplace(password);
  Result<PrivateKey> key = read_private_key(file, secret);
  return key ? "read" : std::string(key.error().code());
}

std::string traditional(EVP_PKEY& key, std::string password) {
  Bytes out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey_traditional(out.get(), &key, EVP_aes_128_cbc(),
                                       reinterpret_cast<const unsigned char*>(password.data()), int(password.size()),
                                       nullptr, nullptr);
  return text_in(*out);
}

TEST_CASE("a key is read with its password, and says when it needs one or has a wrong one") {
  Folder folder;
  for (KeyType type : {KeyType::Ec, KeyType::Rsa}) {
    PrivateKey key = make_key(type);
    std::string plain = folder.write("plain.key", pem_of(*key));
    std::string sealed = folder.write("sealed.key", pem_of(*key, "correct horse"));
    std::string old = folder.write("old.key", traditional(*key, "correct horse"));
    CHECK(code_of(plain, nullptr) == "read");
    CHECK(code_of(plain, "not needed") == "read");
    for (const std::string& file : {sealed, old}) {
      CAPTURE(file);
      CHECK(code_of(file, "correct horse") == "read");
      CHECK(code_of(file, nullptr) == "key.password-missing");
      CHECK(code_of(file, "wrong") == "key.password-wrong");
      CHECK(code_of(file, "") == "key.password-wrong");
      CHECK(code_of(file, std::string(5000, 'x').c_str()) == "key.password-wrong");
    }
  }
}

TEST_CASE("what is no key is damaged, whatever the password") {
  Folder folder;
  std::string pem = pem_of(*make_key());
  for (const std::string& content :
       {std::string(), pem.substr(0, pem.size() / 2), pem_of(*issue({}, nullptr).chain[0])}) {
    CHECK(code_of(folder.write("bad.key", content), nullptr) == "key.damaged");
    CHECK(code_of(folder.write("bad.key", content), "any") == "key.damaged");
  }
}

TEST_CASE("a password is the first line of its file") {
  Folder folder;
  struct Row {
    std::string_view content, password;
  };
  const Row rows[] = {{"secret", "secret"},
                      {"secret\n", "secret"},
                      {"secret\r\nmore\n", "secret"},
                      {" with spaces \n", " with spaces "},
                      {"", ""},
                      {"\nsecond", ""}};
  for (const Row& row : rows) {
    Result<Secret> password = read_password(folder.write("password", row.content));
    REQUIRE(password);
    CHECK(password->reveal() == row.password);
  }
  CHECK(!read_password(folder.path() + "/none"));
}

TEST_CASE("a key belongs to its certificate and to no other") {
  Identity one = issue({}, nullptr);
  Identity other = issue({}, nullptr);
  Identity rsa = issue({.key = KeyType::Rsa}, nullptr);
  CHECK(belong_together(*one.chain[0], *one.key));
  CHECK(belong_together(*rsa.chain[0], *rsa.key));
  CHECK(!belong_together(*one.chain[0], *other.key));
  CHECK(!belong_together(*one.chain[0], *rsa.key));
}

}  // namespace
}  // namespace pforte::crypto

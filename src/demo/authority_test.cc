#include "demo/authority.h"

#include <doctest/doctest.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/testing.h"
#include "crypto/certificate.h"
#include "crypto/pem.h"

namespace pforte::demo {
namespace {

using namespace std::chrono_literals;
using crypto::Certificate;
using crypto::Owned;

Certificate read_one(const std::string& file) {
  Result<std::vector<Certificate>> read = crypto::read_certificates(file);
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  return std::move(read->front());
}

// Whether a client that trusts `authority`, follows RFC 5280 strictly and looks for `host` accepts `server`.
bool accepts(X509& authority, X509& server, const char* host) {
  Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  Owned<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  REQUIRE(X509_STORE_add_cert(store.get(), &authority) == 1);
  REQUIRE(X509_STORE_CTX_init(context.get(), store.get(), &server, nullptr) == 1);
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host) != 1) X509_VERIFY_PARAM_set1_host(wanted, host, 0);
  return X509_verify_cert(context.get()) == 1;
}

TEST_CASE("a strict client that trusts the demo's authority accepts its certificate under its names alone") {
  TestFolder folder;
  Result<Papers> papers = issue_papers(folder.path());
  REQUIRE(papers);
  Certificate authority = read_one(papers->authority);
  Certificate server = read_one(papers->chain);
  struct Row {
    const char* host;
    bool good;
  };
  const Row rows[] = {
      {"localhost", true},  {"app.localhost", true},    {"127.0.0.1", true},       {"::1", true},
      {"127.0.0.2", false}, {"x.app.localhost", false}, {"pforte.example", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.host);
    CHECK(accepts(*authority, *server, row.host) == row.good);
  }
  CHECK(crypto::covers(*server, "*.localhost"));
}

TEST_CASE("every demo has an authority of its own") {
  TestFolder first;
  TestFolder second;
  Result<Papers> papers = issue_papers(first.path());
  Result<Papers> others = issue_papers(second.path());
  REQUIRE(papers);
  REQUIRE(others);
  Certificate authority = read_one(papers->authority);
  CHECK(!accepts(*authority, *read_one(others->chain), "localhost"));
  CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(read_one(papers->chain).get()),
                         X509_get0_serialNumber(read_one(others->chain).get())) != 0);
}

TEST_CASE("the demo's certificates say what they are for") {
  TestFolder folder;
  Result<Papers> papers = issue_papers(folder.path());
  REQUIRE(papers);
  Certificate authority = read_one(papers->authority);
  Certificate server = read_one(papers->chain);

  CHECK(X509_check_ca(authority.get()) == 1);
  CHECK(X509_get_pathlen(authority.get()) == 0);
  CHECK(X509_get_key_usage(authority.get()) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));

  CHECK(X509_check_ca(server.get()) == 0);
  CHECK(X509_get_key_usage(server.get()) == KU_DIGITAL_SIGNATURE);
  CHECK(X509_get_extended_key_usage(server.get()) == XKU_SSL_SERVER);
  CHECK(X509_get0_subject_key_id(server.get()) != nullptr);
  const ASN1_OCTET_STRING* issuer_key = X509_get0_authority_key_id(server.get());
  REQUIRE(issuer_key != nullptr);
  CHECK(ASN1_OCTET_STRING_cmp(issuer_key, X509_get0_subject_key_id(authority.get())) == 0);

  // Both ends are included (RFC 5280, 4.1.2.5).
  CHECK(crypto::not_after(*server) - crypto::not_before(*server) + 1s == std::chrono::days(30));
  CHECK(crypto::not_before(*server) < std::chrono::system_clock::now());
  for (X509* certificate : {authority.get(), server.get()}) {
    Owned<BIGNUM, BN_free> serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    CHECK(BN_num_bits(serial.get()) == 127);
  }
}

TEST_CASE("the demo's key is for its owner alone, fits the certificate, and is the only one") {
  TestFolder folder;
  Result<Papers> papers = issue_papers(folder.path());
  REQUIRE(papers);
  struct stat about{};
  REQUIRE(stat(papers->key.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);
  Result<crypto::PrivateKey> key = crypto::read_private_key(papers->key, std::nullopt);
  REQUIRE(key);
  CHECK(crypto::belong_together(*read_one(papers->chain), **key));
  CHECK(!crypto::belong_together(*read_one(papers->authority), **key));

  CHECK(papers->pin.size() == 44);

  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
  CHECK(files == 3);
}

TEST_CASE("the demo overwrites no file and follows no link") {
  TestFolder folder;
  std::filesystem::create_symlink(folder.path() + "/elsewhere", folder.path() + "/server.key");
  Result<Papers> papers = issue_papers(folder.path());
  REQUIRE(!papers);
  CHECK(papers.error().kind() == Kind::Unavailable);
  CHECK(papers.error().text().find("/server.key") != std::string::npos);
  CHECK(!std::filesystem::exists(folder.path() + "/elsewhere"));
}

}  // namespace
}  // namespace pforte::demo

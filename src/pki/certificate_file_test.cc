#include "pki/certificate_file.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/testing.h"

namespace pforte::pki {
namespace {

// Two values in DER: what is in them does not matter to a reader of files.
const std::string one_der("\x30\x03\x02\x01\x05", 5), two_der("\x30\x00", 2);

std::string block(std::string_view label, std::string_view der) {
  return cat("-----BEGIN ", label, "-----\n", to_base64(der), "\n-----END ", label, "-----\n");
}

TEST_CASE("certificates are found in PEM between whatever else there is, and in DER") {
  const std::vector<std::string> both = {one_der, two_der};
  std::string pem = cat("subject: a\r\n", block("CERTIFICATE", one_der), block("PRIVATE KEY", two_der), "\n",
                        block("X509 CERTIFICATE", two_der));
  CHECK(read_certificates(pem, "a.pem").value() == both);
  CHECK(read_certificates(one_der + two_der, "a.der").value() == both);
}

TEST_CASE("lines may end with CRLF, be indented, and have any length") {
  std::string pem = " -----BEGIN CERTIFICATE-----\r\n MAMC\r\nAQU=\r\n-----END CERTIFICATE-----";
  CHECK(read_certificates(pem, "a.pem").value() == std::vector{one_der});
}

TEST_CASE("a byte order mark before the first certificate does not hide it") {
  CHECK(read_certificates(cat("\xef\xbb\xbf", block("CERTIFICATE", one_der)), "a.pem").value() == std::vector{one_der});
}

TEST_CASE("of a trusted certificate only the certificate counts") {
  CHECK(read_certificates(block("TRUSTED CERTIFICATE", one_der + two_der), "a.pem").value() == std::vector{one_der});
}

TEST_CASE("a file without a usable certificate says where and why") {
  struct Row {
    std::string content;
    std::string_view code, why;
  };
  const Row rows[] = {
      {"", "certificate.none", "a.pem: holds no certificate"},
      {block("X509 CRL", one_der), "certificate.none", "holds no certificate"},
      {"x\n-----BEGIN CERTIFICATE-----\nMAMCAQU=\n", "certificate.damaged", "a.pem:2: the certificate has no line"},
      {"-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END X-----\n", "certificate.damaged", "no line that ends it"},
      {"-----BEGIN CERTIFICATE-----\nMAMC!QU=\n-----END CERTIFICATE-----\n", "certificate.damaged", "not Base64"},
      {block("CERTIFICATE", "\x30\x05\x02"), "certificate.damaged", "is cut off"},
      {cat("it is ", block("CERTIFICATE", one_der), block("CERTIFICATE", two_der)), "certificate.damaged",
       "in the middle"},
      {std::string("\x30\x06\x02\x01\x03\x30\x01\x00", 8), "certificate.in-keystore", "a.pem: is a keystore"},
      {"\xfe\xed\xfe\xed", "certificate.in-keystore", "is a keystore"},
      {block("CERTIFICATE", ""), "certificate.damaged", "is cut off"},
      {std::string("\x30\x00\x30\x82\x01", 5), "certificate.damaged", "certificate 2 is cut off"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.content);
    auto got = read_certificates(row.content, "a.pem");
    REQUIRE(!got);
    CHECK(got.error().code() == row.code);
    CHECK(got.error().text().find(row.why) != std::string::npos);
  }
}

TEST_CASE("revocation lists are read the same way, and a missing file is told by its name") {
  crypto::testing::Folder folder;
  CHECK(read_crl_file(folder.write("a.crl", block("X509 CRL", two_der))).value() == std::vector{two_der});
  auto missing = read_certificate_file(folder.path() + "/none.pem");
  REQUIRE(!missing);
  CHECK(missing.error().kind() == Kind::NotFound);
  CHECK(read_crls("", "a").error().code() == "crl.none");
}

}  // namespace
}  // namespace pforte::pki

#include "doctor/tls_flight.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "doctor/tls_hello.h"
#include "doctor/tls_suites.h"

namespace pforte::doctor {
namespace {

using namespace std::string_literals;

std::string sized(std::string_view bytes, std::size_t length_bytes) {
  std::string out;
  for (std::size_t i = length_bytes; i-- > 0;) out += char(bytes.size() >> (8 * i) & 0xff);
  return out.append(bytes);
}

std::string record(char type, std::string_view content) {
  return std::string({type, 3, 3}) + sized(content, 2);
}

std::string message(char type, std::string_view body) {
  return std::string(1, type) + sized(body, 3);
}

// TLS 1.2, ECDHE-RSA with AES-128-GCM.
std::string hello(std::string_view extensions = {}) {
  return message(2, "\x03\x03"s + std::string(32, 'r') + '\0' + "\xc0\x2f"s + '\0' + sized(extensions, 2));
}

ServerFlight read(std::string_view bytes) {
  FlightReader reader;
  reader.take(bytes);
  return reader.release();
}

TEST_CASE("a flight of TLS 1.2 is read to its end") {
  std::string certificates = sized(sized("leaf", 3) + sized("issuer", 3), 3);
  std::string exchange = "\x03\x00\x1d"s + sized("point", 1) + "\x08\x04"s + sized("signature", 2);
  std::string request = sized("\x01", 1) + sized("\x08\x04", 2) + sized(sized("name", 2), 2);
  std::string flight = hello("\xff\x01\x00\x01\x00\x00\x17\x00\x00"s) + message(11, certificates) +
                       message(12, exchange) + message(13, request) + message(14, "");
  FlightReader reader;
  CHECK_FALSE(reader.take(record(22, flight)));
  const ServerFlight& got = reader.flight();
  REQUIRE(got.hello);
  CHECK(got.fault.en.empty());
  CHECK(got.hello->suite == 0xc02f);
  CHECK(got.hello->extended_master_secret);
  CHECK(got.hello->renegotiation_info);
  CHECK(got.certificates == std::vector<std::string>{"leaf", "issuer"});
  REQUIRE(got.key_exchange);
  CHECK(group_name(got.key_exchange->group) == "x25519");
  CHECK(scheme_name(got.key_exchange->scheme) == "rsa_pss_rsae_sha256");
  CHECK(got.asks_for_certificate);
  CHECK(got.authorities == std::vector<std::string>{"name"});
}

TEST_CASE("a HelloRetryRequest names the group") {
  std::string random =
      "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
      "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"s;
  std::string extensions = "\x00\x2b\x00\x02\x03\x04\x00\x33\x00\x02\x00\x1d"s;
  std::string body = "\x03\x03"s + random + '\0' + "\x13\x01"s + '\0' + sized(extensions, 2);
  ServerFlight got = read(record(22, message(2, body)));
  REQUIRE(got.hello);
  CHECK(got.hello->retry);
  CHECK(got.hello->version == 0x0304);
  CHECK(group_name(got.hello->group) == "x25519");
}

TEST_CASE("what is no TLS is a banner") {
  CHECK(read("HTTP/1.1 400 Bad Request\r\n\r\n").banner == "HTTP/1.1 400 Bad Request\r\n\r\n");
  CHECK(read("SSH-2.0-x\r\n").banner == "SSH-2.0-x\r\n");
  CHECK(read(std::string(1000, 'x')).banner.size() == kMostBannerBytes);
}

TEST_CASE("an alert is heard, a warning does not end the flight") {
  FlightReader reader;
  CHECK(reader.take(record(21, "\x01\x70"s)));
  CHECK_FALSE(reader.take(record(21, "\x02\x28"s)));
  REQUIRE(reader.flight().alert);
  CHECK(reader.flight().alert->number == 40);
  CHECK(reader.flight().alert->fatal);
}

TEST_CASE("what breaks the protocol ends the flight and is told") {
  struct Row {
    std::string bytes;
    std::string_view why;
  };
  const Row rows[] = {
      {record(22, message(2, "short")), "its hello cannot be read"},
      {record(22, message(11, "")), "begins with something other than a hello"},
      {record(22, hello() + message(11, "\x00\x00\x05x"s)), "list of certificates"},
      {record(22, hello("\x00\x17\x00\x00\x00\x17\x00\x00"s)), "its hello cannot be read"},
      {record(22, hello() + message(14, "x")), "end of its hello"},
      {record(22, hello() + message(1, "")), "does not belong there"},
      {record(22, "\x02\x7f\xff\xff"s), "longer than any needs to be"},
      {record(22, ""), "length of a record"},
      {record(21, "\x02"s), "another length than two bytes"},
      {record(20, "\x01"s), "before it has said hello"},
      {record(22, hello()) + "HTTP", "no record of TLS"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    FlightReader reader;
    CHECK_FALSE(reader.take(row.bytes));
    CHECK(reader.flight().fault.en.contains(row.why));
    CHECK_FALSE(reader.flight().fault.de.empty());
  }
}

TEST_CASE("a server that does not stop talking is not listened to for ever") {
  FlightReader reader;
  std::string warning = record(21, "\x01\x70"s);
  std::size_t taken = 0;
  while (reader.take(warning)) taken += warning.size();
  CHECK(taken <= kMostFlightBytes);
  CHECK(reader.flight().fault.en.contains("more than any server needs to"));
}

TEST_CASE("a hello is one record that says its own length") {
  for (TlsVersion version : {TlsVersion::Ssl3, TlsVersion::Tls10, TlsVersion::Tls12, TlsVersion::Tls13}) {
    std::string bytes = to_bytes(
        {.version = version, .suites = {0xc02f}, .groups = {29}, .server_name = "crm.example.com", .key_shares = true});
    CAPTURE(name_of(version));
    CHECK(bytes[0] == 22);
    CHECK((std::uint8_t(bytes[3]) << 8 | std::uint8_t(bytes[4])) + 5 == int(bytes.size()));
    CHECK((std::uint8_t(bytes[7]) << 8 | std::uint8_t(bytes[8])) + 9 == int(bytes.size()));
    CHECK(bytes.contains("crm.example.com") == (version != TlsVersion::Ssl3));
  }
}

TEST_CASE("what is wrong with a suite is told by its name") {
  CHECK(suite_name(0xc02f) == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  CHECK(suite_name(0xfefe) == "0xfefe");
  CHECK_FALSE(fault_of(0xc02f));
  CHECK(fault_of(0x0005) == SuiteFault::Rc4);
  CHECK(fault_of(0x000a) == SuiteFault::ShortBlock);
  CHECK(fault_of(0x0009) == SuiteFault::Des);
  CHECK(fault_of(0x0003) == SuiteFault::Export);
  CHECK(fault_of(0x0018) == SuiteFault::Anonymous);
  CHECK(fault_of(0xc010) == SuiteFault::Null);
  CHECK(is_forward_secret(0x1301));
  CHECK_FALSE(is_forward_secret(0x009c));
  CHECK(is_aead(0x009c));
  CHECK_FALSE(is_aead(0x002f));
}

}  // namespace
}  // namespace pforte::doctor

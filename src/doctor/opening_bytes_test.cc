#include "doctor/opening_bytes.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

TEST_CASE("a first message of TLS has the size that it was asked for and fills its record") {
  for (std::size_t size : {0, 1000, 2048, 8000}) {
    CAPTURE(size);
    std::string bytes = opening_of_tls("crm.example", size);
    if (size > 0) CHECK(bytes.size() == size);
    std::size_t record =
        (static_cast<unsigned char>(bytes[3]) * std::size_t{256}) + static_cast<unsigned char>(bytes[4]);
    CHECK(record + 5 == bytes.size());
    CHECK(bytes.contains("crm.example"));
  }
  CHECK(!opening_of_tls("", 0).contains("example"));
}

TEST_CASE("a first request of HTTP has the size that it was asked for") {
  CHECK(opening_of_http("crm:8080", 0).starts_with("HEAD / HTTP/1.1\r\nHost: crm:8080\r\n"));
  CHECK(opening_of_http("crm:8080", 2048).size() == 2048);
  CHECK(opening_of_http("crm:8080", 2048).ends_with("x\r\n\r\n"));
}

TEST_CASE("a first message of HTTP/2 has the size that it was asked for") {
  CHECK(opening_of_http2(0).starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  CHECK(opening_of_http2(2048).size() == 2048);
}

}  // namespace
}  // namespace pforte::doctor

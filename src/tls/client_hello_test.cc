#include "tls/client_hello.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::tls {
namespace {

std::string host_in(std::string_view extension) {
  auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(extension.data()), extension.size());
  return std::string(host_in_server_name(bytes).value_or("-"));
}

TEST_CASE("the host name of a server_name extension is its first name of that type") {
  struct Row {
    std::string_view extension, host;
  };
  using namespace std::literals;
  const Row rows[] = {
      {"\0\x06\0\0\x03"
       "a.b"sv,
       "a.b"},
      {"\0\x09\x01\0\x02xy\0\0\x01z"sv, "z"},
      {"\0\x08\0\0\x01z\0\0\x01y"sv, "z"},
  };
  for (const Row& row : rows) CHECK(host_in(row.extension) == row.host);
}

TEST_CASE("a malformed server_name extension names nobody, wherever it is cut") {
  using namespace std::literals;
  constexpr std::string_view kGood = "\0\x09\x01\0\x02xy\0\0\x01z"sv;
  for (std::size_t size = 0; size < kGood.size(); ++size) {
    CAPTURE(size);
    CHECK(host_in(kGood.substr(0, size)) == "-");
  }
  const std::string_view rows[] = {
      "\0\x03\0\0\0"sv,       // an empty name
      "\0\x04\0\0\x02z"sv,    // longer than the list
      "\0\x05\0\0\x01z"sv,    // a list longer than the extension
      "\0\x04\0\0\x01z!"sv,   // something behind the list
      "\0\x04\x01\0\x01z"sv,  // of another type alone
      "\0\x06\0\xff\xff"
      "abc"sv,
  };
  for (std::string_view row : rows) {
    CAPTURE(row);
    CHECK(host_in(row) == "-");
  }
}

}  // namespace
}  // namespace pforte::tls

#include "tls/client_hello.h"

#include <doctest/doctest.h>

#include <algorithm>
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

using namespace std::literals;

std::string u16(std::size_t number) {
  return {char(number >> 8), char(number)};
}

std::string extension(std::size_t type, const std::string& content) {
  return u16(type) + u16(content.size()) + content;
}

std::string server_name(const std::string& host) {
  return extension(0, u16(host.size() + 3) + '\0' + u16(host.size()) + host);
}

// A handshake message; type 1 is a ClientHello.
std::string message(const std::string& extensions, char type = 1) {
  std::string body = "\x03\x03" + std::string(32, 'r') + "\x20" + std::string(32, 's') + "\0\x02\x13\x01\x01\0"s +
                     u16(extensions.size()) + extensions;
  return type + ("\0"s + u16(body.size())) + body;
}

// In records of so many bytes each.
std::string records(std::string_view message, std::size_t size = 16384) {
  std::string out;
  for (; !message.empty(); message.remove_prefix(std::min(size, message.size()))) {
    std::string_view part = message.substr(0, size);
    out += "\x16\x03\x01" + u16(part.size()) + std::string(part);
  }
  return out;
}

// "?": more is needed.
std::string asked(std::string_view bytes) {
  return asked_host(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())).value_or("?");
}

TEST_CASE("the host that a ClientHello names is known as soon as it is whole, in however many records it comes") {
  const std::string padding = extension(21, std::string(30'000, '\0'));
  struct Row {
    std::string extensions;
    std::string_view host;
  };
  const Row rows[] = {
      {server_name("crm.example.com"), "crm.example.com"},
      {server_name("Mail.EXAMPLE.com"), "mail.example.com"},
      {extension(43, "\2\3\4") + server_name("a.b") + extension(16, "\0\3\2h2"s), "a.b"},
      {padding + server_name("behind.example") + padding, "behind.example"},
      {extension(0xfe0d, std::string(300, 'e')) + server_name("outer.example"), "outer.example"},
      {extension(16, "\0\3\2h2"s), ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    for (std::size_t size : {1UZ, 3UZ, 100UZ, 16384UZ}) {
      CAPTURE(row.host);
      CAPTURE(size);
      std::string bytes = records(message(row.extensions), size);
      if (bytes.size() > kMostHelloBytes) continue;
      CHECK(asked(bytes) == row.host);
      CHECK(asked(bytes + "what follows it") == row.host);
      for (std::size_t cut = 0; cut < bytes.size(); cut += bytes.size() / 50 + 1)
        CHECK(asked(bytes.substr(0, cut)) == "?");
    }
  }
}

TEST_CASE("what is no ClientHello that anybody could route by names nobody, and at once") {
  const std::string good = records(message(server_name("a.b")));
  const std::string twice = records(message(server_name("a.b") + server_name("c.d")));
  std::string longer = message(server_name("a.b"));
  longer[3] += 1;  // a byte behind its extensions
  std::string huge = message(server_name("a.b"));
  huge[1] = 1;  // over 64 KiB
  const std::string_view rows[] = {
      "GET / HTTP/1.1\r\n\r\n",   "\x80\x2e\1\3\1"sv,       "\x16\x02"sv,
      "\x16\x03\x01\0\0"sv,       "\x16\x03\x01\x40\x01"sv, "\x15\x03\x01\0\x02\x02\x28"sv,
      "\x16\x03\x01\0\x10\x02"sv,
  };
  for (std::string_view row : rows) {
    CAPTURE(row);
    CHECK(asked(row).empty());
  }
  CHECK(asked(twice).empty());
  CHECK(asked(records(longer + '!')).empty());
  CHECK(asked(records(huge).substr(0, 20)).empty());
  CHECK(asked(records(message(server_name("a.b"), 2))).empty());
  // Another kind of record in between.
  CHECK(asked(records(message(server_name("a.b")).substr(0, 20)) + "\x14\x03\x03\0\x01\x01"s).empty());
  CHECK(asked(good) == "a.b");
}

TEST_CASE("a ClientHello that does not end is given up with the most bytes that are looked at") {
  std::string hello = message(extension(21, std::string(60'000, '\0')) + server_name("a.b"));
  std::string bytes = records(hello, 1);
  REQUIRE(bytes.size() > kMostHelloBytes);
  CHECK(asked(bytes.substr(0, kMostHelloBytes - 1)) == "?");
  CHECK(asked(bytes.substr(0, kMostHelloBytes)).empty());
}

}  // namespace
}  // namespace pforte::tls

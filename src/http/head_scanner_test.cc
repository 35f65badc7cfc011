#include <doctest/doctest.h>

#include <string>

#include "http/head_reader.h"
#include "http/refusal.h"

namespace pforte::http {
namespace {

constexpr Limits kSmall{.request_line_bytes = 40, .head_bytes = 100, .authorization_bytes = 60, .fields = 4};

// All at once, or in two parts, or byte by byte: the outcome is the same.
std::expected<std::size_t, Refusal> scan(std::string_view bytes, const Limits& limits, Sender sender,
                                         std::size_t step) {
  HeadScanner scanner(sender);
  for (std::size_t end = std::min(step, bytes.size());; end = std::min(end + step, bytes.size())) {
    std::expected<std::size_t, Refusal> length = scanner.scan(bytes.substr(0, end), limits);
    if (!length || *length != 0 || end == bytes.size()) return length;
  }
}

std::string head_with(std::string_view name, std::size_t value_bytes) {
  return "GET / HTTP/1.1\r\n" + std::string(name) + std::string(value_bytes, 'x') + "\r\n\r\n";
}

TEST_CASE("the end of a head is found wherever its bytes are cut") {
  const std::string heads[] = {
      "GET / HTTP/1.1\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nA:\tb\xe4\r\n\r\n",
      head_with("A:", 78),              // as long as allowed
      head_with("Authorization:", 60),  // on top of the head
      head_with("A:" + std::string(40, 'x') + "\r\nAuthorization: " + std::string(20, 'x') + std::string(30, ' '), 10),
      "GET /" + std::string(26, 'x') + " HTTP/1.1\r\n\r\n",  // as long a line as allowed
      "GET / HTTP/1.1\r\na:\r\nb:\r\nc:\r\nd:\r\n\r\n",
  };
  for (const std::string& head : heads) {
    CAPTURE(head);
    std::string bytes = head + "POST / HTTP/1.1\n\n";
    for (std::size_t step = 1; step <= head.size(); ++step) {
      CAPTURE(step);
      std::expected<std::size_t, Refusal> length = scan(bytes, kSmall, Sender::Client, step);
      REQUIRE(length.has_value());
      CHECK(*length == head.size());
    }
    for (std::size_t cut = 0; cut < head.size(); ++cut) {
      CAPTURE(cut);
      CHECK(scan(head.substr(0, cut), kSmall, Sender::Client, head.size()).value() == 0);
    }
  }
}

TEST_CASE("bytes that can never become a head are refused before its end") {
  struct Row {
    std::string bytes;
    Refusal why;
    Sender sender = Sender::Client;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\n", refusal::kBareLf},
      {"\n", refusal::kBareLf},
      {"GET / HTTP/1.1\r\nA: b\n", refusal::kBareLf},
      {"GET / HTTP/1.1\r\nA: b\rc", refusal::kBareCr},
      {"\r\r", refusal::kBareCr},
      {"\x16\x03\x01", refusal::kControl},
      {std::string("GET /\0", 6), refusal::kControl},
      {"GET / HTTP/1.1\r\nA: \x7f", refusal::kControl},
      {"GET / HTTP/1.1\r\nA: \v", refusal::kControl},
      {"\r\n\r\n", refusal::kRequestLine},
      {"\r\n", refusal::from(Sender::Backend, refusal::kStatusLine), Sender::Backend},
      {"HTTP/1.1 200 OK\n", refusal::from(Sender::Backend, refusal::kBareLf), Sender::Backend},
      {std::string(41, 'x'), refusal::kTargetTooLong},
      {std::string(41, 'x') + "\ra", refusal::kTargetTooLong},
      {std::string(40, 'x') + "\ra", refusal::kBareCr},
      {head_with("A:", 79), refusal::kHeadTooLarge},
      {"GET / HTTP/1.1\r\nA:" + std::string(83, 'x'), refusal::kHeadTooLarge},
      {"GET / HTTP/1.1\r\nAuthorization:" + std::string(61, 'x'), refusal::kAuthorizationTooLarge},
      {"GET / HTTP/1.1\r\naUTHORIZATION:" + std::string(60, 'x') + "\r\nB: " + std::string(70, 'x'),
       refusal::kHeadTooLarge},
      {"GET / HTTP/1.1\r\na:\r\nb:\r\nc:\r\nd:\r\ne:\r\n", refusal::kTooManyFields},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    for (std::size_t step = 1; step <= row.bytes.size(); ++step) {
      CAPTURE(step);
      std::expected<std::size_t, Refusal> length = scan(row.bytes, kSmall, row.sender, step);
      REQUIRE(!length);
      CHECK(length.error().code == row.why.code);
      CHECK(length.error().status == row.why.status);
    }
  }
}

TEST_CASE("a field Authorization of a backend is one like any other") {
  HeadScanner scanner(Sender::Backend);
  const std::string head = "HTTP/1.1 200 OK\r\nAuthorization: Bearer eyJ\r\n\r\n";
  CHECK(scanner.scan(head, {.authorization_bytes = 0}).value() == head.size());
}

TEST_CASE("a scanner that was reset knows nothing of the head before") {
  HeadScanner scanner;
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    CHECK(scanner.scan(head.substr(0, 17), {}).value() == 0);
    CHECK(scanner.scan(head, {}).value() == head.size());
    scanner.reset();
  }
}

TEST_CASE("a ticket with 64 KiB of Base64 fits into a head by default, a cookie of that size does not") {
  HeadScanner scanner;
  CHECK(scanner.scan(head_with("Authorization: Negotiate ", 65'000), {}).value() > 65'000);
  scanner.reset();
  CHECK(scanner.scan(head_with("Cookie: ", 65'000), {}).error().code == "http.head-too-large");
}

// As a connection reads it whose bytes come in steps.
std::expected<std::size_t, Refusal> read_in_steps(std::string_view bytes, std::size_t step, RequestHead& into) {
  HeadScanner scanner;
  auto parse = [&into](std::string_view head) { return parse_request_head(head, kSmall, into); };
  for (std::size_t end = std::min(step, bytes.size());; end = std::min(end + step, bytes.size())) {
    std::expected<std::size_t, Refusal> length = read_head(scanner, bytes.substr(0, end), kSmall, parse);
    if (!length || *length != 0 || end == bytes.size()) return length;
  }
}

TEST_CASE("what a head is taken for does not depend on whether it comes whole") {
  const std::string heads[] = {
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(72, 'x') + "\r\n\r\n",  // larger than a head may be
      "GET / HTTP/1.1\r\nHost: a\r\nb:\r\nc:\r\nd:\r\ne:\r\n\r\n",             // more fields than may be
      "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
      "G@T / HTTP/1.1\r\nHost: a\r\nA: \x01\r\n\r\n",  // wrong in two ways
      "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n",
      "GET / HTTP/1.1\r\nA: b\r\n\r\n",  // without a host
      "\n\r\n",
      "\r\n\r\n",
  };
  for (const std::string& head : heads) {
    CAPTURE(head);
    RequestHead whole;
    auto at_once = read_in_steps(head, head.size(), whole);
    for (std::size_t step = 1; step < head.size(); ++step) {
      CAPTURE(step);
      RequestHead cut;
      auto in_steps = read_in_steps(head, step, cut);
      REQUIRE(in_steps == at_once);
      if (at_once) CHECK(cut.fields == whole.fields);
    }
  }
}

TEST_CASE("a glance is enough for a head that is whole and small, and no more is said of others") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(HeadScanner().glance(head, kSmall) == head.size());
  CHECK(HeadScanner().glance(head + "body", kSmall) == head.size());
  CHECK(HeadScanner().glance(head.substr(0, head.size() - 1), kSmall) == 0);
  CHECK(HeadScanner().glance(head + std::string(14, 'x'), kSmall) == 0);  // may be too large
  HeadScanner begun;
  REQUIRE(begun.scan(head.substr(0, 5), kSmall).value() == 0);
  CHECK(begun.glance(head, kSmall) == 0);
}

}  // namespace
}  // namespace pforte::http

#include "doctor/dns_answer.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace pforte::doctor {
namespace {

using namespace std::string_literals;

const std::string pointer_to_name = "\xc0\x0c"s;

std::string asked() {
  return dns_question(0x1234, "crm.example", DnsType::A).value();
}

std::string record(const std::string& owner, char type, const std::string& data) {
  return owner + "\0"s + type + "\0\x01\0\0\0\x3c\0"s + static_cast<char>(data.size()) + data;
}

// The answer of a server with `records`, and its second byte of flags.
std::string answer_with(const std::vector<std::string>& records, char flags = '\x80', char first = '\x81') {
  std::string bytes = asked();
  bytes[2] = first;
  bytes[3] = flags;
  bytes[7] = static_cast<char>(records.size());
  for (const std::string& one : records) bytes += one;
  return bytes;
}

TEST_CASE("a question is as RFC 1035 has it") {
  CHECK(asked() ==
        "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03"
        "crm\x07"
        "example\0\0\x01\0\x01"s);
  CHECK(!dns_question(1, std::string(64, 'a'), DnsType::A));
}

TEST_CASE("addresses and aliases are read, whatever their order") {
  std::string alias = record(pointer_to_name, 5, "\x03web\xc0\x10"s);
  std::string address = record("\x03web\xc0\x10"s, 1, "\x0a\0\0\x01"s);
  for (bool turned : {false, true}) {
    CAPTURE(turned);
    auto read = read_dns_answer(turned ? answer_with({address, alias}) : answer_with({alias, address}), asked());
    REQUIRE(read.has_value());
    CHECK(read->aliases == std::vector<std::string>{"web.example"});
    REQUIRE(read->addresses.size() == 1);
    CHECK(read->addresses[0].ip_text() == "10.0.0.1");
    CHECK(read->ttl == 60);
  }
}

TEST_CASE("services, names and texts are read") {
  std::string service = record(pointer_to_name, 33,
                               "\0\0\0\x64\0\x58\x03"
                               "kdc\xc0\x10"s);
  std::string name = record(pointer_to_name, 12, "\x03web\xc0\x10"s);
  std::string text = record(pointer_to_name, 16, "\x04TEXT\x01x"s);
  auto read = read_dns_answer(answer_with({service, name, text}), asked());
  REQUIRE(read.has_value());
  REQUIRE(read->services.size() == 1);
  CHECK(read->services[0].host == "kdc.example");
  CHECK(read->services[0].port == 88);
  CHECK(read->names == std::vector<std::string>{"web.example"});
  CHECK(read->texts == std::vector<std::string>{"TEXT"});
  for (const std::string& cut : {record(pointer_to_name, 33, "\0\0\0\x64\0\x58"s), record(pointer_to_name, 12, ""),
                                 record(pointer_to_name, 16, "\x05TEXT"s)})
    CHECK(!read_dns_answer(answer_with({cut}), asked()));
}

TEST_CASE("an address that belongs to another name is none of ours") {
  auto read = read_dns_answer(answer_with({record("\x03web\xc0\x10"s, 1, "\x0a\0\0\x01"s)}), asked());
  REQUIRE(read.has_value());
  CHECK(read->addresses.empty());
}

TEST_CASE("aliases that lead in a circle come to an end") {
  auto read = read_dns_answer(
      answer_with({record(pointer_to_name, 5, "\x03web\xc0\x10"s), record("\x03web\xc0\x10"s, 5, pointer_to_name)}),
      asked());
  REQUIRE(read.has_value());
  CHECK(read->aliases.size() == 2);
}

TEST_CASE("codes and truncation are told") {
  CHECK(read_dns_answer(answer_with({}, '\x83'), asked()).value().rcode == kDnsNoSuchName);
  CHECK(read_dns_answer(answer_with({}, '\x80', '\x83'), asked()).value().truncated);
}

TEST_CASE("the answer to another question is none, nor is one that is cut off") {
  std::string good = answer_with({record(pointer_to_name, 1, "\x0a\0\0\x01"s)});
  std::string other_id = good;
  other_id[0] = 'x';
  CHECK(!read_dns_answer(other_id, asked()));
  std::string other_name = good;
  other_name[13] = 'x';
  CHECK(!read_dns_answer(other_name, asked()));
  CHECK(!read_dns_answer(asked(), asked()));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(!read_dns_answer(good.substr(0, size), asked()));
  }
}

}  // namespace
}  // namespace pforte::doctor

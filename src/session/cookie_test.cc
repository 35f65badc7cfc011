#include "session/cookie.h"

#include <doctest/doctest.h>

#include <chrono>
#include <limits>

#include "session/testing.h"

namespace pforte::session {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::string_view kHost = "crm.example.com";

// What stands in a cookie before it is sealed.
std::string plain_of(const Session& session) {
  std::string plain;
  CHECK(sealing_keys().open(seal(session, kHost, sealing_keys()).value(), "session crm.example.com", plain));
  return plain;
}

// Whether `plain`, sealed by us, is a session.
bool opens(std::string_view plain) {
  Session session;
  return open(sealing_keys().seal(plain, "session crm.example.com"), kHost, sealing_keys(), session);
}

TEST_CASE("a session comes back from its cookie as it was") {
  Session bare;
  Session extreme = susan();
  extreme.agent = std::numeric_limits<std::int64_t>::max();
  extreme.expires = std::chrono::floor<std::chrono::milliseconds>(Time::max());
  extreme.login = std::string("\0\xff;\"", 4);
  extreme.name = std::string(1000, 'n');
  extreme.groups = std::vector<std::string>(200, "");
  Session delegated = susan();
  delegated.has_ticket_cache = true;
  for (const Session& session : {susan(), bare, extreme, delegated}) {
    Session again;
    REQUIRE(open(seal(session, kHost, sealing_keys()).value(), kHost, sealing_keys(), again));
    CHECK(again == session);
  }
}

TEST_CASE("nothing of the session before is left in a session that is filled again") {
  Session bare;
  Session session = susan();
  session.has_ticket_cache = true;
  REQUIRE(open(seal(bare, kHost, sealing_keys()).value(), kHost, sealing_keys(), session));
  CHECK(session == bare);
}

TEST_CASE("instants are kept to the millisecond") {
  Session session = susan();
  session.seen = kNoon + 1ms + 999us;
  Session again;
  REQUIRE(open(seal(session, kHost, sealing_keys()).value(), kHost, sealing_keys(), again));
  CHECK(again.seen == kNoon + 1ms);
}

TEST_CASE("a cookie opens for its own host alone") {
  std::string cookie = seal(susan(), kHost, sealing_keys()).value();
  Session session;
  for (std::string_view host : {"example.com", "wiki.example.com", "crm.example.com.", "crm.example.co", ""}) {
    CAPTURE(host);
    CHECK(!open(cookie, host, sealing_keys(), session));
  }
}

TEST_CASE("what was sealed for another purpose or by others is no cookie") {
  Session session;
  std::string plain = plain_of(susan());
  CHECK(!open(sealing_keys().seal(plain, "crm.example.com"), kHost, sealing_keys(), session));
  CHECK(!open(seal(susan(), kHost, sealing_keys('o')).value(), kHost, sealing_keys(), session));
  for (std::string_view cookie : {"", "x", "AAECAwQFBgcICQoLDA0ODw"})
    CHECK(!open(cookie, kHost, sealing_keys(), session));
  CHECK(!open(std::string(100'000, 'A'), kHost, sealing_keys(), session));
}

TEST_CASE("a cookie that browsers would not keep is not made") {
  Session session = susan();
  session.groups.clear();
  while (seal(session, kHost, sealing_keys())) session.groups.push_back("a group of 32 letters and spaces");
  CHECK(session.groups.size() > 80);
  CHECK(session.groups.size() < 90);
}

TEST_CASE("an ordinary cookie is small") {
  CHECK(seal(susan(), kHost, sealing_keys())->size() < 250);
}

TEST_CASE("a cookie is text that needs no quotes") {
  std::string cookie = seal(susan(), kHost, sealing_keys()).value();
  CHECK(cookie.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
}

TEST_CASE("what is sealed but cut, longer or of another version is no session") {
  std::string plain = plain_of(susan());
  CHECK(opens(plain));
  for (std::size_t size = 0; size < plain.size(); ++size) CHECK(!opens(plain.substr(0, size)));
  CHECK(!opens(plain + '\0'));
  CHECK(!opens(plain + "\x01\x01"));
  for (char version : {'\0', '\2', '\x81', '\xff'}) CHECK(!opens(version + plain.substr(1)));
}

TEST_CASE("numbers that are too large are refused, and none is believed as a length or a count") {
  std::string all_bits(9, '\xff');
  std::string most = all_bits + '\x01';  // 2^64 - 1
  std::string id = "\x01x";
  std::string texts(4, '\0');  // login to method
  struct Row {
    std::string plain;
    bool opens;
  };
  const Row rows[] = {
      {"\x01" + id + '\5' + texts + std::string(4, '\0'), true},                // no groups; three instants in 1970
      {"\x01" + most, false},                                                   // the length of the id
      {"\x01" + id + most + texts + std::string(4, '\0'), true},                // an agent may have any number
      {"\x01" + id + all_bits + '\x02' + texts + std::string(4, '\0'), false},  // but not one of 65 bits
      {"\x01" + id + all_bits + "\xff\x01" + texts + std::string(4, '\0'), false},
      {"\x01" + id + '\5' + texts + most + std::string(3, '\0'), false},         // the count of groups
      {"\x01" + id + '\5' + texts + '\4' + std::string(3, '\0'), false},         // one more than there are bytes
      {"\x01" + id + '\5' + texts + '\0' + most + std::string(2, '\0'), false},  // an instant after the end of time
  };
  for (std::size_t row = 0; row < std::size(rows); ++row) {
    CAPTURE(row);
    CHECK(opens(rows[row].plain) == rows[row].opens);
  }
}

// A measurement: session_test -ns -tc="*microsecond*"
TEST_CASE("opening a cookie takes about a microsecond" * doctest::skip()) {
  using Clock = std::chrono::steady_clock;
  constexpr int kTimes = 200'000;
  crypto::SealingKeys keys = testing::sealing_keys();
  std::string cookie = seal(testing::susan(), "crm.example.com", keys).value();
  Session session;
  Clock::time_point begin = Clock::now();
  int opened = 0;
  for (int i = 0; i < kTimes; ++i) opened += int(open(cookie, "crm.example.com", keys, session));
  double each = std::chrono::duration<double, std::nano>(Clock::now() - begin).count() / kTimes;
  CHECK(opened == kTimes);
  MESSAGE("ns: ", each);
  CHECK(each < 3000);
}

}  // namespace
}  // namespace pforte::session

#include "identity/lockout.h"

#include <doctest/doctest.h>

#include <list>
#include <string>
#include <thread>

#include "base/text.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;

Lockout::Clock::time_point time_now;
Lockout::Clock::time_point now() {
  return time_now;
}

net::Address address(std::string_view ip) {
  return net::parse_ip(ip).value();
}

// A source that has not been seen before.
net::Address fresh_source() {
  static std::uint32_t number = 0;
  ++number;
  auto byte = [](unsigned shift) { return std::uint8_t(number >> shift); };
  return {std::array<std::uint8_t, 4>{10, byte(16), byte(8), byte(0)}, 0};
}

void fail_times(Lockout& lockout, std::string_view login, int times) {
  for (int i = 0; i < times; ++i) lockout.failed(login, fresh_source());
}

}  // namespace

TEST_CASE("an account waits after its fifth failure, each time twice as long, at most a quarter of an hour") {
  Lockout lockout(now);
  fail_times(lockout, "susan", 4);
  CHECK(lockout.wait_for("susan") == 0s);
  for (std::chrono::seconds wait : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 512s, 900s, 900s, 900s}) {
    fail_times(lockout, "susan", 1);
    CHECK(lockout.wait_for("susan", fresh_source()) == wait);
    time_now += wait;
    CHECK(lockout.wait_for("susan", fresh_source()) == 0s);
  }
  CHECK(lockout.wait_for("peter") == 0s);
}

TEST_CASE("the case of a login does not matter") {
  Lockout lockout(now);
  fail_times(lockout, "susan", 3);
  fail_times(lockout, "SUSAN", 2);
  CHECK(lockout.wait_for("Susan") == 1s);
}

TEST_CASE("a success forgets the account's failures, and not the source's") {
  Lockout lockout(now);
  net::Address source = address("192.0.2.1");
  for (int i = 0; i < 20; ++i) lockout.failed("susan", source);
  lockout.succeeded("SUSAN");
  CHECK(lockout.wait_for("susan") == 0s);
  CHECK(lockout.wait_for("susan", source) == 1s);
}

TEST_CASE("a source waits after twenty failures, whoever it tries") {
  Lockout lockout(now);
  net::Address source = address("192.0.2.2");
  for (int i = 0; i < 19; ++i) lockout.failed(cat("agent", i), source);
  CHECK(lockout.wait_for("susan", source) == 0s);
  lockout.failed("agent19", source);
  CHECK(lockout.wait_for("susan", source) == 1s);
  CHECK(lockout.wait_for("susan", address("192.0.2.3")) == 0s);
}

TEST_CASE("addresses of one IPv6 network are one source") {
  Lockout lockout(now);
  for (int i = 0; i < 20; ++i) lockout.failed(cat("agent", i), address(cat("2001:db8:0:1::", i + 1)));
  CHECK(lockout.wait_for("susan", address("2001:db8:0:1:ffff::")) == 1s);
  CHECK(lockout.wait_for("susan", address("2001:db8:0:2::1")) == 0s);
}

TEST_CASE("failures fade") {
  Lockout lockout(now);
  fail_times(lockout, "susan", 5);
  time_now += 31min;  // two are forgiven
  fail_times(lockout, "susan", 1);
  CHECK(lockout.wait_for("susan") == 0s);
  fail_times(lockout, "susan", 1);
  CHECK(lockout.wait_for("susan") == 1s);
  time_now += 24h;
  fail_times(lockout, "susan", 4);
  CHECK(lockout.wait_for("susan") == 0s);
}

TEST_CASE("a second name of an account counts without a source") {
  Lockout lockout(now);
  for (int i = 0; i < 5; ++i) lockout.failed("uid=susan");
  CHECK(lockout.wait_for("uid=susan") == 1s);
}

TEST_CASE("a flood of names does not wash away those that wait, and memory stays bounded") {
  Lockout lockout(now, 1000);
  fail_times(lockout, "susan", 12);
  fail_times(lockout, "peter", 6);
  for (int i = 0; i < 5000; ++i) lockout.failed(cat("random", i), fresh_source());
  CHECK(lockout.wait_for("susan") == 128s);
  CHECK(lockout.wait_for("peter") == 2s);
  // The flood itself has been counted: its latest names are still known.
  fail_times(lockout, "random4999", 4);
  CHECK(lockout.wait_for("random4999") == 1s);
  fail_times(lockout, "random0", 4);
  CHECK(lockout.wait_for("random0") == 0s);
}

TEST_CASE("when it is full, what has faded goes first") {
  Lockout lockout(now, 2);
  fail_times(lockout, "old", 3);
  time_now += 1h;
  fail_times(lockout, "new", 2);
  fail_times(lockout, "third", 1);
  fail_times(lockout, "new", 3);
  CHECK(lockout.wait_for("new") == 1s);
}

TEST_CASE("threads may use it together") {
  Lockout lockout(now, 100);
  {
    auto work = [&lockout](int from) {
      for (int round = 0; round < 500; ++round) {
        std::string login = cat("agent", (round * 7 + from) % 150);
        lockout.failed(login, address("192.0.2.9"));
        (void)lockout.wait_for(login, address("192.0.2.9"));
        if (round % 3 == 0) lockout.succeeded(login);
      }
    };
    std::list<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work, i);
  }
  CHECK(lockout.wait_for("anybody", address("192.0.2.9")) == 15min);
}

TEST_CASE("passwords that are being looked at count as if they had failed") {
  Lockout lockout;
  net::Address source;
  lockout.failed("susan", source);
  lockout.failed("susan", source);
  {
    Lockout::Attempt first(lockout, "susan");
    Lockout::Attempt second(lockout, "SUSAN");
    Lockout::Attempt third(lockout, "susan");
    Lockout::Attempt fourth(lockout, "susan");
    CHECK(first.may_go_on());
    CHECK(third.may_go_on());
    CHECK_FALSE(fourth.may_go_on());
    CHECK(Lockout::Attempt(lockout, "peter").may_go_on());
  }
  CHECK(Lockout::Attempt(lockout, "susan").may_go_on());
}

}  // namespace pforte::identity

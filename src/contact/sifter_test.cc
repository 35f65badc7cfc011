#include "contact/sifter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace pforte;
using namespace pforte::contact;
using namespace std::chrono_literals;

namespace {

constexpr Time kNoon = Time(1'800'000'000s);

Contact from(std::uint8_t host, Ending ending, Time at = kNoon) {
  return {.id = 1,
          .begin = at,
          .client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, host}, 1000),
          .ending = ending};
}

Contact from_v6(std::uint8_t network, std::uint8_t host) {
  std::array<std::uint8_t, 16> ip{0x20, 1, 0xd, 0xb8, 0, 0, 0, network};
  ip[15] = host;
  return {.begin = kNoon, .client = net::Address(ip, 1000), .ending = Ending::Silent};
}

}  // namespace

TEST_CASE("of a flood from one address the first contacts go through, and the others are counted") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::Silent, kNoon + std::chrono::milliseconds(i)), through);
  CHECK(through.size() == Sifter::kMostQuiet);
  CHECK(sifter.counted() == 1000 - Sifter::kMostQuiet);
  through.clear();
  sifter.tell_counts(kNoon + 1min, through);
  CHECK(through.empty());
  sifter.tell_counts(kNoon + Sifter::kPeriod, through);
  REQUIRE(through.size() == 1);
  CHECK(through[0].times == 1000 - Sifter::kMostQuiet);
  CHECK(through[0].ending == Ending::Silent);
  CHECK(through[0].begin + through[0].lasted == kNoon + 999ms);
}

TEST_CASE("what fails is let through where what says nothing is not, and nobody else loses anything") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::Silent), through);
  through.clear();
  sifter.take(from(1, Ending::ClientAlert), through);
  sifter.take(from(2, Ending::Silent), through);
  CHECK(through.size() == 2);
}

TEST_CASE("a new period begins anew") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::Silent), through);
  sifter.tell_counts(kNoon + Sifter::kPeriod, through);
  through.clear();
  sifter.take(from(1, Ending::Silent, kNoon + Sifter::kPeriod), through);
  CHECK(through.size() == 1);
}

TEST_CASE("addresses of one IPv6 network are one source, and IPv4 addresses are not") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 200; ++i) sifter.take(from_v6(1, std::uint8_t(i)), through);
  CHECK(through.size() == Sifter::kMostQuiet);
  through.clear();
  for (int i = 0; i < 200; ++i) sifter.take(from_v6(std::uint8_t(i + 2), 1), through);
  for (int i = 0; i < 200; ++i) sifter.take(from(std::uint8_t(i), Ending::Silent), through);
  CHECK(through.size() == 400);
}

TEST_CASE("more sources than there is room for are counted as one without an address") {
  Sifter sifter;
  std::vector<Contact> through;
  constexpr std::size_t kMany = Sifter::kMostSources + 500;
  for (std::size_t i = 0; i < kMany; ++i) {
    Contact contact = from(1, Ending::Silent);
    contact.client =
        net::Address(std::array<std::uint8_t, 4>{10, std::uint8_t(i >> 16), std::uint8_t(i >> 8), std::uint8_t(i)}, 1);
    sifter.take(contact, through);
  }
  CHECK(through.size() == Sifter::kMostSources + Sifter::kMostQuiet);
  through.clear();
  sifter.tell_all_counts(through);
  REQUIRE(through.size() == 1);
  CHECK(through[0].client == net::Address());
  CHECK(through[0].times == 500 - Sifter::kMostQuiet);
}

TEST_CASE("kinds beyond what memory allows are still counted") {
  Sifter sifter;
  std::vector<Contact> through;
  std::uint64_t sent = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    for (auto ending : {Ending::Silent, Ending::Unused, Ending::Served, Ending::Proof}) {
      for (std::uint32_t n = 0; n <= Sifter::kMostQuiet; ++n, ++sent) {
        Contact contact = from(1, ending);
        contact.client = net::Address(std::array<std::uint8_t, 4>{10, 0, std::uint8_t(i >> 8), std::uint8_t(i)}, 1);
        sifter.take(contact, through);
      }
    }
  }
  sifter.tell_all_counts(through);
  std::uint64_t told = 0;
  for (const Contact& one : through) told += one.times;
  CHECK(told == sent);
  CHECK(std::ranges::any_of(through, [](const Contact& one) { return one.ending == Ending::Lost; }));
}

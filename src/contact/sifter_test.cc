#include "contact/sifter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>

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

Contact from_many(std::size_t number, Ending ending) {
  Contact contact = from(1, ending);
  contact.client = net::Address(
      std::array<std::uint8_t, 4>{10, std::uint8_t(number >> 16), std::uint8_t(number >> 8), std::uint8_t(number)}, 1);
  return contact;
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
  for (int i = 0; i < 1000; ++i)
    sifter.take(from(1, Ending::Silent, kNoon + std::chrono::milliseconds(i)), kNoon, through);
  // And the first that is counted, since it may stay the only one.
  CHECK(through.size() == Sifter::kMostQuiet + 1);
  CHECK(sifter.counted() == 1000 - Sifter::kMostQuiet - 1);
  through.clear();
  sifter.tell_counts(kNoon + 1s, through);
  REQUIRE(through.size() == 1);
  CHECK(through[0].times == 1000 - Sifter::kMostQuiet);
  CHECK(through[0].ending == Ending::Silent);
  CHECK(through[0].begin == kNoon + std::chrono::milliseconds(Sifter::kMostQuiet));
  CHECK(through[0].begin + through[0].lasted == kNoon + 999ms);
}

TEST_CASE("a count that grows is told twice a minute, as the same contact, and one that does not is not") {
  Sifter sifter;
  std::vector<Contact> through;
  auto flood = [&](Time at) {
    for (int i = 0; i < 100; ++i) sifter.take(from(1, Ending::Silent, at), at, through);
  };
  flood(kNoon);
  Contact first = through.back();
  sifter.tell_counts(kNoon, through);
  through.clear();
  flood(kNoon + 10s);
  sifter.tell_counts(kNoon + 10s, through);
  CHECK(through.empty());
  sifter.tell_counts(kNoon + Sifter::kAgain, through);
  REQUIRE(through.size() == 1);
  CHECK(through[0].id == first.id);
  CHECK(through[0].begin == first.begin);
  CHECK(through[0].times == 200 - Sifter::kMostQuiet);
  through.clear();
  sifter.tell_counts(kNoon + 2 * Sifter::kAgain, through);
  CHECK(through.empty());
}

TEST_CASE("of what is counted the newest failure is kept whole") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 200; ++i) {
    Contact contact = from(1, Ending::Served, kNoon + std::chrono::seconds(i));
    contact.sign_ins = {{.code = "sign-in.denied", .reference = std::to_string(i)}};
    sifter.take(contact, kNoon, through);
    contact.sign_ins = {{.succeeded = true, .login = "anna"}};
    sifter.take(contact, kNoon, through);
  }
  through.clear();
  sifter.tell_all_counts(through);
  auto failed = std::ranges::find_if(through, is_failure);
  REQUIRE(failed != through.end());
  CHECK(failed->sign_ins.back().reference == "199");
  CHECK(failed->begin + failed->lasted == kNoon + 199s);
}

TEST_CASE("what has the code of a self-test page is let through whatever else came from there") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::ClientAlert), kNoon, through);
  through.clear();
  Contact tested = from(1, Ending::Served);
  tested.selftest = "K7QM2XPA";
  sifter.take(tested, kNoon, through);
  REQUIRE(through.size() == 1);
  CHECK(through[0] == tested);
}

TEST_CASE("what was told to be open is told to its end, however much came meanwhile, also in a later period") {
  Sifter sifter;
  std::vector<Contact> through;
  Contact stays = from(1, Ending::Open);
  stays.id = 7;
  sifter.take(stays, kNoon, through);
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::Silent), kNoon, through);
  sifter.tell_counts(kNoon + Sifter::kPeriod, through);
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::Silent), kNoon + Sifter::kPeriod, through);
  through.clear();
  stays.ending = Ending::Served;
  sifter.take(stays, kNoon + Sifter::kPeriod, through);
  REQUIRE(through.size() == 1);
  CHECK(through[0] == stays);
}

TEST_CASE("clients behind a proxy that tells of them have their limits each") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) {
    Contact contact = from(1, Ending::Served);
    contact.told = from(2, Ending::Served).client;
    sifter.take(contact, kNoon, through);
  }
  through.clear();
  Contact other = from(1, Ending::Served);
  other.told = from(3, Ending::Served).client;
  sifter.take(other, kNoon, through);
  CHECK(through.size() == 1);
}

TEST_CASE("a period begins when something is written down, however long that has lasted") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) {
    sifter.take(from(1, Ending::Served, kNoon - 3h), kNoon, through);
    sifter.tell_counts(kNoon, through);
  }
  CHECK(through.size() <= Sifter::kMostQuiet + 2);
}

TEST_CASE("what fails is let through where what says nothing is not, and nobody else loses anything") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::Silent), kNoon, through);
  through.clear();
  sifter.take(from(1, Ending::ClientAlert), kNoon, through);
  sifter.take(from(2, Ending::Silent), kNoon, through);
  CHECK(through.size() == 2);
}

TEST_CASE("what our own doctor does is counted apart from what clients do at the same address") {
  Sifter sifter;
  std::vector<Contact> through;
  Contact doctor = from(1, Ending::Served);
  doctor.by_doctor = true;
  for (int i = 0; i < 1000; ++i) sifter.take(doctor, kNoon, through);
  through.clear();
  // There is room for the client, and where there is no more the one is not counted as the other.
  sifter.take(from(1, Ending::Served), kNoon, through);
  CHECK(through.size() == 1);
  for (int i = 1; i < 100; ++i) sifter.take(from(1, Ending::Served), kNoon, through);
  sifter.take(doctor, kNoon, through);
  through.clear();
  sifter.tell_all_counts(through);
  REQUIRE(through.size() == 2);
  std::ranges::sort(through, {}, &Contact::by_doctor);
  CHECK(!through[0].by_doctor);
  CHECK(through[0].times == 100 - Sifter::kMostQuiet);
  CHECK(through[1].times == 1001 - Sifter::kMostQuiet);
}

TEST_CASE("what is counted together ended with the same alerts, for the same reason") {
  Contact unlike = from(1, Ending::Refused);
  std::vector<Contact> all(6, unlike);
  all[1].our_alert = 70;
  all[2].client_alert = 48;
  all[3].reason = "unknown_name";
  all[4].sign_ins = {{.code = "sign-in.denied"}};
  all[5].sign_ins = {{.code = "sign-in.locked"}};
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 100; ++i) {
    for (const Contact& contact : all) sifter.take(contact, kNoon, through);
  }
  through.clear();
  sifter.tell_all_counts(through);
  REQUIRE(through.size() == all.size());
  for (const Contact& contact : all) {
    auto is_alike = [&](Contact one) {
      one.times = contact.times;
      return one == contact;
    };
    CHECK(std::ranges::any_of(through, is_alike));
  }
}

TEST_CASE("a client that fails for ever other reasons has a bounded number of counts") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) {
    Contact contact = from(1, Ending::BadProxyHeader);
    contact.id = std::uint64_t(i) + 1;
    contact.reason = std::to_string(i);
    sifter.take(contact, kNoon, through);
  }
  std::size_t counts = through.size() - Sifter::kMostTelling;
  CHECK(counts == Sifter::kMostReasons + 1);
  sifter.tell_all_counts(through);
  CHECK(through.back().times == 1000 - Sifter::kMostTelling - Sifter::kMostReasons);
}

TEST_CASE("a new period begins anew") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 1000; ++i) sifter.take(from(1, Ending::Silent), kNoon, through);
  sifter.tell_counts(kNoon + Sifter::kPeriod, through);
  through.clear();
  sifter.take(from(1, Ending::Silent, kNoon + Sifter::kPeriod), kNoon + Sifter::kPeriod, through);
  CHECK(through.size() == 1);
}

TEST_CASE("addresses of one IPv6 network are one source, and IPv4 addresses are not") {
  Sifter sifter;
  std::vector<Contact> through;
  for (int i = 0; i < 200; ++i) sifter.take(from_v6(1, std::uint8_t(i)), kNoon, through);
  CHECK(through.size() == Sifter::kMostQuiet + 1);
  through.clear();
  for (int i = 0; i < 200; ++i) sifter.take(from_v6(std::uint8_t(i + 2), 1), kNoon, through);
  for (int i = 0; i < 200; ++i) sifter.take(from(std::uint8_t(i), Ending::Silent), kNoon, through);
  CHECK(through.size() == 400);
}

TEST_CASE("more sources than there is room for are counted as one without an address") {
  Sifter sifter;
  std::vector<Contact> through;
  constexpr std::size_t kMany = Sifter::kMostSources + 500;
  for (std::size_t i = 0; i < kMany; ++i) sifter.take(from_many(i, Ending::Silent), kNoon, through);
  CHECK(through.size() == Sifter::kMostSources + Sifter::kMostQuiet + 1);
  through.clear();
  sifter.tell_all_counts(through);
  REQUIRE(through.size() == 1);
  CHECK(through[0].client == net::Address());
  CHECK(through[0].times == 500 - Sifter::kMostQuiet);
}

TEST_CASE("kinds beyond what memory allows are still counted") {
  Sifter sifter;
  std::map<std::uint64_t, Contact> told;
  std::vector<Contact> through;
  std::uint64_t sent = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    for (auto ending : {Ending::Silent, Ending::Unused, Ending::Served, Ending::Proof}) {
      for (std::uint32_t n = 0; n <= Sifter::kMostQuiet; ++n) {
        Contact contact = from_many(i, ending);
        contact.id = ++sent;
        sifter.take(contact, kNoon, through);
      }
    }
  }
  sifter.tell_all_counts(through);
  // A later one replaces the earlier of the same id.
  for (const Contact& one : through) told[one.id] = one;
  std::uint64_t count = 0;
  for (const auto& [_, one] : told) count += one.times;
  CHECK(count == sent);
  CHECK(std::ranges::any_of(through, [](const Contact& one) { return one.ending == Ending::Lost; }));
}

TEST_CASE("what is remembered of a flood has its bound, however long the texts are") {
  Sifter sifter;
  std::vector<Contact> through;
  for (std::size_t i = 0; i < 4000; ++i) {
    for (std::uint32_t n = 0; n <= Sifter::kMostTelling + 1; ++n) {
      Contact contact = from_many(i, Ending::ClientAlert);
      contact.path = contact.user_agent = std::string(Contact::kMostText, 'x');
      contact.sign_ins.assign(Contact::kMostSignIns, {.login = std::string(Contact::kMostText, 'y')});
      sifter.take(std::move(contact), kNoon, through);
    }
    through.clear();
  }
  CHECK(sifter.text_bytes() <= Sifter::kMostText);
  CHECK(sifter.text_bytes() > Sifter::kMostText / 2);
  sifter.tell_all_counts(through);
  CHECK(through.size() == 4000);
  sifter.tell_counts(kNoon + Sifter::kPeriod, through);
  CHECK(sifter.text_bytes() == 0);
}

#include "gate/contact_note.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/testing.h"
#include "contact/ring.h"
#include "tls/testing.h"

namespace pforte::gate {
namespace {

using contact::Contact;
using contact::Ending;

std::vector<Contact> contacts_in(const TestFolder& folder) {
  std::vector<Contact> all;
  REQUIRE(contact::read_ring(folder.file("contacts"), [&](Contact one) { all.push_back(std::move(one)); }));
  return all;
}

// What is noted of a client that sends this to a port for TLS.
Contact noted_of(std::string_view bytes) {
  TestFolder folder;
  {
    contact::Recorder recorder;
    contact::Recorder::Lane& lane = recorder.lane();
    recorder.follow({.file = folder.file("contacts")});
    net::Loop loop;
    net::MemoryPipe pipe(loop);
    auto names = tls::testing::one_site("app.example", tls::testing::context_of(crypto::testing::issue({}, nullptr)));
    auto session = tls::Session::accept(pipe.own_right(), names, tls::TicketKeys::make());
    session->keep_hello();
    REQUIRE(net::run(loop, net::write_all(pipe.left, bytes)));
    Result<> shaken = net::run(loop, session->handshake());
    REQUIRE(!shaken);
    ContactNote note(lane, 1, net::Address(), net::Address());
    note.handshake_failed(shaken.error(), "not_tls", *session);
  }
  std::vector<Contact> all = contacts_in(folder);
  REQUIRE(all.size() == 1);
  return all.front();
}

TEST_CASE("plain HTTP of our own doctor at a port for TLS is no client's") {
  Contact probe = noted_of("GET / HTTP/1.1\r\nHost: app.example\r\nUser-Agent: pforte-doctor\r\n\r\n");
  CHECK(probe.ending == Ending::NotTls);
  CHECK(probe.by_doctor);
  CHECK(!contact::is_failure(probe));
  for (std::string_view bytes :
       {"GET / HTTP/1.1\r\nHost: app.example\r\nUser-Agent: curl/8.5.0\r\n\r\n", "GET /", "SSH-2.0-OpenSSH_9.6\r\n"}) {
    CAPTURE(bytes);
    Contact client = noted_of(bytes);
    CHECK(client.ending == Ending::NotTls);
    CHECK(!client.by_doctor);
    CHECK(contact::is_failure(client));
  }
}

TEST_CASE("who comes after our own doctor over a proxy's connection is a client") {
  TestFolder folder;
  {
    contact::Recorder recorder;
    contact::Recorder::Lane& lane = recorder.lane();
    recorder.follow({.file = folder.file("contacts")});
    net::Address proxy(std::array<std::uint8_t, 4>{192, 0, 2, 1}, 1000);
    ContactNote note(lane, 1, net::Address(), proxy);
    Record record;
    record.client = proxy;
    record.user_agent = "pforte-doctor";
    note.request_began(record);
    record.client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, 2}, 0);
    record.user_agent = "curl/8.5.0";
    note.request_began(record);
    note.ended({}, nullptr);
  }
  std::vector<Contact> all = contacts_in(folder);
  REQUIRE(all.size() == 2);
  CHECK(all[0].by_doctor);
  CHECK(!all[1].by_doctor);
}

// What is noted of two clients whose requests come over one connection of a believed proxy at the same time, where
// something comes of the first one's last.
template <class Later>
std::vector<Contact> noted_of_two(Later later) {
  TestFolder folder;
  {
    contact::Recorder recorder;
    contact::Recorder::Lane& lane = recorder.lane();
    recorder.follow({.file = folder.file("contacts")});
    ContactNote note(lane, 1, net::Address(), net::Address(std::array<std::uint8_t, 4>{192, 0, 2, 1}, 1000));
    std::array<Record, 2> records;
    records[0].client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, 10}, 0);
    records[0].host = "first.example";
    records[1].client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, 11}, 0);
    records[1].host = "second.example";
    for (const Record& record : records) note.request_began(record);
    for (Record& record : records) record.status = 200;
    note.request_ended(records[1]);
    later(note, records[0]);
    note.request_ended(records[1]);
    note.ended({}, nullptr);
  }
  return contacts_in(folder);
}

// How many of the contacts hold, and are of the first client.
template <class Holds>
std::pair<std::ptrdiff_t, bool> count_of_first(const std::vector<Contact>& all, Holds holds) {
  auto is_other = [&](const Contact& one) {
    return holds(one) && (one.host != "first.example" || one.told.ip()[15] != 10);
  };
  return {std::ranges::count_if(all, holds), std::ranges::none_of(all, is_other)};
}

constexpr std::pair<std::ptrdiff_t, bool> kOnceOfFirst{1, true};

TEST_CASE("how a request ended is noted of its client, also where another's came over the connection meanwhile") {
  struct Row {
    int status;
    bool aborted;
  };
  for (const Row& row : {Row{502, false}, Row{200, true}}) {
    CAPTURE(row.status);
    CAPTURE(row.aborted);
    std::vector<Contact> all = noted_of_two([&](ContactNote& note, Record& record) {
      record.status = row.status;
      record.aborted = row.aborted;
      note.request_ended(record);
    });
    auto says_it = [&](const Contact& one) {
      return one.last_status == row.status && (one.aborted > 0) == row.aborted;
    };
    CHECK(count_of_first(all, says_it) == kOnceOfFirst);
  }
}

TEST_CASE("a sign-in is noted of its client, also where another's request came over the connection meanwhile") {
  std::vector<Contact> all = noted_of_two([](ContactNote& note, Record& record) {
    SignInTrail trail;
    trail.outcome = SignInTrail::Outcome::SignedIn;
    trail.login = "susan";
    note.add(record, trail);
  });
  auto has_signed_in = [](const Contact& one) { return !one.sign_ins.empty(); };
  CHECK(count_of_first(all, has_signed_in) == kOnceOfFirst);
}

TEST_CASE("what the self-test page finds is noted of its client, whoever else has come over the connection") {
  std::vector<Contact> all =
      noted_of_two([](ContactNote& note, Record& record) { note.self_tested(record, "K7QM2XPA", "cookie=yes"); });
  auto is_tested = [](const Contact& one) { return one.selftest == "K7QM2XPA"; };
  CHECK(count_of_first(all, is_tested) == kOnceOfFirst);
}

TEST_CASE("who has signed in is noted of its client, and makes no contact of its own where two take turns") {
  auto is_susan = [](const Contact& one) { return one.agent == "susan"; };
  std::vector<Contact> begun = noted_of_two([](ContactNote& note, Record& record) {
    record.agent = "susan";
    note.request_began(record);
    note.request_ended(record);
  });
  CHECK(count_of_first(begun, is_susan) == kOnceOfFirst);
  std::vector<Contact> ended = noted_of_two([](ContactNote& note, Record& record) {
    record.agent = "susan";
    note.request_ended(record);
  });
  CHECK(ended.size() == 2);
  CHECK(std::ranges::none_of(ended, is_susan));
}

TEST_CASE("of a request that went well nothing more is noted where another's came meanwhile") {
  std::vector<Contact> all = noted_of_two([](ContactNote& note, Record& record) { note.request_ended(record); });
  CHECK(all.size() == 2);
}

}  // namespace
}  // namespace pforte::gate

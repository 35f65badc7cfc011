#include "gate/contact_note.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "contact/ring.h"
#include "tls/testing.h"

namespace pforte::gate {
namespace {

using contact::Contact;
using contact::Ending;

std::string folder_for_contacts() {
  std::string folder = (std::filesystem::temp_directory_path() / "pforte-note-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  return folder;
}

// And removes the folder.
std::vector<Contact> contacts_in(const std::string& folder) {
  std::vector<Contact> all;
  REQUIRE(contact::read_ring(folder + "/contacts", [&](Contact one) { all.push_back(std::move(one)); }));
  std::filesystem::remove_all(folder);
  return all;
}

// What is noted of a client that sends this to a port for TLS.
Contact noted_of(std::string_view bytes) {
  std::string folder = folder_for_contacts();
  {
    contact::Recorder recorder;
    contact::Recorder::Lane& lane = recorder.lane();
    recorder.follow({.file = folder + "/contacts"});
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
  std::string folder = folder_for_contacts();
  {
    contact::Recorder recorder;
    contact::Recorder::Lane& lane = recorder.lane();
    recorder.follow({.file = folder + "/contacts"});
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

}  // namespace
}  // namespace pforte::gate

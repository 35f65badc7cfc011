#include "doctor/start_tls_examination.h"

#include <doctest/doctest.h>

#include "doctor/fetch_shelf.h"

namespace pforte::doctor {
namespace {

net::Task<> ask_for_tls(const Setting& setting, const StartTlsSubject& subject, Path& path, PrefaceEnd& end) {
  end = co_await examine_start_tls(setting, subject, path);
  co_return {};
}

// What is told of a directory at an address.
Finding told_of_directory_at(const net::Address& at) {
  net::Loop loop;
  net::Pool pool{1};
  FetchShelf shelf;
  Setting setting{.loop = loop, .pool = pool, .step = std::chrono::milliseconds(500), .shelf = shelf};
  Destination destination{.host = "dc1.example.com", .port = at.port(), .preface = Preface::LdapStartTls};
  StartTlsSubject subject{.destination = destination, .at = at, .hop = 1};
  Path path("dc1.example.com", {{.name = {"here", "hier"}, .reached = true}, {.name = {"there", "dort"}}});
  PrefaceEnd end = PrefaceEnd::Said;
  loop.spawn(ask_for_tls(setting, subject, path, end), [&](const Result<>&) { loop.stop(); });
  loop.run();
  CHECK(end == PrefaceEnd::Closed);
  REQUIRE(path.first_error() != nullptr);
  return *path.first_error();
}

TEST_CASE("a server that does not take the connection over which TLS is asked for has not ended one") {
  Finding told = told_of_directory_at(net::parse_ip("127.0.0.1", 1).value());
  CHECK(told.check.id == "starttls.no-answer");
  CHECK(told.seen.en.starts_with("127.0.0.1:1 takes no second connection: "));
  CHECK(told.seen.de.starts_with("127.0.0.1:1 nimmt keine zweite Verbindung an: "));
  CHECK(told.evidence.empty());
}

}  // namespace
}  // namespace pforte::doctor

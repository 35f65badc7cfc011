#include "app/cert_question.h"

#include <doctest/doctest.h>

namespace pforte::app {
namespace {

Answer<std::vector<pki::ClientKind>> clients_of(std::string_view value) {
  CommandLine line;
  line.options.push_back({"--as", std::string(value)});
  return client_kinds_in(line);
}

TEST_CASE("the clients of --as are taken each once, in order") {
  CHECK(clients_of("java,app,java").value() == std::vector{pki::ClientKind::Java, pki::ClientKind::App});
  CHECK(client_kinds_in(CommandLine()).value().empty());
}

TEST_CASE("a name that is missing in --as is told") {
  for (std::string_view value : {"", ",", "browser,", ",java", "java,,app"}) {
    CAPTURE(value);
    auto clients = clients_of(value);
    REQUIRE(!clients);
    CHECK(clients.error().what.en == "a name is missing in --as");
    CHECK(clients.error().remedy.en == "write --as browser,app,java,openssl");
  }
  CHECK(clients_of("lynx").error().what.en == "--as cannot be lynx");
}

}  // namespace
}  // namespace pforte::app

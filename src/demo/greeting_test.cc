#include "demo/greeting.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "demo/configuration.h"

namespace pforte::demo {
namespace {

TEST_CASE("the greeting's commands are the same in both languages, and fit the configuration") {
  Papers papers{.authority = "/tmp/d/authority.pem", .chain = "", .key = "", .pin = "PIN="};
  Message text = greeting(papers, 4711);
  const std::string commands[] = {
      "\n  curl --cacert '/tmp/d/authority.pem' --path-as-is https://localhost:8443/webclient\n",
      "\n  curl --cacert '/tmp/d/authority.pem' --path-as-is -i https://localhost:8443/management\n",
      "\n  curl --cacert '/tmp/d/authority.pem' --path-as-is -i 'https://localhost:8443/webclient/..;/management'\n",
      "\n  curl --path-as-is 'http://127.0.0.1:4711/webclient/..;/management'\n",
      "--ignore-certificate-errors-spki-list=PIN= https://localhost:8443/webclient\n",
  };
  for (const std::string& command : commands) {
    CAPTURE(command);
    CHECK(text.en.find(command) != std::string::npos);
    CHECK(text.de.find(command) != std::string::npos);
  }
  CHECK(text.en != text.de);

  std::string configuration = demo_configuration("/tmp/a \"b\\", 4711);
  CHECK(configuration.find("\"http://127.0.0.1:4711\"") != std::string::npos);
  CHECK(configuration.find("key = \"/tmp/a \\\"b\\\\/server.key\"") != std::string::npos);
  for (std::uint16_t port : {kTlsPort, kPlainPort, kAdminPort}) {
    CHECK(configuration.find(cat("\"127.0.0.1:", port, "\"")) != std::string::npos);
  }
}

}  // namespace
}  // namespace pforte::demo

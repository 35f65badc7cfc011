#include "demo/configuration.h"

#include "base/text.h"

namespace pforte::demo {

namespace {

// A TOML basic string.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += letter;
  }
  return out + '"';
}

}  // namespace

std::string demo_configuration(const std::string& state_dir, std::uint16_t application_port) {
  return cat("state_dir = ", quoted(state_dir), R"(

[[listener]]
address = "127.0.0.1:)",
             kTlsPort, R"("

[[listener]]
address = "127.0.0.1:)",
             kPlainPort, R"("
redirect_to_https = true

[admin]
address = "127.0.0.1:)",
             kAdminPort, R"("

[[backend]]
name = "demo"
servers = ["http://127.0.0.1:)",
             application_port, R"("]
health = { path = "/health", every = "5s" }
path_profile = "tomcat"

[[site]]
hosts = ["localhost", "app.localhost", "127.0.0.1", "[::1]"]
certificate = { chain = )",
             quoted(cat(state_dir, "/server.pem")), ", key = ", quoted(cat(state_dir, "/server.key")), R"( }
backend = "demo"
allow = ["/webclient", "/rest"]
)");
}

}  // namespace pforte::demo

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
  std::string text = cat("state_dir = ", quoted(state_dir), "\n");
  text += cat("\n[[listener]]\naddress = \"127.0.0.1:", kTlsPort, "\"\n");
  text += cat("\n[[listener]]\naddress = \"127.0.0.1:", kPlainPort, "\"\nredirect_to_https = true\n");
  text += cat("\n[admin]\naddress = \"127.0.0.1:", kAdminPort, "\"\n");
  text += cat("\n[[backend]]\nname = \"demo\"\nservers = [\"http://127.0.0.1:", application_port, "\"]\n");
  text += "health = { path = \"/health\", every = \"5s\" }\npath_profile = \"tomcat\"\n";
  text += "\n[[site]]\nhosts = [\"localhost\", \"app.localhost\", \"127.0.0.1\", \"[::1]\"]\n";
  text += cat("certificate = { chain = ", quoted(cat(state_dir, "/server.pem")));
  text += cat(", key = ", quoted(cat(state_dir, "/server.key")), " }\n");
  text += "backend = \"demo\"\nallow = [\"/webclient\", \"/rest\"]\n";
  return text;
}

}  // namespace pforte::demo

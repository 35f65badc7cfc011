#include "acme/server_config.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/path.h"

namespace pforte::acme {
namespace {

bool is_allowable(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  auto fits = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; };
  return name.size() <= 253 && name.contains('.') && std::ranges::all_of(name, fits) && !name.contains("..") &&
         !name.starts_with('.') && !name.ends_with('.');
}

}  // namespace

ServerConfig read_server_config(conf::Reader keys) {
  ServerConfig config;
  config.place = keys.place();
  config.allow = keys.texts("allow").value_or(std::vector<conf::Text>());
  config.http_port = std::uint16_t(keys.number_or("http_port", config.http_port, {1, 65535}));
  for (conf::Reader& customer : keys.tables("customer", conf::Shape::List)) {
    config.customers.push_back(
        {.kid = customer.required_text("kid"), .key_file = conf::resolved(customer.required_text("key_file"))});
    customer.end();
  }
  keys.end();
  for (conf::Text& name : config.allow) {
    name.value = lowered(name.value);
    if (is_allowable(name.value)) continue;
    keys.problems().error(name.place, "conf.ca.acme.allow",
                          {cat('"', name.value, "\" is no name that can be issued for"),
                           cat('"', name.value, "\" ist kein Name, für den ausgestellt werden kann")},
                          {"write \"crm.intern.example.com\" or \"*.intern.example.com\"",
                           "\"crm.intern.example.com\" oder \"*.intern.example.com\" schreiben"});
  }
  if (!config.allow.empty()) return config;
  keys.problems().error(
      config.place, "conf.ca.acme.allow",
      {"the CA issues for no name: allow is empty", "die CA stellt für keinen Namen aus: allow ist leer"},
      {"write allow = [\"*.intern.example.com\"]", "allow = [\"*.intern.example.com\"] schreiben"});
  return config;
}

}  // namespace pforte::acme

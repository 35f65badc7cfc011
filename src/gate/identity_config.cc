#include "gate/identity_config.h"

#include <algorithm>

#include "base/text.h"
#include "conf/path.h"
#include "gate/rewrite.h"
#include "http/message.h"

namespace pforte::gate {

namespace {

// Fields that mean something else already: an identity in them would break the request.
bool is_free(std::string_view name) {
  return http::is_token(name) && http::known_field(name) == http::FieldName::Other;
}

void read_name(conf::Reader& keys, std::string_view key, std::string& name) {
  std::optional<conf::Text> text = keys.text(key);
  if (!text) return;
  if (text->value.empty() || is_free(text->value)) {
    name = std::move(text->value);
    return;
  }
  keys.problems().error(
      text->place, "conf.identity.name",
      {cat('"', text->value, "\" cannot be the name of a header field of ours"),
       cat('"', text->value, "\" kann kein Name eines eigenen Kopffeldes sein")},
      {"use letters, digits and hyphens, such as \"X-Remote-User\", or \"\" to leave it out",
       "Buchstaben, Ziffern und Bindestriche verwenden, etwa \"X-Remote-User\", oder \"\" zum Weglassen"});
}

}  // namespace

IdentityConfig read_identity_config(conf::Reader keys) {
  IdentityConfig config;
  read_name(keys, "login", config.login);
  read_name(keys, "principal", config.principal);
  read_name(keys, "method", config.method);
  read_name(keys, "groups", config.groups);
  read_name(keys, "assertion", config.assertion);
  read_name(keys, "ticket_cache", config.ticket_cache);
  for (const std::string* name :
       {&config.login, &config.principal, &config.method, &config.groups, &config.assertion, &config.ticket_cache}) {
    if (!name->empty() && !is_reserved(*name)) config.own_names.push_back(*name);
  }
  if (std::optional<conf::Text> file = keys.text("basic_password_file")) {
    config.basic_password_file = conf::resolved(*std::move(file));
  }
  keys.end();
  return config;
}

}  // namespace pforte::gate

#include "gate/contacts_config.h"

#include "base/text.h"

namespace pforte::gate {

using namespace std::chrono_literals;

ContactsConfig read_contacts_config(conf::Reader& document) {
  ContactsConfig config;
  std::optional<conf::Reader> keys = document.table("contacts");
  if (!keys) return config;
  config.off = keys->flag_or("off", config.off);
  config.size = keys->size_or("size", config.size, {.least = 1UZ << 20, .most = 4UZ << 30});
  config.retention = keys->duration_or("retention", config.retention, {1h, 365 * 24h});
  keys->end();
  return config;
}

std::string contacts_file(const std::string& state_dir) {
  return cat(state_dir, "/contacts");
}

contact::Settings contact_settings(const ContactsConfig& config, const std::string& state_dir) {
  return {.file = contacts_file(state_dir), .off = config.off, .size = config.size, .retention = config.retention};
}

}  // namespace pforte::gate

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "conf/reader.h"
#include "contact/recorder.h"

namespace pforte::gate {

// `[contacts]`: what is kept of clients' connections for `pforte doctor client`.
struct ContactsConfig {
  // Nothing is noted or written, and what was written goes.
  bool off = false;

  // Of the file STATE_DIR/contacts, in bytes. 1 MiB to 4 GiB.
  std::uint64_t size = 16UZ << 20;

  // How long at most. 1 h to 365 d.
  std::chrono::milliseconds retention = std::chrono::days(7);
};

// Reads `[contacts]` of the whole document.
ContactsConfig read_contacts_config(conf::Reader& document);

// The file in this state folder.
std::string contacts_file(const std::string& state_dir);

contact::Settings contact_settings(const ContactsConfig& config, const std::string& state_dir);

}  // namespace pforte::gate

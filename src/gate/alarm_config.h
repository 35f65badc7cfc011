#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"

namespace pforte::gate {

// `mail = { ... }` of [alarm].
struct AlarmMailConfig {
  conf::Text server;  // "smtp://HOST[:PORT]", encrypted where the server can, or "smtps://HOST[:PORT]"
  std::string from;
  std::vector<std::string> to;              // never empty
  std::string user;                         // empty: it does not sign in
  std::optional<conf::Text> password_file;  // resolved; with `user`
};

// Who is told of certificates that end soon: `[alarm]` of pforte.toml(5). The log is told always.
struct AlarmConfig {
  std::optional<conf::Text> webhook;  // https URL, or http on loopback: gets a JSON document by POST
  std::optional<AlarmMailConfig> mail;

  // PEM file with the CAs of both, resolved. None: the system's.
  std::optional<conf::Text> trust;

  bool tells_anybody() const { return webhook || mail; }
};

// Reads `[alarm]`, where there is one.
AlarmConfig read_alarm_config(conf::Reader& document);

}  // namespace pforte::gate

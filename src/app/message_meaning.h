#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "doctor/client_message.h"

namespace pforte::app {

// What an error message comes to, from all that knows something about it.
struct MessageMeaning {
  doctor::MessageReading reading;
  std::optional<int> alert;     // of TLS, that the message names
  std::string_view meant = {};  // where nothing is known: the message that is nearest; empty: none is near

  bool is_known() const {
    return !reading.recognised.empty() || alert || reading.status != 0 || !reading.reference.empty();
  }
};

MessageMeaning meaning_of(const std::string& message);

// An alert says one thing in a server's log, where a client has sent it, and another to a client.
struct AlertSides {
  std::string name;  // "unknown_ca (48)"
  Message in_server_log, server_remedy;
  Message at_client, client_remedy;
};
AlertSides sides_of(int alert);

// "pforte doctor url https://crm.example.com/": of a fault's command, with the host that the message names.
std::string command_for(const doctor::MessageFault& fault, const std::string& host);

// Ids of findings, one by one.
std::vector<std::string> ids_in(std::string_view proof);

// For a terminal, and {"known", "host", "reference", "meant", "readings": [{fault, speaker, says, excerpt, hop, means,
// causes, remedy, overridable, findings, command, source}...], "alert": {...}, "status": {...}} with a line end.
std::string meaning_text(const MessageMeaning& meaning, Language language);
std::string meaning_json(const MessageMeaning& meaning, Language language);

}  // namespace pforte::app

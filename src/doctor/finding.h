#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "pki/client.h"

namespace pforte::doctor {

enum class Level : std::uint8_t { Ok, Note, Warning, Error };

// "ok", "note", "warning", "error": as machines read it.
std::string_view name_of(Level level);
// The same for people: "ok", "Hinweis", "Warnung", "Fehler".
std::string_view word_for(Level level, Language language);

// Whom it concerns, for people: "browsers, apps, Java, OpenSSL". Empty: everybody.
std::string words_for(const std::vector<pki::ClientKind>& clients, Language language);

// A text of a table of checks, in both of our languages.
struct Words {
  std::string_view en, de;

  std::string_view in(Language language) const { return language == Language::German ? de : en; }
};

// Something that is looked at, as the tables of the checks have it: constants, in docs/findings.md too.
struct Check {
  std::string_view id;      // stable, dotted: "tcp.refused"
  std::string_view source;  // what the judgement rests on: "RFC 9293, 3.10.7.1"; empty where it is plain
  Words why;                // why it matters, one sentence
};

// Something that was seen: "issuer" and "CN=Example CA".
struct Evidence {
  Message name;
  std::string value;
};

// What a check found. Holds no secret: whoever makes one leaves out passwords, keys and tickets.
struct Finding {
  Check check;
  Level level = Level::Ok;
  std::size_t hop = 0;                        // of its path
  Message seen = {};                          // what was seen, one sentence without a full stop
  Message remedy = {};                        // what to do, one sentence without a full stop; empty where nothing is
  std::string command = {};                   // that shows the same by other means: openssl, curl, kinit; may be empty
  std::vector<Evidence> evidence = {};        // in the order in which it is shown
  std::vector<pki::ClientKind> clients = {};  // whom it concerns; empty: everybody
};

}  // namespace pforte::doctor

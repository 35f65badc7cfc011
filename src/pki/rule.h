#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "pki/certificate.h"

namespace pforte::pki {

// By whose rules it is judged: the standard itself; the CA/Browser Forum's for public certificates; those that
// browsers, the apps of phones (iOS, Android) and Java apply to whatever authority they were told to trust.
enum class Profile : std::uint8_t { Rfc5280, WebPki, Browser, App, Java };

enum class Level : std::uint8_t { None, Note, Warning, Error };

// "error", "warning", "note".
std::string_view name_of(Level level);

struct RuleText {
  std::string_view en, de;
};

// A rule that a certificate or a path can break.
struct Rule {
  std::string_view id;      // stable, in docs/errors.md: "cert.expired"
  std::string_view levels;  // a letter for each profile in their order: Error, Warning, Note, or '-'
  std::string_view source;  // "RFC 5280, 6.1.3 (a) (2)"
  RuleText says;            // what is the matter
  RuleText remedy;          // what to do about it

  Level level(Profile profile) const;
};

// An id that no rule has ends the program.
const Rule& rule_of(std::string_view id);

// A rule that is broken, and by what.
struct Finding {
  const Rule* rule = nullptr;
  Level level = Level::None;
  const Certificate* certificate = nullptr;
  Message detail;  // may be empty

  // What the rule says, with the detail behind a colon.
  Message text() const;
};

// Collects what the rules of a profile say.
class Findings {
 public:
  explicit Findings(Profile profile) : profile_(profile) {}

  // Does nothing where the profile does not have the rule.
  void add(std::string_view id, const Certificate& certificate, Message detail = {});
  void append(const Findings& more);

  Profile profile() const { return profile_; }
  std::size_t errors() const { return errors_; }
  const std::vector<Finding>& all() const { return all_; }
  // Errors first, then warnings, then notes.
  std::vector<Finding> by_level() const;

 private:
  Profile profile_;
  std::size_t errors_ = 0;
  std::vector<Finding> all_;
};

}  // namespace pforte::pki

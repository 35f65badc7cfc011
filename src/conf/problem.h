#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/message.h"

namespace pforte::conf {

// Where something stands: the file as the administrator named it, line and column from 1. A column counts
// characters, not bytes. Line 0 means the file as a whole, column 0 the line as a whole.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool operator==(const Place&) const = default;
};

// A text of the configuration that is judged later, and where it stands, so that the later judgement can name it.
struct Text {
  std::string value;
  Place place;
};

enum class Severity : std::uint8_t {
  Error,    // the gate does not start with this, and a reload with it changes nothing
  Warning,  // it runs, but hardly as meant
  Note,     // worth knowing
};

// One thing that is wrong, where, and what to do about it.
struct Problem {
  Severity severity = Severity::Error;
  Place place;
  std::string_view code;  // stable, dotted, always a literal: "conf.unknown-key"
  Message what;
  Message remedy;
};

// Everything that is wrong, so that an administrator corrects it all in one go.
class Problems {
 public:
  void error(const Place& place, std::string_view code, Message what, Message remedy);
  void warning(const Place& place, std::string_view code, Message what, Message remedy);
  void note(const Place& place, std::string_view code, Message what, Message remedy);
  void add(Problem problem) { problems_.push_back(std::move(problem)); }

  // True when a problem keeps the gate from starting.
  bool has_errors() const;

  // In the order of the file; what stands at the same place stays in the order in which it was found.
  std::vector<Problem> in_order() const;

  const std::vector<Problem>& all() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

// "error", "Warnung", ...
std::string_view word_for(Severity severity, Language language);

// "FILE:LINE:COLUMN", as far as they are known.
std::string to_text(const Place& place);

// "pforte: FILE:LINE:COL: error: what is wrong", then "help: remedy" where there is one. Both lines end in \n.
std::string to_text(const Problem& problem, Language language);

}  // namespace pforte::conf

#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace pforte::log {

enum class Level { Info, Warning, Error };

// One fact of an event. Secrets do not convert to it, so they cannot reach a log.
struct Field {
  Field(std::string_view name, std::string_view value) : name(name), value(value) {}
  Field(std::string_view name, const char* value) : name(name), value(value) {}
  template <std::integral N>
  Field(std::string_view name, N value) : name(name), value(std::to_string(value)) {}
  Field(std::string_view, const Secret&) = delete;

  std::string_view name;
  std::string value;
};

// Writes one event as one line to standard error. `event` is a stable dotted name, found in docs/events.md; what
// varies goes into fields. Never waits: a line is dropped when the reader does not keep up, and the next line that
// passes says how many were.
void write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Error, event, fields);
}

}  // namespace pforte::log

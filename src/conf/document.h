#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conf/problem.h"

namespace pforte::conf {

struct Entry;

// A TOML table: its keys in the order of the file.
struct Table {
  Place place;  // of its header, or of its opening brace
  std::vector<Entry> entries;

  // The entry of that name, or null.
  const Entry* find(std::string_view key) const;
};

// A date or a time. We have no key that takes one.
struct Moment {};

// A TOML value and where it begins.
struct Value {
  using List = std::vector<Value>;

  Place place;
  std::variant<bool, std::int64_t, double, std::string, Moment, List, Table> is;
};

// `key = value`.
struct Entry {
  std::string key;
  Place place;  // of the key
  Value value;
};

// Reads a TOML 1.0 text; `file` is what messages call it. What is wrong goes to `problems`. A frequent slip whose
// meaning is plain (a text without quotes, "yes" for true) is reported as an error and read as it was meant, so that
// what follows is judged in the same run. None when nothing sensible can be read.
//
// Texts over 1 MiB and lines over 8 KiB are refused: they are no configuration, and deep nesting costs stack.
// Source: TOML 1.0.0.
std::optional<Table> read_document(std::string_view text, const std::string& file, Problems& problems);

// The contents of a file. When it cannot be read, the reason and the remedy go to `problems`.
std::optional<std::string> read_file(const std::string& file, Problems& problems);

}  // namespace pforte::conf

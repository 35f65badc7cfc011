#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conf/document.h"
#include "conf/problem.h"
#include "conf/quantity.h"

namespace pforte::conf {

// The smallest and the largest value that is allowed, both included.
struct Bounds {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
};

// The same for durations.
struct Span {
  Duration least{};
  Duration most = Duration::max();
};

// What tables() takes: only a list of tables, or a single table for a list of one.
enum class Shape : std::uint8_t { List, OneOrList };

// A key that was misspelt, of a table without the one that was meant.
struct Slip {
  const Entry* entry;
  const Table* table;
  std::string meant;
  Problem problem;
};

// Writes in a document what was meant, so that a second reading judges it and misses nothing that is there.
void read_as_meant(Table& document, std::span<const Slip> slips);

// Takes the keys of a table one by one. What is wrong is collected, and the default stands in for it, so that
// everything is found in one run. A key is asked for once; end() reports the keys that nobody asked for.
class Reader {
 public:
  // Reads a whole document. It, `problems` and `slips` must outlive the reader and those that come from it; slips,
  // which are problems as well, may be null.
  Reader(const Table& document, Problems& problems, std::vector<Slip>* slips = nullptr);

  // None when the key is not there.
  std::optional<Text> text(std::string_view key);

  // An empty text when the key is missing or empty, which is a problem.
  Text required_text(std::string_view key);

  // A list of texts. None when the key is not there or is no list.
  std::optional<std::vector<Text>> texts(std::string_view key);

  // A list whose items are texts or tables. None when the key is not there or is no list.
  using TextOrTable = std::variant<Text, Reader>;
  std::optional<std::vector<TextOrTable>> texts_or_tables(std::string_view key);

  // A text under a key that the administrator chose, such as a principal.
  struct Named {
    Text name;
    Text value;
  };
  // Every key of this table, which counts as asked for, in the order of the file.
  std::vector<Named> named_texts();

  bool flag_or(std::string_view key, bool otherwise);

  // A whole number.
  std::uint64_t number_or(std::string_view key, std::uint64_t otherwise, Bounds bounds);

  // A size in bytes: a text as parse_size() reads it, or a whole number.
  std::uint64_t size_or(std::string_view key, std::uint64_t otherwise, Bounds bounds);

  Duration duration_or(std::string_view key, Duration otherwise, Span bounds);

  // The position of the text in `names`.
  std::size_t choice_or(std::string_view key, std::size_t otherwise, std::span<const std::string_view> names);

  std::optional<Reader> table(std::string_view key);
  std::vector<Reader> tables(std::string_view key, Shape shape);

  // Reports every key that was not asked for, with the nearest of those that were.
  void end();

  // Whether the key is there, and counts it as asked for: for a key whose presence says it all.
  bool claim(std::string_view key) { return take(key) != nullptr; }

  // All keys, in the order of the file: for a block whose keys are names that the administrator chose.
  std::vector<std::string_view> names() const;

  bool has(std::string_view key) const { return table_->find(key) != nullptr; }
  bool has_text(std::string_view key) const;
  bool has_table(std::string_view key) const;

  // Where the block begins.
  const Place& place() const { return table_->place; }

  // Where the value of a key stands, or the block if it has no such key.
  const Place& place_of(std::string_view key) const;

  Problems& problems() const { return *problems_; }

 private:
  Reader(const Table& table, const Reader& outer, std::string name);

  const Value* take(std::string_view key);
  std::string inner_name(std::string_view key) const;
  void refuse(const Value& value, std::string_view key, const Message& wanted) const;
  void refuse_item(const Value& item, std::string_view key, const Message& wanted) const;
  void refuse_range(const Value& value, std::string_view key, std::string_view least, std::string_view most) const;
  void report_unknown(const Entry& entry) const;
  void note_slip(const Entry& entry, std::string_view meant) const;

  const Table* table_;
  Problems* problems_;
  std::vector<Slip>* slips_;
  std::string name_;                       // "[[site]]"; empty for the whole document
  std::vector<std::string_view> asked_;    // literals
  std::vector<std::string_view> outside_;  // what the document itself was asked for before
};

}  // namespace pforte::conf

#include "conf/reader.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "conf/nearest.h"

namespace pforte::conf {
namespace {

// In German each begins with "ein", so that "k" before it denies it.
Message kind_of(const Value& value) {
  switch (value.is.index()) {
    case 0:
      return {"a truth value", "ein Wahrheitswert"};
    case 1:
      return {"a whole number", "eine ganze Zahl"};
    case 2:
      return {"a fraction", "ein Bruch"};
    case 3:
      return {"a text", "ein Text"};
    case 4:
      return {"a date", "ein Datum"};
    case 5:
      return {"a list", "eine Liste"};
    default:
      return {"a table", "eine Tabelle"};
  }
}

std::string listed(std::span<const std::string_view> words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : std::string_view(", ");
    text += words[i];
  }
  return text;
}

std::string quoted_list(std::span<const std::string_view> words, std::string_view last) {
  std::vector<std::string> quoted;
  for (std::string_view word : words) quoted.push_back(cat('"', word, '"'));
  return listed(std::vector<std::string_view>(quoted.begin(), quoted.end()), last);
}

// What a quantity should look like, for messages.
struct Example {
  Message wanted;
  Message form;
};

const Example duration_example = {
    {"a duration such as \"30s\"", "eine Dauer wie \"30s\""},
    {"a whole number and its unit: ms, s, min, h or d", "eine ganze Zahl und ihre Einheit: ms, s, min, h oder d"}};
const Example size_example = {
    {"a size such as \"64KiB\"", "eine Größe wie \"64KiB\""},
    {"a whole number and its unit: B, KiB, MiB or GiB", "eine ganze Zahl und ihre Einheit: B, KiB, MiB oder GiB"}};

void not_a_quantity(Problems& problems, const Text& text, const Example& example,
                    const std::optional<std::string>& meant) {
  Message what = {cat('"', text.value, "\" is not ", example.wanted.en),
                  cat('"', text.value, "\" ist k", example.wanted.de)};
  Message remedy = example.form;
  if (meant) remedy = {cat("write \"", *meant, "\""), cat("schreiben: \"", *meant, "\"")};
  problems.error(text.place, "conf.quantity", std::move(what), std::move(remedy));
}

void read_value_as_meant(Value& value, std::span<const Slip> slips) {
  if (auto* table = std::get_if<Table>(&value.is)) read_as_meant(*table, slips);
  if (auto* list = std::get_if<Value::List>(&value.is)) {
    for (Value& item : *list) read_value_as_meant(item, slips);
  }
}

}  // namespace

void read_as_meant(Table& document, std::span<const Slip> slips) {
  for (Entry& entry : document.entries) {
    auto slip = std::ranges::find(slips, &entry, &Slip::entry);
    if (slip != slips.end()) entry.key = slip->meant;
    read_value_as_meant(entry.value, slips);
  }
}

Reader::Reader(const Table& document, Problems& problems, std::vector<Slip>* slips)
    : table_(&document), problems_(&problems), slips_(slips) {}

Reader::Reader(const Table& table, const Reader& outer, std::string name)
    : table_(&table),
      problems_(outer.problems_),
      slips_(outer.slips_),
      name_(std::move(name)),
      outside_(outer.name_.empty() ? outer.asked_ : outer.outside_) {}

const Value* Reader::take(std::string_view key) {
  asked_.push_back(key);
  const Entry* entry = table_->find(key);
  return entry == nullptr ? nullptr : &entry->value;
}

void Reader::refuse(const Value& value, std::string_view key, const Message& wanted) const {
  Message found = kind_of(value);
  Message what = {cat(key, " must be ", wanted.en, ", not ", found.en),
                  cat(key, " muss ", wanted.de, " sein, k", found.de)};
  Message remedy;
  if (const auto* number = std::get_if<std::int64_t>(&value.is)) {
    remedy = {cat("write ", key, " = \"", *number, "\" if that is meant, with its unit if it has one"),
              cat("schreiben: ", key, " = \"", *number, "\", wenn das gemeint ist, mit Einheit, falls es eine hat")};
  } else if (const auto* text = std::get_if<std::string>(&value.is)) {
    bool list = wanted.en.starts_with("a list of texts");
    remedy = list ? Message{cat("write ", key, " = [\"", *text, "\"]"), cat("schreiben: ", key, " = [\"", *text, "\"]")}
                  : Message{"leave the quotation marks out if that is meant",
                            "die Anführungszeichen weglassen, wenn das gemeint ist"};
  }
  problems_->error(value.place, "conf.type", std::move(what), std::move(remedy));
}

void Reader::refuse_range(const Value& value, std::string_view key, std::string_view least,
                          std::string_view most) const {
  problems_->error(
      value.place, "conf.range", {cat(key, " is out of its range"), cat(key, " liegt außerhalb seines Bereichs")},
      {cat("anything from ", least, " to ", most, " is allowed"), cat("erlaubt ist alles von ", least, " bis ", most)});
}

// In German what is wanted follows "kein".
void Reader::refuse_item(const Value& item, std::string_view key, const Message& wanted) const {
  Message found = kind_of(item);
  problems_->error(item.place, "conf.type",
                   {cat("an item of ", key, " is ", found.en, ", not ", wanted.en),
                    cat("ein Eintrag von ", key, " ist ", found.de, ", kein ", wanted.de)},
                   {"put it in quotation marks if that is meant", "in Anführungszeichen setzen, wenn das gemeint ist"});
}

std::optional<Text> Reader::text(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&value->is)) return Text{*text, value->place};
  refuse(*value, key, {"a text", "ein Text"});
  return std::nullopt;
}

Text Reader::required_text(std::string_view key) {
  bool missing = !has(key);
  std::optional<Text> found = text(key);
  if (missing) {
    problems_->error(place(), "conf.missing", {cat(name_, " has no ", key), cat("in ", name_, " fehlt ", key)},
                     {cat("add ", key, " = \"...\""), cat(key, " = \"...\" ergänzen")});
  } else if (found && found->value.empty()) {
    problems_->error(
        found->place, "conf.empty", {cat(key, " is empty"), cat(key, " ist leer")},
        {"write the value between the quotation marks", "den Wert zwischen die Anführungszeichen schreiben"});
  }
  return found ? *std::move(found) : Text{"", place_of(key)};
}

std::optional<std::vector<Text>> Reader::texts(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;

  const Message wanted = {"a list of texts", "eine Liste von Texten"};
  const auto* list = std::get_if<Value::List>(&value->is);
  if (list == nullptr) {
    refuse(*value, key, wanted);
    return std::nullopt;
  }
  std::vector<Text> texts;
  for (const Value& item : *list) {
    if (const auto* text = std::get_if<std::string>(&item.is)) {
      texts.push_back({*text, item.place});
    } else {
      refuse_item(item, key, {"a text", "Text"});
    }
  }
  return texts;
}

std::optional<std::vector<Reader::TextOrTable>> Reader::texts_or_tables(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;

  const auto* list = std::get_if<Value::List>(&value->is);
  if (list == nullptr) {
    refuse(*value, key, {"a list of texts or tables", "eine Liste von Texten oder Tabellen"});
    return std::nullopt;
  }
  std::vector<TextOrTable> items;
  items.reserve(list->size());
  for (const Value& item : *list) {
    if (const auto* text = std::get_if<std::string>(&item.is)) {
      items.emplace_back(Text{*text, item.place});
    } else if (const auto* table = std::get_if<Table>(&item.is)) {
      items.emplace_back(Reader(*table, *this, inner_name(key)));
    } else {
      refuse_item(item, key, {"a text or a table", "Text und keine Tabelle"});
    }
  }
  return items;
}

std::vector<Reader::Named> Reader::named_texts() {
  std::vector<Named> texts;
  for (const Entry& entry : table_->entries) {
    if (std::optional<Text> value = text(entry.key)) texts.push_back({{entry.key, entry.place}, *std::move(value)});
  }
  return texts;
}

bool Reader::flag_or(std::string_view key, bool otherwise) {
  const Value* value = take(key);
  if (value == nullptr) return otherwise;
  if (const auto* flag = std::get_if<bool>(&value->is)) return *flag;
  refuse(*value, key, {"true or false", "true oder false"});
  return otherwise;
}

std::uint64_t Reader::number_or(std::string_view key, std::uint64_t otherwise, Bounds bounds) {
  const Value* value = take(key);
  if (value == nullptr) return otherwise;
  const auto* number = std::get_if<std::int64_t>(&value->is);
  if (number == nullptr) {
    refuse(*value, key, {"a whole number", "eine ganze Zahl"});
    return otherwise;
  }
  if (std::cmp_greater_equal(*number, bounds.least) && std::cmp_less_equal(*number, bounds.most))
    return static_cast<std::uint64_t>(*number);
  refuse_range(*value, key, std::to_string(bounds.least), std::to_string(bounds.most));
  return otherwise;
}

std::uint64_t Reader::size_or(std::string_view key, std::uint64_t otherwise, Bounds bounds) {
  const Value* value = take(key);
  if (value == nullptr) return otherwise;

  std::optional<std::uint64_t> size;
  if (const auto* number = std::get_if<std::int64_t>(&value->is); number != nullptr && *number >= 0) {
    size = static_cast<std::uint64_t>(*number);
  } else if (const auto* text = std::get_if<std::string>(&value->is)) {
    size = parse_size(*text);
    if (!size) not_a_quantity(*problems_, {*text, value->place}, size_example, meant_size(*text));
  } else {
    refuse(*value, key, size_example.wanted);
  }
  if (!size) return otherwise;
  if (*size >= bounds.least && *size <= bounds.most) return *size;
  refuse_range(*value, key, size_text(bounds.least), size_text(bounds.most));
  return otherwise;
}

Duration Reader::duration_or(std::string_view key, Duration otherwise, Span bounds) {
  const Value* value = take(key);
  if (value == nullptr) return otherwise;

  std::optional<Text> text;
  if (const auto* quoted = std::get_if<std::string>(&value->is)) text = {*quoted, value->place};
  // A bare number could be anything from milliseconds to days; only 0 says the same in all of them.
  if (const auto* number = std::get_if<std::int64_t>(&value->is)) text = {std::to_string(*number), value->place};
  if (!text) {
    refuse(*value, key, duration_example.wanted);
    return otherwise;
  }
  std::optional<Duration> duration = parse_duration(text->value);
  if (!duration) {
    not_a_quantity(*problems_, *text, duration_example, meant_duration(text->value));
    return otherwise;
  }
  if (*duration >= bounds.least && *duration <= bounds.most) return *duration;
  refuse_range(*value, key, duration_text(bounds.least), duration_text(bounds.most));
  return otherwise;
}

std::size_t Reader::choice_or(std::string_view key, std::size_t otherwise, std::span<const std::string_view> names) {
  std::optional<Text> chosen = text(key);
  if (!chosen) return otherwise;
  auto name = std::ranges::find(names, chosen->value);
  if (name != names.end()) return static_cast<std::size_t>(name - names.begin());

  Message remedy = {cat("it is one of ", quoted_list(names, " and ")),
                    cat("möglich sind ", quoted_list(names, " und "))};
  if (auto meant = nearest(chosen->value, names)) {
    remedy = {cat("did you mean \"", *meant, "\"? ", remedy.en), cat("ist \"", *meant, "\" gemeint? ", remedy.de)};
  }
  problems_->error(
      chosen->place, "conf.choice",
      {cat(key, " cannot be \"", chosen->value, '"'), cat(key, " kann nicht \"", chosen->value, "\" sein")},
      std::move(remedy));
  return otherwise;
}

// "site.rule" for the key rule of [[site]].
std::string Reader::inner_name(std::string_view key) const {
  std::string outer = name_;
  std::erase_if(outer, [](char c) { return c == '[' || c == ']'; });
  return outer.empty() ? std::string(key) : cat(outer, '.', key);
}

std::optional<Reader> Reader::table(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  std::string inner = inner_name(key);
  if (const auto* table = std::get_if<Table>(&value->is)) return Reader(*table, *this, cat('[', inner, ']'));
  refuse(*value, key,
         {cat("a block [", inner, "] or a table { ... }"), cat("ein Block [", inner, "] oder eine Tabelle { ... }")});
  return std::nullopt;
}

std::vector<Reader> Reader::tables(std::string_view key, Shape shape) {
  const Value* value = take(key);
  if (value == nullptr) return {};
  std::string inner = inner_name(key);
  std::string name = cat("[[", inner, "]]");

  std::vector<Reader> readers;
  if (const auto* list = std::get_if<Value::List>(&value->is)) {
    for (const Value& item : *list) {
      const auto* table = std::get_if<Table>(&item.is);
      if (table != nullptr) readers.push_back(Reader(*table, *this, name));
      if (table == nullptr) refuse(item, key, {cat("blocks ", name), cat("Blöcke ", name)});
    }
  } else if (const auto* table = std::get_if<Table>(&value->is)) {
    readers.push_back(Reader(*table, *this, name));
    if (shape == Shape::List) {
      problems_->error(value->place, "conf.single-brackets",
                       {cat("there may be several ", inner, " blocks, so it is not [", inner, ']'),
                        cat("es kann mehrere Blöcke ", inner, " geben, daher heißt es nicht [", inner, ']')},
                       {cat("write ", name), cat("schreiben: ", name)});
    }
  } else {
    refuse(*value, key, {cat("a block ", name), cat("ein Block ", name)});
  }
  return readers;
}

void Reader::report_unknown(const Entry& entry) const {
  std::string en = name_.empty() ? "at the top of the file" : cat("in ", name_);
  std::string de = name_.empty() ? "am Anfang der Datei" : cat("in ", name_);
  Message remedy = {cat("known here: ", listed(asked_, ", ")), cat("bekannt sind hier: ", listed(asked_, ", "))};
  bool belongs_outside = std::ranges::find(outside_, entry.key) != outside_.end();
  auto meant = nearest(entry.key, asked_);
  if (meant) {
    remedy = {cat("did you mean ", *meant, '?'), cat("ist ", *meant, " gemeint?")};
  } else if (belongs_outside) {
    remedy = {cat("move ", entry.key, " to the top of the file, above the first [block]"),
              cat(entry.key, " an den Anfang der Datei setzen, über den ersten [Block]")};
  }
  problems_->error(entry.place, "conf.unknown-key",
                   {cat("unknown key ", entry.key, ' ', en), cat("unbekannter Schlüssel ", entry.key, ' ', de)},
                   std::move(remedy));
  if (meant && slips_) note_slip(entry, *meant);
}

// Of several that mean the same key, the first is taken for it.
void Reader::note_slip(const Entry& entry, std::string_view meant) const {
  auto is_known = [&](const Slip& one) { return one.table == table_ && one.meant == meant; };
  if (has(meant) || std::ranges::any_of(*slips_, is_known)) return;
  slips_->push_back({&entry, table_, std::string(meant), problems_->all().back()});
}

void Reader::end() {
  for (const Entry& entry : table_->entries) {
    if (std::ranges::find(asked_, entry.key) == asked_.end()) report_unknown(entry);
  }
}

std::vector<std::string_view> Reader::names() const {
  std::vector<std::string_view> names;
  names.reserve(table_->entries.size());
  for (const Entry& entry : table_->entries) names.emplace_back(entry.key);
  return names;
}

bool Reader::has_text(std::string_view key) const {
  const Entry* entry = table_->find(key);
  return entry != nullptr && std::holds_alternative<std::string>(entry->value.is);
}

bool Reader::has_table(std::string_view key) const {
  const Entry* entry = table_->find(key);
  return entry != nullptr && std::holds_alternative<Table>(entry->value.is);
}

const Place& Reader::place_of(std::string_view key) const {
  const Entry* entry = table_->find(key);
  return entry == nullptr ? place() : entry->value.place;
}

}  // namespace pforte::conf

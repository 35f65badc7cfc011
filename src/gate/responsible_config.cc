#include "gate/responsible_config.h"

#include <optional>
#include <utility>

#include "base/printable.h"
#include "base/text.h"
#include "conf/document.h"

namespace pforte::gate {

std::vector<ResponsibleConfig> read_responsible_config(conf::Reader& document) {
  std::vector<ResponsibleConfig> all;
  std::optional<conf::Reader> keys = document.table("responsible");
  if (!keys) return all;
  for (conf::Reader::Named& named : keys->named_texts()) {
    constexpr std::size_t kMost = ResponsibleConfig::kMostBytes;
    bool fits = !named.value.value.empty() && named.value.value.size() <= kMost && is_printable(named.value.value);
    if (!fits)
      keys->problems().error(named.value.place, "conf.responsible",
                             {cat("who answers for ", named.name.value, " is empty, longer than ", kMost,
                                  " bytes, or no text of one line"),
                              cat("wer für ", named.name.value, " zuständig ist, ist leer, länger als ", kMost,
                                  " Bytes oder kein einzeiliger Text")},
                             {"write a name and how to reach them: \"Network team, +49 30 1234\"",
                              "einen Namen und wie man ihn erreicht schreiben: \"Netzteam, +49 30 1234\""});
    all.push_back({.hop = std::move(named.name), .who = std::move(named.value)});
  }
  keys->end();
  return all;
}

std::vector<ResponsibleConfig> read_responsible(const std::string& file) {
  conf::Problems untold;
  std::optional<std::string> text = conf::read_file(file, untold);
  std::optional<conf::Table> document = text ? conf::read_document(*text, file, untold) : std::nullopt;
  if (!document) return {};
  conf::Reader keys(*document, untold);
  return read_responsible_config(keys);
}

}  // namespace pforte::gate

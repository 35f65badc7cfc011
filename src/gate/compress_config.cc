#include "gate/compress_config.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "coding/media_type.h"

namespace pforte::gate {
namespace {

std::vector<std::string> read_types(conf::Reader& keys) {
  std::vector<std::string> types;
  std::optional<std::vector<conf::Text>> said = keys.texts("types");
  if (!said) return {coding::kCompressibleTypes.begin(), coding::kCompressibleTypes.end()};
  types.reserve(said->size());
  for (const conf::Text& one : *said) {
    types.push_back(one.value);
    if (coding::is_type_kind(one.value)) continue;
    keys.problems().error(one.place, "conf.compress.type",
                          {cat('"', one.value, "\" is not a media type"), cat('"', one.value, "\" ist kein Medientyp")},
                          {"write it as \"text/html\", \"text/*\" or \"application/*+json\"",
                           "so schreiben: \"text/html\", \"text/*\" oder \"application/*+json\""});
  }
  return types;
}

void read_codings(conf::Reader& keys, std::vector<coding::Coding>& codings) {
  constexpr auto kOffered = std::span(coding::kCodingNames).subspan(1);  // identity is no choice
  std::optional<std::vector<conf::Text>> said = keys.texts("codings");
  if (!said) return;
  codings.clear();
  for (const conf::Text& one : *said) {
    auto found = std::ranges::find(kOffered, one.value);
    if (found != kOffered.end()) {
      codings.push_back(static_cast<coding::Coding>(found - kOffered.begin() + 1));
      continue;
    }
    keys.problems().error(one.place, "conf.compress.coding",
                          {cat("there is no coding \"", one.value, "\" to compress with"),
                           cat("es gibt keine Kodierung \"", one.value, "\", mit der komprimiert würde")},
                          {"known: \"br\", \"zstd\", \"gzip\"", "bekannt: \"br\", \"zstd\", \"gzip\""});
  }
}

}  // namespace

std::optional<CompressConfig> read_compress_config(conf::Reader& keys) {
  if (!keys.has("compress")) return std::nullopt;
  CompressConfig config;
  if (!keys.has_table("compress")) {
    config.on = keys.flag_or("compress", false);
    config.types.assign(coding::kCompressibleTypes.begin(), coding::kCompressibleTypes.end());
    return config;
  }
  conf::Reader own = *keys.table("compress");
  config.types = read_types(own);
  config.least = own.size_or("least", config.least, {.least = 0, .most = 1UZ << 20});
  read_codings(own, config.codings);
  config.with_secrets = own.flag_or("with_secrets", false);
  config.on = !config.codings.empty();
  own.end();
  return config;
}

}  // namespace pforte::gate

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coding/coding.h"
#include "conf/reader.h"

namespace pforte::gate {

// What is compressed on its way to clients: `compress = true` or `compress = { ... }` of a site or a rule.
struct CompressConfig {
  bool on = false;

  // As coding::is_of_type() reads them. Default: text in all its forms.
  std::vector<std::string> types;

  // Answers that say they are shorter stay as they are. In bytes, up to 1 MiB.
  std::uint64_t least = 1024;

  // What is offered, the best first. Not empty.
  std::vector<coding::Coding> codings{coding::Coding::Br, coding::Coding::Zstd, coding::Coding::Gzip};

  // Pages of those who have signed in as well. Whoever can make an agent's browser ask, and sees how long the answers
  // are, guesses secrets in them that stand beside what was asked for (BREACH).
  bool with_secrets = false;
};

// Reads `compress`; none when it is not there. What is wrong goes to the reader's problems.
std::optional<CompressConfig> read_compress_config(conf::Reader& keys);

}  // namespace pforte::gate

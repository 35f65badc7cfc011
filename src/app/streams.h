#pragma once

#include <cstdio>

namespace pforte::app {

// Where a command reads and writes; the caller keeps them open.
struct Streams {
  std::FILE* in = stdin;
  std::FILE* out = stdout;
  std::FILE* err = stderr;
};

}  // namespace pforte::app

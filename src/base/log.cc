#include "base/log.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>

namespace pforte::log {

namespace {

// Lines that found standard error full; the only state of the log, shared by all threads.
std::atomic<unsigned> dropped_lines{0};

// So that a line fits into what a pipe takes at once, whatever a client put into it.
constexpr std::size_t kMostOfAValue = 1024;

void append_field(std::string& line, std::string_view name, std::string_view value) {
  line.append(" ").append(name).append("=\"");
  for (char c : value.substr(0, kMostOfAValue)) {
    if (c == '"' || c == '\\') line += '\\';
    bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    line += control ? '?' : c;
  }
  line += '"';
}

bool taken(const std::string& line) {
  pollfd error_stream{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (poll(&error_stream, 1, 0) != 1) return false;
  return ::write(STDERR_FILENO, line.data(), line.size()) >= 0;
}

}  // namespace

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  constexpr std::array<std::string_view, 3> kLevels{"info", "warning", "error"};
  std::string line;
  line.append("level=").append(kLevels[std::size_t(level)]).append(" event=").append(event);
  for (const Field& field : fields) append_field(line, field.name, field.value);
  unsigned lost = dropped_lines.exchange(0, std::memory_order_relaxed);
  if (lost > 0) append_field(line, "lines_dropped_before", std::to_string(lost));
  line += '\n';
  if (!taken(line)) dropped_lines.fetch_add(lost + 1, std::memory_order_relaxed);
}

}  // namespace pforte::log

#include "options.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>
#include <system_error>

namespace pforte::bench {
namespace {

template <class Number>
Number number(std::string_view name, std::string_view text, Number least, Number most) {
  Number value{};
  auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || end != text.data() + text.size() || value < least || value > most)
    stop(std::string(name) + " cannot be " + std::string(text));
  return value;
}

Mode mode(std::string_view text) {
  const std::map<std::string_view, Mode> modes = {
      {"keep-alive", Mode::KeepAlive}, {"connect", Mode::Connect}, {"idle", Mode::Idle}, {"open-loop", Mode::OpenLoop}};
  auto found = modes.find(text);
  if (found == modes.end()) stop("--mode is one of connect, idle, keep-alive, open-loop");
  return found->second;
}

}  // namespace

void stop(const std::string& why) {
  std::fputs(("load: " + why + "\n").c_str(), stderr);
  std::_Exit(2);
}

void refused(const std::string& call) {
  stop(call + ": " + std::generic_category().message(errno));
}

Options read_options(int count, char** words) {
  constexpr std::uint64_t kManyBytes = 1ULL << 40;
  Options options;
  for (int i = 1; i < count; ++i) {
    std::string_view name = words[i];
    if (name == "--resume" || name == "--once") {
      (name == "--once" ? options.once : options.resume) = true;
      continue;
    }
    if (++i == count) stop(std::string(name) + " needs a value");
    std::string_view value = words[i];
    if (name == "--mode")
      options.mode = mode(value);
    else if (name == "--port")
      options.port = number<std::uint16_t>(name, value, 1, 65535);
    else if (name == "--connections")
      options.connections = number(name, value, 1U, 100'000U);
    else if (name == "--seconds")
      options.seconds = number(name, value, 0.01, 3600.0);
    else if (name == "--requests")
      options.requests = number<std::uint64_t>(name, value, 1, options.requests);
    else if (name == "--path")
      options.path = value;
    else if (name == "--fields")
      options.fields = value;
    else if (name == "--upload-bytes")
      options.upload_bytes = number<std::uint64_t>(name, value, 0, kManyBytes);
    else if (name == "--expect-bytes")
      options.expect_bytes = number<std::uint64_t>(name, value, 0, kManyBytes);
    else if (name == "--rate")
      options.rate = number(name, value, 1.0, 1e6);
    else
      stop("there is no option " + std::string(name));
  }
  if (options.port == 0) stop("--port is missing");
  return options;
}

}  // namespace pforte::bench

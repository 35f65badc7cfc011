#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"

namespace pforte::app {

// A running gate's answer to a capture, which lasts as long as that. SIGINT, SIGTERM and SIGHUP are held back meanwhile
// and told. For commands: it blocks.
class CaptureStream {
 public:
  // Asks. While there is one thread. Fails like call_gate().
  static Result<CaptureStream> open(const std::string& socket_path, const std::string& target);

  CaptureStream(CaptureStream&&) noexcept = default;
  CaptureStream& operator=(CaptureStream&&) = delete;

  enum class News : std::uint8_t { Bytes, Signal, End };
  // Waits for bytes, which go behind `into`, or a signal, `limit` at most. Fails like call_gate().
  Result<News> next(std::string& into, std::chrono::milliseconds limit);

 private:
  CaptureStream(std::unique_ptr<Descriptor> gate, std::unique_ptr<Descriptor> signals)
      : gate_(std::move(gate)), signals_(std::move(signals)) {}

  std::unique_ptr<Descriptor> gate_;
  std::unique_ptr<Descriptor> signals_;
};

}  // namespace pforte::app

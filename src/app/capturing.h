#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "admin/status.h"
#include "capture/recording.h"
#include "gate/worker.h"
#include "http/exchange.h"
#include "http/page.h"
#include "net/loop.h"

namespace pforte::app {

// The captures that are asked of a running gate, one at a time: tells the workers, and sends what they record to the
// command that asked, which writes it down. A capture ends with its time, its limit, its command or the gate. Used on
// the loop's thread.
class Capturing {
 public:
  struct Gate {
    // Does it on each worker's thread, and ends when all have.
    std::function<net::Task<>(std::function<void(gate::Worker&)> work)> on_workers;
    // Whether some site or passthrough has this host.
    std::function<bool(std::string_view host)> knows;
  };

  Capturing(net::Loop& loop, Gate gate) : loop_(loop), gate_(std::move(gate)) {}
  Capturing(const Capturing&) = delete;
  Capturing& operator=(const Capturing&) = delete;

  // Answers POST /api/v1/capture?for=MS&limit=BYTES&client=NETWORK&site=HOST&secrets=yes|no&by=WHO: blocks of pcapng,
  // the first and the last of them of BlockType::Told with a JSON document. Refused with 400 where that cannot be read,
  // with 404 where nobody has the site, with 409 while another capture is under way: it says whose, and until when.
  net::Task<> serve(http::Exchange& exchange);

  // Ends the capture with this number, if it is still under way.
  void end(std::uint64_t number);
  // Ends any, since the gate stops.
  void stop() { stopping_ = true; }

  bool under_way() const { return recording_ != nullptr; }
  std::optional<admin::CaptureStatus> status() const;

 private:
  std::optional<http::Page> refusal(const Result<capture::Terms>& terms) const;
  std::optional<capture::Ended> ended(net::Instant deadline) const;
  net::Task<capture::Ended> carry(http::Exchange& exchange);
  std::string told_beginning() const;
  std::string told_end(capture::Ended why) const;

  net::Loop& loop_;
  Gate gate_;
  std::shared_ptr<capture::Recording> recording_;  // null: none is under way
  std::uint64_t number_ = 0;                       // of the last one
  bool asked_to_end_ = false;
  bool stopping_ = false;
};

}  // namespace pforte::app

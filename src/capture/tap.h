#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "capture/conversation.h"
#include "capture/recording.h"
#include "net/stream.h"

namespace pforte::capture {

// A stream that passes everything on to the one below, and records what moved. What it has is held back until somebody
// says that it belongs to the capture: then the secrets go into the file first, so that whoever reads it from front to
// back can decrypt.
class Tap final : public net::Stream {
 public:
  Tap(std::unique_ptr<net::Stream> lower, std::shared_ptr<Recording> recording, Conversation::Ends ends);
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;
  ~Tap() override;

  // A line of the key log (draft-ietf-tls-keylogfile). Before keep().
  void tell(std::string_view secret);
  // It belongs: what was held back is recorded, and from now on what moves. `comment` goes to its first packet.
  void keep(std::string_view comment);
  // It does not, or the capture is over: nothing is recorded any more, and what was held back is forgotten.
  void leave();
  // Whether it is not known yet whether it belongs.
  bool holds_back() const { return recording_ != nullptr && !kept_; }

  net::Io try_read(std::span<char> into) override;
  bool nothing_to_read() const override { return lower_->nothing_to_read(); }
  net::Io try_write(std::span<const std::string_view> pieces) override;
  net::Io try_flush() override { return lower_->try_flush(); }
  void finish() override;
  net::Signal& readable() override { return lower_->readable(); }
  net::Signal& writable() override { return lower_->writable(); }
  void read_deadline(net::Instant at) override { lower_->read_deadline(at); }
  void write_deadline(net::Instant at) override { lower_->write_deadline(at); }
  void tell_when_broken(net::Signal* other) override { lower_->tell_when_broken(other); }
  bool broken() const override { return lower_->broken(); }
  Error failure() const override { return lower_->failure(); }

 private:
  // Adds packets to a text and returns how many.
  using Happening = std::function<std::uint64_t(Conversation& conversation, std::string& out, Time time)>;
  void note(const Happening& happening);
  std::string secrets_block() const;
  void forget_held();

  std::unique_ptr<net::Stream> lower_;
  std::shared_ptr<Recording> recording_;  // null: nothing is recorded any more
  Conversation conversation_;
  Time opened_ = std::chrono::system_clock::now();
  bool kept_ = false;
  std::string held_;  // blocks
  std::uint64_t held_packets_ = 0;
  Time last_held_ = opened_;
  std::vector<Secret> secrets_;
};

}  // namespace pforte::capture

#include "capture/recording.h"

#include <cstring>
#include <utility>

#include "base/text.h"

namespace pforte::capture {

namespace {

// What the statistics at the end take.
constexpr std::size_t kEndBytes = 1024;

}  // namespace

std::string Filter::to_text() const {
  if (!client && site.empty()) return "everything";
  std::string text = client ? cat("client ", client->to_text()) : std::string();
  if (!site.empty()) text += cat(text.empty() ? "" : ", ", "site ", site);
  return text;
}

Recording::Recording(Terms terms, Time begun) : terms_(std::move(terms)), begun_(begun) {
  waiting_.reserve(kMostWaiting);
  waiting_ += section_header(
      "pforte " PFORTE_VERSION,
      cat("What the gate received and sent at its own sockets, of ", terms_.filter.to_text(),
          ". IP and TCP headers are synthesised: no retransmissions, no times of the network. Asked for by ", terms_.by,
          terms_.secrets ? ". With the secrets of TLS." : ". Without the secrets of TLS."));
  waiting_ += interface_description("clients", "connections of clients to the gate");
  tally_.bytes = waiting_.size();
}

Recording::~Recording() {
  explicit_bzero(waiting_.data(), waiting_.size());
}

bool Recording::add(std::string_view blocks, std::uint64_t packets, Time time) {
  if (over()) return false;
  std::lock_guard lock(mutex_);
  if (time > until()) over_ = true;
  if (full_ || over()) return false;
  if (tally_.bytes + blocks.size() + kEndBytes > terms_.limit) {
    full_ = true;
    over_ = true;
    return false;
  }
  tally_.packets += packets;
  if (waiting_.size() + blocks.size() > kMostWaiting) {
    tally_.dropped += packets;
    return false;
  }
  waiting_ += blocks;
  tally_.bytes += blocks.size();
  return true;
}

void Recording::count_connection() {
  std::lock_guard lock(mutex_);
  ++tally_.connections;
}

void Recording::count_given_up() {
  std::lock_guard lock(mutex_);
  ++tally_.given_up;
}

void Recording::count_left_out(std::uint64_t connections) {
  std::lock_guard lock(mutex_);
  tally_.left_out += connections;
}

bool Recording::take_room(std::size_t bytes) {
  if (held_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= kMostHeld) return true;
  give_room(bytes);
  return false;
}

Tally Recording::tally() const {
  std::lock_guard lock(mutex_);
  return tally_;
}

std::string Recording::take() {
  std::string next;
  next.reserve(kMostWaiting);  // before workers have to wait for it
  std::lock_guard lock(mutex_);
  if (waiting_.empty()) return {};
  return std::exchange(waiting_, std::move(next));
}

bool Recording::full() const {
  std::lock_guard lock(mutex_);
  return full_;
}

std::string Recording::end(Time time, std::string_view why) {
  over_ = true;
  std::lock_guard lock(mutex_);
  std::string blocks = statistics({.interface = 0,
                                   .begin = begun_,
                                   .end = time,
                                   .received = tally_.packets,
                                   .dropped = tally_.dropped,
                                   .comment = why});
  tally_.bytes += blocks.size();
  return blocks;
}

}  // namespace pforte::capture

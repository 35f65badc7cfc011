#include "capture/tap.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pforte::capture {

using net::Io;

namespace {

// More than a handshake or the head of a request takes.
constexpr std::size_t kMostHeldOfOne = 256UZ * 1024;

// More than the packets take with which a connection begins.
constexpr std::size_t kOpeningBytes = 2048;

Time now() {
  return std::chrono::system_clock::now();
}

void wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace

Tap::Tap(std::unique_ptr<net::Stream> lower, std::shared_ptr<Recording> recording, Conversation::Ends ends)
    : lower_(std::move(lower)), recording_(std::move(recording)), conversation_(ends, 0) {}

Tap::~Tap() {
  if (recording_)
    note([](Conversation& conversation, std::string& out, Time time) {
      return conversation.finish(out, time, End::Gate);
    });
  leave();
}

void Tap::tell(std::string_view secret) {
  if (holds_back()) secrets_.emplace_back(secret);
}

void Tap::keep(std::string_view comment) {
  if (!holds_back()) return;
  // In one piece from the beginning: what grows leaves copies behind.
  std::string secrets = secrets_block();
  std::string blocks;
  blocks.reserve(secrets.size() + held_.size() + comment.size() + kOpeningBytes);
  blocks += secrets;
  wipe(secrets);
  std::uint64_t packets = conversation_.open(blocks, opened_, comment) + held_packets_;
  blocks += held_;
  // Without its beginning nothing of a connection can be read.
  bool taken = recording_->add(blocks, packets, last_held_);
  wipe(blocks);
  if (!taken) {
    bool late = recording_->over() || last_held_ > recording_->until();
    if (!late) recording_->count_given_up();
    return leave();
  }
  recording_->count_connection();
  forget_held();
  kept_ = true;
}

void Tap::leave() {
  if (!recording_) return;
  forget_held();
  recording_.reset();
}

std::string Tap::secrets_block() const {
  if (secrets_.empty()) return {};
  std::size_t size = 0;
  for (const Secret& secret : secrets_) size += secret.reveal().size() + 1;
  std::string log;
  log.reserve(size);
  for (const Secret& secret : secrets_) log.append(secret.reveal()).push_back('\n');
  std::string block = decryption_secrets(log);
  wipe(log);
  return block;
}

void Tap::forget_held() {
  recording_->give_room(held_.size());
  wipe(held_);
  std::string().swap(held_);  // an assignment would keep the room
  held_packets_ = 0;
  std::vector<Secret>().swap(secrets_);
}

Io Tap::try_read(std::span<char> into) {
  Io io = lower_->try_read(into);
  if (!recording_ || io.blocked()) return io;
  note([&](Conversation& conversation, std::string& out, Time time) -> std::uint64_t {
    if (io.status == Io::Status::Failed) return conversation.reset(out, time, End::Peer);
    if (io.status == Io::Status::Finished) return conversation.finish(out, time, End::Peer);
    return conversation.data(out, time, End::Peer, {into.data(), io.bytes});
  });
  return io;
}

Io Tap::try_write(std::span<const std::string_view> pieces) {
  Io io = lower_->try_write(pieces);
  if (!recording_ || io.blocked()) return io;
  note([&](Conversation& conversation, std::string& out, Time time) -> std::uint64_t {
    if (!io.moved()) return conversation.reset(out, time, End::Peer);
    std::uint64_t packets = 0;
    std::size_t left = io.bytes;
    for (std::string_view piece : pieces) {
      piece = piece.substr(0, left);
      left -= piece.size();
      packets += conversation.data(out, time, End::Gate, piece);
    }
    return packets;
  });
  return io;
}

void Tap::finish() {
  lower_->finish();
  if (!recording_) return;
  note([](Conversation& conversation, std::string& out, Time time) {
    return conversation.finish(out, time, End::Gate);
  });
}

void Tap::note(const Happening& happening) {
  std::string blocks;
  Time time = now();
  std::uint64_t packets = happening(conversation_, blocks, time);
  if (packets == 0) return;
  if (kept_) {
    recording_->add(blocks, packets, time);
    if (recording_->over()) leave();
  } else if (held_.size() + blocks.size() > kMostHeldOfOne || !recording_->take_room(blocks.size())) {
    recording_->count_given_up();
    leave();
  } else {
    held_ += blocks;
    held_packets_ += packets;
    last_held_ = time;
  }
}

}  // namespace pforte::capture

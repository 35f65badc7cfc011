#include "http/h2_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/buffer.h"

namespace pforte::http {

using net::Buffer;
using net::Io;

namespace {

// Bodies that nobody has read yet: of one stream. The window of all is opened as bytes come, so that it bounds what is
// on its way, not what is kept.
constexpr std::uint32_t kAnswerWindow = 256U * 1024;
constexpr std::uint32_t kAllAnswersWindow = 4096U * 1024;

// Requests at once, whatever the server allows.
constexpr std::uint32_t kMostStreams = 1000;

// What is gathered before it is sent, and how often one turn of the loop reads 16 KiB: others have their turns as well.
constexpr std::size_t kBatch = 64UZ * 1024;
constexpr int kReadsPerTurn = 8;

// Longest time in which a server takes none of what we send to all streams together.
constexpr net::Duration kServerPatience = std::chrono::seconds(60);

// What each costs that comes although nothing useful came or went since the last one: see Anomalies. Others are bounded
// by what we ask for.
std::int64_t cost_of(H2Oddity oddity) {
  switch (oddity) {
    case H2Oddity::SmallWindow:
    case H2Oddity::Priority:
      return 1;
    case H2Oddity::EmptyData:
    case H2Oddity::Acknowledged:
      return 2;
    case H2Oddity::Reset:
    case H2Oddity::MadeUsReset:
    case H2Oddity::Continuation:
      break;
  }
  return 0;
}

Error copy_of_loss(const Error& error) {
  return Error(error.kind(), error.code(), error.text());
}

}  // namespace

H2Client::H2Client(net::Loop& loop, std::unique_ptr<net::Stream> stream, std::string_view scheme,
                   std::move_only_function<void()> on_change)
    : TurnEnd(loop),
      loop_(loop),
      stream_(std::move(stream)),
      scheme_(scheme),
      on_change_(std::move(on_change)),
      session_(*this, H2Session::Side::Client,
               {.streams = 0,
                .stream_window = kAnswerWindow,
                .session_window = kAllAnswersWindow,
                .head_bytes = std::uint32_t(kAnswerLimits.longest_head())}),
      heard_(loop.now()),
      idle_since_(loop.now()) {
  sending_.emplace(send(), [this] { lose(sending_); });
  reading_.emplace(read(), [this] { lose(reading_); });
}

// The server learns that it need not wait.
H2Client::~H2Client() {
  if (gone_) *gone_ = true;
  if (lost_) return;
  session_.end(H2Error::None);
  std::string_view goodbye = session_.collect();
  stream_->try_write(std::span(&goodbye, 1));
  stream_->try_flush();
}

net::Task<> H2Client::greeted() {
  while (!greeted_) {
    if (lost_) co_return std::unexpected(copy_of_loss(*lost_));
    co_await news_of_connection_;
  }
  co_return {};
}

net::Task<> H2Client::ping() {
  pong_ = false;
  session_.ping();
  ask();
  while (!pong_) {
    if (lost_) co_return std::unexpected(copy_of_loss(*lost_));
    if (retired_)
      co_return fail(Kind::Closed, "backend.closed", "the server takes no more requests on this connection");
    co_await news_of_connection_;
  }
  co_return {};
}

bool H2Client::has_room() const {
  return greeted_ && !retired_ && !lost_ && open_ < std::min(session_.streams_allowed(), kMostStreams);
}

void H2Client::retire() {
  if (std::exchange(retired_, true)) return;
  changed_ = true;
  ask();
}

std::unique_ptr<ClientExchange> H2Client::open() {
  ++open_;
  used_ = true;
  changed_ = true;
  ask();
  return std::make_unique<H2ClientStream>(static_cast<H2ClientConnection&>(*this));
}

void H2Client::gone(std::int32_t id) {
  streams_.erase(id);
  --open_;
  if (open_ == 0) idle_since_ = loop_.now();
  changed_ = true;
  ask();
}

H2ClientStream* H2Client::find(std::int32_t id) {
  auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second;
}

// One that something has happened to, which its task is told afterwards.
H2ClientStream* H2Client::touch(std::int32_t id) {
  useful_ = true;
  H2ClientStream* stream = find(id);
  if (stream && (touched_.empty() || touched_.back() != id)) touched_.push_back(id);
  return stream;
}

void H2Client::on_field(std::int32_t id, H2Field field, bool valid) {
  if (H2ClientStream* stream = find(id)) stream->take_field(field, valid);
}

void H2Client::on_head(std::int32_t id, bool last) {
  if (H2ClientStream* stream = touch(id)) stream->take_head(last);
}

void H2Client::on_data(std::int32_t id, std::string_view bytes) {
  if (H2ClientStream* stream = touch(id)) return stream->take_body(bytes);
  session_.consumed(id, bytes.size());
}

void H2Client::on_end(std::int32_t id) {
  if (H2ClientStream* stream = touch(id)) stream->take_end();
}

void H2Client::on_closed(std::int32_t id, H2Error error) {
  if (H2ClientStream* stream = touch(id)) stream->close(error);
}

void H2Client::on_broken_rule(std::int32_t id) {
  broken_ |= id == 0;
  if (H2ClientStream* stream = find(id)) stream->broke_rule();
  retire();
}

void H2Client::on_oddity(H2Oddity oddity) {
  std::int64_t cost = cost_of(oddity);
  if (cost == 0 || std::exchange(useful_, false)) return;
  if (!anomalies_.add(cost, loop_.now())) abused_ = true;
}

void H2Client::on_settings() {
  greeted_ = true;
  changed_ = true;
}

void H2Client::on_pong() {
  pong_ = true;
}

H2Events::Portion H2Client::on_body_wanted(std::int32_t id, std::span<char> into) {
  H2ClientStream* stream = touch(id);
  if (!stream) return {.last = true};
  return stream->give_body(into);
}

// Tasks run here and nowhere else: each may end with this destroyed.
void H2Client::on_turn_end() {
  if (!wake_touched()) return;
  bool gone = false;
  gone_ = &gone;
  wanted_.ring();
  if (std::exchange(reads_on_, false)) stream_->readable().ring();
  news_of_connection_.ring();
  if (gone) return;
  if (std::exchange(changed_, false)) on_change_();
  if (!gone) gone_ = nullptr;
}

// False: we have gone.
bool H2Client::wake_touched() {
  bool gone = false;
  gone_ = &gone;
  // Who is woken may touch others.
  for (std::size_t at = 0; at < touched_.size(); ++at) {
    std::int32_t id = touched_[at];
    if (H2ClientStream* stream = find(id)) stream->wake_writer();
    if (gone) return false;
    if (H2ClientStream* stream = find(id)) stream->wake_reader();
    if (gone) return false;
  }
  touched_.clear();
  gone_ = nullptr;
  return true;
}

net::Task<> H2Client::read() {
  for (int reads = 0;;) {
    bool some = co_await net::ok(read_some());
    if (some && ++reads < kReadsPerTurn) continue;
    // Others of the loop want their turn.
    reads_on_ = some;
    if (reads_on_) ask();
    reads = 0;
    co_await stream_->readable();
  }
}

// What is at hand. False: one has to wait for more.
Result<bool> H2Client::read_some() {
  if (stream_->nothing_to_read()) return false;
  Buffer buffer(Buffer::Size::Medium);
  Io io = stream_->try_read({buffer.data(), buffer.capacity()});
  if (io.blocked()) return false;
  if (io.status == Io::Status::Failed) return std::unexpected(stream_->failure());
  if (io.status == Io::Status::Finished) return std::unexpected(reason());
  ask();
  heard_ = loop_.now();
  Result<> taken = session_.receive({buffer.data(), io.bytes});
  broken_ |= !taken.has_value();
  if (!taken) return std::unexpected(reason());
  if (abused_) session_.end(H2Error::EnhanceYourCalm);
  return true;
}

// Why it has ended.
Error H2Client::reason() const {
  if (abused_) return Error(Kind::Invalid, "backend.http2-flood", "the server sends pings and the like without end");
  if (!greeted_) return Error(Kind::Unavailable, "backend.no-http2", "the server does not speak HTTP/2");
  if (broken_) return Error(Kind::Invalid, "backend.http2", "the server breaks the rules of HTTP/2");
  return Error(Kind::Closed, "backend.closed", "the server closed the connection");
}

net::Task<> H2Client::send() {
  for (;;) {
    gather();
    if (out_->empty()) {
      out_.give_back();
      if (session_.over()) co_return {};
      co_await wanted_;
      continue;
    }
    stream_->write_deadline(loop_.now() + kServerPatience);
    co_await net::write_all(*stream_, *out_);
    out_.give_back();
    co_await net::flush(*stream_);
    ask();
    co_await wanted_;
  }
}

void H2Client::gather() {
  out_.take();
  for (std::string_view frames = session_.collect(); !frames.empty(); frames = session_.collect()) {
    out_->append(frames);
    if (out_->size() >= kBatch) break;
  }
  if (!touched_.empty()) ask();
}

// Nothing goes over the connection any more. Whoever uses it is told at the end of the turn.
void H2Client::lose(const std::optional<net::Beside>& ended) {
  if (lost_) return;
  lost_.emplace(ended && ended->failed() ? copy_of_loss(ended->result()->error()) : reason());
  for (const auto& [id, stream] : streams_) {
    stream->lose(*lost_);
    touched_.push_back(id);
  }
  changed_ = true;
  ask();
}

}  // namespace pforte::http

#include "http/h2_server.h"

#include <algorithm>
#include <array>

#include "net/buffer.h"

namespace pforte::http {

using net::Buffer;
using net::Io;

namespace {

// Bodies that nobody has read yet: of one stream, and of all.
constexpr std::uint32_t kStreamWindow = 256U * 1024;
constexpr std::uint32_t kSessionWindow = 4096U * 1024;

// What is gathered before it is sent, and how often one turn of the loop reads 16 KiB: others have their turns as well.
constexpr std::size_t kEnough = 64UZ * 1024;
constexpr int kMostReads = 8;

// Between telling a client that the end is near and taking no more streams: longer than a round trip.
constexpr net::Duration kNotice = std::chrono::seconds(1);
constexpr net::Duration kFarewellTime = std::chrono::seconds(2);
constexpr std::size_t kMostUnheard = 1024UZ * 1024;

// What each may cost until it is too much: see Anomalies.
std::int64_t points_of(H2Oddity oddity) {
  switch (oddity) {
    case H2Oddity::Priority:
    case H2Oddity::SmallWindow:
      return 1;
    case H2Oddity::Reset:
    case H2Oddity::EmptyData:
    case H2Oddity::Acknowledged:
    case H2Oddity::Continuation:
      return 2;
    case H2Oddity::MadeUsReset:
      return 10;
  }
  return 0;
}

H2Session::Bounds bounds_of(const ServerLimits& limits) {
  return {.streams = limits.streams,
          .stream_window = kStreamWindow,
          .session_window = kSessionWindow,
          .head_bytes = std::uint32_t(limits.head.longest_head())};
}

}  // namespace

H2Server::H2Server(net::Loop& loop, net::Stream& stream, Service& service, const ServerLimits& limits)
    : TurnEnd(loop),
      Timer(loop.timers()),
      loop_(loop),
      stream_(stream),
      service_(service),
      limits_(limits),
      session_(*this, H2Session::Side::Server, bounds_of(limits)),
      connection_{.loop = loop,
                  .session = session_,
                  .stream = stream,
                  .limits = limits,
                  .on_news =
                      [this] {
                        news_ = true;
                        ask();
                      }},
      idle_until_(loop.now() + limits.idle) {}

H2Server::~H2Server() {
  if (gone_) *gone_ = true;
}

net::Task<> H2Server::run() {
  Result<> ended = co_await outcome(converse());
  drop_streams();
  if (abused_) co_return fail(Kind::Denied, "http2.abuse", "resets, pings and the like without end");
  if (!ended) co_return ended;
  leaving_ = true;
  co_await leave();
  co_return {};
}

net::Task<> H2Server::converse() {
  net::Beside sending(send(), [this] { stream_.readable().ring(); });
  for (int reads = 0; !sending.result();) {
    bool some = co_await net::ok(read_some());
    if (some && ++reads < kMostReads) continue;
    if (sending.result()) break;
    // Others of the loop want their turn.
    reads_on_ = some;
    if (reads_on_) ask();
    reads = 0;
    co_await wait_to_read();
  }
  if (sending.failed()) co_return fail(Kind::Closed, "http2.closed", sending.result()->error().text());
  co_return {};
}

net::Task<> H2Server::wait_to_read() {
  stream_.read_deadline(deadline());
  Result<> waited = co_await stream_.readable().outcome();
  if (waited) co_return {};
  if (waited.error().kind() != Kind::Timeout) co_return waited;
  end_if_late();
  co_return {};
}

// What is at hand. False: one has to wait for more.
Result<bool> H2Server::read_some() {
  if (stream_.nothing_to_read()) return false;
  Buffer buffer(Buffer::Size::Medium);
  Io io = stream_.try_read({buffer.data(), buffer.capacity()});
  if (io.blocked()) return false;
  if (io.status == Io::Status::Failed) return std::unexpected(stream_.failure());
  if (io.status == Io::Status::Finished) return fail(Kind::Closed, "http2.closed", "the client has gone");
  ask();
  TRY(session_.receive({buffer.data(), io.bytes}));
  if (abused_) session_.end(H2Error::EnhanceYourCalm);
  wake_touched();
  bury();
  return true;
}

net::Instant H2Server::deadline() const {
  if (head_until_ != net::kNever) return head_until_;
  return streams_.empty() ? idle_until_ : net::kNever;
}

void H2Server::end_if_late() {
  if (loop_.now() < deadline()) return;
  session_.end(H2Error::None);
  ask();
}

void H2Server::end_soon() {
  if (std::exchange(announced_, true)) return;
  ask();
  if (streams_.empty()) return session_.end(H2Error::None);
  session_.announce_end();
  set(loop_.now() + kNotice);
}

void H2Server::on_time() {
  closing_ = true;
  session_.end_after_known_streams();
  ask();
}

H2Stream* H2Server::find(std::int32_t id) {
  if (latest_ && latest_id_ == id) return latest_;
  auto found = std::ranges::lower_bound(streams_, id, {}, &H2Stream::id);
  if (found == streams_.end() || (*found)->id() != id) return nullptr;
  latest_ = found->get();
  latest_id_ = id;
  return latest_;
}

// One that the client has given up counts until its task has ended.
bool H2Server::on_head_begin(std::int32_t id) {
  if (closing_ || streams_.size() >= limits_.streams) return false;
  head_id_ = id;
  head_until_ = loop_.now() + limits_.head_time;
  streams_.push_back(std::make_unique<H2Stream>(connection_, id));
  return true;
}

void H2Server::on_field(std::int32_t id, H2Field field, bool valid) {
  if (H2Stream* stream = find(id)) stream->take_field(field, valid);
}

void H2Server::on_head(std::int32_t id, bool last) {
  if (id == head_id_) head_until_ = net::kNever;
  H2Stream* stream = find(id);
  if (!stream) return;
  stream->take_head(last);
  touched_.push_back(id);
}

void H2Server::on_data(std::int32_t id, std::string_view bytes) {
  H2Stream* stream = find(id);
  if (!stream) return session_.consumed(id, bytes.size());
  stream->take_body(bytes);
  touched_.push_back(id);
}

void H2Server::on_end(std::int32_t id) {
  H2Stream* stream = find(id);
  if (!stream) return;
  stream->take_end();
  touched_.push_back(id);
}

void H2Server::on_sent(std::int32_t id) {
  if (H2Stream* stream = find(id)) stream->answered();
}

void H2Server::on_closed(std::int32_t id, H2Error) {
  H2Stream* stream = find(id);
  if (!stream) return;
  if (id == head_id_) head_until_ = net::kNever;
  stream->close();
  touched_.push_back(id);
}

void H2Server::on_oddity(H2Oddity oddity) {
  if (!anomalies_.add(points_of(oddity), loop_.now())) abused_ = true;
}

H2Events::Portion H2Server::on_body_wanted(std::int32_t id, std::span<char> into) {
  H2Stream* stream = find(id);
  if (!stream) return {.last = true};
  touched_.push_back(id);
  return stream->give_body(into);
}

// Whoever is rung may find that the connection has ended, and with it this.
void H2Server::on_turn_end() {
  wake_touched();
  bury();
  if (std::exchange(reads_on_, false)) {
    bool gone = false;
    gone_ = &gone;
    stream_.readable().ring();
    if (gone) return;
    gone_ = nullptr;
  }
  wanted_.ring();
}

net::Task<> H2Server::send() {
  for (;;) {
    gather();
    if (out_->empty()) {
      out_.give_back();
      if (session_.over()) co_return {};
      co_await wanted_;
      continue;
    }
    stream_.write_deadline(loop_.now() + kAnswerPatience);
    co_await net::write_all(stream_, *out_);
    out_.give_back();
    co_await net::flush(stream_);
    ask();
    co_await wanted_;
  }
}

// What there is to send, with what those have to add whose last piece has just gone.
void H2Server::gather() {
  out_.take();
  do {
    news_ = false;
    for (std::string_view frames = session_.collect(); !frames.empty(); frames = session_.collect()) {
      out_->append(frames);
      if (out_->size() >= kEnough) break;
    }
    wake_touched();
    bury();
  } while (news_ && out_->size() < kEnough);
}

// Tasks that are woken may touch others.
void H2Server::wake_touched() {
  for (std::size_t at = 0; at < touched_.size(); ++at) {
    if (H2Stream* stream = find(touched_[at])) stream->wake(service_);
  }
  touched_.clear();
}

void H2Server::bury() {
  if (!std::exchange(connection_.some_over, false)) return;
  bool some = std::erase_if(streams_, [](const auto& one) { return one->over(); }) > 0;
  if (!some) return;
  latest_ = nullptr;
  if (!streams_.empty()) return;
  idle_until_ = loop_.now() + limits_.idle;
  if (!leaving_) stream_.read_deadline(deadline());
  if (closing_) session_.end(H2Error::None);
}

// Whoever serves them learns that their client has gone.
void H2Server::drop_streams() {
  for (const std::unique_ptr<H2Stream>& stream : streams_) {
    stream->close();
    touched_.push_back(stream->id());
  }
  wake_touched();
  bury();
}

// Says goodbye, and lets the client read it, though it may still be sending (RFC 9112, 9.6).
net::Task<> H2Server::leave() {
  stream_.finish();
  stream_.write_deadline(loop_.now() + kFarewellTime);
  co_await net::flush(stream_);
  stream_.read_deadline(loop_.now() + kFarewellTime);
  Buffer buffer(Buffer::Size::Medium);
  for (std::size_t unheard = 0; unheard < kMostUnheard;) {
    Io io = stream_.try_read({buffer.data(), buffer.capacity()});
    if (io.blocked()) {
      Result<> waited = co_await stream_.readable().outcome();
      if (!waited) break;
    } else if (!io.moved()) {
      break;
    }
    unheard += io.bytes;
  }
  co_return {};
}

}  // namespace pforte::http

#include "gate/relay.h"

#include "gate/activity.h"
#include "net/buffer.h"
#include "net/together.h"

namespace pforte::gate {

namespace {

// What one direction moves before others have their turn, where neither side ever lets it wait.
constexpr std::size_t kMostInARow = 8 * net::kRelayBytes;

// `co_await pause.over()` goes on when everybody else of this turn has had theirs.
class Pause final : private net::TurnEnd {
 public:
  explicit Pause(net::Loop& loop) : TurnEnd(loop) {}

  net::Signal& over() {
    ask();
    return over_;
  }

 private:
  void on_turn_end() override { over_.ring(); }

  net::Signal over_;
};

// One direction of a relay.
struct Direction {
  net::Stream& from;
  net::Stream& to;
  RelayGauge& gauge;
  void (RelayGauge::*count)(std::size_t bytes);
};

// Ends when `to` has taken all of it.
net::Task<> hand_over(net::Loop& loop, std::string_view bytes, net::Stream& to, Activity& activity) {
  while (!bytes.empty()) {
    net::Io io = to.try_write(std::span(&bytes, 1));
    if (io.status == net::Io::Status::Failed) co_return std::unexpected(to.failure());
    if (io.blocked()) co_await to.writable();
    if (io.moved()) activity.last = loop.now();
    bytes.remove_prefix(io.bytes);
  }
  co_return {};
}

net::Task<> carry(net::Loop& loop, Direction direction, Activity& activity) {
  Pause pause(loop);
  std::size_t in_a_row = 0;
  bool much = false;
  for (;;) {
    // Who is silent holds no buffer.
    if (direction.from.nothing_to_read()) co_await direction.from.readable();
    net::Buffer buffer(much ? net::Buffer::Size::Large : net::Buffer::Size::Medium);
    net::Io io = direction.from.try_read(std::span(buffer.data(), buffer.capacity()));
    if (io.status == net::Io::Status::Failed) co_return std::unexpected(direction.from.failure());
    if (io.status == net::Io::Status::Finished) break;
    if (io.blocked()) {
      buffer.release();
      in_a_row = 0;
      co_await direction.from.readable();
      continue;
    }
    much = io.bytes >= net::Buffer::capacity_of(net::Buffer::Size::Medium);
    activity.last = loop.now();
    co_await hand_over(loop, {buffer.data(), io.bytes}, direction.to, activity);
    (direction.gauge.*direction.count)(io.bytes);
    buffer.release();
    in_a_row += io.bytes;
    if (in_a_row < kMostInARow) continue;
    in_a_row = 0;
    co_await pause.over();
  }
  direction.to.finish();
  co_return {};
}

}  // namespace

net::Task<> relay(net::Loop& loop, net::Stream& client, net::Stream& server, net::Duration idle, RelayGauge& gauge) {
  Activity activity{loop.now()};
  net::Signal news;
  Direction up{.from = client, .to = server, .gauge = gauge, .count = &RelayGauge::to_server};
  Direction down{.from = server, .to = client, .gauge = gauge, .count = &RelayGauge::to_client};
  net::Beside upward(carry(loop, up, activity), [&news] { news.ring(); });
  net::Beside downward(carry(loop, down, activity), [&news] { news.ring(); });
  net::Beside clock(watch(loop, activity, idle), [&news] { news.ring(); });
  for (;;) {
    for (const net::Beside* part : {&upward, &downward, &clock}) {
      if (!part->failed()) continue;
      const Error& error = part->result()->error();
      co_return fail(error.kind(), error.code(), error.text());
    }
    if (upward.result() && downward.result()) co_return {};
    co_await news;
  }
}

}  // namespace pforte::gate

#include "closed_loop.h"

namespace pforte::bench {
namespace {

using namespace std::chrono_literals;
using Event = Connection::Event;

constexpr Clock::duration kPatience = 60s;  // for answers that do not come

class ClosedLoop final : public Pace {
 public:
  ClosedLoop(Fleet& fleet, std::uint64_t requests, Clock::time_point end)
      : fleet_(fleet), requests_left_(requests), end_(end) {}

  // Each connection is used again while requests are left, if there are more of them than connections.
  void run(unsigned at_once) {
    for (Connection& connection : fleet_.connections()) waiting_.push_back(&connection);
    once_each_ = requests_left_ == waiting_.size();
    for (unsigned i = 0; i < at_once; ++i) begin_next();
    while (busy_ > 0) {
      fleet_.turn(end_ + kPatience, *this);
      if (Clock::now() > end_ + kPatience) stop("answers stopped coming");
    }
  }

  void react(Connection& connection, Event event) override {
    if (event == Event::Ready) {
      ask(connection);
    } else if (event == Event::Answered) {
      if (!fleet_.is_fresh()) done(connection);
    } else if (fleet_.is_fresh() || !connection.failure().empty()) {
      done(connection);
    }
  }

 private:
  bool more() const { return requests_left_ > 0 && Clock::now() < end_; }

  void ask(Connection& connection) {
    if (requests_left_ > 0) --requests_left_;
    fleet_.ask(connection, fleet_.is_fresh() ? connection.opened() : Clock::now());
  }

  void go(Connection& connection) {
    if (connection.is_open()) {
      ask(connection);
    } else {
      connection.open();
    }
  }

  void begin_next() {
    if (waiting_.empty() || !more()) return;
    Connection& connection = *waiting_.back();
    waiting_.pop_back();
    ++busy_;
    go(connection);
    fleet_.pump(connection, *this);
  }

  void done(Connection& connection) {
    if (!once_each_ && more()) return go(connection);
    --busy_;
    begin_next();
  }

  Fleet& fleet_;
  std::uint64_t requests_left_;
  Clock::time_point end_;
  bool once_each_ = false;
  std::uint64_t busy_ = 0;
  std::vector<Connection*> waiting_;
};

}  // namespace

void ask_once_each(Fleet& fleet, unsigned at_once) {
  ClosedLoop(fleet, fleet.connections().size(), Clock::now() + kPatience).run(at_once);
}

void ask_again_and_again(Fleet& fleet, std::uint64_t requests, Clock::time_point end) {
  ClosedLoop(fleet, requests, end).run(static_cast<unsigned>(fleet.connections().size()));
}

}  // namespace pforte::bench

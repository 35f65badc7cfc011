#include "open_loop.h"

#include <algorithm>
#include <deque>

namespace pforte::bench {
namespace {

using namespace std::chrono_literals;
using Event = Connection::Event;

constexpr Clock::duration kPatience = 10s;  // for answers that are late

class OpenLoop final : public Pace {
 public:
  OpenLoop(Fleet& fleet, Clock::duration interval, Clock::time_point end)
      : fleet_(fleet), interval_(interval), end_(end) {}

  void run() {
    for (Connection& connection : fleet_.connections()) {
      if (connection.is_open()) free_.push_back(&connection);
    }
    next_ = Clock::now();
    while (next_ < end_ || is_busy()) {
      send_what_is_due();
      fleet_.turn(next_ < end_ ? next_ : Clock::now() + 100ms, *this);
      if (Clock::now() > end_ + kPatience) stop("answers stopped coming");
    }
  }

  void react(Connection& connection, Event event) override {
    if (event == Event::Closed) {
      std::erase(free_, &connection);
      if (Clock::now() < end_) connection.open();
    } else if (due_.empty()) {
      free_.push_back(&connection);
    } else {
      ask(connection);
    }
  }

 private:
  bool is_busy() const { return !due_.empty() || std::ranges::any_of(fleet_.connections(), &Connection::is_asking); }

  void ask(Connection& connection) {
    fleet_.ask(connection, due_.front());
    due_.pop_front();
  }

  void send_what_is_due() {
    for (Clock::time_point now = Clock::now(); next_ <= now && next_ < end_; next_ += interval_) due_.push_back(next_);
    while (!due_.empty() && !free_.empty()) {
      // The one that has been free longest, so that all of them are used.
      Connection& connection = *free_.front();
      free_.pop_front();
      ask(connection);
      fleet_.pump(connection, *this);
    }
  }

  Fleet& fleet_;
  Clock::duration interval_;
  Clock::time_point end_, next_;
  std::deque<Clock::time_point> due_;
  std::deque<Connection*> free_;
};

}  // namespace

void ask_on_time(Fleet& fleet, double rate, Clock::time_point end) {
  OpenLoop(fleet, std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate)), end).run();
}

}  // namespace pforte::bench

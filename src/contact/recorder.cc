#include "contact/recorder.h"

#include <iterator>
#include <utility>

#include "base/log.h"

namespace pforte::contact {

namespace {

using namespace std::chrono_literals;

// How long a ring that cannot be written is left alone.
constexpr auto kPause = 30s;
constexpr auto kForgetEvery = 10min;

}  // namespace

void Recorder::Lane::tell(Contact contact) {
  if (off()) return;
  std::lock_guard lock(mutex_);
  if (waiting_.size() < kMostWaiting) {
    waiting_.push_back(std::move(contact));
  } else {
    recorder_.lost_.fetch_add(1, std::memory_order_relaxed);
  }
}

Recorder::Lane& Recorder::lane() {
  std::lock_guard lock(mutex_);
  return *lanes_.emplace_back(new Lane(*this));
}

void Recorder::follow(Settings settings) {
  std::lock_guard lock(mutex_);
  off_.store(settings.file.empty(), std::memory_order_relaxed);
  next_ = std::move(settings);
}

std::vector<Contact> Recorder::taken() {
  std::vector<Lane*> lanes;
  {
    std::lock_guard lock(mutex_);
    lanes.reserve(lanes_.size());
    for (const auto& lane : lanes_) lanes.push_back(lane.get());
  }
  std::vector<Contact> all;
  for (Lane* lane : lanes) {
    std::vector<Contact> some;
    {
      std::lock_guard lock(lane->mutex_);
      some.swap(lane->waiting_);
    }
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return all;
}

void Recorder::use_settings() {
  std::lock_guard lock(mutex_);
  if (next_ == settings_) return;
  bool other_file = next_.file != settings_.file || next_.size != settings_.size;
  settings_ = next_;
  if (!other_file) return;
  ring_.reset();
  next_attempt_ = Time();
}

void Recorder::write(Time now) {
  use_settings();
  std::vector<Contact> through;
  for (Contact& contact : taken()) sifter_.take(std::move(contact), through);
  sifter_.tell_counts(now, through);
  counted_.store(sifter_.counted(), std::memory_order_relaxed);
  write_down(now, std::move(through));
}

Recorder::~Recorder() {
  Time now = contact::now();
  write(now);
  std::vector<Contact> through;
  sifter_.tell_all_counts(through);
  write_down(now, std::move(through));
}

void Recorder::write_down(Time now, std::vector<Contact> through) {
  if (settings_.file.empty()) return;
  std::uint64_t count = through.size();
  // A clock that was set back does not prolong the pause.
  bool pauses = !works_ && now < next_attempt_ && now >= next_attempt_ - kPause;
  Result<> written;
  if (!pauses) written = try_to_write(now, std::move(through));
  if (pauses || !written) {
    lost_.fetch_add(count, std::memory_order_relaxed);
  } else {
    kept_.fetch_add(count, std::memory_order_relaxed);
  }
  if (pauses) return;
  if (!written) {
    ring_.reset();
    next_attempt_ = now + kPause;
  }
  tell_outcome(written);
}

Result<> Recorder::try_to_write(Time now, std::vector<Contact> through) {
  if (!ring_) ring_ = TRY(Ring::open(settings_.file, settings_.size));
  if (now >= next_forgetting_) {
    TRY(ring_->forget_before(now - settings_.retention));
    next_forgetting_ = now + kForgetEvery;
  }
  std::uint64_t lost = lost_.load(std::memory_order_relaxed) - told_lost_;
  if (lost > 0) through.push_back({.begin = now, .times = std::uint32_t(lost), .ending = Ending::Lost});
  TRY(ring_->add(through));
  told_lost_ += lost;
  return {};
}

void Recorder::tell_outcome(const Result<>& outcome) {
  if (!outcome && works_) {
    log::error("contacts.failed",
               {{"reason", outcome.error().text()},
                {"remedy", "make room, or give the file to the gate's user; it is tried again every 30 s"}});
  }
  if (outcome && !works_) log::info("contacts.works-again", {{"lost", lost()}});
  works_ = outcome.has_value();
}

}  // namespace pforte::contact

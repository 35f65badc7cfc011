#include "contact/recorder.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace pforte::contact {

namespace {

using namespace std::chrono_literals;

// How long a ring that cannot be written is left alone.
constexpr auto kPause = 30s;
constexpr auto kForgetEvery = 10min;

}  // namespace

void Recorder::Lane::tell(Contact contact) {
  if (off()) return;
  {
    std::lock_guard lock(mutex_);
    if (!has_room(contact)) {
      recorder_.lost_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    waiting_.push_back(std::move(contact));
  }
  std::atomic<bool>& has_news = recorder_.has_news_;
  if (!has_news.load(std::memory_order_relaxed) && !has_news.exchange(true)) recorder_.bell_();
}

std::size_t Recorder::Lane::place_of(const Contact& contact) {
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;
  return source_of(contact) * kSpread >> 54;
}

bool Recorder::Lane::is_new(const Contact& contact) {
  Time& asked = asked_[place_of(contact)];
  bool is_new = contact.begin >= asked + 1min || contact.begin < asked;
  if (is_new) asked = contact.begin;
  return is_new;
}

// A client that floods the lane while the writer waits for a disk leaves half of it to the others.
bool Recorder::Lane::has_room(const Contact& contact) {
  std::uint16_t& of_its_source = from_[place_of(contact)];
  if (waiting_.size() >= kMostWaiting || (waiting_.size() >= kMostWaiting / 2 && of_its_source >= kMostOfOne))
    return false;
  ++of_its_source;
  return true;
}

std::vector<Contact>& Recorder::Lane::swap() {
  std::lock_guard lock(mutex_);
  taken_.swap(waiting_);
  from_ = {};
  return taken_;
}

Recorder::Lane& Recorder::lane() {
  std::lock_guard lock(mutex_);
  return *lanes_.emplace_back(new Lane(*this));
}

void Recorder::follow(Settings settings) {
  {
    std::lock_guard lock(mutex_);
    off_.store(settings.off || settings.file.empty(), std::memory_order_relaxed);
    next_ = std::move(settings);
  }
  bell_();
}

std::vector<Recorder::Lane*> Recorder::lanes() {
  std::lock_guard lock(mutex_);
  std::vector<Lane*> lanes;
  lanes.reserve(lanes_.size());
  for (const auto& lane : lanes_) lanes.push_back(lane.get());
  return lanes;
}

void Recorder::use_settings() {
  std::lock_guard lock(mutex_);
  if (next_ == settings_) return;
  bool other_file = next_.file != settings_.file || next_.size != settings_.size || next_.off != settings_.off;
  settings_ = next_;
  last_forgetting_ = Time::min();
  if (!other_file) return;
  ring_.reset();
  next_attempt_ = Time();
  if (settings_.off) remove_file();
}

void Recorder::write(Time now) {
  use_settings();
  has_news_.store(false);
  std::vector<Contact> through;
  for (Lane* lane : lanes()) {
    std::vector<Contact>& taken = lane->swap();
    for (Contact& contact : taken) sifter_.take(std::move(contact), now, through);
    // What a crowd took is not kept.
    taken.clear();
    if (taken.capacity() > Lane::kKept) std::vector<Contact>().swap(taken);  // an assignment would keep the room
  }
  sifter_.tell_counts(now, through);
  counted_.store(sifter_.counted(), std::memory_order_relaxed);
  write_down(now, std::move(through));
}

// What was noted goes with the wish to note it. Also what was left of a change of its size.
void Recorder::remove_file() {
  ::unlink(cat(settings_.file, ".new").c_str());
  if (::unlink(settings_.file.c_str()) == 0) {
    log::info("contacts.removed", {{"file", settings_.file}});
  } else if (errno != ENOENT) {
    std::string reason = std::generic_category().message(errno);
    log::error("contacts.not-removed",
               {{"file", settings_.file}, {"reason", reason}, {"remedy", "remove it by hand: it holds who was here"}});
  }
}

Recorder::~Recorder() {
  Time now = contact::now();
  write(now);
  std::vector<Contact> through;
  sifter_.tell_all_counts(through);
  write_down(now, std::move(through));
}

void Recorder::write_down(Time now, std::vector<Contact> through) {
  if (settings_.off || settings_.file.empty()) return;
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
  TRY(forget(now));
  std::uint64_t lost = lost_.load(std::memory_order_relaxed) - told_lost_;
  if (lost > 0) through.push_back({.begin = now, .times = std::uint32_t(lost), .ending = Ending::Lost});
  TRY(ring_->add(through));
  told_lost_ += lost;
  return {};
}

Result<> Recorder::forget(Time now) {
  // A clock that was set back does not prolong the pause.
  bool is_due = last_forgetting_ == Time::min() || now >= last_forgetting_ + kForgetEvery || now < last_forgetting_;
  if (!is_due) return {};
  TRY(ring_->forget_before(now - settings_.retention));
  last_forgetting_ = now;
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

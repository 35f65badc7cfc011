#include "gate/waiting_line.h"

#include <algorithm>
#include <utility>

namespace pforte::gate {

// Outlives its spot while a waking is on its way to the worker's thread.
struct WaitingLine::Spot::Entry {
  net::Loop* loop = nullptr;  // good as long as the entry stands in the line
  net::Signal bell;
  // Under the line's mutex:
  ServerNeed need;
  std::uint64_t number = 0;  // in the order of their coming
  bool leads = false;
  bool woken = false;
  std::vector<const Server*> offered;  // each once; perhaps more than it takes
};

bool ServerNeed::suits(const Server* server) const {
  return (!only || only == server) && std::ranges::find(tried, server) == tried.end();
}

bool ServerNeed::covers(const ServerNeed& other) const {
  if (other.only) return suits(other.only);
  auto is_left_out = [&](const Server* one) { return std::ranges::find(other.tried, one) != other.tried.end(); };
  return !only && std::ranges::all_of(tried, is_left_out);
}

WaitingLine::Spot::Spot(Spot&& other) noexcept : line_(std::exchange(other.line_, nullptr)), place_(other.place_) {}

WaitingLine::Spot::~Spot() {
  if (!line_) return;
  std::lock_guard lock(line_->mutex_);
  line_->leave(place_);
}

net::Signal& WaitingLine::Spot::bell() const {
  return (*place_)->bell;
}

bool WaitingLine::Spot::leads() const {
  std::lock_guard lock(line_->mutex_);
  return (*place_)->leads;
}

bool WaitingLine::Spot::take_waking() {
  std::lock_guard lock(line_->mutex_);
  return std::exchange((*place_)->woken, false);
}

// It keeps its turn, so that those who came later and led may do so no more.
void WaitingLine::Spot::take_any() {
  std::lock_guard lock(line_->mutex_);
  Entry& entry = **place_;
  const Server* before = std::exchange(entry.need.only, nullptr);
  if (!before) return;
  Entries& theirs = line_->entries_[nullptr];
  auto later = [&](const std::shared_ptr<Entry>& one) { return one->number > entry.number; };
  Entries& own = line_->entries_[before];
  theirs.splice(std::ranges::find_if(theirs, later), own, place_);
  if (own.empty()) line_->entries_.erase(before);
  for (auto& [server, entries] : line_->entries_) {
    for (const std::shared_ptr<Entry>& one : entries) one->leads = one->leads && line_->nobody_covers(*one);
  }
}

std::optional<WaitingLine::Spot> WaitingLine::join(net::Loop& loop, std::size_t most, const ServerNeed& need) {
  std::lock_guard lock(mutex_);
  if (waiting_.load() >= most) return std::nullopt;
  auto entry = std::make_shared<Entry>();
  entry->loop = &loop;
  entry->need = need;
  entry->number = next_number_++;
  Entries& entries = entries_[need.only];
  entries.push_back(entry);
  entry->leads = nobody_covers(*entry);
  waiting_.fetch_add(1);
  return Spot(*this, std::prev(entries.end()));
}

void WaitingLine::wake_for(const Server* server) {
  std::lock_guard lock(mutex_);
  offer(server);
}

bool WaitingLine::is_wanted(const Server* server, const Spot* spot) const {
  std::lock_guard lock(mutex_);
  std::shared_ptr<const Entry> first = first_for(server);
  return first && (!spot || first->number < (*spot->place_)->number);
}

std::shared_ptr<WaitingLine::Entry> WaitingLine::first_for(const Server* server) const {
  auto own = entries_.find(server), any = entries_.find(nullptr);
  std::shared_ptr<Entry> first = own == entries_.end() ? nullptr : own->second.front();
  if (any == entries_.end()) return first;
  for (const std::shared_ptr<Entry>& one : any->second) {
    if (first && first->number < one->number) return first;
    if (one->need.suits(server)) return one;
  }
  return first;
}

bool WaitingLine::nobody_covers(const Entry& entry) const {
  if (entry.need.only) return first_for(entry.need.only).get() == &entry;
  for (const std::shared_ptr<Entry>& one : entries_.at(nullptr)) {
    if (one.get() == &entry) return true;
    if (one->need.covers(entry.need)) return false;
  }
  return true;
}

// Whoever stood behind it may lead now; and it took one place, of perhaps several that it was woken for.
void WaitingLine::leave(Spot::Place place) {
  std::shared_ptr<Entry> gone = std::move(*place);
  auto at = entries_.find(gone->need.only);
  at->second.erase(place);
  if (at->second.empty()) entries_.erase(at);
  waiting_.fetch_sub(1);
  if (gone->leads) wake_new_leaders();
  for (const Server* server : gone->offered) offer(server);
}

// They are at the front: of those whom one server would do for, the first; of the others, none behind one for whom all
// would do.
void WaitingLine::wake_new_leaders() {
  for (auto& [server, entries] : entries_) {
    for (const std::shared_ptr<Entry>& one : entries) {
      bool is_new = !one->leads && nobody_covers(*one);
      if (is_new) wake(one);
      one->leads = one->leads || is_new;
      if (server || one->need.tried.empty()) break;
    }
  }
}

void WaitingLine::offer(const Server* server) {
  std::shared_ptr<Entry> first = first_for(server);
  if (!first) return;
  if (std::ranges::find(first->offered, server) == first->offered.end()) first->offered.push_back(server);
  wake(first);
}

// Posted under the lock: as long as somebody stands in the line, its loop is there.
void WaitingLine::wake(const std::shared_ptr<Entry>& entry) {
  if (std::exchange(entry->woken, true)) return;
  entry->loop->post([entry] { entry->bell.ring(); });
}

}  // namespace pforte::gate

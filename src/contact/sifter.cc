#include "contact/sifter.h"

#include <algorithm>
#include <utility>

namespace pforte::contact {

namespace {

// With their texts about half a kilobyte each.
constexpr std::size_t kMostKinds = 8192;

bool is_telling(const Contact& contact) {
  return is_failure(contact) || !contact.sign_ins.empty() || !contact.selftest.empty();
}

// IPv4 addresses lie below ::ffff:0:0/96, and do not fall together.
std::uint64_t key_of(const net::Address& address) {
  const auto& ip = address.ip();
  std::size_t from = address.is_v4() ? 8 : 0;
  std::uint64_t key = 0;
  for (std::size_t i = from; i < from + 8; ++i) key = key << 8 | ip[i];
  return key;
}

}  // namespace

Sifter::Source& Sifter::source_of(Contact& contact) {
  Key key = key_of(contact.client);
  auto known = sources_.find(key);
  if (known != sources_.end()) return known->second;
  if (sources_.size() < kMostSources) return sources_[key];
  return others_;
}

void Sifter::take(Contact contact, std::vector<Contact>& through) {
  if (!began_) began_ = contact.begin;
  Source& source = source_of(contact);
  std::uint32_t& used = is_telling(contact) ? source.telling : source.quiet;
  if (used < (is_telling(contact) ? kMostTelling : kMostQuiet)) {
    ++used;
    through.push_back(std::move(contact));
  } else if (contact.ending != Ending::Open) {
    if (&source == &others_) contact.client = net::Address();
    count(source, std::move(contact));
  }
}

void Sifter::count(Source& source, Contact contact) {
  counted_ += contact.times;
  auto known = source.counts.find(contact.ending);
  if (known == source.counts.end() && kinds_ >= kMostKinds) {
    // So many kinds from so many sources: only their number is kept.
    contact = Contact{.begin = contact.begin, .lasted = contact.lasted, .times = contact.times, .ending = Ending::Lost};
    known = others_.counts.find(Ending::Lost);
    if (known == others_.counts.end()) {
      others_.counts.emplace(Ending::Lost, std::move(contact));
      return;
    }
  }
  if (known == source.counts.end()) {
    ++kinds_;
    source.counts.emplace(contact.ending, std::move(contact));
    return;
  }
  Contact& sum = known->second;
  Time end = std::max(sum.begin + sum.lasted, contact.begin + contact.lasted);
  sum.begin = std::min(sum.begin, contact.begin);
  sum.lasted = end - sum.begin;
  sum.times += contact.times;
  sum.requests += contact.requests;
}

void Sifter::tell_counts(Time now, std::vector<Contact>& through) {
  // A clock that was set back ends a period as well.
  if (began_ && (now >= *began_ + kPeriod || now < *began_)) tell_all_counts(through);
}

void Sifter::tell_all_counts(std::vector<Contact>& through) {
  auto tell = [&](Source& source) {
    for (auto& [_, contact] : source.counts) through.push_back(std::move(contact));
  };
  for (auto& [_, source] : sources_) tell(source);
  tell(others_);
  sources_.clear();
  others_ = Source();
  kinds_ = 0;
  began_.reset();
}

}  // namespace pforte::contact

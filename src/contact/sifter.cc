#include "contact/sifter.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace pforte::contact {

namespace {

constexpr std::size_t kMostKinds = 8192;
constexpr std::size_t kMostOpen = 65536;

bool is_telling(const Contact& contact) {
  return is_failure(contact) || !contact.sign_ins.empty() || !contact.selftest.empty();
}

// Why it failed: of a sign-in the code, which has no reason beside it.
std::uint64_t digest_of_reason(const Contact& contact) {
  const std::string& why =
      contact.reason.empty() && !contact.sign_ins.empty() ? contact.sign_ins.back().code : contact.reason;
  return std::hash<std::string_view>()(why);
}

// No two connections have both in common.
std::uint64_t mark_of_connection(const Contact& contact) {
  return contact.id ^ std::uint64_t(contact.begin.time_since_epoch().count()) << 20;
}

std::size_t text_bytes_of(const Contact& contact) {
  std::size_t bytes = 0;
  for (const std::string* text :
       {&contact.reason, &contact.server_name, &contact.offered, &contact.protocol, &contact.tls_version,
        &contact.cipher, &contact.fingerprint, &contact.host, &contact.path, &contact.user_agent, &contact.agent,
        &contact.backend, &contact.findings, &contact.selftest})
    bytes += text->size();
  for (const SignIn& one : contact.sign_ins) {
    bytes += sizeof one + one.login.size() + one.principal.size() + one.method.size() + one.code.size() +
             one.reference.size();
  }
  return bytes;
}

// What is known without any text.
Contact without_texts(const Contact& contact) {
  return {.id = contact.id,
          .begin = contact.begin,
          .lasted = contact.lasted,
          .times = contact.times,
          .client = contact.client,
          .sender = contact.sender,
          .told = contact.told,
          .listener = contact.listener,
          .ending = contact.ending,
          .point = contact.point,
          .client_alert = contact.client_alert,
          .our_alert = contact.our_alert,
          .by_doctor = contact.by_doctor,
          .requests = contact.requests,
          .last_status = contact.last_status};
}

}  // namespace

Sifter::Source& Sifter::known_source(const Contact& contact) {
  std::uint64_t source = source_of(contact);
  auto known = sources_.find(source);
  if (known != sources_.end()) return known->second;
  if (sources_.size() < kMostSources) return sources_[source];
  return others_;
}

Sifter::Kind Sifter::kind_of(const Source& source, const Contact& contact) {
  Kind kind{.by_doctor = contact.by_doctor,
            .is_failure = is_failure(contact),
            .is_test = !contact.selftest.empty(),
            .ending = contact.ending};
  Kind exact = kind;
  exact.client_alert = contact.client_alert;
  exact.our_alert = contact.our_alert;
  exact.reason = digest_of_reason(contact);
  return source.counts.size() < kMostReasons || source.counts.contains(exact) ? exact : kind;
}

bool Sifter::has_room(Source& source, const Contact& contact) {
  auto takes = [](std::uint32_t& used, std::uint32_t most) {
    if (used >= most) return false;
    ++used;
    return true;
  };
  Used& used = contact.by_doctor ? source.by_doctor : source.by_clients;
  if (!contact.selftest.empty() && takes(used.self_tests, kMostSelfTests)) return true;
  return is_telling(contact) ? takes(used.telling, kMostTelling) : takes(used.quiet, kMostQuiet);
}

void Sifter::take(Contact contact, Time now, std::vector<Contact>& through) {
  if (!began_) began_ = now;
  bool is_open = contact.ending == Ending::Open;
  // What was told to be open is told to its end, too.
  if (!is_open && open_.erase(mark_of_connection(contact)) > 0) {
    through.push_back(std::move(contact));
    return;
  }
  Source& source = known_source(contact);
  if (has_room(source, contact)) {
    if (open_.size() >= kMostOpen) open_.clear();
    if (is_open) open_.insert(mark_of_connection(contact));
    through.push_back(std::move(contact));
  } else if (!is_open) {
    if (&source == &others_) contact.client = contact.told = contact.sender = net::Address();
    count(source, std::move(contact), through);
  }
}

void Sifter::count(Source& source, Contact contact, std::vector<Contact>& through) {
  Kind kind = kind_of(source, contact);
  auto known = source.counts.find(kind);
  if (known != source.counts.end()) return add_to(known->second, std::move(contact));
  if (kinds_ < kMostKinds) {
    ++kinds_;
    shorten(contact);
    const Count& first = source.counts[kind] = {.newest = std::move(contact)};
    through.push_back(first.newest);
    return;
  }
  // So many kinds from so many sources: only their number is kept.
  Contact lost{.begin = contact.begin, .lasted = contact.lasted, .times = contact.times, .ending = Ending::Lost};
  auto [all, is_first] = others_.counts.try_emplace(Kind(), Count{.newest = lost, .has_grown = true});
  if (is_first) {
    counted_ += lost.times;
  } else {
    add_to(all->second, std::move(lost));
  }
}

void Sifter::add_to(Count& count, Contact contact) {
  counted_ += contact.times;
  const Contact& before = count.newest;
  Time end = std::max(before.begin + before.lasted, contact.begin + contact.lasted);
  contact.id = before.id;
  contact.begin = before.begin;
  contact.lasted = end - before.begin;
  contact.times += before.times;
  contact.requests += before.requests;
  text_bytes_ -= text_bytes_of(before);
  shorten(contact);
  count.newest = std::move(contact);
  count.has_grown = true;
}

void Sifter::shorten(Contact& contact) {
  if (text_bytes_ + text_bytes_of(contact) > kMostText) contact = without_texts(contact);
  text_bytes_ += text_bytes_of(contact);
}

void Sifter::tell_counts(Time now, std::vector<Contact>& through) {
  if (!began_) return;
  // A clock that was set back ends a period as well.
  bool is_over = now >= *began_ + kPeriod || now < *began_;
  if (!is_over && now < last_told_ + kAgain && now >= last_told_) return;
  last_told_ = now;
  tell_all_counts(through);
  if (!is_over) return;
  sources_.clear();
  others_ = Source();
  kinds_ = 0;
  text_bytes_ = 0;
  began_.reset();
}

void Sifter::tell_all_counts(std::vector<Contact>& through) {
  auto tell = [&](Source& source) {
    for (auto& [_, count] : source.counts) {
      if (std::exchange(count.has_grown, false)) through.push_back(count.newest);
    }
  };
  for (auto& [_, source] : sources_) tell(source);
  tell(others_);
}

}  // namespace pforte::contact

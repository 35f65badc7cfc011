#include "app/contact_search.h"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <utility>
#include <vector>

#include "contact/cause.h"

namespace pforte::app {

using contact::Contact;
using contact::Ending;

namespace {

// Contacts as they are written down, one by one.
class Search {
 public:
  Search(const ContactQuery& query, contact::Time since) : query_(query), since_(since) {}

  void take(Contact contact) {
    contact::Time end = contact.begin + contact.lasted;
    if (contact.ending == Ending::Lost) {
      if (end >= since_) lost_[contact.begin] = contact.times;
      return;
    }
    if (!finding.last_of_all || contact.begin >= finding.last_of_all->begin) finding.last_of_all = contact;
    if (contact.times > 1 && !counts_as_one_client(contact)) contact = newest_of_count(std::move(contact));
    Match match = match_of(query_, contact);
    if (match == Match::No) return;
    if (end < since_) {
      finding.before = std::max(finding.before.value_or(contact.begin), contact.begin);
      return;
    }
    finding.by_host |= match == Match::Host;
    if (match == Match::Perhaps) perhaps_.emplace(contact.id, contact.begin);
    if (match > Match::Perhaps) known_.insert(client_of(contact).ip());
    keep(std::move(contact));
  }

  // When all have been taken.
  void end() {
    for (const auto& [_, times] : lost_) finding.lost += times;
    std::uint64_t most = 0;
    for (const auto& [_, count] : counts_) {
      finding.counted_of_others += count.times;
      if (count.times > most) finding.busiest = count.client;
      most = std::max(most, count.times);
    }
    claim_looks();
    if (!known_.empty()) set_aside();
  }

  ContactFinding finding;

 private:
  using Connection = std::pair<std::uint64_t, contact::Time>;
  struct CountOfOthers {
    std::uint64_t times = 0;
    net::Address client;
  };

  // All that are counted together have their address in common, and nothing else.
  bool counts_as_one_client(const Contact& contact) const {
    return query_.network && match_of(query_, contact) == Match::Yes;
  }

  // Of whom the others were nobody knows.
  Contact newest_of_count(Contact contact) {
    contact::Time end = contact.begin + contact.lasted;
    if (end >= since_) counts_[{contact.id, contact.begin}] = {contact.times - 1, client_of(contact)};
    contact.begin = end;
    contact.lasted = {};
    contact.times = 1;
    return contact;
  }

  // A connection that stayed is written down when it goes once more, and a count when it has grown.
  void keep(Contact contact) {
    auto is_same = [&](const Contact& one) { return one.id == contact.id && one.begin == contact.begin; };
    auto recent = std::ranges::find_if(finding.contacts.rbegin(), finding.contacts.rend(), is_same);
    add(contact);
    if (recent != finding.contacts.rend()) {
      take_off(*recent);
      *recent = std::move(contact);
      return;
    }
    finding.contacts.push_back(std::move(contact));
    if (finding.contacts.size() > ContactFinding::kMostKept) finding.contacts.pop_front();
  }

  void add(const Contact& contact) {
    finding.count += contact.times;
    finding.counted += contact.times - std::min(contact.times, 1U);
    if (is_at_fault(contact)) finding.failures += contact.times;
    if (contact.by_doctor) finding.by_doctor += contact.times;
  }
  void take_off(const Contact& contact) {
    finding.count -= contact.times;
    finding.counted -= contact.times - std::min(contact.times, 1U);
    if (is_at_fault(contact)) finding.failures -= contact.times;
    if (contact.by_doctor) finding.by_doctor -= contact.times;
  }

  // Who says nothing cannot say who it is: a look at the port beside an examination from the same address is the
  // doctor's as well.
  void claim_looks() {
    constexpr std::chrono::seconds kBeside{10};
    auto is_look = [](const Contact& one) {
      bool is_mute = one.ending == Ending::Silent || one.ending == Ending::Unused;
      return is_mute && !one.by_doctor && one.times == 1 && one.tls_version.empty() && one.server_name.empty();
    };
    // A look that was claimed claims no others.
    std::vector<std::pair<net::Address, contact::Time>> examinations;
    for (const Contact& one : finding.contacts) {
      if (one.by_doctor) examinations.emplace_back(one.client.with_port(0), one.begin);
    }
    for (Contact& look : finding.contacts) {
      auto is_beside = [&](const auto& examination) {
        return examination.first == look.client.with_port(0) &&
               std::chrono::abs(examination.second - look.begin) <= kBeside;
      };
      if (!is_look(look) || std::ranges::none_of(examinations, is_beside)) continue;
      take_off(look);
      look.by_doctor = true;
      add(look);
    }
  }

  // One login in 63 has the same mark: where it is known from where this one comes, others are probably not it.
  void set_aside() {
    auto is_doubtful = [&](const Contact& one) {
      return perhaps_.contains({one.id, one.begin}) && !known_.contains(client_of(one).ip());
    };
    for (const Contact& one : finding.contacts) {
      if (!is_doubtful(one)) continue;
      take_off(one);
      net::Address client = client_of(one).with_port(0);
      if (std::ranges::find(finding.alike, client) == finding.alike.end()) finding.alike.push_back(client);
    }
    std::erase_if(finding.contacts, is_doubtful);
  }

  const ContactQuery& query_;
  contact::Time since_;
  std::map<contact::Time, std::uint64_t> lost_;
  std::map<Connection, CountOfOthers> counts_;
  std::set<Connection> perhaps_;
  std::set<std::array<std::uint8_t, 16>> known_;  // addresses of what is surely asked for
};

}  // namespace

bool is_at_fault(const Contact& contact) {
  return contact::is_failure(contact) || contact::cause_of(contact).is_fault;
}

bool is_decisive(const Contact& contact) {
  if (contact.by_doctor) return false;
  if (is_at_fault(contact) || contact.requests > 0 || !contact.sign_ins.empty()) return true;
  return contact.ending == Ending::Served || contact.ending == Ending::Passed;
}

const Contact* decisive(const ContactFinding& finding) {
  for (const Contact& contact : std::views::reverse(finding.contacts)) {
    if (is_decisive(contact)) return &contact;
  }
  return nullptr;
}

contact::Time time_of(const Contact& contact) {
  return contact.times > 1 ? contact.begin + contact.lasted : contact.begin;
}

const net::Address& client_of(const Contact& contact) {
  return contact.told == net::Address() ? contact.client : contact.told;
}

Fares fares_of(const ContactFinding& finding) {
  Fares fares;
  std::set<std::array<std::uint8_t, 16>> known;
  for (const Contact& contact : std::views::reverse(finding.contacts)) {
    if (!is_decisive(contact) || !known.insert(client_of(contact).ip()).second) continue;
    (is_at_fault(contact) ? fares.badly : fares.well).push_back(&contact);
  }
  std::ranges::reverse(fares.well);
  std::ranges::reverse(fares.badly);
  return fares;
}

bool is_about_many(const ContactQuery& query, const ContactFinding& finding) {
  return (query.is_range || finding.by_host) && fares_of(finding).count() > 1;
}

std::optional<bool> works(const ContactQuery& query, const ContactFinding& finding) {
  const Contact* last = decisive(finding);
  if (!last) return std::nullopt;
  if (!is_about_many(query, finding)) return !is_at_fault(*last);
  Fares fares = fares_of(finding);
  return fares.well.size() >= fares.badly.size();
}

const Contact* telling(const ContactQuery& query, const ContactFinding& finding) {
  if (!is_about_many(query, finding)) return decisive(finding);
  Fares fares = fares_of(finding);
  return *works(query, finding) ? fares.well.back() : fares.badly.back();
}

Result<ContactFinding> find_contacts(const std::string& file, const ContactQuery& query, contact::Time since) {
  Search search(query, since);
  contact::RingOutline ring = TRY(contact::read_ring(file, [&](Contact contact) { search.take(std::move(contact)); }));
  search.end();
  ContactFinding finding = std::move(search.finding);
  finding.ring = ring;
  // Counts are written down behind what came later.
  std::ranges::sort(finding.contacts, {}, [](const Contact& one) { return std::pair(one.begin + one.lasted, one.id); });
  return finding;
}

}  // namespace pforte::app

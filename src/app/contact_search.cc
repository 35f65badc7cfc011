#include "app/contact_search.h"

#include <algorithm>
#include <ranges>
#include <utility>

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
    if (contact.ending == Ending::Lost) {
      if (contact.begin >= since_) finding.lost += contact.times;
      return;
    }
    if (!finding.last_of_all || contact.begin >= finding.last_of_all->begin) finding.last_of_all = contact;
    if (!asks_for(query_, contact)) return;
    if (contact.begin + contact.lasted < since_) {
      finding.before = std::max(finding.before.value_or(contact.begin), contact.begin);
      return;
    }
    keep(std::move(contact));
  }

  ContactFinding finding;

 private:
  // A connection that stayed is written down when it goes once more.
  void keep(Contact contact) {
    auto is_same = [&](const Contact& one) { return one.id == contact.id && one.begin == contact.begin; };
    auto recent = std::ranges::find_if(finding.contacts.rbegin(), finding.contacts.rend(), is_same);
    if (recent != finding.contacts.rend() && recent->ending == Ending::Open) {
      finding.failures -= is_at_fault(*recent) ? 1 : 0;
      finding.failures += is_at_fault(contact) ? 1 : 0;
      *recent = std::move(contact);
      return;
    }
    finding.count += contact.times;
    if (is_at_fault(contact)) finding.failures += contact.times;
    finding.contacts.push_back(std::move(contact));
    if (finding.contacts.size() > ContactFinding::kMostKept) finding.contacts.pop_front();
  }

  const ContactQuery& query_;
  contact::Time since_;
};

}  // namespace

bool is_at_fault(const Contact& contact) {
  return contact::is_failure(contact) || contact::cause_of(contact).is_fault;
}

bool is_decisive(const Contact& contact) {
  if (is_at_fault(contact) || contact.requests > 0 || !contact.sign_ins.empty()) return true;
  return contact.ending == Ending::Served || contact.ending == Ending::Passed;
}

const Contact* decisive(const ContactFinding& finding) {
  for (const Contact& contact : std::views::reverse(finding.contacts)) {
    if (is_decisive(contact)) return &contact;
  }
  return nullptr;
}

Result<ContactFinding> find_contacts(const std::string& file, const ContactQuery& query, contact::Time since) {
  Search search(query, since);
  contact::RingOutline ring = TRY(contact::read_ring(file, [&](Contact contact) { search.take(std::move(contact)); }));
  ContactFinding finding = std::move(search.finding);
  finding.ring = ring;
  // Counts are written down when their time is over, behind what came later.
  std::ranges::sort(finding.contacts, {}, [](const Contact& one) { return std::pair(one.begin, one.id); });
  return finding;
}

}  // namespace pforte::app

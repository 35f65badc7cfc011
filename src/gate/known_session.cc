#include "gate/known_session.h"

#include <utility>

#include "session/cookie.h"

namespace pforte::gate {

std::shared_ptr<KnownSession> KnownSessions::find(std::string_view cookie, std::string_view host,
                                                  const crypto::SealingKeys& keys) {
  if (cookie.empty() || cookie.size() > session::kMostCookieBytes) return nullptr;
  std::shared_ptr<KnownSession> known;
  if (auto found = younger_.find(cookie); found != younger_.end()) {
    known = found->second;
  } else if (auto old = older_.find(cookie); old != older_.end()) {
    known = old->second;
    keep(cookie, known);
  } else {
    known = std::make_shared<KnownSession>();
    if (!session::open(cookie, host, keys, known->session)) return nullptr;
    known->host = host;
    for (const std::string& group : known->session.groups) {
      if (!known->groups.empty()) known->groups += ',';
      known->groups += group;
    }
    keep(cookie, known);
  }
  return known->host == host ? known : nullptr;
}

void KnownSessions::clear() {
  younger_.clear();
  older_.clear();
}

void KnownSessions::forget_introductions() {
  for (Table* table : {&younger_, &older_}) {
    for (auto& [cookie, known] : *table) known->introduction.forget();
  }
}

void KnownSessions::keep(std::string_view cookie, std::shared_ptr<KnownSession> known) {
  if (younger_.size() >= kMostOfGeneration) older_ = std::exchange(younger_, {});
  younger_.insert_or_assign(std::string(cookie), std::move(known));
}

}  // namespace pforte::gate

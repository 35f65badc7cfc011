#include "gate/known_session.h"

#include <utility>

#include "session/cookie.h"

namespace pforte::gate {

std::shared_ptr<KnownSession> KnownSessions::find(std::string_view cookie, std::string_view host,
                                                  const crypto::SealingKeys& keys, Last& last) {
  if (cookie.empty() || cookie.size() > session::kMostCookieBytes) return nullptr;
  if (!last.session_ || last.era_ != era_ || last.session_->cookie != cookie) {
    std::shared_ptr<KnownSession> known = look_up(cookie);
    if (!known) known = open(cookie, host, keys);
    if (!known) return nullptr;
    last.session_ = std::move(known);
    last.era_ = era_;
  }
  return last.session_->host == host ? last.session_ : nullptr;
}

std::shared_ptr<KnownSession> KnownSessions::look_up(std::string_view cookie) {
  if (auto found = younger_.find(cookie); found != younger_.end()) return found->second;
  auto old = older_.find(cookie);
  if (old == older_.end()) return nullptr;
  std::shared_ptr<KnownSession> known = old->second;
  keep(known);
  return known;
}

std::shared_ptr<KnownSession> KnownSessions::open(std::string_view cookie, std::string_view host,
                                                  const crypto::SealingKeys& keys) {
  auto known = std::make_shared<KnownSession>();
  if (!session::open(cookie, host, keys, known->session)) return nullptr;
  known->cookie = cookie;
  known->host = host;
  for (const std::string& group : known->session.groups) {
    if (!known->groups.empty()) known->groups += ',';
    known->groups += group;
  }
  keep(known);
  return known;
}

void KnownSessions::add(std::string_view cookie, std::shared_ptr<KnownSession> known) {
  known->cookie = cookie;
  keep(std::move(known));
}

void KnownSessions::clear() {
  ++era_;
  younger_.clear();
  older_.clear();
}

void KnownSessions::forget_introductions() {
  ++era_;
  for (Table* table : {&younger_, &older_}) {
    for (auto& [cookie, known] : *table) known->introduction.forget();
  }
}

void KnownSessions::keep(std::shared_ptr<KnownSession> known) {
  if (younger_.size() >= kMostOfGeneration) older_ = std::exchange(younger_, {});
  std::string cookie = known->cookie;
  younger_.insert_or_assign(std::move(cookie), std::move(known));
}

}  // namespace pforte::gate

#include "gate/captured_visit.h"

#include <utility>

#include "base/printable.h"
#include "base/text.h"

namespace pforte::gate {

namespace {

// A site's hosts are one.
bool is_wanted(const capture::Filter& filter, const Plan& plan, std::string_view host) {
  if (filter.site.empty() || host == filter.site) return true;
  const Site* asked = plan.find_site(filter.site);
  return asked && asked == plan.find_site(host);
}

}  // namespace

bool may_be_wanted(const capture::Filter& filter, const Plan& plan, const net::Address& client, std::string_view host) {
  if (filter.client && !filter.client->contains(client)) return false;
  return host.empty() || is_wanted(filter, plan, host);
}

std::unique_ptr<CapturedVisit> CapturedVisit::begin(const std::shared_ptr<capture::Recording>& recording,
                                                    std::shared_ptr<const Plan> plan, capture::Conversation::Ends ends,
                                                    std::unique_ptr<net::Stream>& stream) {
  if (!may_be_wanted(recording->terms().filter, *plan, ends.peer, {})) return nullptr;
  auto tap = std::make_unique<capture::Tap>(std::move(stream), recording, ends);
  auto captured = std::make_unique<CapturedVisit>(recording, std::move(plan), *tap);
  stream = std::move(tap);
  return captured;
}

bool CapturedVisit::wants_secrets(std::string_view server_name) {
  const capture::Terms& terms = recording_->terms();
  return terms.secrets && (server_name.empty() || is_wanted(terms.filter, *plan_, server_name));
}

void CapturedVisit::shaken(const tls::Session& session) {
  std::string how = cat(session.version(), session.protocol().empty() ? "" : ", ", session.protocol());
  asked_for(session.server_name(), how);
}

void CapturedVisit::asked_for(std::string_view authority, std::string_view how) {
  if (!tap_.holds_back()) return;
  const capture::Filter& filter = recording_->terms().filter;
  bool known = filter.site.empty() || !authority.empty();
  if (!known) return;
  if (!is_wanted(filter, *plan_, authority)) return tap_.leave();
  tap_.keep(printable(cat(authority, authority.empty() ? "" : ", ", how)));
}

void CapturedVisit::end() {
  if (recording_->terms().filter.site.empty()) tap_.keep("the handshake had not ended");
  tap_.leave();
}

}  // namespace pforte::gate

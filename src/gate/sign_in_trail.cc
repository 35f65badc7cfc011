#include "gate/sign_in_trail.h"

#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gate/sign_in_remedy.h"
#include "kerberos/encryption.h"

namespace pforte::gate {
namespace {

// Clients drive them: a path, a service that nobody has, a reason that names it.
constexpr std::size_t kMostText = 1024;

std::string bounded(std::string_view text) {
  return std::string(text.substr(0, kMostText));
}

}  // namespace

SignInTrail trail_of(const Record& record, Metrics::SignInProof proof, bool session_wanted) {
  SignInTrail trail;
  trail.reference = record.reference;
  trail.time = record.time;
  trail.client = record.client.ip_text();
  trail.host = bounded(record.host);
  trail.site = record.site;
  trail.method = bounded(record.method);
  trail.path = bounded(record.path);
  trail.proof = proof;
  trail.session_wanted = session_wanted;
  return trail;
}

void add_inquiry(SignInTrail& trail, Inquiry inquiry) {
  trail.inquiry = std::move(inquiry);
  if (trail.inquiry.ticket) trail.inquiry.ticket->service = bounded(trail.inquiry.ticket->service);
  for (identity::ProviderAnswer& answer : trail.inquiry.providers) answer.reason = bounded(answer.reason);
}

void add_refusal(SignInTrail& trail, const Error& error) {
  trail.outcome = SignInTrail::Outcome::Refused;
  trail.code = error.code();
  trail.reason = bounded(error.text());
  trail.remedy = sign_in_remedy(error.code(), trail.inquiry.providers);
}

void add_session(SignInTrail& trail, const identity::ProvenAgent& proven, const session::Session& session) {
  trail.outcome = SignInTrail::Outcome::SignedIn;
  trail.login = session.login;
  trail.name_of_method = session.method;
  trail.principal = session.principal;
  if (proven.found_by) {
    using By = identity::Mapping::By;
    trail.found_by = proven.found_by->by == By::Principal       ? "principal"
                     : proven.found_by->by == By::LoginFallback ? "login-fallback"
                                                                : "rule";
    if (proven.found_by->rule) trail.rule = conf::to_text(proven.found_by->rule->place);
  }
  trail.created = proven.created;
  if (!trail.session_wanted) return;
  trail.session = session.id;
  trail.session_ends = session.expires;
}

void log_success(const SignInTrail& trail) {
  if (!trail.inquiry.ticket) {
    log::info("sign-in.done", {{"reference", trail.reference},
                               {"agent", trail.login},
                               {"method", trail.name_of_method},
                               {"session", trail.session},
                               {"client", trail.client}});
    return;
  }
  const kerberos::Presentation& ticket = *trail.inquiry.ticket;
  log::info("sign-in.done", {{"reference", trail.reference},
                             {"agent", trail.login},
                             {"method", trail.name_of_method},
                             {"session", trail.session},
                             {"client", trail.client},
                             {"principal", trail.principal},
                             {"service", ticket.key_owner},
                             {"key_version", ticket.key_version},
                             {"encryption", kerberos::encryption_name(ticket.encryption)}});
}

void log_refusal(const SignInTrail& trail) {
  log::warning("sign-in.failed", {{"reference", trail.reference},
                                  {"client", trail.client},
                                  {"code", trail.code},
                                  {"reason", trail.reason},
                                  {"remedy", trail.remedy.en.empty() ? "-" : trail.remedy.en}});
}

}  // namespace pforte::gate

#include "app/sign_in_json.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "kerberos/encryption.h"

namespace pforte::app {

namespace {

using Json = nlohmann::ordered_json;
using gate::SignInTrail;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json request_of(const SignInTrail& trail) {
  return {{"time", rfc3339_to_the_millisecond(trail.time)},
          {"client", trail.client},
          {"host", trail.host},
          {"site", text_or_null(trail.site)},
          {"method", trail.method},
          {"path", trail.path}};
}

Json offer_of(const SignInTrail& trail) {
  using Proof = gate::Metrics::SignInProof;
  constexpr std::array<const char*, 7> kForms{
      "spnego", "krb5", "continuation", "spnego-without-ticket", "ntlm", "other-mechanism", "garbage"};
  if (trail.proof == Proof::Password) return {{"kind", "form"}, {"bytes", nullptr}};
  if (trail.proof == Proof::Token) return {{"kind", "token"}, {"bytes", nullptr}};
  // Refused before anybody has looked into it.
  if (!trail.inquiry.ticket) return {{"kind", "negotiate"}, {"bytes", nullptr}};
  return {{"kind", kForms[std::size_t(trail.inquiry.ticket->form)]}, {"bytes", trail.inquiry.ticket->bytes}};
}

// Of a ticket that a key has opened.
void add_content(Json& document, const kerberos::OpenedTicket& ticket, const SignInTrail& trail) {
  document["client"] = ticket.client.to_text();
  document["authenticated"] = rfc3339(ticket.authenticated);
  document["begins"] = rfc3339(ticket.begins);
  document["ends"] = rfc3339(ticket.ends);
  document["asked"] = ticket.asked ? Json(rfc3339(*ticket.asked)) : Json(nullptr);
  document["clock_ahead_s"] = ticket.asked
                                  ? Json((*ticket.asked - std::chrono::floor<std::chrono::seconds>(trail.time)).count())
                                  : Json(nullptr);
}

Json ticket_of(const SignInTrail& trail) {
  if (!trail.inquiry.ticket || trail.inquiry.ticket->service.empty()) return nullptr;
  const kerberos::Presentation& seen = *trail.inquiry.ticket;
  Json document = {{"service", seen.service},
                   {"key_version", seen.key_version < 0 ? Json(nullptr) : Json(seen.key_version)},
                   {"encryption", kerberos::encryption_name(seen.encryption)},
                   {"key", nullptr}};
  if (!seen.key_owner.empty()) {
    document["key"] = {{"principal", seen.key_owner}, {"keytab", seen.keytab}, {"versions", seen.key_versions}};
  }
  document["opened"] = seen.opened.has_value();
  if (seen.opened) add_content(document, *seen.opened, trail);
  return document;
}

Json document_of(const identity::ProviderAnswer& answer) {
  constexpr std::array<const char*, 7> kSaid{"accepted", "no-such-login", "wrong-password", "waits",
                                             "refused",  "silent",        "stopped"};
  return {{"name", identity::provider_name(answer.provider)},
          {"said", kSaid[std::size_t(answer.said)]},
          {"reason", text_or_null(answer.reason)},
          {"took_us", answer.took.count()},
          {"store_us", answer.store.count()}};
}

Json signed_in_agent(const SignInTrail& trail) {
  if (trail.outcome != SignInTrail::Outcome::SignedIn) return nullptr;
  return {{"login", trail.login},
          {"method", trail.name_of_method},
          {"principal", text_or_null(trail.principal)},
          {"found_by", text_or_null(trail.found_by)},
          {"rule", text_or_null(trail.rule)},
          {"created", trail.created}};
}

Json session_of(const SignInTrail& trail) {
  if (trail.session.empty()) return nullptr;
  return {{"id", trail.session}, {"ends", rfc3339(trail.session_ends)}};
}

Json refusal_of(const SignInTrail& trail) {
  if (trail.code.empty()) return nullptr;
  Json remedy;
  if (!trail.remedy.en.empty()) remedy = {{"en", trail.remedy.en}, {"de", trail.remedy.de}};
  return {{"code", trail.code}, {"reason", trail.reason}, {"remedy", std::move(remedy)}};
}

Json document_of(const SignInTrail& trail) {
  constexpr std::array<const char*, 4> kOutcomes{"client-left", "signed-in", "goes-on", "refused"};
  Json document = {{"reference", trail.reference}, {"found", true}};
  document["outcome"] = kOutcomes[std::size_t(trail.outcome)];
  document["request"] = request_of(trail);
  document["offered"] = offer_of(trail);
  document["ticket"] = ticket_of(trail);
  document["providers"] = Json::array();
  for (const identity::ProviderAnswer& one : trail.inquiry.providers) document["providers"].push_back(document_of(one));
  document["times"] = Json{{"waited_us", trail.inquiry.waited.count()},
                           {"accepting_us", trail.inquiry.accepting.count()},
                           {"finding_us", trail.inquiry.finding.count()},
                           {"took_us", trail.took.count()}};
  document["agent"] = signed_in_agent(trail);
  bool waits = trail.outcome == SignInTrail::Outcome::Refused && !trail.login.empty();
  document["waiting_login"] = waits ? Json(trail.login) : Json(nullptr);
  document["session"] = session_of(trail);
  document["problem"] = refusal_of(trail);
  return document;
}

Json nothing_of(const SignInAnswer& answer) {
  constexpr std::array<const char*, 3> kWhy{"unknown", "forgotten", "no-sign-in"};
  return {{"reference", answer.reference},
          {"found", false},
          {"why", kWhy[std::size_t(answer.finding.kind)]},
          {"kept", gate::SignInMemory::kKept},
          {"gate_since", rfc3339(answer.gate_since)},
          {"access_log", text_or_null(answer.access_log)}};
}

}  // namespace

std::string json_of(const SignInAnswer& answer) {
  Json document = answer.finding.trail ? document_of(*answer.finding.trail) : nothing_of(answer);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pforte::app

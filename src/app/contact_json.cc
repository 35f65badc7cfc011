#include "app/contact_json.h"

#include <nlohmann/json.hpp>

#include "app/contact_sides.h"
#include "base/time.h"
#include "contact/alert.h"
#include "contact/client_kind.h"
#include "gate/selftest_facts.h"

namespace pforte::app {
namespace {

using ContactJson = nlohmann::ordered_json;
using contact::Contact;

ContactJson text_or_none(const std::string& text) {
  return text.empty() ? ContactJson(nullptr) : ContactJson(text);
}

ContactJson address_or_none(const net::Address& address) {
  return address == net::Address() ? ContactJson(nullptr) : ContactJson(address.to_text());
}

ContactJson alert_or_none(int number) {
  if (number < 0) return nullptr;
  const contact::Alert* alert = contact::find_alert(number);
  return {{"number", number}, {"name", alert ? ContactJson(alert->name) : ContactJson(nullptr)}};
}

ContactJson json_of_time(contact::Time time) {
  return rfc3339_to_the_millisecond(time);
}

ContactJson sign_in_json(const contact::SignIn& one) {
  return {{"succeeded", one.succeeded},
          {"login", text_or_none(one.login)},
          {"principal", text_or_none(one.principal)},
          {"method", text_or_none(one.method)},
          {"code", text_or_none(one.code)},
          {"reference", text_or_none(one.reference)}};
}

ContactJson advice_json(const Contact& contact, const std::string& config, Language language) {
  Advice advice = advice_for(contact, config);
  return {{"id", advice.id},
          {"at", json_of_time(time_of(contact))},
          {"what", advice.what.in(language)},
          {"remedy", text_or_none(advice.remedy.in(language))},
          {"command", text_or_none(advice.command)}};
}

ContactJson clients_json(const ContactFinding& finding) {
  Fares fares = fares_of(finding);
  ContactJson badly = ContactJson::array();
  for (const Contact* one : fares.badly) badly.push_back(client_of(*one).ip_text());
  return {{"works", fares.well.size()}, {"fails", std::move(badly)}};
}

ContactJson tls_json(const Contact& contact) {
  return {{"sni", text_or_none(contact.server_name)},
          {"version", text_or_none(contact.tls_version)},
          {"cipher", text_or_none(contact.cipher)},
          {"protocol", text_or_none(contact.protocol)},
          {"offered", text_or_none(contact.offered)},
          {"resumed", contact.resumed},
          {"client_alert", alert_or_none(contact.client_alert)},
          {"our_alert", alert_or_none(contact.our_alert)},
          {"ja4", text_or_none(contact.fingerprint)},
          {"client_kind", contact::word_of(contact::kind_of_client(contact.fingerprint))}};
}

ContactJson contact_json(const Contact& contact) {
  ContactJson sign_ins = ContactJson::array();
  for (const contact::SignIn& one : contact.sign_ins) sign_ins.push_back(sign_in_json(one));
  return {{"begin", json_of_time(contact.begin)},
          {"lasted_ms", contact.lasted.count()},
          {"times", contact.times},
          {"client", address_or_none(contact.client)},
          {"sender", address_or_none(contact.sender)},
          {"told", address_or_none(contact.told)},
          {"listener", address_or_none(contact.listener)},
          {"ending", contact::name_of(contact.ending)},
          {"point", contact::name_of(contact.point)},
          {"reason", text_or_none(contact.reason)},
          {"at_fault", is_at_fault(contact)},
          {"by_doctor", contact.by_doctor},
          {"advice", advice_for(contact, {}).id},
          {"tls", tls_json(contact)},
          {"requests", contact.requests},
          {"aborted", contact.aborted},
          {"last_status", contact.last_status},
          {"host", text_or_none(contact.host)},
          {"path", text_or_none(contact.path)},
          {"user_agent", text_or_none(contact.user_agent)},
          {"agent", text_or_none(contact.agent)},
          {"backend", text_or_none(contact.backend)},
          {"selftest", text_or_none(contact.selftest)},
          {"findings", text_or_none(contact.findings)},
          {"sign_ins", std::move(sign_ins)}};
}

ContactJson side_json(const ClientSide& side) {
  return {{"program", text_or_none(side.program)},
          {"browser", side.is_browser},
          {"count", side.count},
          {"works", !is_at_fault(side.last)},
          {"last", contact_json(side.last)}};
}

ContactJson self_test_json(const ContactQuery& query, const ContactFinding& finding, Language language) {
  const Contact* contact = self_test_of(query, finding);
  if (!contact) return nullptr;
  ContactJson rows = ContactJson::array();
  for (const gate::SelfTestRow& row : gate::rows_of(gate::facts_of(*contact)))
    rows.push_back(
        {{"what", row.what.in(language)}, {"value", row.value}, {"advice", text_or_none(row.advice.in(language))}});
  return {{"code", contact->selftest}, {"at", json_of_time(time_of(*contact))}, {"rows", std::move(rows)}};
}

}  // namespace

std::string contacts_json(const ContactQuery& query, const ContactFinding& finding, const Surroundings& around,
                          Language language) {
  std::optional<bool> well = works(query, finding);
  const Contact* tells = telling(query, finding);
  ContactJson document = {
      {"who", query.text},
      {"seen", !finding.contacts.empty()},
      {"works", well ? ContactJson(*well) : ContactJson(nullptr)},
      {"count", finding.count},
      {"counted", finding.counted},
      {"counted_of_others", finding.counted_of_others},
      {"at_fault", finding.failures},
      {"lost", finding.lost},
      {"clients", clients_json(finding)},
      {"alike", ContactJson::array()},
      {"since", finding.ring.contacts > 0 ? json_of_time(finding.ring.oldest) : ContactJson(nullptr)},
      {"seen_before", finding.before ? json_of_time(*finding.before) : ContactJson(nullptr)},
      {"advice", tells ? advice_json(*tells, finding.config, language) : ContactJson(nullptr)},
      {"self_test", self_test_json(query, finding, language)},
      {"look_next", ContactJson::array()},
      {"contacts", ContactJson::array()}};
  if (finding.contacts.empty()) {
    for (const Message& one : where_else(query, finding, around)) document["look_next"].push_back(one.in(language));
  }
  for (const net::Address& one : finding.alike) document["alike"].push_back(one.ip_text());
  for (const Contact& contact : finding.contacts) document["contacts"].push_back(contact_json(contact));
  std::vector<ClientSide> sides = sides_of(finding.contacts);
  document["sides"] = ContactJson::array();
  for (const ClientSide& side : sides) document["sides"].push_back(side_json(side));
  document["sides_tell"] = text_or_none(what_sides_tell(sides, finding.config).in(language));
  return document.dump(2, ' ', false, ContactJson::error_handler_t::replace) + "\n";
}

}  // namespace pforte::app

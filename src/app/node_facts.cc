#include "app/node_facts.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/printable.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "kerberos/encryption.h"
#include "kerberos/keytab.h"
#include "kerberos/krb5_file.h"

namespace pforte::app {
namespace {

constexpr std::string_view kService = "service ";
constexpr std::string_view kKrb5 = "krb5.conf: ";

std::string sorted(std::vector<std::string> words) {
  std::ranges::sort(words);
  return joined(words, ", ");
}

std::string seconds(std::chrono::milliseconds time) {
  return cat(std::chrono::floor<std::chrono::seconds>(time).count(), " s");
}

std::string yes_or_no(bool is_so) {
  return is_so ? "true" : "false";
}

// "version 2: aes128-..., version 2: aes256-...".
std::string keys_of(const kerberos::KeytabConfig& one) {
  std::vector<std::string> keys;
  for (const kerberos::KeytabEntry& entry : kerberos::read_keytab(one.keytab.value).entries) {
    if (entry.principal == one.principal)
      keys.push_back(cat("version ", entry.key_version, ": ", kerberos::encryption_name(entry.encryption)));
  }
  return keys.empty() ? "no key" : sorted(std::move(keys));
}

std::string binding(kerberos::ChannelBinding wanted) {
  switch (wanted) {
    case kerberos::ChannelBinding::Off:
      return "off";
    case kerberos::ChannelBinding::Allow:
      return "allow";
    case kerberos::ChannelBinding::Require:
      return "require";
  }
  return {};
}

void add_krb5_file(const kerberos::KerberosConfig& config, NodeFacts& facts) {
  std::string file = config.config ? config.config->value : std::string(kerberos::kSystemKrb5File);
  Result<std::string> text = crypto::read_file(file, 1);
  if (!text) {
    facts[cat(kKrb5, "file")] = "cannot be read";
    return;
  }
  for (const kerberos::Krb5Relation& relation : kerberos::read_krb5_file(*text, file).relations) {
    std::string name(kKrb5);
    for (const std::string& part : relation.path) name += cat(name == kKrb5 ? "" : "/", part);
    std::string& value = facts[name];
    value += cat(value.empty() ? "" : ", ", relation.value);
  }
}

void add_kerberos(const kerberos::KerberosConfig& config, NodeFacts& facts) {
  for (const kerberos::KeytabConfig& one : config.keytabs) facts[cat(kService, one.principal.to_text())] = keys_of(one);
  facts["[kerberos] login_fallback_realms"] = sorted(config.login_fallback_realms);
  facts["[kerberos] require_pac"] = sorted(config.require_pac);
  facts["[kerberos] allow_rc4"] = sorted(config.allow_rc4);
  facts["[kerberos] channel_binding"] = binding(config.channel_binding);
  facts["[kerberos] delegated_tickets"] = config.delegated_tickets ? "kept" : "dropped";
  facts["[kerberos] clock_skew"] = config.clock_skew ? seconds(*config.clock_skew) : "as krb5.conf says";
  for (const auto& [sid, group] : config.groups) facts[cat("[kerberos] groups: ", sid)] = group;
  add_krb5_file(config, facts);
}

void add_sign_in(const identity::SignInConfig& config, NodeFacts& facts) {
  std::vector<std::string> providers, rules;
  for (identity::Provider provider : config.providers) providers.emplace_back(identity::provider_name(provider));
  for (const identity::NameRule& rule : config.map) rules.push_back(rule.to_text());
  facts["[sign_in] providers"] = joined(providers, ", ");
  facts["[sign_in] map"] = joined(rules, ", ");
  facts["[sign_in] session_lifetime"] = seconds(config.session_lifetime);
  facts["[sign_in] session_idle"] = seconds(config.session_idle);
  facts["[sign_in] end_with_ticket"] = yes_or_no(config.end_with_ticket);
  facts["[sign_in] unknown_agents"] = config.unknown_agents == identity::UnknownAgents::Created ? "created" : "refused";
}

void add_directory(const identity::LdapConfig& config, NodeFacts& facts) {
  std::vector<std::string> servers;
  servers.reserve(config.servers.size());
  for (const conf::Text& server : config.servers) servers.push_back(server.value);
  facts["[ldap] servers"] = joined(servers, ", ");
  facts["[ldap] base"] = config.base;
  facts["[ldap] user_filter"] = config.user_filter;
}

}  // namespace

NodeFacts node_facts(const gate::Config& config) {
  NodeFacts facts;
  if (config.kerberos) add_kerberos(*config.kerberos, facts);
  if (config.ldap) add_directory(*config.ldap, facts);
  add_sign_in(config.sign_in, facts);
  return facts;
}

std::vector<NodeDifference> differences(const NodeFacts& here, const NodeFacts& there) {
  NodeFacts all = here;
  all.insert(there.begin(), there.end());
  auto value_in = [](const NodeFacts& facts, const std::string& name) {
    auto found = facts.find(name);
    return found == facts.end() ? std::string() : found->second;
  };
  std::vector<NodeDifference> found;
  for (const auto& [name, value] : all) {
    NodeDifference one{name, value_in(here, name), value_in(there, name)};
    if (one.here != one.there) found.push_back(std::move(one));
  }
  return found;
}

Message NodeDifference::what() const {
  auto shown = [](const std::string& value, std::string_view nothing) {
    return value.empty() ? std::string(nothing) : printable(value);
  };
  std::string called = printable(name);
  return {cat(called, " is ", shown(here, "not set"), " here and ", shown(there, "not set"), " on the other node"),
          cat(called, " ist hier ", shown(here, "nicht gesetzt"), " und auf dem anderen Knoten ",
              shown(there, "nicht gesetzt"))};
}

Message NodeDifference::remedy() const {
  if (name.starts_with(kKrb5)) {
    return {"use the same krb5.conf on both nodes, or say why they differ",
            "auf beiden Knoten dieselbe krb5.conf verwenden, oder festhalten, warum sie sich unterscheiden"};
  }
  if (!name.starts_with(kService)) {
    return {"set it alike on both nodes, or people are treated otherwise according to where they are sent",
            "auf beiden Knoten gleich setzen, sonst hängt es vom Knoten ab, wie jemand behandelt wird"};
  }
  bool one_sided = here.empty() || there.empty();
  if (one_sided) {
    return {
        "nodes behind one name share the service's key: name the service with a copy of the same keytab on both",
        "Knoten hinter einem Namen teilen sich den Schlüssel des Dienstes: ihn auf beiden mit einer Kopie derselben "
        "Keytab nennen"};
  }
  return {
      "copy the keytab with the newest version to both; do not make one for each node (ktpass, ktadd), which makes "
      "the other's keys useless",
      "die Keytab mit der neuesten Version auf beide kopieren; nicht für jeden Knoten eine erzeugen (ktpass, ktadd), "
      "denn das macht die Schlüssel des anderen wertlos"};
}

}  // namespace pforte::app

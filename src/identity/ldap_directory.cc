#include "identity/ldap_directory.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "crypto/random.h"
#include "identity/agent.h"
#include "identity/ldap_servers.h"
#include "identity/ldap_text.h"
#include "identity/plain_text.h"

namespace pforte::identity {
namespace {

// Enough for anybody; Active Directory gives a thousand at a time, and a Kerberos ticket takes no more either.
constexpr int kMostGroups = 1000;
constexpr std::size_t kLongestText = 256;

const std::vector<std::string>& values_of(const LdapEntry& entry, const std::string& attribute) {
  static const std::vector<std::string> none;
  auto found = entry.values.find(folded_login(attribute));
  return found == entry.values.end() ? none : found->second;
}

// The first value, if it is something to show.
std::string text_of(const LdapEntry& entry, const std::string& attribute) {
  const std::vector<std::string>& values = values_of(entry, attribute);
  return !values.empty() && is_plain_name(values.front(), kLongestText) ? values.front() : std::string();
}

template <class Names>
std::vector<std::string> group_names(const Names& dns) {
  std::vector<std::string> names;
  for (const std::string& dn : dns) {
    std::string name = group_name(dn);
    if (can_be_group(name)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  auto twice = std::ranges::unique(names);
  names.erase(twice.begin(), twice.end());
  return names;
}

// Names that mean something to Active Directory, in a bind name that is no DN and so cannot be escaped.
bool has_meaning_in_names(std::string_view login) {
  return login.find_first_of("\"/\\[]:;|=,+*?<>@") != std::string_view::npos;
}

}  // namespace

struct LdapDirectory::Body {
  explicit Body(const LdapConfig& config) : config(config), servers(config) {}

  LdapAccount by_pattern(const std::string& login) const;
  LdapSearch person_search(const std::string& login) const;
  Result<LdapPerson> person_of(const LdapEntry& entry, const std::string& typed) const;
  Result<std::optional<LdapEntry>> only_entry(LdapFound found, const std::string& login) const;
  Result<> read_person(LdapConnection& connection, const LdapAccount& account, LdapPerson& person) const;
  Result<> read_groups(LdapConnection& connection, const std::string& dn, LdapPerson& person) const;

  LdapConfig config;
  LdapServers servers;
};

LdapAccount LdapDirectory::Body::by_pattern(const std::string& login) const {
  bool dn = config.bind_pattern->contains('=');
  LdapAccount account;
  account.bind_name = filled_in(*config.bind_pattern, {.login = dn ? escaped_for_dn(login) : login, .dn = {}});
  account.key = folded_dn(account.bind_name);
  account.person.login = login;
  return account;
}

LdapSearch LdapDirectory::Body::person_search(const std::string& login) const {
  LdapSearch search{.base = config.base,
                    .scope = LdapSearch::Scope::Subtree,
                    .filter = filled_in(config.user_filter, {.login = escaped_for_filter(login), .dn = {}}),
                    .attributes = {config.name_attribute, config.mail_attribute},
                    .most = 2};
  if (!config.login_attribute.empty()) search.attributes.push_back(config.login_attribute);
  if (config.group_base.empty()) search.attributes.push_back(config.group_attribute);
  return search;
}

Result<LdapPerson> LdapDirectory::Body::person_of(const LdapEntry& entry, const std::string& typed) const {
  LdapPerson person;
  person.login = typed;
  if (!config.login_attribute.empty()) {
    const std::vector<std::string>& logins = values_of(entry, config.login_attribute);
    auto same =
        std::ranges::find_if(logins, [&](const std::string& one) { return folded_login(one) == folded_login(typed); });
    if (same == logins.end() && logins.size() == 1) same = logins.begin();
    if (same == logins.end() || !is_askable_login(*same)) {
      std::string why = cat(entry.dn, " has ", logins.size(), " values of ", config.login_attribute,
                            ", and none that could be an agent's login");
      log::warning("ldap.entry-unfit", {{"entry", entry.dn}, {"reason", why}});
      return fail(Kind::Denied, "ldap.entry", std::move(why));
    }
    person.login = *same;
  }
  person.name = text_of(entry, config.name_attribute);
  person.mail = text_of(entry, config.mail_attribute);
  if (config.group_base.empty()) person.groups = group_names(values_of(entry, config.group_attribute));
  return person;
}

// None: nobody.
Result<std::optional<LdapEntry>> LdapDirectory::Body::only_entry(LdapFound found, const std::string& login) const {
  if (found.entries.size() > 1 || found.cut) {
    log::warning("ldap.ambiguous", {{"login", login}, {"base", config.base}, {"filter", config.user_filter}});
    return fail(Kind::Denied, "ldap.ambiguous", cat("the directory has several entries for ", login));
  }
  if (found.entries.empty()) return std::nullopt;
  return std::move(found.entries.front());
}

// With bind_pattern: the entry of whoever has just signed in on `connection`.
Result<> LdapDirectory::Body::read_person(LdapConnection& connection, const LdapAccount& account,
                                          LdapPerson& person) const {
  LdapSearch search = person_search(account.person.login);
  if (config.user_filter.empty()) {
    if (!config.bind_pattern->contains('=')) return {};
    search.base = account.bind_name;
    search.scope = LdapSearch::Scope::Entry;
    search.filter = "(objectClass=*)";
  }
  LdapFound found = TRY(connection.search(search));
  std::optional<LdapEntry> entry = TRY(only_entry(std::move(found), account.person.login));
  if (!entry && config.login_attribute.empty()) return {};
  if (!entry) return fail(Kind::Denied, "ldap.entry", cat(account.bind_name, " cannot read its own entry"));
  person = TRY(person_of(*entry, account.person.login));
  return read_groups(connection, entry->dn, person);
}

Result<> LdapDirectory::Body::read_groups(LdapConnection& connection, const std::string& dn, LdapPerson& person) const {
  if (config.group_base.empty()) return {};
  LdapBlanks blanks{.login = escaped_for_filter(person.login), .dn = escaped_for_filter(dn)};
  LdapFound found = TRY(connection.search({.base = config.group_base,
                                           .scope = LdapSearch::Scope::Subtree,
                                           .filter = filled_in(config.group_filter, blanks),
                                           .attributes = {},
                                           .most = kMostGroups}));
  if (found.cut) log::warning("ldap.groups-cut", {{"entry", dn}, {"groups", found.entries.size()}});
  std::vector<std::string> dns;
  dns.reserve(found.entries.size());
  for (LdapEntry& entry : found.entries) dns.push_back(std::move(entry.dn));
  person.groups = group_names(dns);
  return {};
}

LdapDirectory::LdapDirectory(const LdapConfig& config) : body_(std::make_unique<Body>(config)) {}
LdapDirectory::~LdapDirectory() = default;

Result<LdapAccount> LdapDirectory::find(const std::string& login) {
  bool by_name = body_->config.bind_pattern && !body_->config.bind_pattern->contains('=');
  if (!is_askable_login(login) || (by_name && has_meaning_in_names(login)))
    return fail(Kind::NotFound, "ldap.unknown", "nobody can have that login");
  if (body_->config.bind_pattern) return body_->by_pattern(login);

  LdapFound found;
  LdapServers::Work search = [&](LdapConnection& connection) -> Result<> {
    found = TRY(connection.search(body_->person_search(login)));
    return {};
  };
  TRY(body_->servers.as_service(search));
  std::optional<LdapEntry> entry = TRY(body_->only_entry(std::move(found), login));
  if (!entry) return fail(Kind::NotFound, "ldap.unknown", "the directory has nobody with that login");
  LdapAccount account;
  account.person = TRY(body_->person_of(*entry, login));
  account.bind_name = entry->dn;
  account.key = folded_dn(entry->dn);
  return account;
}

Result<LdapPerson> LdapDirectory::prove(const LdapAccount& account, const Secret& password) {
  LdapPerson person = account.person;
  Result<> proved = body_->servers.alone([&](LdapConnection& connection) -> Result<> {
    TRY(connection.bind(account.bind_name, password));
    TRY(connection.am_i_somebody());
    return body_->config.bind_pattern ? body_->read_person(connection, account, person) : Result<>();
  });
  if (!proved) {
    bool known_why = proved.error().code() == "ldap.denied" || proved.error().code() == "ldap.nobody";
    if (known_why) log::info("ldap.denied", {{"account", account.bind_name}, {"reason", proved.error().text()}});
    return std::unexpected(std::move(proved).error());
  }
  if (!body_->config.bind_pattern && !body_->config.group_base.empty()) {
    TRY(body_->servers.as_service(
        [&](LdapConnection& connection) { return body_->read_groups(connection, account.bind_name, person); }));
  }
  return person;
}

void LdapDirectory::prove_nobody(const Secret& password) {
  LdapAccount nobody;
  std::string name = crypto::random_id();
  if (body_->config.bind_pattern) nobody = body_->by_pattern(name);
  if (!body_->config.bind_pattern) nobody.bind_name = cat("cn=", name, ",", body_->config.base);
  (void)body_->servers.alone([&](LdapConnection& connection) { return connection.bind(nobody.bind_name, password); });
}

Result<LdapPerson> LdapDirectory::authenticate(const std::string& login, const Secret& password) {
  Result<LdapAccount> account = find(login);
  if (account) return prove(*account, password);
  if (account.error().kind() != Kind::Unavailable) prove_nobody(password);
  return std::unexpected(std::move(account).error());
}

std::vector<LdapServerState> LdapDirectory::servers() const {
  return body_->servers.states();
}

}  // namespace pforte::identity

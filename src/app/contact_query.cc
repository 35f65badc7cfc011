#include "app/contact_query.h"

#include <algorithm>
#include <string_view>

#include "base/ascii.h"
#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"

namespace pforte::app {
namespace {

constexpr std::size_t kCodeDigits = 8;

// "K7QM-2XPA", as the self-test page shows it, with the hyphen or without.
std::string code_in(std::string_view text) {
  std::string code;
  for (char letter : text) {
    if (is_alphanumeric(letter)) code += capital(letter);
    if (!is_alphanumeric(letter) && letter != '-') return {};
  }
  return code.size() == kCodeDigits ? code : std::string();
}

bool has_only(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

// "crm.example.com:443" and "[::1]:443" without the port, and without brackets.
std::string_view host_of(std::string_view authority) {
  std::size_t colon = authority.rfind(':');
  bool is_address = authority.starts_with('[') ? authority.ends_with(']') : authority.find(':') != colon;
  bool has_port = colon != std::string_view::npos && !is_address && has_only(authority.substr(colon + 1), "0123456789");
  if (has_port) authority = authority.substr(0, colon);
  if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  return authority;
}

// RFC 3986, 3.2: what stands between "//" and the path, without the user.
std::optional<std::string_view> authority_in_url(std::string_view text) {
  std::size_t begin = text.find("://");
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  return text.substr(text.rfind('@') + 1);
}

// What only an address can look like, were it one.
bool is_meant_as_address(std::string_view bare) {
  std::string_view base = bare.substr(0, bare.find('/'));
  if (base.size() < bare.size() && net::parse_network(base)) return true;
  if (std::ranges::count(base, ':') > 1) return true;
  return std::ranges::count(base, '.') == 3 && has_only(base, "0123456789.");
}

std::unexpected<Complaint> no_client(const std::string& text, const Message& why) {
  std::string shown = printable(text);
  return std::unexpected(Complaint(
      kInvalidInput,
      {cat(shown.empty() ? "an empty text" : shown, " can be no client: ", why.en),
       cat(shown.empty() ? "ein leerer Text" : shown, " kann kein Client sein: ", why.de)},
      {"an address (192.0.2.7, 192.0.2.0/24), a login, a host, a URL or a code of the self-test page",
       "eine Adresse (192.0.2.7, 192.0.2.0/24), ein Login, ein Host, eine URL oder ein Code der Selbsttest-Seite"}));
}

bool is_principal(const std::string& principal, const std::string& name) {
  if (principal.empty()) return false;
  std::string low = lowered(principal);
  return low == name || low.substr(0, low.rfind('@')) == name;
}

Match match_of_login(const ContactQuery& query, const contact::Contact& contact) {
  if (!contact.agent.empty() && equals_ignoring_case(contact.agent, query.name)) return Match::Login;
  Match match = Match::No;
  for (const contact::SignIn& one : contact.sign_ins) {
    if (equals_ignoring_case(one.login, query.name) || is_principal(one.principal, query.name)) return Match::Login;
    bool fits = !query.is_host && one.mark != 0 && !one.succeeded && one.mark == contact::mark_of(query.name);
    if (fits) match = Match::Perhaps;
  }
  return match;
}

}  // namespace

Answer<ContactQuery> read_contact_query(const std::string& text) {
  auto is_blank = [](char letter) { return std::uint8_t(letter) <= ' ' || letter == '\x7f'; };
  if (text.empty()) return no_client(text, {"it is empty", "er ist leer"});
  if (std::ranges::any_of(text, is_blank))
    return no_client(text, {"it has blanks or control characters", "er hat Leer- oder Steuerzeichen"});
  if (text.size() > contact::Contact::kMostText) return no_client(text, {"it is too long", "er ist zu lang"});
  std::optional<std::string_view> authority = authority_in_url(text);
  std::string_view bare = host_of(authority.value_or(text));
  if (bare.empty()) return no_client(text, {"it names no host", "er nennt keinen Host"});
  ContactQuery query{.text = text, .network = {}, .name = {}, .code = authority ? std::string() : code_in(text)};
  Result<net::Network> network = net::parse_network(bare);
  if (network) {
    Result<net::Network> base = net::parse_network(bare.substr(0, bare.find('/')));
    query.is_range = !base || *network != *base;
    query.network = *network;
    return query;
  }
  if (is_meant_as_address(bare))
    return no_client(text, {network.error().text(), german_or_same(network.error().text())});
  query.name = lowered(bare);
  query.is_code = !query.code.empty() && text.size() == kCodeDigits + 1 && text[kCodeDigits / 2] == '-';
  query.is_host = authority.has_value() || bare.size() < text.size();
  return query;
}

Match match_of(const ContactQuery& query, const contact::Contact& contact) {
  if (query.network) {
    auto is_in = [&](const net::Address& address) {
      return address != net::Address() && query.network->contains(address);
    };
    return is_in(contact.client) || is_in(contact.sender) || is_in(contact.told) ? Match::Yes : Match::No;
  }
  if (!query.code.empty() && contact.selftest == query.code) return Match::Yes;
  if (equals_ignoring_case(contact.server_name, query.name) || equals_ignoring_case(host_of(contact.host), query.name))
    return Match::Host;
  return match_of_login(query, contact);
}

}  // namespace pforte::app

#include "app/contact_query.h"

#include <algorithm>
#include <string_view>

#include "base/ascii.h"

namespace pforte::app {
namespace {

constexpr std::size_t kCodeDigits = 8;

// "K7QM-2XPA", as the self-test page shows it, with the hyphen or without.
std::string code_in(std::string_view text) {
  std::string code;
  for (char letter : text) {
    if (is_alphanumeric(letter)) code += letter >= 'a' && letter <= 'z' ? char(letter - 'a' + 'A') : letter;
    if (!is_alphanumeric(letter) && letter != '-') return {};
  }
  return code.size() == kCodeDigits ? code : std::string();
}

// "crm.example.com:443" and "[::1]:443" without the port.
std::string_view host_of(std::string_view authority) {
  std::size_t colon = authority.rfind(':');
  bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  return has_port ? authority.substr(0, colon) : authority;
}

bool is_principal(const std::string& principal, const std::string& name) {
  if (principal.empty()) return false;
  std::string low = lowered(principal);
  return low == name || low.substr(0, low.rfind('@')) == name;
}

bool has_signed_in(const contact::SignIn& one, const ContactQuery& query) {
  if (equals_ignoring_case(one.login, query.name) || is_principal(one.principal, query.name)) return true;
  return one.mark != 0 && !one.succeeded && one.mark == contact::mark_of(query.name);
}

}  // namespace

ContactQuery contact_query(const std::string& text) {
  ContactQuery query{.text = text, .network = {}, .name = {}, .code = code_in(text)};
  std::string_view bare = text;
  if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
  if (Result<net::Network> network = net::parse_network(bare)) {
    query.network = *network;
  } else {
    query.name = lowered(text);
  }
  return query;
}

bool asks_for(const ContactQuery& query, const contact::Contact& contact) {
  if (query.network) {
    auto is_in = [&](const net::Address& address) {
      return address != net::Address() && query.network->contains(address);
    };
    return is_in(contact.client) || is_in(contact.sender) || is_in(contact.told);
  }
  if (query.name.empty()) return false;
  if (!query.code.empty() && contact.selftest == query.code) return true;
  if (equals_ignoring_case(contact.server_name, query.name) || equals_ignoring_case(host_of(contact.host), query.name))
    return true;
  if (!contact.agent.empty() && equals_ignoring_case(contact.agent, query.name)) return true;
  return std::ranges::any_of(contact.sign_ins, [&](const contact::SignIn& one) { return has_signed_in(one, query); });
}

}  // namespace pforte::app

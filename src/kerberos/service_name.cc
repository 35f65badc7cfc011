#include "kerberos/service_name.h"

#include <algorithm>

#include "base/ascii.h"

namespace pforte::kerberos {
namespace {

// "crm.example.com" of "CRM.example.com.:8443".
std::string host_meant_by(std::string_view written) {
  std::string host = lowered(written);
  std::size_t colon = host.find(':');
  if (colon != std::string::npos && host.find(':', colon + 1) == std::string::npos) host.resize(colon);
  while (host.ends_with('.')) host.pop_back();
  return host;
}

bool is_of_the_web(const Principal& principal) {
  const std::string service = lowered(principal.components.front());
  return principal.components.size() == 2 && (service == "http" || service == "https");
}

}  // namespace

std::vector<NameFlaw> name_flaws(const Principal& principal) {
  std::vector<NameFlaw> flaws;
  if (!is_of_the_web(principal)) return flaws;
  const std::string &service = principal.components[0], &host = principal.components[1];
  if (lowered(service) == "https") {
    flaws.push_back(NameFlaw::Service);
  } else if (service != "HTTP") {
    flaws.push_back(NameFlaw::ServiceCase);
  }
  if (is_address(host_meant_by(host))) {
    flaws.push_back(NameFlaw::Address);
  } else {
    if (host.contains(':')) flaws.push_back(NameFlaw::Port);
    if (std::string_view(host).substr(0, host.find(':')).ends_with('.')) flaws.push_back(NameFlaw::Dot);
    if (lowered(host) != host) flaws.push_back(NameFlaw::HostCase);
  }
  if (has_lower_case(principal.realm)) flaws.push_back(NameFlaw::RealmCase);
  return flaws;
}

Principal as_browsers_ask(const Principal& principal) {
  return {.components = {"HTTP", host_meant_by(principal.components.back())}, .realm = capitals(principal.realm)};
}

bool is_address(std::string_view host) {
  bool four = host.contains('.') && host.find_first_not_of("0123456789.") == std::string_view::npos;
  bool six = host.starts_with('[') || std::ranges::count(host, ':') > 1;
  return four || six;
}

bool has_lower_case(std::string_view realm) {
  return std::ranges::any_of(realm, [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace pforte::kerberos

#include "pki/peer_name.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::pki {
namespace {

constexpr std::size_t kMostNamesTold = 10;

// Local parts are compared exactly, hosts without regard to case (RFC 5280, 7.5).
bool matches_mail(std::string_view presented, std::string_view wanted) {
  std::size_t at = wanted.rfind('@');
  if (at == wanted.npos || presented.size() != wanted.size()) return false;
  return presented.substr(0, at + 1) == wanted.substr(0, at + 1) &&
         equals_ignoring_case(presented.substr(at + 1), wanted.substr(at + 1));
}

bool is_label(std::string_view label) {
  constexpr auto kIsLetter = [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, kIsLetter);
}

}  // namespace

std::optional<std::string> read_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::array<char, 16> bytes{};
  std::string terminated(text);
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
  return std::nullopt;
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string PeerName::text() const {
  return form == NameForm::Ip ? address_text(value) : value;
}

std::optional<PeerName> read_peer_name(std::string_view text) {
  std::size_t colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  std::string_view form = text.substr(0, colon), value = text.substr(colon + 1);
  std::optional<std::string> address = read_address(value);
  if ((form == "ip" || form == "dns") && address) return PeerName{NameForm::Ip, *address};
  if (form == "dns" && value.ends_with('.')) value.remove_suffix(1);
  if (form == "dns" && !value.empty()) return PeerName{NameForm::Dns, std::string(value)};
  if (form == "email" && value.contains('@')) return PeerName{NameForm::Mail, std::string(value)};
  return std::nullopt;
}

bool matches_dns(std::string_view presented, std::string_view host) {
  if (presented.ends_with('.')) presented.remove_suffix(1);
  if (host.contains('*')) return false;
  if (!presented.starts_with("*.")) return !presented.empty() && equals_ignoring_case(presented, host);
  std::size_t dot = host.find('.');
  return dot != host.npos && dot > 0 && equals_ignoring_case(presented.substr(1), host.substr(dot));
}

bool has_name(const Certificate& certificate, const PeerName& name) {
  if (!certificate.alternative_names) return false;
  return std::ranges::any_of(*certificate.alternative_names, [&](const GeneralName& presented) {
    if (presented.form != name.form) return false;
    if (name.form == NameForm::Dns) return matches_dns(presented.value, name.value);
    return name.form == NameForm::Ip ? presented.value == name.value : matches_mail(presented.value, name.value);
  });
}

bool is_host_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == name.npos) return true;
    name.remove_prefix(dot + 1);
  }
}

std::string names_text(const Certificate& certificate) {
  std::string text;
  std::size_t told = 0;
  if (!certificate.alternative_names) return text;
  for (const GeneralName& name : *certificate.alternative_names) {
    bool is_ip = name.form == NameForm::Ip;
    if (!is_ip && name.form != NameForm::Dns && name.form != NameForm::Mail) continue;
    if (told++ == kMostNamesTold) return text + ", ...";
    text += cat(text.empty() ? "" : ", ", is_ip ? address_text(name.value) : name.value);
  }
  return text;
}

}  // namespace pforte::pki

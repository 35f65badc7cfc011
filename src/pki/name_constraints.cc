#include "pki/name_constraints.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "pki/peer_name.h"

namespace pforte::pki {
namespace {

// Whether `host` is `domain` or lies below it.
bool is_below(std::string_view host, std::string_view domain) {
  if (domain.empty()) return true;
  if (host.size() < domain.size() || !equals_ignoring_case(host.substr(host.size() - domain.size()), domain))
    return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

// A host is exactly that host; with a dot before it, those below it; nothing, all (RFC 5280, 4.2.1.10, of URIs and
// mail).
bool is_host_in(std::string_view host, std::string_view constraint) {
  if (constraint.empty()) return true;
  if (!constraint.starts_with('.')) return equals_ignoring_case(host, constraint);
  return host.size() > constraint.size() &&
         equals_ignoring_case(host.substr(host.size() - constraint.size()), constraint);
}

std::optional<std::string_view> host_of_mail(std::string_view mail) {
  std::size_t at = mail.find('@');
  if (at == mail.npos || at == 0 || mail.find('@', at + 1) != mail.npos || at + 1 == mail.size()) return std::nullopt;
  return mail.substr(at + 1);
}

// None: there is no host, or it is an address (RFC 5280, 4.2.1.10).
std::optional<std::string_view> host_of_uri(std::string_view uri) {
  std::size_t begin = uri.find("://");
  if (begin == uri.npos) return std::nullopt;
  std::string_view authority = uri.substr(begin + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  std::size_t user = authority.rfind('@');
  if (user != authority.npos) authority.remove_prefix(user + 1);
  if (authority.starts_with('[')) return std::nullopt;
  authority = authority.substr(0, authority.find(':'));
  if (authority.ends_with('.')) authority.remove_suffix(1);
  if (authority.empty() || read_address(authority)) return std::nullopt;
  return authority;
}

bool is_mail_in(std::string_view mail, std::string_view constraint) {
  std::optional<std::string_view> host = host_of_mail(mail);
  if (!host) return false;
  if (!constraint.contains('@')) return is_host_in(*host, constraint);
  std::size_t at = constraint.find('@');
  return mail.substr(0, at + 1) == constraint.substr(0, at + 1) &&
         equals_ignoring_case(*host, constraint.substr(at + 1));
}

// An address, and a network of address and mask.
bool is_address_in(std::string_view address, std::string_view network) {
  if (network.size() != 2 * address.size()) return false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (((address[i] ^ network[i]) & network[address.size() + i]) != 0) return false;
  }
  return true;
}

bool is_in(const GeneralName& name, const GeneralName& constraint) {
  switch (name.form) {
    case NameForm::Dns:
      return is_below(name.value, constraint.value);
    case NameForm::Mail:
      return is_mail_in(name.value, constraint.value);
    case NameForm::Uri: {
      std::optional<std::string_view> host = host_of_uri(name.value);
      return host && is_host_in(*host, constraint.value);
    }
    case NameForm::Ip:
      return is_address_in(name.value, constraint.value);
    case NameForm::Directory:
      return name.directory.within(constraint.directory);
    default:
      return false;
  }
}

// Whether "*.example.com" stands for a name that lies in "www.example.com": one label more than its own domain.
bool wildcard_reaches(const GeneralName& name, const GeneralName& constraint) {
  if (name.form != NameForm::Dns || !name.value.starts_with("*.")) return false;
  std::size_t dot = constraint.value.find('.');
  return dot != std::string::npos &&
         equals_ignoring_case(constraint.value.substr(dot), std::string_view(name.value).substr(1));
}

bool can_be_judged(const GeneralName& name) {
  switch (name.form) {
    case NameForm::Dns: {
      std::string_view host = name.value;
      return !host.empty() && !host.starts_with('.') && !host.contains("..");
    }
    case NameForm::Mail:
      return host_of_mail(name.value).has_value();
    case NameForm::Uri:
      return host_of_uri(name.value).has_value();
    case NameForm::Ip:
      return name.value.size() == 4 || name.value.size() == 16;
    default:
      return true;
  }
}

bool is_supported(NameForm form) {
  return form == NameForm::Dns || form == NameForm::Mail || form == NameForm::Uri || form == NameForm::Ip ||
         form == NameForm::Directory;
}

bool is_mask(std::string_view mask) {
  bool ended = false;
  for (char c : mask) {
    for (int bit = 7; bit >= 0; --bit) {
      bool set = (static_cast<unsigned char>(c) >> bit & 1) != 0;
      if (set && ended) return false;
      ended = ended || !set;
    }
  }
  return true;
}

bool is_well_formed(const GeneralName& constraint) {
  const std::string& value = constraint.value;
  switch (constraint.form) {
    case NameForm::Dns:
      return value.empty() || (is_host_name(value) && !value.starts_with('*'));
    case NameForm::Mail:
      return !value.contains('@') || host_of_mail(value).has_value();
    case NameForm::Uri:
      return !value.contains('/') && !value.contains(':');
    case NameForm::Ip:
      return (value.size() == 8 || value.size() == 32) && is_mask(std::string_view(value).substr(value.size() / 2));
    default:
      return true;
  }
}

std::string shown(const GeneralName& name) {
  switch (name.form) {
    case NameForm::Directory:
      return name.directory.text();
    case NameForm::Ip: {
      bool network = name.value.size() == 8 || name.value.size() == 32;
      std::size_t half = name.value.size() / 2;
      std::string_view value = name.value;
      return network ? cat(address_text(value.substr(0, half)), '/', address_text(value.substr(half)))
                     : address_text(value);
    }
    case NameForm::Dns:
    case NameForm::Mail:
    case NameForm::Uri:
      return name.value;
    default:
      return "?";
  }
}

std::vector<GeneralName> judged_names_of(const Certificate& certificate) {
  std::vector<GeneralName> names;
  if (certificate.alternative_names) names = *certificate.alternative_names;
  if (!certificate.subject.empty()) names.push_back({NameForm::Directory, {}, certificate.subject});
  if (certificate.alternative_names) return names;
  for (const std::string& mail : certificate.subject.mail_addresses) names.push_back({NameForm::Mail, mail, {}});
  return names;
}

// The constraints of one authority, and the name that is held against them.
struct Comparison {
  const Certificate& authority;
  const Certificate& certificate;
  Findings& findings;

  Message blame(const GeneralName& name, std::string_view en, std::string_view de) const {
    std::string by = authority.subject.text();
    return {cat(shown(name), ' ', en, " (", by, ')'), cat(shown(name), ' ', de, " (", by, ')')};
  }

  void check(const GeneralName& name) const {
    const NameConstraints& constraints = *authority.name_constraints;
    auto same_form = [&](const GeneralName& constraint) { return constraint.form == name.form; };
    bool permits = std::ranges::any_of(constraints.permitted, same_form);
    bool excludes = std::ranges::any_of(constraints.excluded, same_form);
    if (!permits && !excludes) return;
    if (!is_supported(name.form)) return findings.add("cert.name-constraints-unsupported", certificate);
    if (!can_be_judged(name)) {
      return findings.add(
          "cert.name-constraints", certificate,
          blame(name, "is malformed, so it is in no subtree", "ist unlesbar und liegt in keinem Teilbaum"));
    }
    for (const GeneralName& excluded : constraints.excluded) {
      if (!same_form(excluded) || !(is_in(name, excluded) || wildcard_reaches(name, excluded))) continue;
      return findings.add("cert.name-constraints", certificate, blame(name, "is excluded", "ist ausgeschlossen"));
    }
    bool permitted = std::ranges::any_of(constraints.permitted, [&](const GeneralName& constraint) {
      return same_form(constraint) && is_in(name, constraint);
    });
    if (permits && !permitted)
      findings.add("cert.name-constraints", certificate, blame(name, "is not permitted", "ist nicht erlaubt"));
  }
};

}  // namespace

void check_constraints_form(const Certificate& authority, Findings& findings) {
  if (!authority.name_constraints) return;
  const NameConstraints& constraints = *authority.name_constraints;
  bool nothing = constraints.permitted.empty() && constraints.excluded.empty();
  if (nothing || constraints.has_empty) findings.add("cert.name-constraints-empty", authority);
  if (constraints.has_distances)
    findings.add("cert.name-constraints-form", authority, {"minimum or maximum", "minimum oder maximum"});
  for (const std::vector<GeneralName>* subtrees : {&constraints.permitted, &constraints.excluded}) {
    auto bad = std::ranges::find_if_not(*subtrees, is_well_formed);
    if (bad == subtrees->end()) continue;
    findings.add("cert.name-constraints-form", authority, {shown(*bad), shown(*bad)});
  }
}

void check_name_constraints(const Certificate& authority, const Certificate& certificate, std::size_t& comparisons,
                            Findings& findings) {
  if (!authority.name_constraints) return;
  const NameConstraints& constraints = *authority.name_constraints;
  std::vector<GeneralName> names = judged_names_of(certificate);
  std::size_t attributes = certificate.subject.parts.size();
  comparisons += (names.size() + attributes) * (constraints.permitted.size() + constraints.excluded.size());
  if (comparisons > kMostNameComparisons) {
    findings.add("cert.too-complex", certificate, {"names times constraints", "Namen mal Einschränkungen"});
    return;
  }
  Comparison comparison{authority, certificate, findings};
  for (const GeneralName& name : names) comparison.check(name);
}

}  // namespace pforte::pki

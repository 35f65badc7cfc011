#include "app/doctor_options.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"

namespace pforte::app {
namespace {

// The words of the subjects that heed an option, with a blank between them; "*" for everything configured.
struct Heeded {
  std::string_view option, by;
};

constexpr auto kHeeded = std::to_array<Heeded>({
    {"--report", "* site url path kerberos keytab trust"},
    {"--verbose", "* site url path kerberos keytab trust"},
    {"--timeout", "* site url path kerberos keytab trust"},
    {"--preset", "url"},
    {"--expect-issuer", "url path"},
    {"--out", "sheet"},
    {"--for", "browser"},
    {"--form", "browser"},
    {"--since", "client"},
    {"--via", "* site url path"},
    {"--via-password-file", "* site url path"},
    {"--dns", "* site url path kerberos"},
    {"--trust", "* site url path kerberos"},
    {"--as", "* site url path"},
    {"--trust-password-file", "* site url path kerberos trust"},
    {"--rc4", "* kerberos"},
    {"--ldap", "* kerberos"},
    {"--bind-dn", "* kerberos"},
    {"--password-file", "* kerberos"},
});

bool has_word(std::string_view words, std::string_view word) {
  return cat(' ', words, ' ').contains(cat(' ', word, ' '));
}

// An argument that is a subject's word as well, as a host named "url", makes this milder, never stricter.
bool is_heeded(const Heeded& option, const CommandLine& line) {
  if (line.operand.empty()) return has_word(option.by, "*");
  return has_word(option.by, line.operand) ||
         std::ranges::any_of(line.more_operands, [&](const std::string& word) { return has_word(option.by, word); });
}

std::string subjects_of(const Heeded& option, std::string_view nothing) {
  std::string list;
  std::string_view rest = option.by;
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, end);
    list += cat(list.empty() ? "" : ", ", word == "*" ? nothing : word);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return list;
}

// An option that means something beside another alone.
struct Companion {
  std::string_view option, needs, written, schreibweise;
};

constexpr auto kCompanions = std::to_array<Companion>({
    {"--via-password-file", "--via", "--via http://USER@HOST:PORT", "--via http://BENUTZER@HOST:PORT"},
    {"--bind-dn", "--ldap", "--ldap ldaps://dc1.example.com", "--ldap ldaps://dc1.example.com"},
    {"--bind-dn", "--password-file", "--password-file FILE", "--password-file DATEI"},
    {"--password-file", "--bind-dn", "--bind-dn svc-lookup@EXAMPLE.COM", "--bind-dn svc-lookup@EXAMPLE.COM"},
});

}  // namespace

std::optional<Complaint> unheeded_option(const CommandLine& line) {
  for (const Companion& one : kCompanions) {
    if (!line.has(one.option) || line.has(one.needs)) continue;
    return Complaint(kInvalidInput, {cat(one.option, " without ", one.needs), cat(one.option, " ohne ", one.needs)},
                     {cat("give it as well: ", one.written), cat("sie auch angeben: ", one.schreibweise)});
  }
  for (const Heeded& option : kHeeded) {
    if (!line.has(option.option) || is_heeded(option, line)) continue;
    return Complaint(kInvalidInput,
                     {cat(option.option, " says nothing to what is to be examined"),
                      cat(option.option, " sagt dem, was untersucht werden soll, nichts")},
                     {cat("it goes with: ", subjects_of(option, "no subject")),
                      cat("es gehört zu: ", subjects_of(option, "keiner Angabe"))});
  }
  return std::nullopt;
}

}  // namespace pforte::app

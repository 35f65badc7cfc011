#include "acme/config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "acme/url.h"
#include "base/text.h"
#include "conf/path.h"

namespace pforte::acme {
namespace {

constexpr std::array<std::string_view, 3> kProofs = {"http-01", "tls-alpn-01", "dns-01"};

void check_directory(const conf::Text& directory, conf::Problems& problems) {
  if (directory.value.empty() || parse_url(directory.value)) return;
  problems.error(directory.place, "conf.acme.directory",
                 {cat('"', directory.value, "\" is no https address of a directory"),
                  cat('"', directory.value, "\" ist keine https-Adresse eines Verzeichnisses")},
                 {"write the address that the CA names for ACME clients, such as "
                  "\"https://acme-v02.api.letsencrypt.org/directory\"",
                  "die Adresse schreiben, die die CA für ACME-Clients nennt, etwa "
                  "\"https://acme-v02.api.letsencrypt.org/directory\""});
}

void check_terms(const CaConfig& config, conf::Problems& problems) {
  if (config.terms_agreed) return;
  problems.error(config.place, "conf.acme.terms",
                 {cat("nothing says that you agree to the terms of service of ", config.name.value),
                  cat("es fehlt die Zustimmung zu den Nutzungsbedingungen von ", config.name.value)},
                 {"read them (the directory names them) and write terms_agreed = true",
                  "sie lesen (das Verzeichnis nennt sie) und terms_agreed = true schreiben"});
}

void check_hook(const CaConfig& config, conf::Problems& problems) {
  if (config.proof == Proof::Dns && !config.dns_hook) {
    problems.error(
        config.place, "conf.acme.hook",
        {"dns-01 needs a program that writes the record", "dns-01 braucht ein Programm, das den Eintrag schreibt"},
        {"name it: dns_hook = \"/etc/pforte/dns-hook\"", "es angeben: dns_hook = \"/etc/pforte/dns-hook\""});
  } else if (config.proof != Proof::Dns && config.dns_hook) {
    problems.error(config.dns_hook->place, "conf.acme.hook",
                   {cat("dns_hook is for dns-01, and this CA is answered by ", word_for(config.proof)),
                    cat("dns_hook gehört zu dns-01, aber diese CA bekommt ", word_for(config.proof))},
                   {"remove it, or write challenge = \"dns-01\"", "entfernen oder challenge = \"dns-01\" schreiben"});
  }
}

void check_binding(const CaConfig& config, conf::Problems& problems) {
  if (config.eab_kid.has_value() == config.eab_key_file.has_value()) return;
  problems.error(config.place, "conf.acme.binding",
                 {"eab_kid and eab_key_file belong together", "eab_kid und eab_key_file gehören zusammen"},
                 {"name both, as the CA gave them", "beide angeben, wie die CA sie genannt hat"});
}

void check_contacts(const CaConfig& config, conf::Problems& problems) {
  for (const conf::Text& one : config.contact) {
    if (one.value.starts_with("mailto:") && one.value.contains('@')) continue;
    problems.error(one.place, "conf.acme.contact",
                   {cat('"', one.value, "\" is no address a CA writes to"),
                    cat('"', one.value, "\" ist keine Adresse, an die eine CA schreibt")},
                   {"write \"mailto:ops@example.com\"", "\"mailto:ops@example.com\" schreiben"});
  }
}

std::optional<conf::Text> resolved_file(conf::Reader& keys, std::string_view key) {
  std::optional<conf::Text> file = keys.text(key);
  return file ? std::optional(conf::resolved(*std::move(file))) : std::nullopt;
}

}  // namespace

std::string_view word_for(Proof proof) {
  return kProofs[static_cast<std::size_t>(proof)];
}

CaConfig read_ca_config(conf::Reader keys) {
  CaConfig config;
  config.place = keys.place();
  config.name = keys.required_text("name");
  config.directory = keys.required_text("directory");
  config.contact = keys.texts("contact").value_or(std::vector<conf::Text>());
  config.terms_agreed = keys.flag_or("terms_agreed", false);
  if (std::optional<conf::Text> trust = keys.text("trust"))
    config.trust = trust->value == "system" ? *std::move(trust) : conf::resolved(*std::move(trust));
  config.proof = static_cast<Proof>(keys.choice_or("challenge", 0, kProofs));
  config.dns_hook = resolved_file(keys, "dns_hook");
  config.eab_kid = keys.text("eab_kid");
  config.eab_key_file = resolved_file(keys, "eab_key_file");
  config.preferred_chain = keys.text("preferred_chain").value_or(conf::Text()).value;
  keys.end();

  check_directory(config.directory, keys.problems());
  check_terms(config, keys.problems());
  check_hook(config, keys.problems());
  check_binding(config, keys.problems());
  check_contacts(config, keys.problems());
  return config;
}

void check_ca_configs(const std::vector<CaConfig>& cas, conf::Problems& problems) {
  for (std::size_t i = 1; i < cas.size(); ++i) {
    auto before = std::span(cas).first(i);
    bool twice = std::ranges::any_of(before, [&](const CaConfig& one) { return one.name.value == cas[i].name.value; });
    if (!twice) continue;
    problems.error(cas[i].name.place, "conf.acme.name",
                   {cat("there is another acme named \"", cas[i].name.value, '"'),
                    cat("es gibt schon ein acme namens \"", cas[i].name.value, '"')},
                   {"give each its own name", "jedem einen eigenen Namen geben"});
  }
}

}  // namespace pforte::acme

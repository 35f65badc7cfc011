#include "gate/wanted_certificates.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/file_access.h"
#include "base/german.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "net/address.h"
#include "tls/context.h"

namespace pforte::gate {
namespace {

bool may_issue(const acme::CaConfig& ca, const SiteConfig& site) {
  return site.acme.value.empty() || site.acme.value == ca.name.value;
}

// Why no CA of the configuration issues for a host of the site; null: one does.
const Message* why_not(const Config& config, const SiteConfig& site, const std::string& host) {
  static const Message no_name = {"a CA issues for names with a dot alone",
                                  "eine CA stellt nur für Namen mit Punkt aus"};
  static const Message wildcard = {"names with * need challenge = \"dns-01\"",
                                   "Namen mit * brauchen challenge = \"dns-01\""};
  if (!host.contains('.') || host.starts_with('[') || net::parse_ip(host)) return &no_name;
  auto proves = [&](const acme::CaConfig& ca) { return may_issue(ca, site) && ca.proof == acme::Proof::Dns; };
  if (host.starts_with('*') && std::ranges::none_of(config.acme, proves)) return &wildcard;
  return nullptr;
}

bool wants_acme(const Config& config, const SiteConfig& site) {
  return site.automatic && (!config.acme.empty() || !site.acme.value.empty());
}

void check_site(const Config& config, const SiteConfig& site, conf::Problems& problems) {
  auto known = [&](const acme::CaConfig& ca) { return may_issue(ca, site); };
  if (std::ranges::none_of(config.acme, known)) {
    problems.error(site.acme.place, "conf.site.acme",
                   {cat("there is no acme named \"", site.acme.value, '"'),
                    cat("es gibt kein acme namens \"", site.acme.value, '"')},
                   {"name one that has a block [[acme]]", "eines nennen, das einen Block [[acme]] hat"});
    return;
  }
  for (const conf::Text& host : site.hosts) {
    const Message* why = why_not(config, site, host.value);
    if (!why) continue;
    problems.warning(host.place, "conf.site.acme-left-out",
                     {cat("no certificate for ", host.value, " is ordered: ", why->en),
                      cat("für ", host.value, " wird kein Zertifikat bestellt: ", why->de)},
                     {"import one with `pforte cert import`, or give the host a site of its own",
                      "eines mit `pforte cert import` einspielen, oder dem Host eine eigene Site geben"});
  }
}

Message remedy_for_named(std::string_view code, const std::string& file) {
  if (code == "file.unreadable") return remedy_for_unreadable(file);
  if (code == "acme.hook")
    return {"name a program that the gate's user may run: chmod +x",
            "ein Programm angeben, das der Benutzer des Dienstes ausführen darf: chmod +x"};
  return {"name another file; pforte.toml(5) says what has to be in it",
          "eine andere Datei angeben; was darin stehen muss, sagt pforte.toml(5)"};
}

void cannot_use(const conf::Text& file, std::string_view code, const std::string& why, conf::Problems& problems) {
  problems.error(file.place, code, {cat("cannot use ", why), cat("nicht verwendbar: ", german_or_same(why))},
                 remedy_for_named(code, file.value));
}

}  // namespace

std::vector<acme::Wanted> wanted_certificates(const Config& config) {
  std::vector<acme::Wanted> all;
  for (const SiteConfig& site : config.sites) {
    if (!wants_acme(config, site)) continue;
    acme::Wanted wanted{.names = {}, .ca = site.acme.value};
    for (const conf::Text& host : site.hosts) {
      if (!why_not(config, site, host.value)) wanted.names.push_back(host.value);
    }
    std::ranges::sort(wanted.names);
    if (!wanted.names.empty()) all.push_back(std::move(wanted));
  }
  return all;
}

void check_acme_config(const Config& config, conf::Problems& problems) {
  if (config.ca.acme && !config.ca.key_password_file) {
    problems.error(config.ca.acme->place, "conf.ca.acme.password",
                   {"the gate cannot issue by ACME: it does not know what opens the CA's key",
                    "das Tor kann nicht über ACME ausstellen: Es weiß nicht, was den Schlüssel der CA öffnet"},
                   {"name key_password_file in [ca]", "key_password_file in [ca] angeben"});
  }
  acme::check_ca_configs(config.acme, problems);
  for (const SiteConfig& site : config.sites) {
    if (wants_acme(config, site)) check_site(config, site, problems);
  }
}

void check_acme_files(const Config& config, conf::Problems& problems) {
  if (config.ca.acme) {
    for (const acme::ServerConfig::Customer& one : config.ca.acme->customers) {
      Result<Secret> key = crypto::read_password(one.key_file.value);
      if (!key) cannot_use(one.key_file, key.error().code(), key.error().text(), problems);
    }
  }
  for (const acme::CaConfig& ca : config.acme) {
    auto trust = tls::ClientContext::make(ca.trust.value);
    if (!trust) cannot_use(ca.trust, trust.error().code(), trust.error().text(), problems);
    if (ca.eab_key_file) {
      Result<Secret> key = crypto::read_password(ca.eab_key_file->value);
      if (!key) cannot_use(*ca.eab_key_file, key.error().code(), key.error().text(), problems);
    }
    if (ca.dns_hook && access(ca.dns_hook->value.c_str(), X_OK) != 0)
      cannot_use(*ca.dns_hook, "acme.hook", cat(ca.dns_hook->value, ": it is no program that can be run"), problems);
  }
}

}  // namespace pforte::gate

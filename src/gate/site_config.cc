#include "gate/site_config.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "conf/nearest.h"
#include "conf/path.h"
#include "gate/host_config.h"
#include "gate/network_config.h"
#include "gate/rule_config.h"

namespace pforte::gate {
namespace {

std::optional<conf::Text> read_file_name(conf::Reader& keys, std::string_view key) {
  std::optional<conf::Text> file = keys.text(key);
  return file ? std::optional(conf::resolved(*std::move(file))) : std::nullopt;
}

CertificateConfig read_certificate_config(conf::Reader keys) {
  CertificateConfig config;
  config.place = keys.place();
  config.chain = conf::resolved(keys.required_text("chain"));
  config.key = conf::resolved(keys.required_text("key"));
  config.key_password_file = read_file_name(keys, "key_password_file");
  config.ocsp = read_file_name(keys, "ocsp");
  keys.end();
  return config;
}

void read_acme(conf::Reader keys, SiteConfig& site) {
  site.automatic = keys.place();
  site.acme = keys.required_text("acme");
  keys.end();
}

void read_certificates(conf::Reader& keys, SiteConfig& site) {
  if (!keys.has_text("certificate")) {
    for (conf::Reader& one : keys.tables("certificate", conf::Shape::OneOrList)) {
      if (one.has("acme")) {
        read_acme(std::move(one), site);
      } else {
        site.certificates.push_back(read_certificate_config(std::move(one)));
      }
    }
    return;
  }

  conf::Text text = *keys.text("certificate");
  if (text.value == "auto") {
    site.automatic = text.place;
    return;
  }
  Message remedy = {cat("write certificate = { chain = \"", text.value, "\", key = \"...\" }, or \"auto\""),
                    cat("schreiben: certificate = { chain = \"", text.value, "\", key = \"...\" } oder \"auto\"")};
  if (conf::nearest(text.value, std::array<std::string_view, 1>{"auto"}))
    remedy = {"did you mean \"auto\"?", "ist \"auto\" gemeint?"};
  keys.problems().error(text.place, "conf.site.certificate",
                        {"a certificate is named by two files, its chain and its key",
                         "ein Zertifikat wird durch zwei Dateien benannt, seine Kette und seinen Schlüssel"},
                        std::move(remedy));
}

const policy::Preset* read_preset(conf::Reader& keys) {
  std::optional<conf::Text> name = keys.text("preset");
  if (!name) return nullptr;
  const policy::Preset* preset = policy::preset_named(name->value);
  if (preset != nullptr) return preset;

  std::string known;
  for (const policy::Preset& one : policy::presets()) known += cat(known.empty() ? "\"" : ", \"", one.name, '"');
  keys.problems().error(
      name->place, "conf.site.preset",
      {cat("there is no preset \"", name->value, '"'), cat("es gibt keine Vorlage \"", name->value, '"')},
      {cat("known: ", known), cat("bekannt: ", known)});
  return nullptr;
}

std::vector<conf::Text> read_allow(conf::Reader& keys) {
  std::vector<conf::Text> paths = keys.texts("allow").value_or(std::vector<conf::Text>());
  std::erase_if(paths, [&](const conf::Text& path) { return !is_absolute(path, keys.problems()); });
  return paths;
}

}  // namespace

std::vector<std::string> allowed_paths(const SiteConfig& site, policy::PathProfile profile) {
  std::vector<std::string_view> candidates;
  candidates.reserve(site.allow.size());
  for (const conf::Text& path : site.allow) candidates.emplace_back(path.value);
  if (site.preset != nullptr) candidates.insert(candidates.end(), site.preset->paths.begin(), site.preset->paths.end());

  std::set<std::string> seen;
  for (const RuleConfig& rule : site.rules) seen.insert(comparable_path(rule.path.value, profile));
  std::vector<std::string> paths;
  for (std::string_view path : candidates) {
    if (seen.insert(comparable_path(path, profile)).second) paths.emplace_back(path);
  }
  return paths;
}

TlsProfile read_tls_profile_config(conf::Reader& keys, std::string_view key, TlsProfile otherwise) {
  constexpr std::array<std::string_view, 2> kNames = {"intermediate", "modern"};
  return static_cast<TlsProfile>(keys.choice_or(key, static_cast<std::size_t>(otherwise), kNames));
}

SiteConfig read_site_config(conf::Reader keys, const SiteDefaults& defaults) {
  SiteConfig config;
  config.place = keys.place();
  config.hosts = read_hosts_config(keys, HostsOf::Site);
  read_certificates(keys, config);
  config.tls_profile = read_tls_profile_config(keys, "tls_profile", defaults.tls_profile);
  config.http2 = keys.flag_or("http2", true);
  config.backend = keys.required_text("backend");
  config.sign_in = read_sign_in_need_config(keys, SignInNeed::None);
  config.compress = read_compress_config(keys).value_or(CompressConfig());
  config.cache = read_cache_config(keys).value_or(CacheConfig());
  config.allow = read_allow(keys);
  config.preset = read_preset(keys);
  for (conf::Reader& rule : keys.tables("rule", conf::Shape::List))
    config.rules.push_back(read_rule_config(std::move(rule)));
  std::optional<conf::Reader> limits = keys.table("limits");
  config.limits = limits ? read_request_limits_config(*std::move(limits), defaults.limits) : defaults.limits;
  keys.end();
  return config;
}

}  // namespace pforte::gate

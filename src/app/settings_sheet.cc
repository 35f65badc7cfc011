#include "app/settings_sheet.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "app/configured_subjects.h"
#include "authority/places.h"
#include "base/ascii.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem_blocks.h"
#include "inventory/certificate_chain.h"
#include "inventory/inventory.h"
#include "pki/trust_store.h"
#include "store/store.h"

namespace pforte::app {
namespace {

constexpr std::uint16_t kHttpsPort = 443;

std::string text_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "ab12..." as "AB:12:...".
std::string as_shown(std::string_view hexadecimal) {
  std::string text;
  for (std::size_t i = 0; i < hexadecimal.size(); ++i) {
    if (i > 0 && i % 2 == 0) text += ':';
    text += capital(hexadecimal[i]);
  }
  return text;
}

// What the inventory would show for a host; empty where there is none, or nobody may read it.
std::string chain_in_inventory(const gate::Config& config, const std::string& host) {
  std::string file = config.state_dir + "/pforte.db";
  std::error_code missing;
  if (!std::filesystem::exists(file, missing)) return "";
  Result<std::unique_ptr<store::Store>> opened = store::open_sqlite(file);
  if (!opened) return "";
  inventory::Inventory all(**opened);
  Result<std::optional<inventory::ServableCertificate>> found = all.serve(host);
  if (!found || !*found) return "";
  return all.chain((*found)->sha256).value_or("");
}

std::string shown_certificate(const gate::Config& config, const gate::SiteConfig& site, const std::string& host) {
  if (site.certificates.empty()) return chain_in_inventory(config, host);
  return text_of_file(site.certificates.front().chain.value);
}

// Who issued the last certificate of a chain, found among what this machine trusts.
std::optional<SheetRoot> system_root(const std::string& last_der) {
  std::optional<crypto::CertificateOutline> last = crypto::outline_of(last_der);
  Result<pki::TrustStore> system = pki::read_trust_store("system");
  if (!last || !system) return std::nullopt;
  for (const pki::TrustEntry& entry : system->entries) {
    std::optional<crypto::CertificateOutline> root = crypto::outline_of(entry.der);
    if (!root || root->subject != last->issuer) continue;
    auto read = inventory::read_chain(crypto::pem_block(entry.der));
    if (!read) continue;
    return SheetRoot{.subject = read->front().subject,
                     .sha256 = as_shown(read->front().sha256),
                     .places = {},
                     .is_known_here = true};
  }
  return std::nullopt;
}

// The company CA's root, where it is the one that `chain` leads to.
std::optional<SheetRoot> company_root(const gate::Config& config, const std::string& url,
                                      const std::vector<inventory::ReadCertificate>& chain) {
  authority::Places places{.folder = config.state_dir + "/ca"};
  auto roots = inventory::read_chain(text_of_file(places.root()));
  if (!roots) return std::nullopt;
  const inventory::ReadCertificate& root = roots->front();
  auto issued_by = [&](const std::string& subject) {
    return std::ranges::any_of(chain, [&](const auto& one) { return one.issuer == subject; });
  };
  auto intermediates = inventory::read_chain(text_of_file(places.intermediate()));
  bool leads_here = issued_by(root.subject) || (intermediates && issued_by(intermediates->front().subject));
  if (!leads_here) return std::nullopt;
  SheetRoot found{.subject = root.subject, .sha256 = as_shown(root.sha256), .places = {}, .is_company = true};
  if (config.ca.download_page) found.places.push_back(url + "/.pforte/ca/");
  if (!config.ca.url.empty()) found.places.push_back(authority::Addresses{.base = config.ca.url}.root());
  return found;
}

// By the certificate that the site shows: its names, its end, and whom a client has to trust.
void add_certificate(const gate::Config& config, const std::string& pem, SettingsSheet& sheet) {
  auto chain = inventory::read_chain(pem);
  auto decoded = inventory::decode_chain(pem);
  if (!chain || !decoded) return;
  sheet.names = chain->front().names;
  sheet.ends = rfc3339(std::chrono::time_point_cast<std::chrono::seconds>(chain->front().not_after)).substr(0, 10);
  std::string origin = sheet.url().substr(0, sheet.url().find('/', std::string_view("https://").size()));
  sheet.root = company_root(config, origin, *chain);
  if (sheet.root) return;
  sheet.root = system_root(crypto::der_of(*decoded->back()));
  if (sheet.root) return;
  const inventory::ReadCertificate& last = chain->back();
  bool is_root = last.subject == last.issuer;
  sheet.root =
      SheetRoot{.subject = last.issuer, .sha256 = is_root ? as_shown(last.sha256) : std::string(), .places = {}};
}

// Where people begin: the whole site where they may, else the page of the application.
std::string first_path(const std::vector<std::string>& paths) {
  constexpr std::string_view kWebClient = "/webclient";
  if (paths.empty() || std::ranges::find(paths, "/") != paths.end()) return "/";
  if (std::ranges::find(paths, kWebClient) != paths.end()) return std::string(kWebClient);
  return paths.front();
}

SettingsSheet sheet_of(const gate::Config& config, const std::string& host) {
  SettingsSheet sheet{.host = host, .path = "/", .paths = {}, .names = {}, .ends = {}};
  const gate::ListenerConfig* listener = listener_for_sites(config);
  sheet.port = listener != nullptr && listener->tls ? listener->address.port() : kHttpsPort;
  return sheet;
}

SettingsSheet sheet_of_site(const gate::Config& config, const gate::SiteConfig& site, const std::string& host) {
  SettingsSheet sheet = sheet_of(config, host);
  sheet.paths = gate::allowed_paths(site, policy::PathProfile::Generic);
  sheet.path = first_path(sheet.paths);
  sheet.only_tls13 = site.tls_profile == gate::TlsProfile::Modern;
  return sheet;
}

// Without what stands in files of certificates. A rule may open more paths than the site allows to everybody.
doctor::ServedAddress address_of(const SettingsSheet& sheet, const gate::SiteConfig* site) {
  std::vector<std::string> paths = sheet.paths;
  if (site != nullptr) {
    paths.emplace_back("/.pforte");
    for (const gate::RuleConfig& rule : site->rules) paths.push_back(rule.path.value);
  }
  return {.host = sheet.host, .port = sheet.port, .url = sheet.url(), .paths = std::move(paths)};
}

}  // namespace

std::string SettingsSheet::url() const {
  return cat("https://", host, port == kHttpsPort ? "" : cat(':', port), path);
}

std::vector<SettingsSheet> settings_sheets(const gate::Config& config, const std::string& host) {
  auto is_meant = [&](const conf::Text& one) { return one.value != "*" && (host.empty() || one.value == host); };
  std::vector<SettingsSheet> sheets;
  for (const gate::SiteConfig& site : config.sites) {
    for (const conf::Text& one : site.hosts)
      if (is_meant(one)) {
        sheets.push_back(sheet_of_site(config, site, one.value));
        add_certificate(config, shown_certificate(config, site, one.value), sheets.back());
      }
  }
  for (const gate::PassthroughConfig& passthrough : config.passthroughs) {
    for (const conf::Text& one : passthrough.hosts) {
      if (!is_meant(one)) continue;
      sheets.push_back(sheet_of(config, one.value));
      sheets.back().is_passed_through = true;
    }
  }
  return sheets;
}

std::vector<doctor::ServedAddress> served_addresses(const gate::Config& config) {
  std::vector<doctor::ServedAddress> served;
  for (const gate::SiteConfig& site : config.sites) {
    for (const conf::Text& host : site.hosts)
      if (host.value != "*") served.push_back(address_of(sheet_of_site(config, site, host.value), &site));
  }
  for (const gate::PassthroughConfig& passthrough : config.passthroughs) {
    for (const conf::Text& host : passthrough.hosts)
      if (host.value != "*") served.push_back(address_of(sheet_of(config, host.value), nullptr));
  }
  return served;
}

bool is_address_of_gate(const gate::Config& config, const std::string& host) {
  return std::ranges::any_of(config.listeners, [&](const gate::ListenerConfig& listener) {
    return listener.tls && reachable(listener.address).ip_text() == host;
  });
}

}  // namespace pforte::app

#include "gate/ca_config.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/path.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

constexpr auto kMostDays = std::chrono::days(825);

void read_url(conf::Reader& keys, CaConfig& config) {
  std::optional<conf::Text> url = keys.text("url");
  if (!url) return;
  if (is_ca_url(url->value)) {
    config.url = std::move(url->value);
    return;
  }
  keys.problems().error(url->place, "conf.ca.url",
                        {"url is no http:// address of a host", "url ist keine http://-Adresse eines Hosts"},
                        ca_url_form());
}

std::chrono::seconds lifetime_or(conf::Reader& keys, std::string_view key, std::chrono::seconds otherwise,
                                 conf::Span span) {
  return std::chrono::duration_cast<std::chrono::seconds>(keys.duration_or(key, otherwise, span));
}

}  // namespace

bool is_ca_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme) || url.size() == kScheme.size()) return false;
  return std::ranges::all_of(url.substr(kScheme.size()), [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

Message ca_url_form() {
  return {
      "write \"http://pki.example.com\", without a path: what is signed needs no TLS, and whoever judges a "
      "certificate cannot ask over TLS",
      "\"http://pki.example.com\" schreiben, ohne Pfad: Was signiert ist, braucht kein TLS, und wer ein Zertifikat "
      "prüft, kann nicht über TLS fragen"};
}

CaConfig read_ca_config(conf::Reader& document) {
  CaConfig config{.place = document.place_of("ca"), .key_password_file = {}, .url = {}};
  std::optional<conf::Reader> keys = document.table("ca");
  if (!keys) return config;
  if (std::optional<conf::Text> file = keys->text("key_password_file"))
    config.key_password_file = conf::resolved(*std::move(file));
  read_url(*keys, config);
  config.server_lifetime = lifetime_or(*keys, "server_lifetime", config.server_lifetime, {1h, kMostDays});
  config.client_lifetime = lifetime_or(*keys, "client_lifetime", config.client_lifetime, {1h, kMostDays});
  config.crl_lifetime = lifetime_or(*keys, "crl_lifetime", config.crl_lifetime, {1h, 30 * 24h});
  config.ocsp_lifetime = lifetime_or(*keys, "ocsp_lifetime", config.ocsp_lifetime, {10min, 7 * 24h});
  config.download_page = keys->flag_or("download_page", config.download_page);
  if (std::optional<conf::Reader> acme = keys->table("acme")) config.acme = acme::read_server_config(*std::move(acme));
  keys->end();
  return config;
}

}  // namespace pforte::gate

#include "identity/sign_in_config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "conf/nearest.h"
#include "conf/path.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;

// As Provider counts.
constexpr std::array<std::string_view, 3> kProviderNames = {"kerberos", "ldap", "database"};

Message remedy_for_provider(std::string_view name) {
  if (auto meant = conf::nearest(name, kProviderNames))
    return {cat("did you mean \"", *meant, "\"?"), cat("ist \"", *meant, "\" gemeint?")};
  return {"known: kerberos, ldap, database", "bekannt: kerberos, ldap, database"};
}

void add_provider(const conf::Text& name, std::vector<Provider>& providers, conf::Problems& problems) {
  const auto* known = std::ranges::find(kProviderNames, name.value);
  if (known == kProviderNames.end()) {
    problems.error(
        name.place, "conf.sign-in.provider",
        {cat("there is no provider \"", name.value, '"'), cat("es gibt keinen Anbieter \"", name.value, '"')},
        remedy_for_provider(name.value));
    return;
  }
  auto provider = static_cast<Provider>(known - kProviderNames.begin());
  if (std::ranges::find(providers, provider) == providers.end()) {
    providers.push_back(provider);
    return;
  }
  problems.error(
      name.place, "conf.sign-in.provider-twice",
      {cat("provider \"", name.value, "\" stands here twice"), cat("Anbieter \"", name.value, "\" steht hier zweimal")},
      {"each is asked once: remove one of the two", "jeder wird einmal gefragt: einen von beiden entfernen"});
}

void refuse_empty(const conf::Place& place, std::string_view key, conf::Problems& problems) {
  problems.error(place, "conf.empty", {cat(key, " is empty"), cat(key, " ist leer")},
                 {cat("write a value, or remove ", key), cat("einen Wert schreiben oder ", key, " entfernen")});
}

std::vector<Provider> read_providers(conf::Reader& keys) {
  std::vector<Provider> providers;
  std::optional<std::vector<conf::Text>> names = keys.texts("providers");
  if (!names) return providers;
  if (names->empty()) refuse_empty(keys.place_of("providers"), "providers", keys.problems());
  for (const conf::Text& name : *names) add_provider(name, providers, keys.problems());
  return providers;
}

std::vector<net::Network> read_negotiate_from(conf::Reader& keys) {
  std::vector<net::Network> networks;
  const std::vector<conf::Text> texts = keys.texts("negotiate_from").value_or(std::vector<conf::Text>());
  for (const conf::Text& text : texts) {
    Result<net::Network> network = net::parse_network(text.value);
    if (network) {
      networks.push_back(*network);
      continue;
    }
    keys.problems().error(text.place, "conf.network",
                          {network.error().text(), cat('"', text.value, "\" ist kein Netz")},
                          {"write it as \"10.0.0.0/8\" or \"fd00::/8\", a single address as \"192.0.2.1\"",
                           "schreiben als \"10.0.0.0/8\" oder \"fd00::/8\", eine einzelne Adresse als \"192.0.2.1\""});
  }
  return networks;
}

std::vector<std::string> read_negotiate_not_for(conf::Reader& keys) {
  std::vector<std::string> parts;
  const std::vector<conf::Text> texts = keys.texts("negotiate_not_for").value_or(std::vector<conf::Text>());
  for (const conf::Text& text : texts) {
    // Every client has it in its name.
    if (text.value.empty()) refuse_empty(text.place, "negotiate_not_for", keys.problems());
    parts.push_back(text.value);
  }
  return parts;
}

void read_session(conf::Reader& keys, SignInConfig& config) {
  config.session_lifetime = keys.duration_or("session_lifetime", config.session_lifetime, {1s, 30 * 24h});
  auto idle = std::min(config.session_idle, config.session_lifetime);
  config.session_idle = keys.duration_or("session_idle", idle, {1s, 30 * 24h});
  config.end_with_ticket = keys.flag_or("end_with_ticket", config.end_with_ticket);
  if (config.session_idle <= config.session_lifetime) return;
  keys.problems().warning(
      keys.place_of("session_idle"), "conf.sign-in.idle",
      {"session_idle has no effect: no session lives that long",
       "session_idle bleibt ohne Wirkung: so lange lebt keine Sitzung"},
      {cat("lower it below session_lifetime, \"", conf::duration_text(config.session_lifetime), "\", or remove it"),
       cat("unter session_lifetime, \"", conf::duration_text(config.session_lifetime), "\", senken oder entfernen")});
}

bool is_color(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  return text.size() == 7 && text.starts_with('#') && text.find_first_not_of(kDigits, 1) == std::string_view::npos;
}

std::string read_brand_text(conf::Reader& keys, std::string_view key) {
  return keys.text(key).value_or(conf::Text()).value;
}

void check_color(const conf::Reader& keys, const std::string& color) {
  if (!keys.has("color") || is_color(color)) return;
  keys.problems().error(
      keys.place_of("color"), "conf.brand.color",
      {cat('"', color, "\" is not a color"), cat('"', color, "\" ist keine Farbe")},
      {"write it with six hexadecimal digits: \"#0b5fff\"", "mit sechs Hexadezimalziffern schreiben: \"#0b5fff\""});
}

void check_logo(const std::optional<conf::Text>& logo, conf::Problems& problems) {
  if (!logo || logo->value.ends_with(".svg") || logo->value.ends_with(".png")) return;
  problems.error(logo->place, "conf.brand.logo",
                 {"the logo is neither an SVG nor a PNG file", "das Logo ist weder eine SVG- noch eine PNG-Datei"},
                 {"name a file that ends in .svg or .png", "eine Datei angeben, die auf .svg oder .png endet"});
}

Brand read_brand_config(conf::Reader keys) {
  Brand brand;
  if (std::optional<conf::Text> logo = keys.text("logo")) brand.logo = conf::resolved(*std::move(logo));
  check_logo(brand.logo, keys.problems());
  brand.name = read_brand_text(keys, "name");
  brand.color = read_brand_text(keys, "color");
  check_color(keys, brand.color);
  brand.notice_en = read_brand_text(keys, "notice_en");
  brand.notice_de = read_brand_text(keys, "notice_de");
  keys.end();
  return brand;
}

}  // namespace

std::string_view provider_name(Provider provider) {
  return kProviderNames[std::size_t(provider)];
}

SignInConfig read_sign_in_config(conf::Reader keys) {
  constexpr std::array<std::string_view, 2> kUnknownAgents = {"refused", "created"};
  SignInConfig config;
  if (keys.has("providers")) config.providers_place = keys.place_of("providers");
  config.providers = read_providers(keys);
  read_session(keys, config);
  config.unknown_agents = static_cast<UnknownAgents>(
      keys.choice_or("unknown_agents", static_cast<std::size_t>(config.unknown_agents), kUnknownAgents));
  config.negotiate_from = read_negotiate_from(keys);
  config.negotiate_not_for = read_negotiate_not_for(keys);
  for (conf::Reader& rule : keys.tables("map", conf::Shape::List))
    config.map.push_back(read_name_rule_config(std::move(rule)));
  if (std::optional<conf::Reader> brand = keys.table("brand")) config.brand = read_brand_config(*std::move(brand));
  keys.end();
  return config;
}

}  // namespace pforte::identity

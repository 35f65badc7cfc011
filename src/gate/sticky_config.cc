#include "gate/sticky_config.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "gate/sign_in_cookies.h"
#include "http/field.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

std::string read_own_name(conf::Reader& keys, std::string_view backend) {
  std::optional<conf::Text> name = keys.text("name");
  bool good = !name || (http::is_token(name->value) && name->value.size() <= 64);
  if (!good) {
    keys.problems().error(name->place, "conf.sticky.name",
                          {cat('"', name->value, "\" cannot be part of a cookie's name"),
                           cat('"', name->value, "\" kann nicht Teil eines Cookie-Namens sein")},
                          {cat("use letters, digits and '-'; the cookie is called ", kServerCookie, "NAME"),
                           cat("Buchstaben, Ziffern und '-' verwenden; das Cookie heißt ", kServerCookie, "NAME")});
  }
  return cat(kServerCookie, name ? std::string_view(name->value) : backend);
}

std::string read_application_name(conf::Reader& keys) {
  conf::Text name = keys.required_text("name");
  if (!name.value.empty() && (!http::is_token(name.value) || is_our_cookie(name.value))) {
    keys.problems().error(
        name.place, "conf.sticky.name",
        {cat('"', name.value, "\" is no cookie that an application could set"),
         cat('"', name.value, "\" ist kein Cookie, das eine Anwendung setzen könnte")},
        {"name the one of its sessions: \"JSESSIONID\"", "das ihrer Sitzungen nennen: \"JSESSIONID\""});
  }
  return name.value;
}

}  // namespace

std::optional<StickyConfig> read_sticky_config(conf::Reader& keys, std::string_view backend) {
  StickyConfig sticky;
  sticky.place = keys.place_of("sticky");
  if (!keys.has_table("sticky")) {
    if (!keys.flag_or("sticky", false)) return std::nullopt;
    sticky.name = cat(kServerCookie, backend);
    return sticky;
  }
  constexpr std::array<std::string_view, 2> kWays = {"cookie", "application-cookie"};
  conf::Reader table = *keys.table("sticky");
  sticky.by = static_cast<StickyConfig::By>(table.choice_or("by", 0, kWays));
  if (sticky.by == StickyConfig::By::ApplicationCookie) {
    sticky.name = read_application_name(table);
  } else {
    sticky.name = read_own_name(table, backend);
    if (table.has("lifetime")) {
      auto lifetime = table.duration_or("lifetime", StickyConfig::kUsualLifetime, {1min, 720h});
      sticky.lifetime = std::chrono::floor<std::chrono::seconds>(lifetime);
    }
  }
  table.end();
  return sticky;
}

void check_routes(std::span<const ServerConfig> servers, const std::optional<StickyConfig>& sticky,
                  conf::Problems& problems) {
  bool used = sticky && sticky->by == StickyConfig::By::ApplicationCookie;
  for (auto at = servers.begin(); at != servers.end(); ++at) {
    if (at->route.empty()) continue;
    if (!used) {
      problems.warning(
          at->place, "conf.sticky.no-effect",
          {cat("route \"", at->route, "\" has no effect without sticky by application-cookie"),
           cat("route \"", at->route, "\" bleibt ohne sticky nach application-cookie ohne Wirkung")},
          {"add sticky = { by = \"application-cookie\", name = \"JSESSIONID\" }, or remove route",
           "sticky = { by = \"application-cookie\", name = \"JSESSIONID\" } ergänzen oder route entfernen"});
    }
    if (std::ranges::any_of(servers.begin(), at, [&](const ServerConfig& one) { return one.route == at->route; })) {
      problems.error(
          at->place, "conf.sticky.route-twice",
          {cat("two servers have the route \"", at->route, '"'), cat("zwei Server haben die route \"", at->route, '"')},
          {"give each the jvmRoute of its own Tomcat", "jedem die jvmRoute seines eigenen Tomcat geben"});
    }
  }
}

}  // namespace pforte::gate

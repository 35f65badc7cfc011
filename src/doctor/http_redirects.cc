#include "doctor/http_redirects.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "doctor/http_line.h"
#include "net/address.h"

namespace pforte::doctor {
namespace {

// Browsers give up after 20 (Fetch, 4.4); nobody means to have half as many.
constexpr std::size_t kMostRedirects = 10;

constexpr Check kHttpRedirect{.id = "http.redirect", .source = "RFC 9110, 15.4", .why = {"", ""}};
constexpr Check kHttpNoRedirect{.id = "http.no-redirect",
                                .source = "RFC 9110, 15.4; RFC 6797, 7.2",
                                .why = {"whoever types the name without https:// does not reach the site",
                                        "wer den Namen ohne https:// eingibt, erreicht die Site nicht"}};
constexpr Check kHttpNowhere{.id = "http.redirect-nowhere",
                             .source = "RFC 9110, 10.2.2",
                             .why = {"browsers show an empty page or an error of their own",
                                     "Browser zeigen eine leere Seite oder einen eigenen Fehler"}};
constexpr Check kHttpRedirectLoop{
    .id = "http.redirect-loop",
    .source = "RFC 9110, 15.4",
    .why = {"browsers give up with ERR_TOO_MANY_REDIRECTS", "Browser geben mit ERR_TOO_MANY_REDIRECTS auf"}};
constexpr Check kHttpDowngrade{
    .id = "http.redirect-to-http",
    .source = "RFC 9110, 4.2.2",
    .why = {"what was protected goes on in clear, or comes back by a second redirect in a loop",
            "was geschützt war, geht im Klartext weiter oder kommt im Kreis zurück"}};
constexpr Check kHttpInternal{.id = "http.redirect-internal",
                              .source = "RFC 9110, 10.2.2; RFC 1918",
                              .why = {"clients outside do not find this name, and it tells about the inside",
                                      "Clients draußen finden diesen Namen nicht, und er verrät das Innere"}};
constexpr Check kHttpOtherPort{
    .id = "http.redirect-port",
    .source = "RFC 9110, 10.2.2",
    .why = {"it is the application's own port, which clients in front of the proxy do not reach",
            "es ist der Port der Anwendung selbst, den Clients vor dem Proxy nicht erreichen"}};
constexpr Check kHttpElsewhere{.id = "http.redirect-elsewhere",
                               .source = "RFC 9110, 15.4",
                               .why = {"what is there was not examined", "was dort ist, wurde nicht untersucht"}};

// `path` without "." and ".." (RFC 3986, 5.2.4), which is enough to tell what is asked for next.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool open = false;  // it ends with a slash
  for (std::size_t at = 1; at <= path.size();) {
    std::size_t end = std::min(path.find('/', at), path.size());
    std::string_view segment = path.substr(at, end - at);
    open = segment == "." || segment == ".." || (segment.empty() && end == path.size());
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!open) kept.push_back(segment);
    at = end + 1;
  }
  std::string out;
  for (std::string_view segment : kept) out += cat('/', segment);
  return open || out.empty() ? out + '/' : out;
}

Message told_as_from(const Destination& to) {
  std::string text = to_text(to);
  return {cat("the server sends its clients to ", text), cat("der Server schickt seine Clients zu ", text)};
}

// From a name to an address is a way inside even where the name is a company's own: no certificate has the address.
bool leads_inside(const Destination& from, const Destination& to) {
  return is_internal(to.host) && (!is_internal(from.host) || (to.is_address() && !from.is_address()));
}

// A redirect that leaves the subject.
void tell_departure(HttpTeller& teller, const Destination& from, const Destination& to, std::vector<Evidence> seen) {
  if (from.speaks_tls() && !to.speaks_tls()) {
    teller.tell(kHttpDowngrade, Level::Error, told_as_from(to),
                {"let the application know that clients come by https: X-Forwarded-Proto or Forwarded, and that it "
                 "believes the proxy (Tomcat: RemoteIpValve)",
                 "der Anwendung sagen, dass Clients über https kommen: X-Forwarded-Proto oder Forwarded, und dass sie "
                 "dem Proxy glaubt (Tomcat: RemoteIpValve)"},
                std::move(seen));
  } else if (to.host != from.host && leads_inside(from, to)) {
    teller.tell(kHttpInternal, Level::Error, told_as_from(to),
                {"let the application write relative addresses or its outer name: X-Forwarded-Host, the proxy's "
                 "rewriting of Location",
                 "die Anwendung relative Adressen oder ihren äußeren Namen schreiben lassen: X-Forwarded-Host, "
                 "Umschreiben von Location im Proxy"},
                std::move(seen));
  } else if (to.host == from.host && to.port != from.port && to.speaks_tls() == from.speaks_tls()) {
    teller.tell(
        kHttpOtherPort, Level::Error, told_as_from(to),
        {"let the application write relative addresses or its outer port: X-Forwarded-Port, proxyPort of "
         "Tomcat's connector",
         "die Anwendung relative Adressen oder ihren äußeren Port schreiben lassen: X-Forwarded-Port, proxyPort "
         "am Connector von Tomcat"},
        std::move(seen));
  } else {
    teller.tell(kHttpElsewhere, Level::Note, told_as_from(to),
                {cat("examine it as well: pforte doctor url ", to_text(to)),
                 cat("auch das untersuchen: pforte doctor url ", to_text(to))},
                std::move(seen));
  }
}

bool stays_at_subject(const Destination& from, const Destination& to) {
  return to.scheme == from.scheme && to.host == from.host && to.port == from.port;
}

std::vector<Evidence> chain_of_redirects(const std::vector<std::string>& chain) {
  std::vector<Evidence> evidence;
  evidence.reserve(chain.size());
  for (const std::string& one : chain) evidence.push_back({.name = {"Location", "Location"}, .value = one});
  return evidence;
}

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_internal(std::string_view host) {
  if (net::parse_ip(host)) {
    constexpr auto kPrivate =
        std::to_array<std::string_view>({"10.", "127.", "192.168.", "169.254.", "fc", "fd", "fe80:", "::1"});
    if (std::ranges::any_of(kPrivate, [&](std::string_view begin) { return host.starts_with(begin); })) return true;
    for (int second = 16; second < 32; ++second) {
      if (host.starts_with(cat("172.", second, '.'))) return true;
    }
    return false;
  }
  constexpr auto kDomains =
      std::to_array<std::string_view>({".local", ".internal", ".intern", ".lan", ".corp", ".home", ".localdomain"});
  bool below = std::ranges::any_of(kDomains, [&](std::string_view domain) { return host.ends_with(domain); });
  return below || host.find('.') == std::string_view::npos;
}

std::optional<Destination> resolve_location(const Destination& from, std::string_view location) {
  location = location.substr(0, location.find('#'));
  if (location.empty()) return std::nullopt;
  std::size_t colon = location.find(':');
  bool absolute = colon != std::string_view::npos && colon < location.find_first_of("/?");
  Destination to = from;
  if (absolute || location.starts_with("//")) {
    std::string text = absolute ? std::string(location) : cat(from.speaks_tls() ? "https:" : "http:", location);
    std::expected<Destination, Unread> read = read_url(text);
    if (!read) return std::nullopt;
    read->at = from.at;
    read->via = from.via;
    return *std::move(read);
  }
  std::size_t query = std::min(location.find('?'), location.size());
  std::string_view path = location.substr(0, query);
  std::string base = from.path.substr(0, from.path.find('?'));
  if (path.empty()) {
    to.path = base;
  } else {
    to.path = without_dots(path.starts_with('/') ? std::string(path) : cat(base.substr(0, base.rfind('/') + 1), path));
  }
  to.path += location.substr(query);
  return to;
}

void tell_whether_to_https(HttpTeller& teller, const HttpAnswer& answer) {
  const std::string* location = answer.find("Location");
  std::optional<Destination> to;
  if (location && is_redirect(answer.status)) to = resolve_location(teller.subject().destination, *location);
  if (to && to->speaks_tls())
    return teller.tell(kHttpRedirect, Level::Ok, {cat("leads to ", to_text(*to)), cat("führt zu ", to_text(*to))});
  teller.tell(kHttpNoRedirect, Level::Error,
              {cat("answers ", answer.status, " instead of leading to https"),
               cat("antwortet ", answer.status, ", statt zu https zu führen")},
              {"a site must have the host in its hosts: pforte check; a gate that runs with an older configuration: "
               "pforte reload",
               "eine Site muss den Host in ihren hosts haben: pforte check; ein Tor, das mit einer älteren "
               "Konfiguration läuft: pforte reload"});
}

net::Task<std::optional<HttpAnswer>> follow_redirects(const Setting& setting, HttpTeller& teller,
                                                      const HttpAnswer& first) {
  Destination here = teller.subject().destination;
  std::vector<std::string> chain;
  std::set<std::string> seen = {here.path};
  const HttpAnswer* answer = &first;
  std::optional<HttpAnswer> last;
  while (is_redirect(answer->status)) {
    const std::string* location = answer->find("Location");
    std::optional<Destination> next = location ? resolve_location(here, *location) : std::nullopt;
    if (location) chain.push_back(*location);
    if (!next) {
      teller.tell(kHttpNowhere, Level::Error,
                  {cat(answer->status, location ? " with a Location that is no address" : " without a Location"),
                   cat(answer->status, location ? " mit einer Location, die keine Adresse ist" : " ohne Location")},
                  {"mend what writes this answer", "in Ordnung bringen, was diese Antwort schreibt"},
                  chain_of_redirects(chain));
      co_return std::nullopt;
    }
    if (!stays_at_subject(here, *next)) {
      tell_departure(teller, here, *next, chain_of_redirects(chain));
      co_return std::nullopt;
    }
    if (!seen.insert(next->path).second || chain.size() > kMostRedirects) {
      teller.tell(
          kHttpRedirectLoop, Level::Error,
          {cat("redirects lead in a circle: ", next->path), cat("Weiterleitungen führen im Kreis: ", next->path)},
          {"look which two of gate, proxy and application disagree: about https, a slash at the end, or a "
           "cookie that is lost",
           "nachsehen, wer von Tor, Proxy und Anwendung sich nicht einig ist: über https, einen Schrägstrich "
           "am Ende oder ein verlorenes Cookie"},
          chain_of_redirects(chain));
      co_return std::nullopt;
    }
    here = *next;
    HttpQuestion question{.path = here.path, .fields = {{"Accept", "text/html, */*;q=0.5"}}};
    Result<HttpAnswer> got = co_await outcome(ask_alone(setting, teller.subject(), question));
    if (!got) co_return std::nullopt;
    last = *std::move(got);
    answer = &*last;
  }
  if (!chain.empty())
    teller.tell(kHttpRedirect, Level::Ok,
                {cat("redirects end at ", to_text(here)), cat("Weiterleitungen enden bei ", to_text(here))}, {},
                chain_of_redirects(chain));
  co_return last;
}

}  // namespace pforte::doctor

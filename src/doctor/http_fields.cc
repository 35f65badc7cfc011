#include "doctor/http_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/time.h"
#include "http/date.h"
#include "http/field.h"

namespace pforte::doctor {
namespace {

using std::chrono::seconds;

// What Kerberos allows between two clocks (RFC 4120, 1.6; Active Directory's default), and what is worth a look.
constexpr seconds kMostSkew{300};
constexpr seconds kOddSkew{60};
// Half a year, as Mozilla's guidelines ask for at least.
constexpr std::uint64_t kShortHsts = 15768000;

constexpr Check kHttpHstsMissing{
    .id = "http.hsts-missing",
    .source = "RFC 6797, 2.3",
    .why = {"a browser that is led to http:// goes there once more in clear",
            "ein Browser, der zu http:// geleitet wird, geht dort noch einmal ungeschützt hin"}};
constexpr Check kHttpHstsShort{.id = "http.hsts-short",
                               .source = "RFC 6797, 11.2; Mozilla, HTTP Strict Transport Security",
                               .why = {"whoever does not come back within this time is unprotected again",
                                       "wer in dieser Zeit nicht wiederkommt, ist wieder ungeschützt"}};
constexpr Check kHttpHstsMalformed{.id = "http.hsts-malformed",
                                   .source = "RFC 6797, 6.1 and 8.1",
                                   .why = {"browsers drop it, or take the first of several",
                                           "Browser verwerfen es oder nehmen das erste von mehreren"}};
constexpr Check kHttpHstsInClear{.id = "http.hsts-in-clear",
                                 .source = "RFC 6797, 7.2",
                                 .why = {"it must not be sent over plain HTTP and is ignored there",
                                         "es darf nicht über Klartext-HTTP gesendet werden und wirkt dort nicht"}};
constexpr Check kHttpCookieInsecure{.id = "http.cookie-not-secure",
                                    .source = "RFC 6265bis, 4.1.2.5",
                                    .why = {"it goes over plain HTTP as well, where everybody can take it",
                                            "es geht auch über Klartext-HTTP, wo jeder es mitnehmen kann"}};
constexpr Check kHttpCookieScripts{.id = "http.cookie-not-http-only",
                                   .source = "RFC 6265bis, 4.1.2.6",
                                   .why = {"a script that somebody brings into the page can take the session along",
                                           "ein eingeschleustes Skript kann die Sitzung mitnehmen"}};
constexpr Check kHttpCookieSameSite{.id = "http.cookie-same-site",
                                    .source = "RFC 6265bis, 5.6.7",
                                    .why = {"browsers differ in what they do with a cookie that does not say it",
                                            "Browser gehen mit einem Cookie ohne diese Angabe verschieden um"}};
constexpr Check kHttpCookieNone{.id = "http.cookie-refused",
                                .source = "RFC 6265bis, 5.7",
                                .why = {"browsers drop it, so that a sign-in begins anew with every page",
                                        "Browser verwerfen es, und die Anmeldung beginnt mit jeder Seite von vorn"}};
constexpr Check kHttpClock{.id = "http.clock",
                           .source = "RFC 4120, 1.6; RFC 9110, 6.6.1",
                           .why = {"Kerberos takes no ticket when clocks differ by more than 5 minutes",
                                   "Kerberos nimmt kein Ticket, wenn Uhren um mehr als 5 Minuten abweichen"}};
constexpr Check kHttpMixedContent{
    .id = "http.mixed-content",
    .source = "W3C, Mixed Content, 5",
    .why = {"browsers do not load scripts, styles and frames from http:// into such a page",
            "Browser laden in eine solche Seite keine Skripte, Stile und Rahmen von http://"}};

// Calls `visit` with name, in lower case, and value of each "name=value;".
template <class Visit>
void for_each_part(std::string_view text, Visit visit) {
  while (!text.empty()) {
    std::size_t end = std::min(text.find(';'), text.size());
    std::string_view part = http::trim(text.substr(0, end));
    std::size_t equals = std::min(part.find('='), part.size());
    std::string_view value = http::trim(part.substr(std::min(equals + 1, part.size())));
    visit(lowered(http::trim(part.substr(0, equals))), value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view without_quotes(std::string_view text) {
  bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

void tell_hsts(HttpTeller& teller, const HttpAnswer& answer) {
  std::vector<std::string_view> values = answer.all("Strict-Transport-Security");
  const Destination& destination = teller.subject().destination;
  if (!destination.speaks_tls()) {
    if (!values.empty())
      teller.tell(kHttpHstsInClear, Level::Warning,
                  {"HSTS is sent over plain HTTP", "HSTS wird über Klartext-HTTP gesendet"},
                  {"send it over https alone", "nur über https senden"});
    return;
  }
  // Addresses have no HSTS (RFC 6797, 8.1.1).
  if (destination.is_address()) return;
  if (values.empty()) {
    if (answer.status < 400)
      teller.tell(kHttpHstsMissing, Level::Note, {"there is no HSTS", "HSTS fehlt"},
                  {"once everything is served by https: Strict-Transport-Security: max-age=31536000",
                   "sobald alles über https kommt: Strict-Transport-Security: max-age=31536000"});
    return;
  }
  std::optional<Hsts> hsts = read_hsts(values.front());
  std::vector<Evidence> evidence;
  evidence.reserve(values.size());
  for (std::string_view value : values)
    evidence.push_back(
        {.name = {"Strict-Transport-Security", "Strict-Transport-Security"}, .value = std::string(value)});
  if (!hsts || values.size() > 1) {
    teller.tell(kHttpHstsMalformed, Level::Warning,
                {hsts ? "HSTS is sent more than once" : "HSTS has no max-age that is a number",
                 hsts ? "HSTS wird mehrfach gesendet" : "HSTS hat kein max-age, das eine Zahl ist"},
                {"send it once: Strict-Transport-Security: max-age=31536000",
                 "einmal senden: Strict-Transport-Security: max-age=31536000"},
                std::move(evidence));
  } else if (hsts->max_age < kShortHsts) {
    teller.tell(
        kHttpHstsShort, Level::Warning,
        {cat("HSTS holds for ", hsts->max_age / 86400, " days"), cat("HSTS gilt ", hsts->max_age / 86400, " Tage")},
        {"raise max-age to 31536000, a year, once all works",
         "max-age auf 31536000, ein Jahr, anheben, sobald "
         "alles geht"},
        std::move(evidence));
  }
}

bool is_host_within(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

std::string cookie_names(const std::vector<SentCookie>& cookies, auto which) {
  std::string names;
  for (const SentCookie& cookie : cookies) {
    if (which(cookie)) names += cat(names.empty() ? "" : ", ", cookie.name);
  }
  return names;
}

void tell_cookies(HttpTeller& teller, const HttpAnswer& answer) {
  std::vector<SentCookie> cookies;
  cookies.reserve(answer.fields.size());
  for (std::string_view value : answer.all("Set-Cookie")) cookies.push_back(read_set_cookie(value));
  const Destination& destination = teller.subject().destination;
  std::string names =
      cookie_names(cookies, [](const SentCookie& one) { return one.same_site == "none" && !one.secure; });
  if (!names.empty())
    teller.tell(kHttpCookieNone, Level::Error,
                {cat("SameSite=None without Secure: ", names), cat("SameSite=None ohne Secure: ", names)},
                {"add Secure", "Secure dazusetzen"});
  names = cookie_names(cookies, [&](const SentCookie& one) {
    return !one.domain.empty() && !is_host_within(destination.host, one.domain);
  });
  if (!names.empty())
    teller.tell(kHttpCookieNone, Level::Error,
                {cat("the Domain of a cookie is not that of the host: ", names),
                 cat("die Domain eines Cookies ist nicht die des Hosts: ", names)},
                {"let the application know its outer name, or rewrite the domain in the proxy",
                 "der Anwendung ihren äußeren Namen sagen, oder die Domain im Proxy umschreiben"});
  names = cookie_names(cookies, [](const SentCookie& one) { return !one.secure && one.same_site != "none"; });
  if (!names.empty() && destination.speaks_tls())
    teller.tell(
        kHttpCookieInsecure, Level::Warning,
        {cat("cookies without Secure: ", names), cat("Cookies ohne Secure: ", names)},
        {"let the application know that clients come by https (X-Forwarded-Proto), or let it always add Secure",
         "der Anwendung sagen, dass Clients über https kommen (X-Forwarded-Proto), oder immer Secure setzen lassen"});
  names = cookie_names(cookies, [](const SentCookie& one) { return !one.http_only && is_session_name(one.name); });
  if (!names.empty())
    teller.tell(kHttpCookieScripts, Level::Warning,
                {cat("a session's cookies without HttpOnly: ", names), cat("Sitzungscookies ohne HttpOnly: ", names)},
                {"add HttpOnly", "HttpOnly dazusetzen"});
  names = cookie_names(cookies, [](const SentCookie& one) { return one.same_site.empty(); });
  if (!names.empty())
    teller.tell(kHttpCookieSameSite, Level::Note,
                {cat("cookies without SameSite: ", names), cat("Cookies ohne SameSite: ", names)},
                {"add SameSite=Lax, unless other sites must bring the cookie along",
                 "SameSite=Lax dazusetzen, wenn nicht andere Sites das Cookie mitbringen müssen"});
}

void tell_clock(HttpTeller& teller, const HttpAnswer& answer, std::chrono::sys_seconds now) {
  const std::string* date = answer.find("Date");
  // What a cache has kept shows its age, not the server's clock.
  if (!date || answer.find("Age")) return;
  std::optional<std::chrono::sys_seconds> shown = http::parse_date(*date);
  if (!shown) return;
  seconds skew = *shown - now;
  seconds size = std::chrono::abs(skew);
  if (size < kOddSkew) return;
  std::int64_t count = size.count();
  teller.tell(
      kHttpClock, size > kMostSkew ? Level::Error : Level::Warning,
      {cat("the server's clock is ", count, " s ", skew.count() > 0 ? "ahead of" : "behind", " ours"),
       cat("die Uhr des Servers geht gegenüber unserer ", count, " s ", skew.count() > 0 ? "vor" : "nach")},
      {"set both by NTP: chronyc tracking, w32tm /query /status",
       "beide über NTP stellen: chronyc tracking, "
       "w32tm /query /status"},
      {{.name = {"Date", "Date"}, .value = *date}, {.name = {"our clock", "unsere Uhr"}, .value = rfc3339(now)}});
}

void tell_mixed_content(HttpTeller& teller, const HttpAnswer& answer) {
  const std::string* type = answer.find("Content-Type");
  if (!teller.subject().destination.speaks_tls() || !type || !type->starts_with("text/html")) return;
  constexpr auto kLoads =
      std::to_array<std::string_view>({"src=\"http://", "src='http://", "<link rel=\"stylesheet\" href=\"http://"});
  for (std::string_view load : kLoads) {
    std::size_t at = answer.body.find(load);
    if (at == std::string::npos) continue;
    std::size_t begin = answer.body.find("http://", at);
    std::string address =
        answer.body.substr(begin, std::min(answer.body.find_first_of("\"' >", begin), begin + 200) - begin);
    teller.tell(kHttpMixedContent, Level::Warning,
                {"a page of https loads from http://", "eine Seite über https lädt von http://"},
                {"let the application know its outer address, so that it writes https:// or no scheme",
                 "der Anwendung ihre äußere Adresse sagen, damit sie https:// oder kein Schema schreibt"},
                {{.name = {"loads", "lädt"}, .value = address}});
    return;
  }
}

}  // namespace

std::optional<Hsts> read_hsts(std::string_view value) {
  Hsts hsts;
  bool has_age = false;
  for_each_part(value, [&](const std::string& name, std::string_view argument) {
    if (name == "includesubdomains") hsts.include_subdomains = true;
    if (name != "max-age") return;
    argument = without_quotes(argument);
    auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), hsts.max_age);
    if (error == std::errc::result_out_of_range) hsts.max_age = std::numeric_limits<std::uint64_t>::max();
    has_age = error != std::errc::invalid_argument && end == argument.data() + argument.size();
  });
  return has_age ? std::optional(hsts) : std::nullopt;
}

SentCookie read_set_cookie(std::string_view value) {
  std::size_t end = std::min(value.find(';'), value.size());
  std::string_view pair = value.substr(0, end);
  SentCookie cookie;
  cookie.name = http::trim(pair.substr(0, std::min(pair.find('='), pair.size())));
  for_each_part(value.substr(end), [&](const std::string& name, std::string_view argument) {
    if (name == "secure") cookie.secure = true;
    if (name == "httponly") cookie.http_only = true;
    if (name == "samesite") cookie.same_site = lowered(argument);
    if (name == "domain") cookie.domain = lowered(argument.starts_with('.') ? argument.substr(1) : argument);
  });
  return cookie;
}

bool is_session_name(std::string_view name) {
  constexpr auto kNames = std::to_array<std::string_view>({"session", "sid", "auth", "token", "remember", "login"});
  return std::ranges::any_of(
      kNames, [&](std::string_view part) { return !std::ranges::search(name, part, {}, lower, lower).empty(); });
}

void tell_fields(HttpTeller& teller, const HttpAnswer& answer, std::chrono::sys_seconds now) {
  tell_hsts(teller, answer);
  tell_cookies(teller, answer);
  tell_clock(teller, answer, now);
  tell_mixed_content(teller, answer);
}

}  // namespace pforte::doctor

#include "doctor/http_paths.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/all_ended.h"
#include "doctor/http_answerer.h"
#include "doctor/http_line.h"
#include "doctor/http_status.h"

namespace pforte::doctor {
namespace {

// A path that no application has.
constexpr std::string_view kNowherePath = "/pforte-doctor-asks-for-nothing";
// A context path with this behind it belongs to nobody either, unless somebody compares letters instead of segments.
constexpr std::string_view kSuffix = "-pforte-doctor";

constexpr Check kHttpPathsReached{.id = "http.paths", .source = "", .why = {"", ""}};
constexpr Check kHttpPathBlocked{
    .id = "http.path-blocked",
    .source = "RFC 9110, 15.5.4 and 15.5.5",
    .why = {"the part of the application below it does not work for anybody who comes this way",
            "der Teil der Anwendung darunter geht für niemanden, der diesen Weg nimmt"}};
constexpr Check kHttpPathMissing{.id = "http.path-missing",
                                 .source = "RFC 9110, 15.5.5",
                                 .why = {"the application itself does not have the path: that part is not deployed",
                                         "die Anwendung selbst hat den Pfad nicht: dieser Teil ist nicht installiert"}};
constexpr Check kHttpPathFails{.id = "http.path-fails",
                               .source = "RFC 9110, 15.6",
                               .why = {"the request arrives there, and what serves it is broken",
                                       "die Anfrage kommt an, und was sie bedient, ist defekt"}};
constexpr Check kHttpPathBorder{
    .id = "http.path-border",
    .source = "RFC 3986, 3.3",
    .why = {"whoever compares the beginning of a path letter by letter opens more than was meant",
            "wer den Anfang eines Pfades Zeichen für Zeichen vergleicht, öffnet mehr als gemeint"}};
constexpr Check kHttpPathCase{
    .id = "http.path-case",
    .source = "RFC 3986, 6.2.2.1",
    .why = {"paths are case-sensitive: a rule for one spelling does not hold for another",
            "bei Pfaden zählt Groß- und Kleinschreibung: Eine Regel für eine gilt nicht für die "
            "andere"}};
constexpr Check kHttpLoginForm{.id = "http.login-form",
                               .source = "RFC 9110, 15.5.2",
                               .why = {"a program takes the page for its answer instead of signing in",
                                       "ein Programm hält die Seite für seine Antwort, statt sich anzumelden"}};

struct AskedPath {
  std::string path;
  std::optional<HttpAnswer> answer;
  std::string fault;
};

net::Task<> ask_for(const Setting& setting, const HttpSubject& subject, AskedPath& one) {
  HttpQuestion question{.path = one.path, .fields = {{"Accept", "application/json, */*;q=0.5"}}};
  Result<HttpAnswer> answer = co_await outcome(ask_alone(setting, subject, question));
  if (answer) {
    one.answer = *std::move(answer);
  } else {
    one.fault = answer.error().text();
  }
  co_return {};
}

net::Task<> ask_for_all(const Setting& setting, const HttpSubject& subject, std::vector<AskedPath>& all) {
  constexpr std::size_t kSideBySide = 8;
  for (std::size_t begin = 0; begin < all.size(); begin += kSideBySide) {
    std::vector<net::Task<>> tasks;
    tasks.reserve(kSideBySide);
    for (std::size_t i = begin; i < std::min(begin + kSideBySide, all.size()); ++i)
      tasks.push_back(ask_for(setting, subject, all[i]));
    co_await all_ended(std::move(tasks));
  }
  co_return {};
}

enum class Fate : std::uint8_t { Reached, Blocked, Missing, Fails };

// 403 of the application itself means that one has got there.
Fate fate_of(const HttpAnswer& answer) {
  std::optional<Answerer> who = who_answered(answer);
  bool application = !who || who->role == Role::Application;
  bool guarded = who && (who->role == Role::Filter || who->role == Role::Firewall);
  if (guarded && (answer.status >= 400 || who->sign.starts_with('"'))) return Fate::Blocked;
  if (answer.status == 404) return who && who->role == Role::Gate ? Fate::Blocked : Fate::Missing;
  if (answer.status == 403) return application ? Fate::Reached : Fate::Blocked;
  return answer.status >= 500 ? Fate::Fails : Fate::Reached;
}

bool looks_alike(const HttpAnswer& one, const HttpAnswer& other) {
  return one.status == other.status && name_of(who_answered(one)).en == name_of(who_answered(other)).en;
}

// Paths with the same fate by the same hand.
struct PathGroup {
  Fate fate;
  Message who;
  std::string sign;
  std::vector<std::string> paths;
  std::vector<std::string> statuses;
};

std::vector<PathGroup> grouped_paths(const std::vector<AskedPath>& all) {
  std::vector<PathGroup> groups;
  for (const AskedPath& one : all) {
    PathGroup mine{.fate = Fate::Fails, .who = {one.fault, one.fault}, .sign = {}, .paths = {}, .statuses = {}};
    if (one.answer) {
      std::optional<Answerer> who = who_answered(*one.answer);
      mine.fate = fate_of(*one.answer);
      mine.who = name_of(who);
      if (who) mine.sign = who->sign;
    }
    auto found = std::ranges::find_if(
        groups, [&](const PathGroup& group) { return group.fate == mine.fate && group.who.en == mine.who.en; });
    if (found == groups.end()) found = groups.insert(groups.end(), std::move(mine));
    found->paths.push_back(one.path);
    found->statuses.push_back(one.answer ? cat(one.answer->status) : "-");
  }
  return groups;
}

std::vector<Evidence> evidence_of_paths(const PathGroup& group) {
  std::string list;
  for (std::size_t i = 0; i < group.paths.size(); ++i)
    list += cat(i == 0 ? "" : ", ", group.paths[i], ' ', group.statuses[i]);
  std::vector<Evidence> evidence = {{.name = {"paths", "Pfade"}, .value = std::move(list)}};
  if (!group.sign.empty()) evidence.push_back({.name = {"known by", "erkannt an"}, .value = group.sign});
  return evidence;
}

void tell_group(HttpTeller& teller, const PathGroup& group, std::size_t of) {
  std::size_t count = group.paths.size();
  Message part = {cat(count, " of ", of, " context paths"), cat(count, " von ", of, " Kontextpfaden")};
  switch (group.fate) {
    case Fate::Reached:
      teller.tell(kHttpPathsReached, Level::Ok,
                  {cat(part.en, " lead to the application"), cat(part.de, " führen zur Anwendung")}, {},
                  evidence_of_paths(group));
      return;
    case Fate::Blocked:
      teller.tell(kHttpPathBlocked, Level::Error,
                  {cat(part.en, " are blocked by ", group.who.en),
                   cat(part.de, " sind gesperrt; geantwortet hat: ", group.who.de)},
                  {"let whoever blocks them pass these paths: for Pforte `allow` or the preset of the site",
                   "den, der sie sperrt, diese Pfade durchlassen lassen: bei Pforte `allow` oder das Preset der Site"},
                  evidence_of_paths(group));
      return;
    case Fate::Missing:
      teller.tell(
          kHttpPathMissing, Level::Warning,
          {cat(part.en, " are not found by ", group.who.en), cat(part.de, " gibt es dort nicht: ", group.who.de)},
          {"deploy that part of the application, or take the path out of the rules",
           "diesen Teil der Anwendung installieren, oder den Pfad aus den Regeln nehmen"},
          evidence_of_paths(group));
      return;
    case Fate::Fails:
      teller.tell(
          kHttpPathFails, Level::Error,
          {cat(part.en, " fail: ", group.who.en), cat(part.de, " versagen: ", group.who.de)},
          {"look into the log of the application at this moment", "ins Log der Anwendung zu diesem Zeitpunkt sehen"},
          evidence_of_paths(group));
      return;
  }
}

// What a person signs in by, given to a program.
void tell_login_forms(HttpTeller& teller, const std::vector<AskedPath>& all) {
  constexpr std::string_view kMachinePaths[] = {"/rest", "/soap", "/invocation"};
  std::string forms;
  for (const AskedPath& one : all) {
    bool machine = std::ranges::find(kMachinePaths, one.path) != std::end(kMachinePaths);
    if (machine && one.answer && one.answer->status == 200 && has_login_form(*one.answer))
      forms += cat(forms.empty() ? "" : ", ", one.path);
  }
  if (forms.empty()) return;
  teller.tell(kHttpLoginForm, Level::Warning,
              {cat("programs get the login page instead of 401: ", forms),
               cat("Programme bekommen die Anmeldeseite statt 401: ", forms)},
              {"sign in programs by token or certificate there, and answer others with 401",
               "Programme dort mit Token oder Zertifikat anmelden, andere mit 401 beantworten"});
}

// Whether what only begins like a path, or is spelled otherwise, is taken for it.
net::Task<> examine_borders(const Setting& setting, HttpTeller& teller, const AskedPath& reached) {
  std::string upper = capitals(reached.path);
  std::vector<AskedPath> asked;
  asked.push_back({.path = std::string(kNowherePath), .answer = {}, .fault = {}});
  asked.push_back({.path = cat(reached.path, kSuffix), .answer = {}, .fault = {}});
  asked.push_back({.path = upper, .answer = {}, .fault = {}});
  co_await ask_for_all(setting, teller.subject(), asked);
  const std::optional<HttpAnswer>& nowhere = asked[0].answer;
  // Where everything is answered alike, nothing can be told apart.
  if (!nowhere || !asked[1].answer || looks_alike(*nowhere, *reached.answer)) co_return {};
  if (!looks_alike(*nowhere, *asked[1].answer))
    teller.tell(
        kHttpPathBorder, Level::Warning,
        {cat(asked[1].path, " is answered otherwise than a path that does not exist"),
         cat(asked[1].path, " wird anders beantwortet als ein Pfad, den es nicht gibt")},
        {"compare whole segments in the proxy: location = and location /path/ in nginx, not location /path",
         "im Proxy ganze Segmente vergleichen: in nginx location = und location /pfad/, nicht location /pfad"},
        {{.name = {"answers", "Antworten"},
          .value = cat(kNowherePath, ' ', nowhere->status, ", ", asked[1].path, ' ', asked[1].answer->status)}});
  if (asked[2].answer && !looks_alike(*nowhere, *asked[2].answer))
    teller.tell(kHttpPathCase, Level::Note, {cat(upper, " is answered as well"), cat(upper, " wird auch beantwortet")},
                {"see that rules of the proxy hold for every spelling",
                 "prüfen, ob Regeln des Proxys für jede "
                 "Schreibweise gelten"});
  co_return {};
}

}  // namespace

net::Task<> examine_context_paths(const Setting& setting, HttpTeller& teller) {
  std::vector<AskedPath> all;
  for (std::string_view path : teller.subject().context_paths)
    all.push_back({.path = std::string(path), .answer = {}, .fault = {}});
  if (all.empty()) co_return {};
  co_await ask_for_all(setting, teller.subject(), all);
  for (const PathGroup& group : grouped_paths(all)) tell_group(teller, group, all.size());
  tell_login_forms(teller, all);
  auto reached = std::ranges::find_if(
      all, [](const AskedPath& one) { return one.answer && fate_of(*one.answer) == Fate::Reached; });
  if (reached != all.end()) co_await examine_borders(setting, teller, *reached);
  co_return {};
}

}  // namespace pforte::doctor

#include "app/remote.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "app/command_line.h"
#include "app/control_call.h"
#include "app/renewal_text.h"
#include "app/service_manager.h"
#include "app/shown_json.h"
#include "app/sign_in_text.h"
#include "app/status_text.h"
#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"
#include "conf/problem.h"
#include "doctor/shown_command.h"
#include "gate/form.h"

namespace pforte::app {

namespace {

using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr auto kStatusLimit = 10s;
// Certificates may lie on a slow disk, and names may have to be looked up.
constexpr auto kReloadLimit = 120s;

// A CA may take minutes for each.
constexpr auto kRenewLimit = 30min;

constexpr int kNotKnown = 1;
constexpr int kRefused = 2;
constexpr int kNotReachable = 3;

std::string socket_of(const std::string& state_dir) {
  return cat(state_dir, "/control.sock");
}

Said said(int exit, const Message& error, const Message& help, Language language) {
  std::string_view word = language == Language::German ? "Hilfe: " : "help: ";
  std::string_view what = language == Language::German ? "Fehler: " : "error: ";
  return {
      .exit = exit, .out = {}, .err = cat("pforte: ", what, error.in(language), '\n', word, help.in(language), '\n')};
}

Said strange_answer(const ControlAnswer& answer, Language language) {
  return said(
      kNotReachable,
      {cat("the gate answered with status ", answer.status), cat("das Tor antwortete mit Status ", answer.status)},
      {"it may be of another version than this command: restart it",
       "vielleicht ist es von anderer Version als dieser Befehl: starten Sie es neu"},
      language);
}

// Keys that are missing read as empty, so that a gate of another version can be shown as well.
std::string text_at(const Json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_at(const Json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

const Json& part_at(const Json& object, const char* key) {
  static const Json none = Json::object();
  auto found = object.find(key);
  return found != object.end() && found->is_structured() ? *found : none;
}

conf::Problem problem_of(const Json& document) {
  conf::Problem problem;
  std::string severity = text_at(document, "severity");
  if (severity == "warning") problem.severity = conf::Severity::Warning;
  if (severity == "note") problem.severity = conf::Severity::Note;
  problem.place = {.file = text_at(document, "file"),
                   .line = std::uint32_t(number_at(document, "line")),
                   .column = std::uint32_t(number_at(document, "column"))};
  const Json& what = part_at(document, "what");
  const Json& remedy = part_at(document, "remedy");
  problem.what = {.en = text_at(what, "en"), .de = text_at(what, "de")};
  problem.remedy = {.en = text_at(remedy, "en"), .de = text_at(remedy, "de")};
  return problem;
}

Message how_to_start(const std::string& config) {
  bool is_of_service = config.empty() || config == kInstalledConfig;
  std::string start = is_of_service ? std::string(start_command()) : doctor::command_by(config, "pforte serve");
  if (!config.empty()) return {cat("start it with `", start, '`'), cat("starten Sie es mit `", start, '`')};
  return {cat("start it with `", start, "`, or name its configuration with --config"),
          cat("starten Sie es mit `", start, "`, oder nennen Sie seine Konfiguration mit --config")};
}

}  // namespace

Said not_reachable(const Error& error, const std::string& socket, const Manner& manner) {
  Language language = manner.language;
  switch (error.kind()) {
    case Kind::Closed:
      return said(kNotReachable,
                  {cat("no gate is running: nobody answers at ", socket),
                   cat("es läuft kein Tor: niemand antwortet auf ", socket)},
                  how_to_start(manner.config), language);
    case Kind::Denied:
      return said(
          kNotReachable,
          {cat("you may not talk to the gate at ", socket), cat("Sie dürfen nicht mit dem Tor sprechen: ", socket)},
          {"run this as the gate's user or as root, such as with sudo",
           "rufen Sie das als Benutzer des Tors oder als root auf, etwa mit sudo"},
          language);
    case Kind::Timeout:
      return said(kNotReachable,
                  {cat("the gate at ", socket, " does not answer in time"),
                   cat("das Tor antwortet nicht rechtzeitig: ", socket)},
                  {"look into its log; it may be starting or stopping",
                   "sehen Sie in sein Protokoll; vielleicht startet oder endet es gerade"},
                  language);
    default:
      return said(kNotReachable,
                  {cat("the gate cannot be asked: ", error.text()),
                   cat("das Tor lässt sich nicht fragen: ", german_or_same(error.text()))},
                  {"look into the gate's log", "sehen Sie in das Protokoll des Tors"}, language);
  }
}

Said ask_status(const std::string& state_dir, const Manner& manner) {
  std::string socket = socket_of(state_dir);
  Result<ControlAnswer> answer = call_gate(socket, "GET", "/api/v1/status", kStatusLimit);
  if (!answer) return not_reachable(answer.error(), socket, manner);
  std::optional<std::string> text;
  if (answer->status == 200) text = status_text(answer->body, manner.language);
  if (!text) return strange_answer(*answer, manner.language);
  return {.exit = 0, .out = manner.json ? answer->body : *std::move(text), .err = {}};
}

Said ask_sign_in(const std::string& state_dir, const std::string& reference, const Manner& manner) {
  constexpr std::size_t kLetters = 13;
  constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  if (reference.size() != kLetters || reference.find_first_not_of(kAlphabet) != std::string::npos) {
    std::string shown = printable(reference);
    return said(kRefused,
                {cat(shown, " is no reference of a request"), cat(shown, " ist keine Referenz einer Anfrage")},
                {"it has 13 small letters and digits, as in the field Pforte-Reference of an answer",
                 "sie hat 13 kleine Buchstaben und Ziffern, wie im Feld Pforte-Reference einer Antwort"},
                manner.language);
  }
  std::string socket = socket_of(state_dir);
  Result<ControlAnswer> answer = call_gate(socket, "GET", cat("/api/v1/sign-ins/", reference), kStatusLimit);
  if (!answer) return not_reachable(answer.error(), socket, manner);
  Json document = Json::parse(answer->body, nullptr, false);
  bool known = answer->status == 200 || (answer->status == 404 && document.is_object() && document.contains("why"));
  if (!known || !document.is_object()) return strange_answer(*answer, manner.language);
  std::string why = text_at(document, "why");
  int exit = why.empty() || why == "no-sign-in" ? 0 : kNotKnown;
  if (manner.json) return {.exit = exit, .out = answer->body, .err = {}};
  if (why.empty()) return {.exit = 0, .out = sign_in_text(document, manner.language), .err = {}};
  Absence absence = absence_of(document);
  if (exit == 0) {
    return {.exit = 0,
            .out = cat(absence.what.in(manner.language), "; ", absence.remedy.in(manner.language), '\n'),
            .err = {}};
  }
  return said(exit, absence.what, absence.remedy, manner.language);
}

Said ask_reload(const std::string& state_dir, const Manner& manner) {
  std::string socket = socket_of(state_dir);
  Result<ControlAnswer> answer = call_gate(socket, "POST", "/api/v1/reload", kReloadLimit);
  if (!answer) return not_reachable(answer.error(), socket, manner);
  Json outcome = Json::parse(answer->body, nullptr, false);
  bool known = answer->status == 200 || answer->status == 422;
  if (!known || !outcome.is_object()) return strange_answer(*answer, manner.language);

  Said result;
  result.exit = answer->status == 200 ? 0 : kRefused;
  bool german = manner.language == Language::German;
  for (const Json& problem : part_at(outcome, "problems")) {
    result.err += conf::to_text(problem_of(problem), manner.language);
  }
  if (manner.json) {
    result.out = answer->body;
  } else if (result.exit == 0) {
    result.out = german ? "Die neue Konfiguration gilt.\n" : "The new configuration is in force.\n";
  } else {
    result.err += german ? "pforte: die Konfiguration wurde abgelehnt; es gilt weiter die bisherige\n"
                         : "pforte: the configuration was refused; the one before stays in force\n";
  }
  return result;
}

Said ask_renew(const std::string& state_dir, const std::string& name, bool force, const Manner& manner) {
  std::string socket = socket_of(state_dir);
  std::string path = cat("/api/v1/renewals?force=", force ? "yes" : "no", "&name=");
  gate::append_form_value(path, name);
  Result<ControlAnswer> answer = call_gate(socket, "POST", path, kRenewLimit);
  if (!answer) return not_reachable(answer.error(), socket, manner);
  Json outcome = Json::parse(answer->body, nullptr, false);
  if (answer->status == 404 && outcome.is_object() && outcome.contains("renewals")) {
    std::string shown = name.empty() ? "" : cat(" ", printable(name));
    return said(kRefused,
                {cat("no site has a certificate by ACME", name.empty() ? "" : " with the name", shown),
                 cat("keine Site hat ein Zertifikat über ACME", name.empty() ? "" : " mit dem Namen", shown)},
                {"give the configuration a block [[acme]] and the site certificate = \"auto\", and run `pforte reload`",
                 "der Konfiguration einen Block [[acme]] und der Site certificate = \"auto\" geben und `pforte reload` "
                 "ausführen"},
                manner.language);
  }
  if (answer->status != 200 || !outcome.is_object()) return strange_answer(*answer, manner.language);
  Said result;
  result.exit = is_true(outcome, "ok") ? 0 : kNotKnown;
  if (manner.json) {
    result.out = answer->body;
    return result;
  }
  for (const Json& renewal : part_at(outcome, "renewals")) result.out += renewal_text(renewal, manner.language);
  return result;
}

Said ask_cache(const std::string& state_dir, const Manner& manner) {
  std::string socket = socket_of(state_dir);
  Result<ControlAnswer> answer = call_gate(socket, "GET", "/api/v1/cache", kReloadLimit);
  if (!answer) return not_reachable(answer.error(), socket, manner);
  Json facts = Json::parse(answer->body, nullptr, false);
  if (answer->status != 200 || !facts.is_object()) return strange_answer(*answer, manner.language);
  if (manner.json) return {.exit = 0, .out = answer->body, .err = {}};
  auto number = [&](const char* key) { return facts.value(key, std::uint64_t{0}); };
  std::uint64_t entries = number("entries");
  Message told = {cat(entries, entries == 1 ? " answer, " : " answers, ", number("bytes") / 1024, " KiB of ",
                      number("limit") / 1024, " KiB\n"),
                  cat(entries, entries == 1 ? " Antwort, " : " Antworten, ", number("bytes") / 1024, " KiB von ",
                      number("limit") / 1024, " KiB\n")};
  return {.exit = 0, .out = told.in(manner.language), .err = {}};
}

Said ask_purge(const std::string& state_dir, const std::string& site, const std::string& path, const Manner& manner) {
  std::string socket = socket_of(state_dir);
  std::string target = "/api/v1/cache/purge?site=";
  gate::append_form_value(target, site);
  target += "&path=";
  gate::append_form_value(target, path);
  Result<ControlAnswer> answer = call_gate(socket, "POST", target, kReloadLimit);
  if (!answer) return not_reachable(answer.error(), socket, manner);
  if (answer->status == 404) {
    return said(kRefused, {cat("there is no site ", printable(site)), cat("es gibt keine Site ", printable(site))},
                {"`pforte status` tells which there are", "`pforte status` sagt, welche es gibt"}, manner.language);
  }
  Json outcome = Json::parse(answer->body, nullptr, false);
  if (answer->status != 200 || !outcome.is_object()) return strange_answer(*answer, manner.language);
  if (manner.json) return {.exit = 0, .out = answer->body, .err = {}};
  std::uint64_t purged = outcome.value("purged", std::uint64_t{0});
  Message told = {
      cat(purged, purged == 1 ? " answer was taken out of the cache\n" : " answers were taken out of the cache\n"),
      cat(purged, purged == 1 ? " Antwort aus dem Cache genommen\n" : " Antworten aus dem Cache genommen\n")};
  return {.exit = 0, .out = told.in(manner.language), .err = {}};
}

}  // namespace pforte::app

#include <nlohmann/json.hpp>

#include "app/message_meaning.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/broken_lines.h"
#include "http/page_text.h"

namespace pforte::app {
namespace {

constexpr std::size_t kMeaningColumns = 80;
using MeaningJson = nlohmann::ordered_json;

// A status alone does not tell whose it is.
constexpr doctor::Words kWhoAnswered = {
    "find out who has answered, the gate, the application or a proxy between; with a reference, pforte explain shows "
    "the "
    "very request",
    "herausfinden, wer geantwortet hat, das Tor, die Anwendung oder ein Proxy dazwischen; mit einer Referenz zeigt "
    "pforte explain genau diese Anfrage"};

class MeaningWriter {
 public:
  explicit MeaningWriter(Language language) : language_(language) {}

  void of_fault(const doctor::RecognisedMessage& one, const std::string& host) {
    const doctor::MessageFault& fault = *one.fault;
    head(cat(one.group->speaker.in(language_), ": ", one.excerpt), fault.id);
    row("means: ", "heißt: ", fault.means.in(language_));
    row("where: ", "wo: ", fault.hop.in(language_));
    std::size_t number = 0;
    for (const doctor::Words& cause : fault.causes) {
      if (!cause.en.empty()) row(cat("cause ", ++number, ": "), cat("Ursache ", number, ": "), cause.in(language_));
    }
    row("help: ", "Hilfe: ", fault.remedy.in(language_));
    row("to go on: ", "übergehen: ", doctor::words_for(fault.overridable).in(language_));
    proved_by(fault.proof);
    command(command_for(fault, host));
    row("source: ", "Quelle: ", one.group->source);
  }

  void of_alert(int number) {
    AlertSides sides = sides_of(number);
    head(cat(german() ? "TLS-Alert " : "TLS alert ", sides.name), "tls-alert");
    row("in a server's log: ", "im Protokoll eines Servers: ",
        cat(german() ? "der Client sagt: " : "the client says: ", sides.in_server_log.in(language_)));
    row("help: ", "Hilfe: ", sides.server_remedy.in(language_));
    row("at a client: ", "bei einem Client: ",
        cat(german() ? "der Server sagt: " : "the server says: ", sides.at_client.in(language_)));
    row("help: ", "Hilfe: ", sides.client_remedy.in(language_));
    command("pforte doctor client IP");
    row("source: ", "Quelle: ", "RFC 8446, 6; RFC 5246, 7.2");
  }

  void of_status(int status, const std::string& host) {
    const http::Explanation& page = http::explanation_of(status);
    head(cat("HTTP ", status), "http-status");
    if (page.status == status) row("the gate's page says: ", "die Seite des Tors sagt: ", page.what.in(language_));
    row("help: ", "Hilfe: ", kWhoAnswered.in(language_));
    proved_by(doctor::proof_of_status(status));
    command(host.empty() ? "pforte doctor url URL" : cat("pforte doctor url https://", host, '/'));
    row("source: ", "Quelle: ", "RFC 9110, 15; RFC 6585");
  }

  void of_reference(const std::string& reference) {
    if (reference.empty()) return;
    head(german() ? "Die Referenz eines Tors; pforte explain erzählt davon"
                  : "A reference of a gate; pforte explain tells of it",
         "reference");
    command(cat("pforte explain ", reference));
  }

  void unknown(std::string_view meant) {
    text_ += doctor::broken_lines(
        german() ? "Diese Meldung ist nicht bekannt. Weiter geht es so:" : "This message is not known. Go on so:", 0,
        kMeaningColumns);
    if (!meant.empty()) {
      row("did you mean: ", "ist gemeint: ", meant);
      command(cat("pforte doctor message ", shell_word(meant)));
    }
    row("", "",
        german() ? "die ganze Meldung mit ihrem Code einfügen: in Browsern unter „Erweitert“, in Java bis zum "
                   "letzten „Caused by“, in Apps unter Details"
                 : "paste the whole message with its code: in browsers below \"Advanced\", in Java down to the "
                   "last \"Caused by\", in apps below details");
    row("", "", german() ? "was der Client dem Tor gesagt hat:" : "what the client said to the gate:");
    command("pforte doctor client IP");
    row("", "", german() ? "der Weg, den er geht:" : "the way that it goes:");
    command("pforte doctor url https://HOST/");
  }

  std::string take() { return std::move(text_); }

 private:
  bool german() const { return language_ == Language::German; }

  void head(const std::string& what, std::string_view id) {
    if (!text_.empty()) text_ += '\n';
    text_ += doctor::broken_lines(cat(what, " [", id, "]"), 0, kMeaningColumns);
  }

  void row(std::string_view english, std::string_view deutsch, std::string_view value) {
    if (!value.empty()) text_ += doctor::broken_lines(cat(german() ? deutsch : english, value), 4, kMeaningColumns);
  }

  void proved_by(std::string_view proof) {
    row("findings that would prove it: ", "Befunde, die es beweisen: ", joined(ids_in(proof), ", "));
  }

  void command(const std::string& words) { text_ += cat("    $ ", words, '\n'); }

  Language language_;
  std::string text_;
};

MeaningJson json_of_fault(const doctor::RecognisedMessage& one, const std::string& host, Language language) {
  const doctor::MessageFault& fault = *one.fault;
  MeaningJson causes = MeaningJson::array();
  for (const doctor::Words& cause : fault.causes) {
    if (!cause.en.empty()) causes.push_back(cause.in(language));
  }
  std::string_view overridable = fault.overridable == doctor::Overridable::InBrowser ? "browser"
                                 : fault.overridable == doctor::Overridable::Nowhere ? "nowhere"
                                                                                     : "";
  return {{"fault", fault.id},
          {"speaker", one.group->speaker.in(language)},
          {"says", one.message->says},
          {"excerpt", one.excerpt},
          {"hop", fault.hop.in(language)},
          {"means", fault.means.in(language)},
          {"causes", causes},
          {"remedy", fault.remedy.in(language)},
          {"overridable", overridable.empty() ? MeaningJson(nullptr) : MeaningJson(overridable)},
          {"findings", ids_in(fault.proof)},
          {"command", command_for(fault, host)},
          {"source", one.group->source}};
}

MeaningJson json_of_alert(int number, Language language) {
  AlertSides sides = sides_of(number);
  return {
      {"number", number},
      {"name", sides.name},
      {"in_server_log", {{"means", sides.in_server_log.in(language)}, {"remedy", sides.server_remedy.in(language)}}},
      {"at_client", {{"means", sides.at_client.in(language)}, {"remedy", sides.client_remedy.in(language)}}}};
}

MeaningJson json_of_status(int status, Language language) {
  const http::Explanation& page = http::explanation_of(status);
  return {{"status", status},
          {"means", page.status == status ? MeaningJson(page.what.in(language)) : MeaningJson(nullptr)},
          {"remedy", kWhoAnswered.in(language)},
          {"findings", ids_in(doctor::proof_of_status(status))}};
}

}  // namespace

std::string meaning_text(const MessageMeaning& meaning, Language language) {
  MeaningWriter writer(language);
  const doctor::MessageReading& reading = meaning.reading;
  for (const doctor::RecognisedMessage& one : reading.recognised) writer.of_fault(one, reading.host);
  if (meaning.alert) writer.of_alert(*meaning.alert);
  if (reading.status != 0) writer.of_status(reading.status, reading.host);
  if (!meaning.is_known()) writer.unknown(meaning.meant);
  writer.of_reference(reading.reference);
  return writer.take();
}

std::string meaning_json(const MessageMeaning& meaning, Language language) {
  const doctor::MessageReading& reading = meaning.reading;
  MeaningJson readings = MeaningJson::array();
  for (const doctor::RecognisedMessage& one : reading.recognised)
    readings.push_back(json_of_fault(one, reading.host, language));
  MeaningJson document = {
      {"known", meaning.is_known()},
      {"host", reading.host.empty() ? MeaningJson(nullptr) : MeaningJson(reading.host)},
      {"reference", reading.reference.empty() ? MeaningJson(nullptr) : MeaningJson(reading.reference)},
      {"meant", meaning.meant.empty() ? MeaningJson(nullptr) : MeaningJson(meaning.meant)},
      {"readings", readings},
      {"alert", meaning.alert ? json_of_alert(*meaning.alert, language) : MeaningJson(nullptr)},
      {"status", reading.status != 0 ? json_of_status(reading.status, language) : MeaningJson(nullptr)}};
  return document.dump(2, ' ', false, MeaningJson::error_handler_t::replace) + "\n";
}

}  // namespace pforte::app

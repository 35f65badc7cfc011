#include "demo/greeting.h"

#include "base/text.h"
#include "demo/configuration.h"

namespace pforte::demo {

namespace {

struct Words {
  std::string_view stands, gate, operators, application, allowed, refused, hidden, directly, redirect, browser, end;
};

constexpr Words kEnglish = {
    .stands = "The gate stands, with a small application behind it.",
    .gate = "Gate",
    .operators = "Operator",
    .application = "Application",
    .allowed = "An allowed context, and what the application received",
    .refused = "A context that no rule allows: 404, as if it did not exist",
    .hidden = "The same context hidden behind an allowed one: refused",
    .directly = "What the application would have answered without the gate",
    .redirect = "From plain HTTP to HTTPS",
    .browser = "In a browser, with a profile of its own that accepts this demo's key and no other",
    .end = "Every request appears below. Ctrl-C ends the demo and leaves nothing behind.",
};

constexpr Words kGerman = {
    .stands = "Das Tor steht, mit einer kleinen Anwendung dahinter.",
    .gate = "Tor",
    .operators = "Betrieb",
    .application = "Anwendung",
    .allowed = "Ein erlaubter Kontext, und was bei der Anwendung ankam",
    .refused = "Ein Kontext, den keine Regel erlaubt: 404, als gäbe es ihn nicht",
    .hidden = "Derselbe Kontext, hinter einem erlaubten versteckt: abgelehnt",
    .directly = "Was die Anwendung ohne das Tor geantwortet hätte",
    .redirect = "Von HTTP nach HTTPS",
    .browser = "Im Browser, mit einem eigenen Profil, das den Schlüssel dieser Demo annimmt und keinen anderen",
    .end = "Jede Anfrage erscheint unten. Strg-C beendet die Demo und lässt nichts zurück.",
};

std::string text_in(const Words& words, const Papers& papers, std::uint16_t application_port) {
  std::string gate = cat("https://localhost:", kTlsPort);
  std::string application = cat("http://127.0.0.1:", application_port);
  // --path-as-is: curl would resolve the dots itself.
  std::string curl = cat("curl --cacert '", papers.authority, "' --path-as-is ");
  std::string out = cat("\n", words.stands, "\n\n");
  out += cat("  ", words.gate, ": ", gate, "/webclient\n");
  out += cat("  ", words.operators, ": http://127.0.0.1:", kAdminPort, "/metrics\n");
  out += cat("  ", words.application, ": ", application, "/\n");
  out += cat("\n", words.allowed, ":\n  ", curl, gate, "/webclient\n");
  out += cat("\n", words.refused, ":\n  ", curl, "-i ", gate, "/management\n");
  out += cat("\n", words.hidden, ":\n  ", curl, "-i '", gate, "/webclient/..;/management'\n");
  out += cat("\n", words.directly, ":\n  curl --path-as-is '", application, "/webclient/..;/management'\n");
  out += cat("\n", words.redirect, ":\n  ", curl, "-L http://localhost:", kPlainPort, "/rest\n");
  std::string folder = papers.authority.substr(0, papers.authority.rfind('/'));
  out += cat("\n", words.browser, ":\n  chromium --user-data-dir='", folder,
             "/browser' --ignore-certificate-errors-spki-list=", papers.pin, " ", gate, "/webclient\n");
  return out + cat("\n", words.end, "\n\n");
}

}  // namespace

Message greeting(const Papers& papers, std::uint16_t application_port) {
  return {.en = text_in(kEnglish, papers, application_port), .de = text_in(kGerman, papers, application_port)};
}

}  // namespace pforte::demo

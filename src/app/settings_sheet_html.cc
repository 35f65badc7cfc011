#include "app/settings_sheet.h"
#include "authority/qr_code.h"
#include "base/bytes.h"
#include "base/printable.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/escape.h"

namespace pforte::app {
namespace {

// Colours hold 4.5:1 against what is behind them, light and dark (WCAG 2.2, 1.4.3). The code stays black on white,
// which readers need.
constexpr std::string_view kSheetStyle =
    ":root{color-scheme:light dark;--text:#1d1d1f;--back:#fff;--quiet:#565656;--line:#c4c4bf}"
    "@media(prefers-color-scheme:dark){:root{--text:#ececec;--back:#17181a;--quiet:#b0b0b0;--line:#45464a}}"
    "body{margin:0 auto;max-width:46rem;padding:1rem 1.5rem;font:1rem/1.5 system-ui,sans-serif;color:var(--text);"
    "background:var(--back);overflow-wrap:anywhere}"
    "h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.15rem;margin:1.75rem 0 .25rem}"
    "p,ol,ul{margin:.25rem 0 .5rem}ol,ul{padding-left:1.4rem}.quiet,dt{color:var(--quiet)}"
    "section+section{border-top:1px solid var(--line);margin-top:2rem;padding-top:1rem}"
    "dl{display:grid;grid-template-columns:fit-content(40%) 1fr;gap:.25rem 1rem;margin:.5rem 0}dd{margin:0}"
    "figure{margin:1rem 0}svg{width:11rem;height:11rem;display:block}"
    "code{font:.95rem/1.4 ui-monospace,monospace}.address{font-size:1.2rem;font-weight:600}"
    "@media(max-width:36rem){dl{grid-template-columns:1fr}dd{margin:0 0 .5rem}}"
    "@media print{:root{--text:#000;--back:#fff;--quiet:#444}section{break-inside:auto;break-before:page}"
    "section:first-of-type{break-before:auto}figure,dl,li{break-inside:avoid}}";

std::string style_digest() {
  crypto::Sha256 digest = crypto::sha256(kSheetStyle);
  return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

class SheetPage {
 public:
  explicit SheetPage(Language language) : german_(language == Language::German), language_(language) {}

  std::string of(const std::vector<SettingsSheet>& sheets) {
    head();
    std::size_t number = 0;
    for (const SettingsSheet& sheet : sheets) section(sheet, ++number);
    out_ += "</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  std::string_view either(std::string_view english, std::string_view deutsch) const {
    return german_ ? deutsch : english;
  }

  void text(std::string_view value) { http::append_html_text(out_, printable(value)); }

  void element(std::string_view name, std::string_view value) {
    out_ += cat('<', name, '>');
    text(value);
    out_ += cat("</", name.substr(0, name.find(' ')), ">\n");
  }

  void head() {
    std::string_view title = either("How to set up the app", "So wird die App eingerichtet");
    out_ =
        cat("<!doctype html>\n<html lang=\"", either("en", "de"),
            "\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"",
            "default-src 'none'; style-src 'sha256-", style_digest(), "'; base-uri 'none'; form-action 'none'\">\n",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
            "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
            "<title>", title, "</title>\n<style>", kSheetStyle, "</style>\n</head>\n<body>\n<main>\n<h1>", title,
            "</h1>\n");
  }

  void section(const SettingsSheet& sheet, std::size_t number) {
    out_ += cat("<section aria-labelledby=\"host-", number, "\">\n");
    element(cat("h2 id=\"host-", number, '"'), sheet.host);
    address(sheet);
    if (sheet.root && !sheet.root->is_known_here) root(*sheet.root);
    element("h2", either("If it does not work", "Wenn es nicht geht"));
    out_ += "<dl>\n";
    for (const SheetTrouble& one : sheet_troubles(sheet)) fact(one.shown.in(language_), one.means.in(language_));
    out_ += "</dl>\n";
    element("p",
            either("An app lets nobody go on in spite of a fault of the certificate, as browsers do. Take a picture of "
                   "what it shows, with the code, and give it to your administrator.",
                   "Eine App lässt bei einem Fehler des Zertifikats niemanden trotzdem fortfahren, wie es Browser tun. "
                   "Machen Sie ein Bildschirmfoto der Meldung mit ihrem Code für Ihre Administration."));
    out_ += "</section>\n";
  }

  void address(const SettingsSheet& sheet) {
    out_ += "<p class=\"address\"><code>";
    text(sheet.url());
    out_ += "</code></p>\n<dl>\n";
    fact(either("Server", "Server"), sheet.host);
    fact(either("Port", "Port"), cat(sheet.port));
    fact(either("Path", "Pfad"), sheet.path);
    fact(either("Encryption", "Verschlüsselung"),
         sheet.only_tls13 ? "https, TLS 1.3" : either("https, TLS 1.2 or newer", "https, TLS 1.2 oder neuer"));
    out_ += "</dl>\n";
    std::string code = sheet.host.starts_with('*') ? std::string() : authority::qr_code_svg(sheet.url());
    if (code.empty()) return;
    out_ += cat("<figure>", code, "<figcaption class=\"quiet\">");
    text(cat(either("The code holds ", "Der Code enthält "), sheet.url()));
    out_ += "</figcaption></figure>\n";
  }

  void root(const SheetRoot& root) {
    element("h2", either("First trust this certificate", "Zuerst diesem Zertifikat vertrauen"));
    out_ += "<dl>\n";
    fact(either("Name", "Name"), root.subject);
    if (!root.sha256.empty()) fact("SHA-256", root.sha256);
    for (const std::string& place : root.places) fact(either("To be had at", "Zu haben unter"), place);
    if (root.places.empty())
      fact(either("To be had from", "Zu haben bei"), either("your administrator", "Ihrer Administration"));
    out_ += "</dl>\n";
    if (!root.sha256.empty())
      element("p", either("Compare the SHA-256 with what the device shows before you go on.",
                          "Vergleichen Sie den SHA-256 mit dem, was das Gerät zeigt, bevor Sie fortfahren."));
    out_ += "<ul>\n";
    element("li",
            either("iPhone, iPad: install the profile, then switch it on under Settings > General > About > "
                   "Certificate Trust Settings. From a device management it needs no switch.",
                   "iPhone, iPad: das Profil installieren, dann einschalten unter Einstellungen > Allgemein > Info > "
                   "Zertifikatsvertrauenseinstellungen. Aus einer Geräteverwaltung ist das nicht nötig."));
    element("li", either("Android: Settings > Security > Encryption & credentials > Install a certificate > CA "
                         "certificate. Apps trust it only if their maker permits it.",
                         "Android: Einstellungen > Sicherheit > Verschlüsselung und Anmeldedaten > Zertifikat "
                         "installieren > CA-Zertifikat. Apps vertrauen ihm nur, wenn ihr Hersteller es erlaubt."));
    out_ += "</ul>\n";
  }

  void fact(std::string_view name, std::string_view value) {
    element("dt", name);
    element("dd", value);
  }

  bool german_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string sheet_html(const std::vector<SettingsSheet>& sheets, Language language) {
  return SheetPage(language).of(sheets);
}

}  // namespace pforte::app

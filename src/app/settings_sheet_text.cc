#include <nlohmann/json.hpp>

#include "app/settings_sheet.h"
#include "base/text.h"
#include "doctor/broken_lines.h"

namespace pforte::app {
namespace {

constexpr std::size_t kSheetColumns = 80;
using SheetJson = nlohmann::ordered_json;

// One sheet below the other, as rows of a name and what it is.
class SheetWriter {
 public:
  explicit SheetWriter(Language language) : language_(language) {}

  void add(const SettingsSheet& sheet) {
    if (!text_.empty()) text_ += '\n';
    text_ += cat(sheet.url(), '\n');
    row("server", "Server", sheet.host);
    row("port", "Port", cat(sheet.port));
    row("path", "Pfad", sheet.path);
    if (!sheet.paths.empty()) row("paths allowed", "erlaubte Pfade", joined(sheet.paths, ", "));
    row("least version", "mindestens", sheet.only_tls13 ? "TLS 1.3" : "TLS 1.2");
    if (sheet.is_passed_through)
      row("certificate", "Zertifikat",
          german() ? "TLS endet beim Server dahinter: pforte doctor site zeigt es"
                   : "TLS ends at the server behind: pforte doctor site shows it");
    if (!sheet.names.empty()) row("certificate for", "Zertifikat für", joined(sheet.names, ", "));
    if (!sheet.ends.empty()) row("it ends", "es endet", sheet.ends);
    if (sheet.root) root(*sheet.root);
  }

  std::string take() { return std::move(text_); }

 private:
  bool german() const { return language_ == Language::German; }

  void row(std::string_view english, std::string_view deutsch, std::string_view value) {
    text_ += doctor::broken_lines(cat(german() ? deutsch : english, ": ", value), 4, kSheetColumns);
  }

  void root(const SheetRoot& root) {
    row("root to trust", "zu vertrauende Wurzel", root.subject);
    row("its SHA-256", "ihr SHA-256",
        !root.sha256.empty()
            ? root.sha256
            : cat(german() ? "hier nicht bekannt; " : "not known here; ", unknown_root_remedy().in(language_)));
    for (const std::string& place : root.places) row("to be had at", "zu haben unter", place);
    if (root.is_known_here)
      row("on devices", "auf Geräten",
          german() ? "dieser Rechner kennt sie; einer öffentlichen vertrauen Geräte von selbst"
                   : "this machine knows it; devices trust a public one by themselves");
  }

  Language language_;
  std::string text_;
};

SheetJson json_of(const SettingsSheet& sheet, Language language) {
  SheetJson troubles = SheetJson::array();
  for (const SheetTrouble& one : sheet_troubles(sheet))
    troubles.push_back({{"shown", one.shown.in(language)}, {"means", one.means.in(language)}});
  SheetJson root = nullptr;
  if (sheet.root)
    root = {{"subject", sheet.root->subject},
            {"sha256", sheet.root->sha256.empty() ? SheetJson(nullptr) : SheetJson(sheet.root->sha256)},
            {"places", sheet.root->places},
            {"company", sheet.root->is_company},
            {"known_here", sheet.root->is_known_here}};
  return {{"url", sheet.url()},
          {"host", sheet.host},
          {"port", sheet.port},
          {"path", sheet.path},
          {"paths", sheet.paths},
          {"tls_min", sheet.only_tls13 ? "1.3" : "1.2"},
          {"passed_through", sheet.is_passed_through},
          {"names", sheet.names},
          {"ends", sheet.ends.empty() ? SheetJson(nullptr) : SheetJson(sheet.ends)},
          {"root", root},
          {"troubles", troubles}};
}

}  // namespace

Message unknown_root_remedy() {
  return {
      "put the root last into the site's chain file, or make what devices need from it: pforte ca export "
      "--root-certificate FILE --to FOLDER",
      "die Wurzel als letzte in die Kettendatei der Site schreiben, oder aus ihr machen, was Geräte brauchen: "
      "pforte ca export --root-certificate DATEI --to ORDNER"};
}

std::vector<SheetTrouble> sheet_troubles(const SettingsSheet& sheet) {
  std::string typed = cat("https://", sheet.host, ':', sheet.port);
  return {
      {{"The certificate is not trusted, unknown issuer, \"Trust anchor … not found\"",
        "Dem Zertifikat wird nicht vertraut, unbekannter Aussteller, „Trust anchor … not found“"},
       {"The root that vouches for it is not on this device, or not switched on, or somebody on the way opens TLS.",
        "Die Wurzel, die dafür bürgt, fehlt auf diesem Gerät oder ist nicht eingeschaltet, oder jemand öffnet "
        "unterwegs TLS."}},
      {{"The name does not fit, \"hostname … not verified\"", "Der Name passt nicht, „hostname … not verified“"},
       {cat("Another name was typed, or an IP address. It has to be ", sheet.host, "."),
        cat("Es wurde ein anderer Name oder eine IP-Adresse getippt. Richtig ist ", sheet.host, ".")}},
      {{"The certificate has expired or is not valid yet", "Das Zertifikat ist abgelaufen oder gilt noch nicht"},
       {"Look at the date and time of the device first.", "Zuerst Datum und Uhrzeit des Geräts ansehen."}},
      {{"No connection, time is up, the server cannot be found",
        "Keine Verbindung, Zeitüberschreitung, Server nicht gefunden"},
       {cat("Wrong port (it is ", sheet.port, "), no VPN, or a firewall."),
        cat("Falscher Port (richtig ist ", sheet.port, "), kein VPN oder eine Firewall.")}},
      {{"Not secure, cleartext not permitted", "Nicht sicher, Klartext nicht erlaubt"},
       {cat("http:// was typed. It has to be ", typed, "."),
        cat("Es wurde http:// getippt. Richtig ist ", typed, ".")}},
      {{"404, there is nothing here", "404, hier ist nichts"},
       {cat("A wrong path was typed. Try ", sheet.url(), "."),
        cat("Es wurde ein falscher Pfad getippt. Versuchen Sie ", sheet.url(), ".")}},
  };
}

std::string sheet_text(const std::vector<SettingsSheet>& sheets, Language language) {
  SheetWriter writer(language);
  for (const SettingsSheet& sheet : sheets) writer.add(sheet);
  return writer.take();
}

std::string sheet_json(const std::vector<SettingsSheet>& sheets, Language language) {
  SheetJson all = SheetJson::array();
  for (const SettingsSheet& sheet : sheets) all.push_back(json_of(sheet, language));
  return SheetJson({{"sheets", all}}).dump(2) + "\n";
}

}  // namespace pforte::app

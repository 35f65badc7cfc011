#include "app/browser_policy.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/browser_policy_files.h"
#include "base/text.h"

namespace pforte::app {

namespace {

constexpr std::array<std::string_view, 5> kBrowserWords = {"edge", "chrome", "firefox", "ie", "macos"};
constexpr std::array<std::string_view, 6> kFormWords = {"registry",      "json",  "gpo",
                                                        "policies.json", "plist", "mobileconfig"};

using PolicyJson = nlohmann::ordered_json;

bool wants(const std::vector<PolicyBrowser>& browsers, PolicyBrowser one) {
  return std::ranges::find(browsers, one) != browsers.end();
}

// Source: chromeenterprise.google/policies, learn.microsoft.com/deployedge/microsoft-edge-policies:
// AuthServerAllowlist, AuthNegotiateDelegateAllowlist, EnableAuthNegotiatePort.
std::string chromium_json(const BrowserNeeds& needs) {
  PolicyJson document = {{"AuthServerAllowlist", joined(needs.hosts, ",")}};
  if (!needs.delegated.empty()) document["AuthNegotiateDelegateAllowlist"] = joined(needs.delegated, ",");
  if (needs.port_in_principal) document["EnableAuthNegotiatePort"] = true;
  return document.dump(2) + "\n";
}

// Source: mozilla.github.io/policy-templates, Authentication.
std::string firefox_json(const BrowserNeeds& needs) {
  PolicyJson authentication = {{"SPNEGO", firefox_sites(needs.hosts)}};
  if (!needs.delegated.empty()) authentication["Delegated"] = firefox_sites(needs.delegated);
  if (needs.has_dotless_host()) authentication["AllowNonFQDN"] = {{"SPNEGO", true}};
  authentication["Locked"] = true;
  PolicyJson document = {{"policies", {{"Authentication", std::move(authentication)}}}};
  return document.dump(2) + "\n";
}

// The names as the editor shows them.
std::string gpo_text(const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers, Language language) {
  bool german = language == Language::German;
  std::string text;
  auto add = [&](std::string_view name, std::string_view folder) {
    text += cat(name, "\n  ",
                german ? "Computerkonfiguration > Administrative Vorlagen > "
                       : "Computer Configuration > Administrative Templates > ",
                folder, "\n");
  };
  auto chromium = [&] {
    text += cat("    AuthServerAllowlist = ", joined(needs.hosts, ","), "\n");
    if (!needs.delegated.empty())
      text += cat("    AuthNegotiateDelegateAllowlist = ", joined(needs.delegated, ","), "\n");
    if (needs.port_in_principal) text += "    EnableAuthNegotiatePort = 1\n";
  };
  if (wants(browsers, PolicyBrowser::Edge)) {
    add("Microsoft Edge", "Microsoft Edge > HTTP authentication");
    chromium();
  }
  if (wants(browsers, PolicyBrowser::Chrome)) {
    add("Google Chrome", "Google > Google Chrome > HTTP authentication");
    chromium();
  }
  if (wants(browsers, PolicyBrowser::Firefox)) {
    add("Mozilla Firefox", "Mozilla > Firefox > Authentication");
    text += cat("    SPNEGO = ", joined(firefox_sites(needs.hosts), ", "), "\n");
    if (!needs.delegated.empty()) text += cat("    Delegated = ", joined(firefox_sites(needs.delegated), ", "), "\n");
    if (needs.has_dotless_host()) text += "    Allow Non FQDN: SPNEGO\n";
  }
  if (wants(browsers, PolicyBrowser::InternetExplorer)) {
    add("Internet Explorer", "Windows Components > Internet Explorer > Internet Control Panel > Security Page");
    text += "    Site to Zone Assignment List:\n";
    for (const std::string& host : needs.hosts) text += cat("      https://", host, " = 1\n");
    text += "    Intranet Zone > Logon options = Automatic logon only in Intranet zone\n";
  }
  return text;
}

}  // namespace

std::vector<std::string> firefox_sites(const std::vector<std::string>& hosts) {
  std::vector<std::string> sites;
  sites.reserve(hosts.size());
  for (const std::string& host : hosts)
    sites.push_back(host.starts_with("*.") ? host.substr(1) : cat("https://", host));
  return sites;
}

std::optional<PolicyBrowser> policy_browser(std::string_view word) {
  const auto* found = std::ranges::find(kBrowserWords, word);
  if (found == kBrowserWords.end()) return std::nullopt;
  return PolicyBrowser(found - kBrowserWords.begin());
}

std::optional<PolicyForm> policy_form(std::string_view word) {
  const auto* found = std::ranges::find(kFormWords, word);
  if (found == kFormWords.end()) return std::nullopt;
  return PolicyForm(found - kFormWords.begin());
}

std::string_view word_of(PolicyBrowser browser) {
  return kBrowserWords[std::to_underlying(browser)];
}

std::string_view word_of(PolicyForm form) {
  return kFormWords[std::to_underlying(form)];
}

std::vector<PolicyForm> forms_for(PolicyBrowser browser) {
  switch (browser) {
    case PolicyBrowser::Edge:
    case PolicyBrowser::Chrome:
      return {PolicyForm::Registry, PolicyForm::Json, PolicyForm::Gpo, PolicyForm::Plist, PolicyForm::MobileConfig};
    case PolicyBrowser::Firefox:
      return {PolicyForm::PoliciesJson, PolicyForm::Registry, PolicyForm::Gpo, PolicyForm::Plist,
              PolicyForm::MobileConfig};
    case PolicyBrowser::InternetExplorer:
      return {PolicyForm::Registry, PolicyForm::Gpo};
    case PolicyBrowser::MacOs:
      break;
  }
  return {PolicyForm::MobileConfig};
}

std::string policy_text(const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers, PolicyForm form,
                        Language language) {
  switch (form) {
    case PolicyForm::Registry:
      return registry_file(needs, browsers);
    case PolicyForm::Json:
      return chromium_json(needs);
    case PolicyForm::Gpo:
      return gpo_text(needs, browsers, language);
    case PolicyForm::PoliciesJson:
      return firefox_json(needs);
    case PolicyForm::Plist:
      return property_list(needs, browsers.front());
    case PolicyForm::MobileConfig:
      break;
  }
  return mobile_config(needs, browsers);
}

Message place_of(PolicyBrowser browser, PolicyForm form) {
  switch (form) {
    case PolicyForm::Registry:
      return {"import it with `reg import FILE` as administrator, or distribute it by group policy preferences",
              "mit `reg import DATEI` als Administrator einlesen oder über Gruppenrichtlinien-Einstellungen verteilen"};
    case PolicyForm::Json:
      return {
          "/etc/opt/chrome/policies/managed/, /etc/chromium/policies/managed/ or /etc/opt/edge/policies/managed/, "
          "as any name ending in .json",
          "/etc/opt/chrome/policies/managed/, /etc/chromium/policies/managed/ oder /etc/opt/edge/policies/managed/, "
          "mit "
          "beliebigem Namen auf .json"};
    case PolicyForm::Gpo:
      return {"group policy editor, with the administrative templates of the browser",
              "Gruppenrichtlinieneditor, mit den administrativen Vorlagen des Browsers"};
    case PolicyForm::PoliciesJson:
      return {
          "/etc/firefox/policies/policies.json (Linux), or distribution\\policies.json in Firefox's own folder "
          "(Windows, macOS)",
          "/etc/firefox/policies/policies.json (Linux) oder distribution\\policies.json im Ordner von Firefox "
          "(Windows, "
          "macOS)"};
    case PolicyForm::Plist:
      return {cat("/Library/Managed Preferences/, as ", preference_domain(browser), ".plist"),
              cat("/Library/Managed Preferences/, als ", preference_domain(browser), ".plist")};
    case PolicyForm::MobileConfig:
      break;
  }
  return {"install it with the device management, or open it and confirm it in the system settings",
          "mit der Geräteverwaltung installieren, oder öffnen und in den Systemeinstellungen bestätigen"};
}

std::vector<Message> policy_notes(const BrowserNeeds& needs) {
  std::vector<Message> notes;
  notes.push_back(
      {"Firefox: `network.negotiate-auth.trusted-uris` is the preference for Kerberos (here: SPNEGO). "
       "`network.automatic-ntlm-auth.trusted-uris` switches NTLM on, which the gate does not take: leave it alone",
       "Firefox: `network.negotiate-auth.trusted-uris` ist die Einstellung für Kerberos (hier: SPNEGO). "
       "`network.automatic-ntlm-auth.trusted-uris` schaltet NTLM ein, das das Tor nicht annimmt: nicht anrühren"});
  notes.push_back(
      {"Edge and Chrome on Windows follow the zones of Internet Explorer only while AuthServerAllowlist is not "
       "set; a name without a dot is in the intranet zone by itself, a complete name never",
       "Edge und Chrome unter Windows richten sich nur nach den Zonen des Internet Explorers, solange "
       "AuthServerAllowlist nicht gesetzt ist; ein Name ohne Punkt ist von selbst in der Intranetzone, ein "
       "vollständiger nie"});
  notes.push_back(
      {"Safari needs no list: it sends a ticket to whoever asks, if macOS has one (Kerberos SSO extension, kinit)",
       "Safari braucht keine Liste: Es sendet ein Ticket, wo danach gefragt wird, wenn macOS eines hat "
       "(Kerberos-SSO-Erweiterung, kinit)"});
  if (needs.has_other_port && !needs.port_in_principal)
    notes.push_back(
        {"a listener is not at port 443; the service principals have no port, so EnableAuthNegotiatePort stays off",
         "ein Listener ist nicht an Port 443; die Dienst-Principals haben keinen Port, also bleibt "
         "EnableAuthNegotiatePort aus"});
  if (needs.delegated.empty())
    notes.push_back({"nobody asks for forwarded tickets (`delegated_tickets`), so no host is given any",
                     "niemand verlangt weitergereichte Tickets (`delegated_tickets`), also bekommt sie kein Host"});
  if (!needs.addresses.empty()) {
    std::string all = joined(needs.addresses, ", ");
    notes.push_back(
        {cat(all, ": for an address browsers ask for no ticket, so it is in no list; let people come by a name"),
         cat(all,
             ": für eine Adresse fragen Browser nach keinem Ticket, daher steht sie in keiner Liste; die "
             "Leute über einen Namen kommen lassen")});
  }
  if (needs.has_catch_all)
    notes.push_back({"a site with hosts = [\"*\"] signs in: its names are not known here, add them by hand",
                     "eine Site mit hosts = [\"*\"] meldet an: Ihre Namen sind hier nicht bekannt, von Hand ergänzen"});
  return notes;
}

}  // namespace pforte::app

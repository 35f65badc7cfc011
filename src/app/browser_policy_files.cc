#include "app/browser_policy_files.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace pforte::app {

namespace {

constexpr std::string_view kPolicies = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\";

class RegistryFile {
 public:
  void key(std::string_view path) { text_ += cat("\r\n[", kPolicies, path, "]\r\n"); }
  void text(std::string_view name, std::string_view value) { text_ += cat('"', name, "\"=\"", value, "\"\r\n"); }
  void number(std::string_view name, unsigned value) { text_ += cat('"', name, "\"=dword:0000000", value, "\r\n"); }
  // Values "1", "2", …, as lists are kept.
  void list(std::string_view path, const std::vector<std::string>& values) {
    key(path);
    for (std::size_t i = 0; i < values.size(); ++i) text(cat(i + 1), values[i]);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_ = "Windows Registry Editor Version 5.00\r\n";
};

void add_chromium(RegistryFile& file, std::string_view path, const BrowserNeeds& needs) {
  file.key(path);
  file.text("AuthServerAllowlist", joined(needs.hosts, ","));
  if (!needs.delegated.empty()) file.text("AuthNegotiateDelegateAllowlist", joined(needs.delegated, ","));
  if (needs.port_in_principal) file.number("EnableAuthNegotiatePort", 1);
}

void add_firefox(RegistryFile& file, const BrowserNeeds& needs) {
  file.key("Mozilla\\Firefox\\Authentication");
  file.number("Locked", 1);
  file.list("Mozilla\\Firefox\\Authentication\\SPNEGO", firefox_sites(needs.hosts));
  if (!needs.delegated.empty())
    file.list("Mozilla\\Firefox\\Authentication\\Delegated", firefox_sites(needs.delegated));
  if (!needs.has_dotless_host()) return;
  file.key("Mozilla\\Firefox\\Authentication\\AllowNonFQDN");
  file.number("SPNEGO", 1);
}

// Zone 1 is the local intranet. Source: learn.microsoft.com, "Site to Zone Assignment List" (IZ_Zonemaps).
void add_zone(RegistryFile& file, const BrowserNeeds& needs) {
  constexpr std::string_view kSettings = "Microsoft\\Windows\\CurrentVersion\\Internet Settings";
  file.key(kSettings);
  file.number("ListBox_Support_ZoneMapKey", 1);
  file.key(cat(kSettings, "\\ZoneMapKey"));
  for (const std::string& host : needs.hosts) file.text(cat("https://", host), "1");
}

std::string string_element(std::string_view key, std::string_view value) {
  return cat("  <key>", key, "</key>\n  <string>", value, "</string>\n");
}

std::string array_of(std::string_view key, const std::vector<std::string>& values) {
  std::string text = cat("    <key>", key, "</key>\n    <array>\n");
  for (const std::string& value : values) text += cat("      <string>", value, "</string>\n");
  return text + "    </array>\n";
}

// Source: developer.apple.com, device management profiles; for Firefox mozilla.github.io/policy-templates, macOS.
std::string preferences(const BrowserNeeds& needs, PolicyBrowser browser) {
  if (browser != PolicyBrowser::Firefox) {
    std::string text = string_element("AuthServerAllowlist", joined(needs.hosts, ","));
    if (!needs.delegated.empty())
      text += string_element("AuthNegotiateDelegateAllowlist", joined(needs.delegated, ","));
    if (needs.port_in_principal) text += "  <key>EnableAuthNegotiatePort</key>\n  <true/>\n";
    return text;
  }
  std::string text = "  <key>EnterprisePoliciesEnabled</key>\n  <true/>\n  <key>Authentication</key>\n  <dict>\n";
  text += array_of("SPNEGO", firefox_sites(needs.hosts));
  if (!needs.delegated.empty()) text += array_of("Delegated", firefox_sites(needs.delegated));
  if (needs.has_dotless_host())
    text += "    <key>AllowNonFQDN</key>\n    <dict>\n      <key>SPNEGO</key>\n      <true/>\n    </dict>\n";
  return text + "    <key>Locked</key>\n    <true/>\n  </dict>\n";
}

constexpr std::string_view kPlistHead =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
    "<plist version=\"1.0\">\n<dict>\n";
constexpr std::string_view kPlistEnd = "</dict>\n</plist>\n";

// The same text gives the same identifier (RFC 9562, 5.8, version 8).
std::string identifier_of(std::string_view text) {
  crypto::Sha256 hash = crypto::sha256(text);
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0fU) | 0x80U);
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3fU) | 0x80U);
  std::string hex = capitals(to_hex({reinterpret_cast<const char*>(hash.data()), 16}));
  return cat(hex.substr(0, 8), '-', hex.substr(8, 4), '-', hex.substr(12, 4), '-', hex.substr(16, 4), '-',
             hex.substr(20));
}

std::string payload(const BrowserNeeds& needs, PolicyBrowser browser) {
  std::string_view domain = preference_domain(browser);
  return cat("  <dict>\n", string_element("PayloadType", domain),
             string_element("PayloadIdentifier", cat("pforte.", domain)),
             string_element("PayloadUUID", identifier_of(domain)),
             "  <key>PayloadVersion</key>\n  <integer>1</integer>\n", preferences(needs, browser), "  </dict>\n");
}

}  // namespace

std::string_view preference_domain(PolicyBrowser browser) {
  if (browser == PolicyBrowser::Firefox) return "org.mozilla.firefox";
  return browser == PolicyBrowser::Edge ? "com.microsoft.Edge" : "com.google.Chrome";
}

std::string registry_file(const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers) {
  RegistryFile file;
  for (PolicyBrowser browser : browsers) {
    if (browser == PolicyBrowser::Edge) add_chromium(file, "Microsoft\\Edge", needs);
    if (browser == PolicyBrowser::Chrome) add_chromium(file, "Google\\Chrome", needs);
    if (browser == PolicyBrowser::Firefox) add_firefox(file, needs);
    if (browser == PolicyBrowser::InternetExplorer) add_zone(file, needs);
  }
  return file.take();
}

std::string property_list(const BrowserNeeds& needs, PolicyBrowser browser) {
  return cat(kPlistHead, preferences(needs, browser), kPlistEnd);
}

std::string mobile_config(const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers) {
  std::vector<PolicyBrowser> named = browsers;
  if (std::ranges::find(named, PolicyBrowser::MacOs) != named.end())
    named = {PolicyBrowser::Edge, PolicyBrowser::Chrome, PolicyBrowser::Firefox};
  std::string text = cat(kPlistHead, "  <key>PayloadContent</key>\n  <array>\n");
  for (PolicyBrowser browser : named) text += payload(needs, browser);
  text +=
      cat("  </array>\n", string_element("PayloadDisplayName", "Pforte: single sign-on"),
          string_element("PayloadIdentifier", "pforte.SingleSignOn"), string_element("PayloadType", "Configuration"),
          string_element("PayloadUUID", identifier_of("pforte.SingleSignOn")), string_element("PayloadScope", "System"),
          "  <key>PayloadVersion</key>\n  <integer>1</integer>\n");
  return text + std::string(kPlistEnd);
}

}  // namespace pforte::app

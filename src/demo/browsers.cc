#include "demo/browsers.h"

#include "base/text.h"
#include "demo/configuration.h"
#include "demo/file.h"

namespace pforte::demo {

namespace {

// A Chromium that has never met single sign-on refuses the first attempt (net_error -339).
constexpr std::string_view kChromiumState = R"({"net": {"received_http_auth_negotiate_headers": true}})";

constexpr std::string_view kFirefoxPreferences =
    "user_pref(\"network.negotiate-auth.trusted-uris\", \"localhost,.localhost\");\n"
    "user_pref(\"browser.aboutwelcome.enabled\", false);\n"
    "user_pref(\"browser.shell.checkDefaultBrowser\", false);\n"
    "user_pref(\"browser.startup.homepage_override.mstone\", \"ignore\");\n"
    "user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n"
    "user_pref(\"signon.rememberSignons\", false);\n";

// Certificates that somebody has accepted at these hosts: host and port, the digest's OID (SHA-256), the digest.
std::string accepted_certificates(const Papers& papers) {
  std::string text;
  for (std::string_view host : {"localhost", "app.localhost", "beta.localhost"})
    text += cat(host, ':', kTlsPort, ":\tOID.2.16.840.1.101.3.4.2.1\t", papers.fingerprint, "\t\n");
  return text;
}

}  // namespace

Result<BrowserProfiles> make_browser_profiles(const std::string& folder, const Papers& papers) {
  BrowserProfiles profiles{.chromium = folder + "/chromium", .firefox = folder + "/firefox"};
  TRY(make_folder(profiles.chromium));
  TRY(write_file(profiles.chromium + "/Local State", kChromiumState));
  TRY(make_folder(profiles.firefox));
  TRY(write_file(profiles.firefox + "/user.js", kFirefoxPreferences));
  TRY(write_file(profiles.firefox + "/cert_override.txt", accepted_certificates(papers)));
  return profiles;
}

}  // namespace pforte::demo

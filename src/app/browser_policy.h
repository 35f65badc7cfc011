#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/browser_needs.h"
#include "base/message.h"

namespace pforte::app {

// Whom a policy is for.
enum class PolicyBrowser : std::uint8_t { Edge, Chrome, Firefox, InternetExplorer, MacOs };

// The form it comes in.
enum class PolicyForm : std::uint8_t {
  Registry,      // a .reg file for Windows
  Json,          // managed policies of Chrome, Chromium and Edge on Linux
  Gpo,           // what to set in the group policy editor, as text
  PoliciesJson,  // Firefox
  Plist,         // macOS: preferences of one application
  MobileConfig,  // macOS: a profile for several
};

// "edge", "policies.json": as they are typed.
std::optional<PolicyBrowser> policy_browser(std::string_view word);
std::optional<PolicyForm> policy_form(std::string_view word);
std::string_view word_of(PolicyBrowser browser);
std::string_view word_of(PolicyForm form);

// In which forms there is a policy for it, the usual one first. For macOS: for all browsers there.
std::vector<PolicyForm> forms_for(PolicyBrowser browser);

// The file for these browsers, which must all have this form; only Registry, Gpo and MobileConfig take several, and
// Json Edge and Chrome together. `needs` has hosts.
std::string policy_text(const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers, PolicyForm form,
                        Language language);

// Where the file goes.
Message place_of(PolicyBrowser browser, PolicyForm form);

// What has to be known besides: one thing each.
std::vector<Message> policy_notes(const BrowserNeeds& needs);

}  // namespace pforte::app

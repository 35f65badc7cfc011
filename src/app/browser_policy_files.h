#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/browser_policy.h"

namespace pforte::app {

// The forms of a policy that have a notation of their own.

// A .reg file with the values below HKEY_LOCAL_MACHINE\SOFTWARE\Policies; lines end in CR LF. ASCII, as hosts are.
std::string registry_file(const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers);

// Managed preferences of one application of macOS.
std::string property_list(const BrowserNeeds& needs, PolicyBrowser browser);

// A configuration profile for several. The same needs give the same identifiers, so that it replaces an older one.
std::string mobile_config(const BrowserNeeds& needs, const std::vector<PolicyBrowser>& browsers);

// "com.microsoft.Edge".
std::string_view preference_domain(PolicyBrowser browser);

// Hosts as Firefox wants them: "https://crm.example.com", ".crm.example.com" for "*.crm.example.com".
std::vector<std::string> firefox_sites(const std::vector<std::string>& hosts);

}  // namespace pforte::app

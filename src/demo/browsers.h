#pragma once

#include <string>

#include "base/error.h"
#include "demo/authority.h"

namespace pforte::demo {

// Folders with profiles of browsers in which nothing of the agent's own is, ready for single sign-on at the demo, and
// which accept its certificate and no other.
struct BrowserProfiles {
  std::string chromium;
  std::string firefox;
};

// Makes them in `folder`, which exists, whether or not the browsers are installed. Fails with Kind::Unavailable
// (demo.write).
Result<BrowserProfiles> make_browser_profiles(const std::string& folder, const Papers& papers);

}  // namespace pforte::demo

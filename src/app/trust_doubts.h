#pragma once

#include <string_view>
#include <vector>

#include "app/complaint.h"
#include "pki/trust_store.h"

namespace pforte::app {

// What is to be said of a trust store that was read, as warnings: that nothing tells whether it was changed, and which
// files of a folder do not count. `password_option` is the command's option that takes its password.
std::vector<Complaint> doubts_about(const pki::TrustStore& store, std::string_view password_option);

}  // namespace pforte::app

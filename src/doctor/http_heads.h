#pragma once

#include "doctor/http_answer.h"
#include "doctor/http_teller.h"

namespace pforte::doctor {

// Finds out how long the head of a request may be, with a field that means nothing: Kerberos tickets of people in many
// groups have up to 64 KiB as Base64. `usual` is the answer without it.
net::Task<> examine_head_sizes(const Setting& setting, HttpTeller& teller, const HttpAnswer& usual);

}  // namespace pforte::doctor

#pragma once

#include <optional>

#include "doctor/http_answer.h"
#include "doctor/http_teller.h"

// When what comes over a connection is no answer of HTTP.

namespace pforte::doctor {

// Connects for a first request and asks it, by HTTP/1.1 or else by HTTP/2. Nothing when no answer came, and then why
// has been told.
net::Task<std::optional<HttpAnswer>> first_answer(const Setting& setting, HttpTeller& teller,
                                                  const HttpQuestion& question);

// Tells what is wrong with how an answer came: its time, its end, its connection. Asks a second time on one that is
// said to go on.
void tell_framing(HttpTeller& teller, const HttpAnswer& answer);

}  // namespace pforte::doctor

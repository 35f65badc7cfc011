#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "doctor/http_answer.h"
#include "doctor/http_teller.h"

// Where a server sends its clients.

namespace pforte::doctor {

// A Location field, resolved against the address that was asked for. Nothing where it is no address of http or https.
// Source: RFC 9110, 10.2.2; RFC 3986, 5.2.
std::optional<Destination> resolve_location(const Destination& from, std::string_view location);

// A name or an address that only means something inside of a company: without a dot, below a domain that is in no
// public DNS (RFC 6762, 2; ICANN, .internal), or a private address (RFC 1918, RFC 4193).
bool is_internal(std::string_view host);

bool is_redirect(int status);

// Of a listener that is there to lead to https alone: whether it does.
void tell_whether_to_https(HttpTeller& teller, const HttpAnswer& answer);

// Follows redirects from `first`, the answer to the subject's own address, as long as they stay at the subject, and
// tells what is wrong with them. Gives back the answer at their end; nothing where they have none or lead elsewhere.
net::Task<std::optional<HttpAnswer>> follow_redirects(const Setting& setting, HttpTeller& teller,
                                                      const HttpAnswer& first);

}  // namespace pforte::doctor

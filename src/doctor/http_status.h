#pragma once

#include "doctor/http_answer.h"
#include "doctor/http_teller.h"

// What a status means, and whose it is.

namespace pforte::doctor {

// Tells what the answer to the subject's own address says: that it answers, who it was, what is wrong when it refuses
// or fails. Not about redirects.
void tell_status(HttpTeller& teller, const HttpAnswer& answer);

// Of a health check's answer: whether a gate takes the server out of service for it.
void tell_health(HttpTeller& teller, const HttpAnswer& answer);

// Of a 401: which ways to sign in it offers, and what is wrong with them.
// Source: RFC 9110, 11.6.1; RFC 4559; RFC 7617.
void tell_challenges(HttpTeller& teller, const HttpAnswer& answer);

// Whether it asks for a ticket or an NTLM message.
bool offers_negotiate(const HttpAnswer& answer);

// Whether it is a page with an input for a password, to be filled in by a person.
bool has_login_form(const HttpAnswer& answer);

}  // namespace pforte::doctor

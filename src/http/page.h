#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/message.h"
#include "http/exchange.h"
#include "http/message.h"

namespace pforte::http {

// An answer that the gate gives itself, complete in memory. Fields about framing and the date are added by answer().
struct Page {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

// Says what went wrong and what the reader can do about it: HTML for browsers, application/problem+json (RFC 9457) for
// all others, in the language the request prefers. `reference` leads from the page to the log; empty: none is shown.
//
// `code` is shown only where it tells the client about its own request (400, 413, ...). It never is with 403, 404 and
// what went wrong behind the gate, so that pages tell nothing about rules and backends, and all 404 are alike. The
// request may be incomplete.
Page error_page(int status, std::string_view code, std::string_view reference, const RequestHead& request);

// The same for a program, whatever it says to accept: application/problem+json.
Page problem_page(int status, std::string_view code, std::string_view reference, const RequestHead& request);

// A redirect with `status` 301, 302, 303, 307 or 308. What may not stand in a Location is percent-encoded.
Page redirect_page(int status, std::string_view location);

// A short text, not to be stored: "ok\n" for a health check.
Page text_page(int status, std::string text);

// Begins and ends the answer with `page`; without the body when the request was a HEAD. Both must outlive the task.
net::Task<> answer(Exchange& exchange, const Page& page);

// German when it is preferred to English, by the Accept-Language fields (RFC 9110, 12.5.4).
Language preferred_language(const Fields& fields);

// Whether an Accept field names text/html, as browsers do and programs do not.
bool wants_html(const Fields& fields);

}  // namespace pforte::http

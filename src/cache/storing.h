#pragma once

#include "cache/stored_response.h"
#include "http/message.h"

namespace pforte::cache {

// Whether the answer to a GET may be stored for others (RFC 9111, 3, for a shared cache, and stricter): the application
// has declared how long, forbids it nowhere, and sets no cookie; in answer to an agent it says `public`. `control` and
// `freshness` are the answer's.
bool may_store(const Wanted& wanted, const http::ResponseHead& answer, const CacheControl& control,
               const Freshness& freshness);

enum class Use : std::uint8_t { Give, Validate };

// Whether a stored answer may be given as it is, or the application must be asked first (RFC 9111, 4.2, 5.2.1).
// `asked` are the request's directives.
Use use_of(const StoredResponse& stored, const CacheControl& asked, Time now);

// Whether the client has this answer already, by If-None-Match or else If-Modified-Since (RFC 9110, 13.2.2).
bool is_known(const StoredResponse& stored, const http::Fields& request);

// Whether a 304 is about this very answer (RFC 9111, 4.3.4).
bool is_confirmed(const StoredResponse& stored, const http::Fields& not_modified);

// The fields of a stored answer after a 304 (RFC 9111, 3.2). Views into both.
http::Fields freshened(const http::Fields& stored, const http::Fields& not_modified);

}  // namespace pforte::cache

#pragma once

#include <string>
#include <string_view>

#include "acme/server.h"

// The answers of our ACME server, from what it remembers.

namespace pforte::acme {

ServerAnswer json_page(int status, std::string body);
// RFC 9457, with the type of RFC 8555, 6.7.
ServerAnswer problem_page(int status, std::string_view type, std::string_view detail);

// Documents in JSON; `base` is what addresses begin with.
std::string order_document(const ServerOrder& order, const std::vector<ServerProof>& proofs, const std::string& base);
std::string proof_document(const ServerProof& proof, Time expires, const std::string& base);
std::string challenge_document(const ServerProof& proof, const std::string& base);

// When a certificate should be renewed (RFC 9773, 4.2): for a day from when a third of its lifetime is left; at once
// when it was revoked.
std::string renewal_document(Time not_before, Time not_after, bool revoked);

}  // namespace pforte::acme

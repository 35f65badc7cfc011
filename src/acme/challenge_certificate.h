#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "tls/context.h"

namespace pforte::acme {

// Who answers tls-alpn-01 for `name`: nothing but "acme-tls/1", with a certificate that signs itself and holds the
// SHA-256 of the key authorization in its critical acmeIdentifier (RFC 8737, 3). Fails with Kind::Internal.
Result<std::shared_ptr<const tls::ServerContext>> challenge_context(std::string_view name,
                                                                    std::string_view key_authorization);

}  // namespace pforte::acme

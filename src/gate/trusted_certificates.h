#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "conf/problem.h"
#include "conf/reader.h"
#include "identity/ldap_config.h"

namespace pforte::gate {

// The certificates of a trust store of any form (see pki/trust_store.h).
struct TrustedCertificates {
  std::string pem;
  std::vector<Error> unreadable;  // files of a folder whose certificates are not trusted, and why
};

// Fails as pki::read_trust_store(), and
// with Kind::Invalid (certificate.none) where it holds none.
Result<TrustedCertificates> trusted_certificates(const conf::Text& store,
                                                 const std::optional<conf::Text>& password_file);

// Which file such a failure is about: the store, or that of its password.
const conf::Text& file_at_fault(const Error& error, const conf::Text& store,
                                const std::optional<conf::Text>& password_file);

// A warning for each.
void warn_of_unreadable(const std::vector<Error>& unreadable, const conf::Place& place, conf::Problems& problems);

// libldap reads PEM files alone. Where a directory's trust store is of another form, its certificates are written into
// STATE_DIR/ldap-trust.pem, and the configuration names that. Without `state_dir` nothing is written, and it names the
// system's. What is wrong goes to `problems`.
void name_pem_trust(identity::LdapConfig& config, const std::optional<std::string>& state_dir,
                    conf::Problems& problems);

}  // namespace pforte::gate

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/keytab_command.h"
#include "base/secret.h"
#include "kerberos/kdc_client.h"
#include "kerberos/principal.h"

namespace pforte::app {

// What a KDC says of the account that a key belongs to, without a password.
struct KdcAccount {
  kerberos::KdcRoute route;         // to the KDC that said so
  kerberos::Principal client;       // the account as it signs in
  std::optional<std::string> salt;  // none: the default of `client`
  std::string parameters;           // of ETYPE-INFO2, for the library; as a rule empty
  std::vector<int> encryptions;     // of AES, that it has keys for, the best first
  bool is_named = false;            // the KDC, by --kdc: then no other is asked

  std::string salt_or_default() const;
};

// Whether --ask-kdc or --kdc is given.
bool asks_kdc(const CommandLine& line);

// Asks the KDC of --kdc, else those of krb5.conf (KRB5_CONFIG, else /etc/krb5.conf) and of DNS, until one answers.
Answer<KdcAccount> kdc_account(const CommandLine& line, const kerberos::Principal& principal,
                               const std::optional<DirectoryAccount>& account);

// The version of the key that the KDC seals tickets of the service with; none: it gives no ticket for it. A password
// that the KDC refuses is a complaint, and so is that it does not answer any more.
Answer<std::optional<std::uint32_t>> kdc_key_version(const KdcAccount& account, const kerberos::Principal& service,
                                                     const Secret& password);

// The same for a service whose keys are in a keytab, asked by who can sign in: the account with the password, else the
// service with its keytab, else who has signed in at this terminal with kinit. None: nobody gets a ticket. That the KDC
// does not answer any more is a complaint.
Answer<std::optional<std::uint32_t>> kdc_key_version_seen(const KdcAccount& account, const kerberos::Principal& service,
                                                          const std::string& keytab,
                                                          const std::optional<Secret>& password);

}  // namespace pforte::app

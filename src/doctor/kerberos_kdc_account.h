#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/kerberos_kdc_ticket.h"
#include "kerberos/kdc_message.h"

namespace pforte::doctor {

// What a KDC that was asked without a proof says of a service's account: unknown, expired, locked, without
// preauthentication. `lower_case_known`: the KDC does not know the name, but the same in small letters.
// None: it asks for a proof, as it should.
std::optional<Finding> account_finding(const TicketQuestion& question, const kerberos::KdcMessage& said,
                                       bool lower_case_known);

// The encryptions, their names one behind the other, and the salts that the KDC tells.
std::vector<Evidence> offered_evidence(const std::vector<kerberos::OfferedKey>& offered);

// "KRB5_CONFIG=FILE ", for a command to go by a krb5.conf that is not the system's; else empty.
std::string krb5_environment(const std::string& krb5_config);

// "kinit -V -k -t KEYTAB PRINCIPAL".
std::string kinit_command(const TicketQuestion& question);

}  // namespace pforte::doctor

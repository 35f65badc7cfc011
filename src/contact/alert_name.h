#pragma once

#include <optional>
#include <string_view>

namespace pforte::contact {

// The alert that a message of a program names: "fatal alert: unknown_ca", "tlsv1 alert unknown ca", "SSL alert number
// 48", "TLS alert 112", "remote error: tls: bad certificate", "TLS protocol defined fatal alert code is 46". In small
// letters. None: the message names none that an RFC has.
std::optional<int> alert_in(std::string_view message);

}  // namespace pforte::contact

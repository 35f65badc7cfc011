#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pforte::kerberos {

// The groups that a domain controller wrote into a ticket, as SIDs ("S-1-5-21-1-2-3-513"), each once: of the client's
// domain, of the resource's, and the extra ones. Those that only deny are left out. `logon_info` is the NDR of
// KERB_VALIDATION_INFO, from a PAC whose signature was verified. None when it is malformed; bounded for any input.
// Source: MS-PAC 2.5 and 2.2.1, MS-DTYP 2.4.2, C706 14.
std::optional<std::vector<std::string>> read_groups(std::string_view logon_info);

}  // namespace pforte::kerberos

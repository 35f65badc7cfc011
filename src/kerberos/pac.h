#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pforte::kerberos {

// What a domain controller wrote into a ticket about its client. Texts are UTF-8, and empty where it says nothing.
struct LogonInfo {
  std::string account;  // sAMAccountName, as the directory spells it: "susan", "PC01$"
  std::string name;     // of the person

  // SIDs ("S-1-5-21-1-2-3-513"), each once: of the client's domain, of the resource's, and the extra ones. Those that
  // only deny are left out.
  std::vector<std::string> groups;
};

// Reads the NDR of KERB_VALIDATION_INFO, from a PAC whose signature was verified. None when it is malformed; bounded
// for any input. Source: MS-PAC 2.5 and 2.2.1, MS-DTYP 2.4.2, C706 14.
std::optional<LogonInfo> read_logon_info(std::string_view bytes);

}  // namespace pforte::kerberos

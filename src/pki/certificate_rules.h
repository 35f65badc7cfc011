#pragma once

#include <vector>

#include "pki/certificate.h"
#include "pki/peer_name.h"
#include "pki/purpose.h"
#include "pki/rule.h"

namespace pforte::pki {

// Where in a path a certificate stands.
enum class Role : std::uint8_t { Leaf, Intermediate, Anchor };

// What a path is wanted for, and when.
struct Wanted {
  Instant at;
  Purpose purpose = Purpose::Server;
  std::vector<PeerName> names;  // all of them
};

// The rules that a certificate follows or breaks by itself, wherever its path leads: its form, its validity, and what
// its role asks of it (RFC 5280, 4 and 6.1).
void check_certificate(const Certificate& certificate, Role role, const Wanted& wanted, Findings& findings);

// What the peer's certificate must be on top: for this purpose and under these names.
void check_leaf(const Certificate& leaf, const Wanted& wanted, Findings& findings);

// Whether an authority may issue for the purpose: what extKeyUsage of one does not have, those below it cannot be used
// for.
void check_authority_purpose(const Certificate& authority, const Wanted& wanted, Findings& findings);

// The rules of the CA/Browser Forum and of clients, see rule_table_profiles.cc.
void check_profile_rules(const Certificate& certificate, Role role, const Wanted& wanted, Findings& findings);

}  // namespace pforte::pki

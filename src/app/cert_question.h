#pragma once

#include <cstddef>
#include <vector>

#include "app/command_line.h"
#include "app/complaint.h"
#include "pki/client.h"
#include "pki/verify.h"

namespace pforte::app {

// What `pforte cert verify` and `pforte cert show` are asked, beside the files.
struct CertQuestion {
  pki::Wanted wanted;
  std::size_t max_depth = pki::kDefaultDepth;
  pki::Profile profile = pki::Profile::Rfc5280;
  std::vector<pki::ClientKind> clients;  // of --as, in its order
};

// Reads the options that there are; `otherwise` is the profile where none is given. A client is asked for by the mail
// address of whoever it is, a server by everything else.
Answer<CertQuestion> read_cert_question(const CommandLine& line, pki::Profile otherwise);

// The clients of --as, "browser,java", each once, in its order. Empty: none is named.
Answer<std::vector<pki::ClientKind>> client_kinds_in(const CommandLine& line);

}  // namespace pforte::app

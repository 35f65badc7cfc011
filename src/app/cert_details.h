#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/cert_question.h"
#include "base/message.h"
#include "pki/client.h"

namespace pforte::app {

// A certificate of a file, and what is wrong with it by itself, wherever its path leads.
struct CertDetails {
  const pki::Certificate* certificate = nullptr;
  std::vector<pki::Finding> findings;
};

// What is no authority's is judged as a peer's.
std::vector<CertDetails> details_of(std::span<const pki::Certificate> certificates, const CertQuestion& asked);

// What `pforte cert show` prints: for people, and with --json. `clients` are those of --as.
std::string details_text(const std::vector<CertDetails>& details, const std::vector<pki::ClientVerdict>& clients,
                         Language language);
std::string details_json(const std::vector<CertDetails>& details, const std::vector<pki::ClientVerdict>& clients,
                         Language language);

}  // namespace pforte::app

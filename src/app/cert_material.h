#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/cert_question.h"
#include "app/command_line.h"
#include "app/complaint.h"
#include "app/streams.h"
#include "pki/certificate.h"
#include "pki/crl.h"
#include "pki/ocsp.h"

namespace pforte::app {

// What the files of a `pforte cert` command hold.
struct Material {
  std::vector<pki::Certificate> certificates;  // the peer's first, then what it sent, then --untrusted
  std::size_t sent = 0;                        // how many of them the peer sent
  std::vector<pki::Certificate> anchors;
  std::vector<pki::Crl> crls;
  std::vector<pki::OcspResponse> responses;
  std::vector<Complaint> no_help;  // why what might help the verdict does not, or not for certain

  // The views of it last as long as both.
  pki::Question question(const CertQuestion& asked) const;
};

// Reads `chain`, and what --untrusted, --trust, --crl and --ocsp name. A certificate that cannot be read spoils the
// verdict only if it is the peer's, or if its file has no other.
Answer<Material> read_material(const CommandLine& line, const Streams& streams, const std::string& chain);

// Tells of `no_help`, up to ten of them.
void warn_of(const Material& material, const CommandLine& line, const Streams& streams);

}  // namespace pforte::app

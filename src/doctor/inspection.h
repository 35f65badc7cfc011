#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/destination.h"
#include "doctor/path.h"
#include "doctor/setting.h"
#include "pki/certificate.h"

namespace pforte::doctor {

// Where TLS may be opened and sealed again by somebody on the way, with certificates of a CA of theirs.
struct InspectionSubject {
  Destination destination;
  std::size_t hop = 0;                           // who opens TLS, if anybody does: the proxy, else the end
  bool chain_holds = true;                       // for all clients that were asked
  Dial direct;                                   // to the end without its proxy; empty where there is none
  std::vector<pki::Certificate> validated = {};  // the path by which the chain holds; empty: it does not
  bool is_public = false;       // the place is on the Internet: nobody but a public CA has issued certificates for it
  std::string expected_issuer;  // a part of an issuer's name, or the SHA-256 of a certificate; empty: none is expected
};

// Which product or tool for that is known by the names in a chain; empty: none.
std::string_view inspector_in(std::span<const pki::Certificate> chain);

// Whether a name can be one of the public DNS: it has a dot, and no ending that is kept for other uses (RFC 6761, RFC
// 6762, RFC 8375, and what ICANN does not delegate).
bool is_public_name(std::string_view host);

// Whether one of a chain is issued by, or is, what is expected.
bool is_expected(std::span<const pki::Certificate> chain, std::string_view issuer);

// Tells what a chain says about who sealed it, and what the one seen without the proxy says, where that is known.
void tell_inspection(const InspectionSubject& subject, std::span<const pki::Certificate> seen,
                     std::span<const pki::Certificate> direct, Path& path);

// The same, for what examine_tls() has seen, compared with what the server shows without a proxy if one gets there.
net::Task<> examine_inspection(const Setting& setting, const InspectionSubject& subject,
                               std::span<const pki::Certificate> seen, Path& path);

}  // namespace pforte::doctor

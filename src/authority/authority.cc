#include "authority/authority.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "authority/judgement.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"
#include "pki/peer_name.h"

namespace pforte::authority {
namespace {

using crypto::AlternativeName;
using Form = AlternativeName::Form;
using namespace std::chrono_literals;

// RFC 5280, A.1: ub-common-name.
constexpr std::size_t kLongestCommonName = 64;
constexpr auto kShortestLifetime = 1h;
constexpr std::size_t kMostNames = 100;

std::unexpected<Error> unfit_name(std::string text) {
  return fail(Kind::Invalid, "authority.names", std::move(text));
}

Result<> check_names(const Order& order) {
  if (order.names.empty() && is_for_servers(order.profile))
    return unfit_name("a certificate for a server needs at least one name");
  if (order.names.empty() && order.common_name.empty()) return unfit_name("a certificate needs a name");
  if (order.names.size() > kMostNames) return unfit_name(cat("a certificate has at most ", kMostNames, " names"));
  for (const AlternativeName& name : order.names) {
    if (name.form == Form::Dns && !pki::is_host_name(name.value))
      return unfit_name(cat('"', name.value, "\" is no host name"));
    if (name.form == Form::Ip && name.value.find('/') != std::string::npos)
      return unfit_name(cat('"', name.value, "\" is a network, no address"));
  }
  return {};
}

// Names are copied into the common name for people who look; nobody is told apart by it (RFC 9525, 2).
crypto::Subject subject_for(const Order& order) {
  if (!order.common_name.empty()) return {{"CN", order.common_name}};
  for (const AlternativeName& name : order.names) {
    if (name.form != Form::Uri && name.value.size() <= kLongestCommonName) return {{"CN", name.value}};
  }
  return {};
}

// RSA keys may be used the old way as well, in which the client encrypts a secret for the server (RFC 5246, 7.4.7.1).
std::string key_usage_for(const Order& order) {
  return crypto::is_rsa(order.key) && is_for_servers(order.profile) ? "digitalSignature,keyEncipherment"
                                                                    : "digitalSignature";
}

std::string extended_key_usage_for(CertificateProfile profile) {
  switch (profile) {
    case CertificateProfile::Server:
      return "serverAuth";
    case CertificateProfile::Client:
      return "clientAuth";
    case CertificateProfile::ServerAndClient:
      return "serverAuth,clientAuth";
  }
  return {};
}

LedgerEntry entry_for(const pki::Certificate& made, const CaCertificate& issuer, const Order& order, UtcTime now) {
  LedgerEntry entry{.serial = made.serial_text(),
                    .issuer = issuer.key_id(),
                    .subject = made.subject.text(),
                    .names = {},
                    .profile = order.profile,
                    .not_before = *made.not_before,
                    .not_after = *made.not_after,
                    .issued = now,
                    .revoked = {},
                    .certificate = crypto::pem_block(made.der)};
  for (const AlternativeName& name : order.names) entry.names.push_back(text_of(name));
  return entry;
}

}  // namespace

Result<Order> order_for(const crypto::CertificateRequest& request, CertificateProfile profile,
                        std::chrono::seconds lifetime) {
  Order order{.key = *request.key, .names = request.names, .profile = profile, .lifetime = lifetime};
  if (!is_for_servers(profile)) order.common_name = request.common_name;
  if (order.names.empty() && is_for_servers(profile)) {
    std::optional<AlternativeName> name = crypto::alternative_name(request.common_name);
    if (!name) return unfit_name("the request has no name: neither subjectAltName nor a common name that can be one");
    order.names.push_back(*std::move(name));
  }
  return order;
}

Authority::Authority(CaCertificate root, CaCertificate intermediate, crypto::PrivateKey key, Addresses addresses)
    : root_(std::move(root)),
      intermediate_(std::move(intermediate)),
      key_(std::move(key)),
      addresses_(std::move(addresses)) {}

Result<Authority> Authority::open(const Places& places, const Secret& password, Addresses addresses) {
  Result<CaCertificate> intermediate = read_ca_certificate(places.intermediate());
  if (!intermediate && intermediate.error().kind() == Kind::NotFound)
    return fail(Kind::NotFound, "authority.none", cat(places.intermediate(), ": there is no company CA yet"));
  if (!intermediate) return std::unexpected(std::move(intermediate).error());
  CaCertificate root = TRY(read_ca_certificate(places.root()));
  crypto::PrivateKey key = TRY(read_ca_key(places.intermediate_key(), password, *intermediate));
  return Authority(std::move(root), *std::move(intermediate), std::move(key), std::move(addresses));
}

Result<crypto::CertificateContent> Authority::content_of(const Order& order, UtcTime now) const {
  TRY(check_names(order));
  if (order.lifetime < kShortestLifetime || order.lifetime > kLongestLifetime)
    return fail(Kind::Invalid, "authority.lifetime",
                cat("a certificate is valid for an hour at least and ", kLongestLifetime.count(), " days at most"));
  UtcTime end = std::min(*intermediate_.judged.not_after, *root_.judged.not_after);
  UtcTime from = now - kBackdating;
  UtcTime begin = std::max(*intermediate_.judged.not_before, *root_.judged.not_before);
  if (now < begin)
    return fail(Kind::Invalid, "authority.early",
                cat("the company CA ", intermediate_.judged.subject.text(), " is valid from ", rfc3339(begin),
                    ", and this machine's clock says ", rfc3339(now)));
  if (end < now + kShortestLifetime)
    return fail(Kind::Invalid, "authority.expired",
                cat("the company CA ", intermediate_.judged.subject.text(), " is valid until ", rfc3339(end),
                    " and cannot issue any more"));
  return crypto::CertificateContent{.subject = subject_for(order),
                                    .names = order.names,
                                    .not_before = from,
                                    .not_after = std::min(from + order.lifetime - 1s, end),
                                    .serial = crypto::random_serial(),
                                    .key_usage = key_usage_for(order),
                                    .extended_key_usage = extended_key_usage_for(order.profile),
                                    .crl_url = addresses_.crl(),
                                    .ocsp_url = addresses_.ocsp(),
                                    .issuer_url = addresses_.intermediate()};
}

Result<IssuedCertificate> Authority::issue(store::Store& store, const Order& order, UtcTime now) const {
  crypto::CertificateContent content = TRY(content_of(order, now));
  crypto::Certificate made = TRY(crypto::make_certificate(content, order.key, {intermediate_.x509.get(), *key_}));
  pki::Certificate judged = TRY(pki::read_certificate(crypto::der_of(*made), "the new certificate"));
  TRY(judge_issued(judged, {&intermediate_, &root_}, order.profile, now));
  IssuedCertificate issued{.entry = entry_for(judged, intermediate_, order, now), .chain = {}};
  issued.chain = issued.entry.certificate + intermediate_.pem();
  TRY(Ledger(store).add(issued.entry));
  return issued;
}

}  // namespace pforte::authority

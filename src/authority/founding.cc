#include "authority/founding.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "authority/ca_certificate.h"
#include "authority/ca_folder.h"
#include "authority/judgement.h"
#include "base/file_replacement.h"
#include "base/text.h"
#include "crypto/certificate_making.h"
#include "crypto/certificate_outline.h"
#include "crypto/certificate_request.h"
#include "crypto/crl_making.h"
#include "crypto/pem.h"
#include "pki/certificate_file.h"
#include "pki/peer_name.h"

namespace pforte::authority {
namespace {

using crypto::AlternativeName;
using crypto::CertificateContent;
using Form = AlternativeName::Form;
using namespace std::chrono_literals;

// Beside " Issuing CA", within the 64 characters of a common name.
constexpr std::size_t kLongestName = 40;

bool ends_in_number(std::string_view host) {
  std::string_view last = host.substr(host.rfind('.') + 1);
  return std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

// A domain with what is below it, or after a full stop that alone; a network; mail of a host (RFC 5280, 4.2.1.10).
bool is_subtree(const AlternativeName& name) {
  if (name.form == Form::Ip) return true;
  std::string_view host = name.value;
  if (name.form == Form::Mail) host.remove_prefix(host.find('@') + 1);
  if (host.starts_with('.')) host.remove_prefix(1);
  return pki::is_host_name(host) && !host.starts_with('*') && !ends_in_number(host);
}

bool has_form(const std::vector<AlternativeName>& names, Form form) {
  for (const AlternativeName& name : names) {
    if (name.form == form) return true;
  }
  return false;
}

Result<> check_bounds(const NameBounds& bounds) {
  for (const std::vector<AlternativeName>* names : {&bounds.permitted, &bounds.excluded}) {
    for (const AlternativeName& name : *names) {
      if (!is_subtree(name))
        return fail(Kind::Invalid, "authority.names", cat('"', name.value, "\" is neither a domain nor a network"));
    }
  }
  if (bounds.permitted.empty() || has_form(bounds.permitted, Form::Dns)) return {};
  return fail(Kind::Invalid, "authority.names",
              "what is permitted has no domain in it, which would leave every host name permitted");
}

Result<> check_foundation(const Foundation& foundation) {
  bool fits = !foundation.name.empty() && foundation.name.size() <= kLongestName;
  if (fits) return check_bounds(foundation.bounds);
  return fail(Kind::Invalid, "authority.names", cat("the name of a company CA has 1 to ", kLongestName, " bytes"));
}

crypto::Subject subject_of(const Foundation& foundation, std::string_view role) {
  return {{"O", foundation.name}, {"CN", cat(foundation.name, ' ', role)}};
}

// Mail of the domains: of the host with that name, and of those below it.
void permit_mail(const std::vector<AlternativeName>& domains, NameBounds& bounds) {
  for (const AlternativeName& name : domains) {
    if (name.form != Form::Dns) continue;
    bounds.permitted.push_back({.form = Form::Mail, .value = name.value});
    if (!name.value.starts_with('.')) bounds.permitted.push_back({.form = Form::Mail, .value = cat('.', name.value)});
  }
}

// A single address is the network of that one.
void widen(std::vector<AlternativeName>& names) {
  for (AlternativeName& name : names) {
    bool address = name.form == Form::Ip && name.value.find('/') == std::string::npos;
    if (address) name.value += name.value.find(':') == std::string::npos ? "/32" : "/128";
  }
}

// Subtrees of one form leave names of another form free, so these are bound as well (BR 7.1.2.5.2).
NameBounds closed(const NameBounds& bounds) {
  NameBounds made = bounds;
  widen(made.permitted);
  widen(made.excluded);
  if (bounds.permitted.empty()) return made;
  if (!has_form(bounds.permitted, Form::Mail)) permit_mail(bounds.permitted, made);
  if (!has_form(bounds.permitted, Form::Ip)) {
    made.excluded.push_back({.form = Form::Ip, .value = "0.0.0.0/0"});
    made.excluded.push_back({.form = Form::Ip, .value = "::/0"});
  }
  return made;
}

CertificateContent authority_content(crypto::Subject subject, UtcTime now, std::chrono::days lifetime) {
  return {.subject = std::move(subject),
          .not_before = now - 5min,
          .not_after = now - 5min + lifetime - 1s,
          .serial = crypto::random_serial(),
          .authority = true,
          .key_usage = "digitalSignature,keyCertSign,cRLSign"};
}

// A certificate of ours with the key that signs.
struct Issuer {
  CaCertificate certificate;
  crypto::PrivateKey key;

  crypto::Signer signer() const { return {certificate.x509.get(), *key}; }
};

Result<Issuer> make_root(const Foundation& foundation, UtcTime now) {
  crypto::PrivateKey key = TRY(crypto::make_private_key(foundation.key));
  CertificateContent content = authority_content(subject_of(foundation, "Root CA"), now, kRootLifetime);
  crypto::Certificate made = TRY(crypto::make_certificate(content, *key, {.certificate = nullptr, .key = *key}));
  CaCertificate certificate = TRY(ca_certificate(crypto::der_of(*made), "the new root"));
  TRY(judge_authority(certificate, certificate, now));
  return Issuer{.certificate = std::move(certificate), .key = std::move(key)};
}

// What is below it can be used for TLS alone, and has no further authority below.
Result<CaCertificate> make_intermediate(const Issuer& root, crypto::Subject subject, EVP_PKEY& key,
                                        const Foundation& foundation, UtcTime now) {
  CertificateContent content = authority_content(std::move(subject), now, kIntermediateLifetime);
  NameBounds bounds = closed(foundation.bounds);
  content.path_length = 0;
  content.extended_key_usage = "serverAuth,clientAuth";
  content.permitted = std::move(bounds.permitted);
  content.excluded = std::move(bounds.excluded);
  content.not_after = std::min(content.not_after, *root.certificate.judged.not_after);
  content.crl_url = foundation.addresses.root_crl();
  content.issuer_url = foundation.addresses.root();
  crypto::Certificate made = TRY(crypto::make_certificate(content, key, root.signer()));
  CaCertificate certificate = TRY(ca_certificate(crypto::der_of(*made), "the new intermediate"));
  TRY(judge_authority(certificate, root.certificate, now));
  return certificate;
}

// The list's number is the time, which grows without anybody counting.
Result<std::string> root_list(const Issuer& root, UtcTime now) {
  return crypto::make_crl({.number = std::uint64_t(now.time_since_epoch().count()),
                           .this_update = now - 5min,
                           .next_update = now + kRootCrlLifetime,
                           .revoked = {}},
                          root.signer());
}

Result<> write_root(const Places& places, const Issuer& root, const Secret& password, UtcTime now) {
  std::string list = TRY(root_list(root, now));
  Secret key = TRY(crypto::encrypted_private_key_pem(*root.key, password));
  TRY(replace_file(places.root(), root.certificate.pem(), 0644));
  TRY(replace_file(places.root_crl(), crypto::crl_pem(list), 0644));
  return replace_file(places.root_key(), key.reveal(), 0600);
}

Result<Issuer> open_root(const Places& places, const std::string& key_file, const Secret& password) {
  CaCertificate certificate = TRY(read_ca_certificate(places.root()));
  crypto::PrivateKey key = TRY(read_ca_key(key_file, password, certificate));
  return Issuer{.certificate = std::move(certificate), .key = std::move(key)};
}

// That of the intermediate that is there: by it clients find the revocation lists of what it issued (RFC 5280, 6.3.3).
Result<crypto::Subject> subject_of_intermediate(const Places& places, const Foundation& foundation) {
  Result<CaCertificate> present = read_ca_certificate(places.intermediate());
  if (present) return crypto::attributes_of(X509_get_subject_name(present->x509.get()));
  if (present.error().kind() != Kind::NotFound) return std::unexpected(std::move(present).error());
  return subject_of(foundation, "Issuing CA");
}

Result<> check_same_subject(const Places& places, const CaCertificate& intermediate) {
  Result<CaCertificate> present = read_ca_certificate(places.intermediate());
  if (!present && present.error().kind() == Kind::NotFound) return {};
  if (!present) return std::unexpected(std::move(present).error());
  const pki::DistinguishedName &is = present->judged.subject, &would_be = intermediate.judged.subject;
  if (is == would_be) return {};
  return fail(Kind::Invalid, "authority.root",
              cat(would_be.text(), " is another name than ", is.text(), ", which what was issued names as its issuer"));
}

// That of the request before, if there was one.
Result<crypto::PrivateKey> key_of_intermediate(const Places& places, crypto::KeyKind kind, const Secret& password) {
  std::optional<Secret> opener(Secret(password.reveal()));
  Result<crypto::PrivateKey> kept = crypto::read_private_key(places.intermediate_key(), opener);
  if (kept || kept.error().kind() != Kind::NotFound) return kept;
  crypto::PrivateKey key = TRY(crypto::make_private_key(kind));
  Secret sealed = TRY(crypto::encrypted_private_key_pem(*key, password));
  TRY(replace_file(places.intermediate_key(), sealed.reveal(), 0600));
  return key;
}

Result<> check_same_root(const Places& places, const CaCertificate& root) {
  Result<CaCertificate> known = read_ca_certificate(places.root());
  if (!known && known.error().kind() == Kind::NotFound) return {};
  if (!known) return std::unexpected(std::move(known).error());
  if (known->judged.der == root.judged.der) return {};
  return fail(
      Kind::Invalid, "authority.root",
      cat(places.root(), ": is another root than ", root.judged.subject.text(), ", which clients do not trust"));
}

}  // namespace

Result<> found(const Places& places, const Foundation& foundation, const Secret& root_password,
               const Secret& intermediate_password, UtcTime now) {
  TRY(check_foundation(foundation));
  NewFolder folder = TRY(NewFolder::begin(places.folder));
  Places made{folder.path()};
  Issuer root = TRY(make_root(foundation, now));
  crypto::PrivateKey key = TRY(crypto::make_private_key(foundation.key));
  CaCertificate intermediate =
      TRY(make_intermediate(root, subject_of(foundation, "Issuing CA"), *key, foundation, now));
  Secret sealed = TRY(crypto::encrypted_private_key_pem(*key, intermediate_password));
  TRY(write_root(made, root, root_password, now));
  TRY(replace_file(made.intermediate(), intermediate.pem(), 0644));
  TRY(replace_file(made.intermediate_key(), sealed.reveal(), 0600));
  return folder.commit();
}

Result<> found_root(const Places& places, const Foundation& foundation, const Secret& root_password, UtcTime now) {
  TRY(check_foundation(foundation));
  NewFolder folder = TRY(NewFolder::begin(places.folder));
  Issuer root = TRY(make_root(foundation, now));
  TRY(write_root({folder.path()}, root, root_password, now));
  return folder.commit();
}

Result<> request_intermediate(const Places& places, const Foundation& foundation, const Secret& password) {
  TRY(check_foundation(foundation));
  TRY(make_private_folder(places.folder));
  crypto::Subject subject = TRY(subject_of_intermediate(places, foundation));
  crypto::PrivateKey key = TRY(key_of_intermediate(places, foundation.key, password));
  std::string request = TRY(crypto::make_certificate_request(*key, subject, {}));
  TRY(replace_file(places.intermediate_request(), crypto::request_pem(request), 0644));
  return give_to_owner_of_parent(places.folder);
}

Result<std::string> sign_intermediate(const Places& places, const std::string& root_key, const Secret& root_password,
                                      std::string_view request, const Foundation& foundation, UtcTime now) {
  TRY(check_foundation(foundation));
  Issuer root = TRY(open_root(places, root_key, root_password));
  crypto::CertificateRequest asked = TRY(crypto::read_certificate_request(request, "the request"));
  bool of_a_server = !asked.names.empty() || !asked.extended_key_usage.empty();
  if (of_a_server && !asked.authority)
    return fail(Kind::Invalid, "authority.request",
                "the request asks for a certificate of a host or a person, not of a CA");
  CaCertificate made = TRY(make_intermediate(root, asked.attributes, *asked.key, foundation, now));
  return made.pem() + root.certificate.pem();
}

Result<> take_intermediate(const Places& places, const std::string& file, const Secret& password, UtcTime now) {
  std::string text = TRY(crypto::read_file(file));
  std::vector<std::string> chain = TRY(pki::read_certificates(text, file));
  if (chain.size() != 2)
    return fail(Kind::Invalid, "authority.root", cat(file, ": holds not exactly two certificates: intermediate, root"));
  CaCertificate intermediate = TRY(ca_certificate(std::move(chain[0]), file));
  CaCertificate root = TRY(ca_certificate(std::move(chain[1]), file));
  (void)TRY(read_ca_key(places.intermediate_key(), password, intermediate));
  TRY(check_same_root(places, root));
  TRY(check_same_subject(places, intermediate));
  TRY(judge_authority(intermediate, root, now));
  TRY(replace_file(places.root(), root.pem(), 0644));
  TRY(replace_file(places.intermediate(), intermediate.pem(), 0644));
  return give_to_owner_of_parent(places.folder);
}

Result<> renew_root_crl(const Places& places, const std::string& root_key, const Secret& root_password, UtcTime now) {
  Issuer root = TRY(open_root(places, root_key, root_password));
  std::string list = TRY(root_list(root, now));
  return replace_file(places.root_crl(), crypto::crl_pem(list), 0644);
}

}  // namespace pforte::authority

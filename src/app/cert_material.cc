#include "app/cert_material.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "app/password_input.h"
#include "app/trust_doubts.h"
#include "base/text.h"
#include "pki/anchors.h"
#include "pki/certificate_file.h"
#include "pki/trust_store.h"

namespace pforte::app {
namespace {

// Of what does not help the verdict.
constexpr std::size_t kMostWarnings = 10;

Answer<void> load_chain(const std::string& file, bool with_peer, Material& into) {
  std::vector<std::string> all = TRY(in_file(file, pki::read_certificate_file(file)));
  std::size_t number = 0, unreadable = 0;
  for (std::string& der : all) {
    std::string source = cat(file, ": certificate ", ++number);
    auto read = pki::read_certificate(std::move(der), source);
    if (read) {
      into.certificates.push_back(*std::move(read));
      continue;
    }
    ++unreadable;
    bool is_peer = with_peer && number == 1;
    if (is_peer || unreadable == all.size()) return std::unexpected(Complaint(read.error(), file));
    into.no_help.emplace_back(read.error(), file);
  }
  return {};
}

// A file that was taken for a trust store, and is none, would otherwise look like an authority that is missing.
Complaint holds_no_anchor(const std::string& name) {
  return {name,
          kDone,
          {"it holds no certificate, so nothing is trusted because of it",
           "er enthält kein Zertifikat; seinetwegen ist also nichts vertrauenswürdig"},
          {"is it the right one? pforte trust list STORE shows what is in it",
           "ist es der richtige? pforte trust list SPEICHER zeigt, was darin ist"}};
}

Answer<void> load_stores(const CommandLine& line, const Streams& streams, Material& into) {
  std::optional<Secret> password = TRY(known_password(streams, line.language, line.value_of("--trust-password-file")));
  for (const std::string& name : line.values_of("--trust")) {
    pki::TrustStore store = TRY(in_file(name, pki::read_trust_store(name, password)));
    if (store.entries.empty()) into.no_help.push_back(holds_no_anchor(name));
    for (Complaint& doubt : doubts_about(store, "--trust-password-file")) into.no_help.push_back(std::move(doubt));
    TRY(pki::load_anchors(store, into.certificates, into.crls, into.anchors));
  }
  return {};
}

}  // namespace

pki::Question Material::question(const CertQuestion& asked) const {
  pki::Question question{.leaf = certificates.front(),
                         .untrusted = {},
                         .trusted = {},
                         .crls = {},
                         .wanted = asked.wanted,
                         .max_depth = asked.max_depth,
                         .profile = asked.profile};
  for (const pki::Certificate& certificate : certificates) question.untrusted.push_back(&certificate);
  for (const pki::Certificate& certificate : anchors) question.trusted.push_back(&certificate);
  for (const pki::Crl& crl : crls) question.crls.push_back(&crl);
  for (const pki::OcspResponse& response : responses) question.responses.push_back(&response);
  return question;
}

Answer<Material> read_material(const CommandLine& line, const Streams& streams, const std::string& chain) {
  Material material;
  TRY(load_chain(chain, true, material));
  material.sent = material.certificates.size();
  for (const std::string& file : line.values_of("--untrusted")) TRY(load_chain(file, false, material));
  for (const std::string& file : line.values_of("--crl")) {
    std::vector<pki::Crl> crls = TRY(in_file(file, pki::load_crls(file)));
    std::ranges::move(crls, std::back_inserter(material.crls));
  }
  for (const std::string& file : line.values_of("--ocsp"))
    material.responses.push_back(TRY(in_file(file, pki::load_ocsp(file))));
  TRY(load_stores(line, streams, material));
  return material;
}

void warn_of(const Material& material, const CommandLine& line, const Streams& streams) {
  for (const Complaint& each : std::span(material.no_help).first(std::min(material.no_help.size(), kMostWarnings))) {
    std::string text = warning_text(each, line.language);
    std::fwrite(text.data(), 1, text.size(), streams.err);
  }
}

}  // namespace pforte::app

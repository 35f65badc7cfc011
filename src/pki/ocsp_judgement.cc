#include "pki/ocsp_judgement.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "base/text.h"
#include "base/time.h"
#include "pki/object_id.h"

namespace pforte::pki {
namespace {

// A responder that does not say when it will know more always knows the latest (RFC 6960, 4.2.2.1); what it said a day
// ago is not that.
constexpr std::chrono::hours kLatest(24);

// A response that was made just now by a clock that goes ahead of ours.
constexpr std::chrono::minutes kClockSkew(5);

Message of_status(int status) {
  constexpr std::array<std::string_view, 7> kWords = {"", "malformedRequest", "internalError", "tryLater",
                                                      "", "sigRequired",      "unauthorized"};
  std::string_view word = status > 0 && status < int(kWords.size()) ? kWords[std::size_t(status)] : "";
  return {cat("the responder answers with an error: ", word), cat("der Responder antwortet mit einem Fehler: ", word)};
}

}  // namespace

const OcspTold& OcspJudgement::about(const Certificate& certificate, const Certificate& issuer) {
  auto [at, is_new] = known_.try_emplace({&certificate, &issuer});
  if (is_new && !responses_.empty()) at->second = ask(certificate, issuer);
  return at->second;
}

OcspTold OcspJudgement::ask(const Certificate& certificate, const Certificate& issuer) const {
  OcspTold told;
  std::string name = certificate.issuer.text();
  told.why_unknown = {cat("no OCSP response speaks of it and is of ", name),
                      cat("keine OCSP-Antwort spricht von ihm und ist von ", name)};
  for (const OcspResponse* response : responses_) {
    auto refuse = [&](const Message& why) {
      told.why_unknown = {cat(response->source, ": ", why.en), cat(response->source, ": ", why.de)};
    };
    if (response->status != 0) refuse(of_status(response->status));
    if (response->status != 0) continue;
    std::vector<const OcspAnswer*> answers = answers_about(*response, certificate, issuer);
    if (answers.empty()) continue;
    if (std::optional<Message> fault = fault_of(*response, issuer)) {
      refuse(*fault);
      continue;
    }
    for (const OcspAnswer* answer : answers) {
      if (std::optional<Message> fault = fault_of(*answer)) {
        refuse(*fault);
      } else if (answer->status == OcspStatus::Unknown) {
        told.responder_lacks_it = true;
        refuse({"the responder does not know the certificate", "der Responder kennt das Zertifikat nicht"});
      } else if (answer->status == OcspStatus::Revoked) {
        told.revoked = answer->revoked_at.value_or(*answer->this_update);
      } else {
        told.good = true;
      }
    }
  }
  return told;
}

// Why the response as a whole is not to be believed about what this issuer issued. None: it is.
std::optional<Message> OcspJudgement::fault_of(const OcspResponse& response, const Certificate& issuer) const {
  if (response.unknown_critical)
    return Message{"it has an unknown critical extension", "sie hat eine unbekannte kritische Erweiterung"};
  bool weak = response.signature.digest == Digest::Sha1 || response.signature.digest == Digest::Broken;
  if (weak)
    return Message{cat("it is signed with ", response.signature.name),
                   cat("sie ist signiert mit ", response.signature.name)};
  auto signed_by = [&](const Certificate& signer) {
    return names_as_responder(response, signer) && may_sign(signer, issuer) && signatures_.hold(response, signer);
  };
  if (signed_by(issuer) || std::ranges::any_of(response.certificates, signed_by)) return std::nullopt;
  return Message{"nobody who may has signed it", "niemand, der es darf, hat sie signiert"};
}

// The issuer itself, or whom it has appointed (RFC 6960, 4.2.2.2).
bool OcspJudgement::may_sign(const Certificate& signer, const Certificate& issuer) const {
  if (&signer == &issuer) return true;
  bool appointed = signer.extended_key_usage &&
                   std::ranges::find(*signer.extended_key_usage, oid::kOcspSigning) != signer.extended_key_usage->end();
  bool valid = signer.not_before <= wanted_.at && wanted_.at <= signer.not_after;
  bool may = !signer.key_usage || (*signer.key_usage & DigitalSignature) != 0;
  return appointed && valid && may && signer.issuer == issuer.subject && signatures_.hold(signer, issuer);
}

std::optional<Message> OcspJudgement::fault_of(const OcspAnswer& answer) const {
  if (answer.unknown_critical)
    return Message{"an answer has an unknown critical extension",
                   "eine Auskunft hat eine unbekannte kritische Erweiterung"};
  if (!answer.this_update) return Message{"it does not say from when it is", "sie sagt nicht, von wann sie ist"};
  Instant until = answer.next_update.value_or(*answer.this_update + kLatest);
  if (wanted_.at + kClockSkew < *answer.this_update || wanted_.at > until) {
    std::string span = cat(rfc3339(*answer.this_update), " .. ", rfc3339(until));
    return Message{cat("it is for another time: ", span), cat("sie ist für eine andere Zeit: ", span)};
  }
  return std::nullopt;
}

}  // namespace pforte::pki

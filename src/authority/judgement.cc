#include "authority/judgement.h"

#include "base/text.h"

namespace pforte::authority {
namespace {

struct Rules {
  pki::Profile profile;
  pki::Purpose purpose;
};

std::vector<Rules> rules_for(CertificateProfile profile) {
  using enum pki::Profile;
  using enum pki::Purpose;
  std::vector<Rules> rules;
  if (is_for_servers(profile)) rules = {{Rfc5280, Server}, {Browser, Server}, {App, Server}, {Java, Server}};
  if (is_for_clients(profile)) rules.insert(rules.end(), {{Rfc5280, Client}, {App, Client}, {Java, Client}});
  return rules;
}

Result<> judge(const pki::Certificate& leaf, const std::vector<const CaCertificate*>& above, const Rules& rules,
               pki::Instant now) {
  pki::Question question{.leaf = leaf,
                         .untrusted = {},
                         .trusted = {&above.back()->judged},
                         .crls = {},
                         .wanted = {.at = now, .purpose = rules.purpose, .names = {}},
                         .profile = rules.profile};
  for (const CaCertificate* certificate : above) question.untrusted.push_back(&certificate->judged);
  pki::Verdict verdict = pki::verify(question);
  if (verdict.trusted) return {};
  const pki::Finding& finding = verdict.findings.front();
  return fail(Kind::Invalid, "authority.refused",
              cat("the certificate would not be trusted, and is not issued: ", finding.certificate->subject.text(),
                  ": ", finding.text().en, " (", finding.rule->id, ", ", finding.rule->source, ")"));
}

}  // namespace

Result<> judge_issued(const pki::Certificate& certificate, const std::vector<const CaCertificate*>& above,
                      CertificateProfile profile, pki::Instant now) {
  for (const Rules& rules : rules_for(profile)) TRY(judge(certificate, above, rules, now));
  return {};
}

Result<> judge_authority(const CaCertificate& certificate, const CaCertificate& root, pki::Instant now) {
  return judge(certificate.judged, {&root}, {pki::Profile::Rfc5280, pki::Purpose::Any}, now);
}

}  // namespace pforte::authority

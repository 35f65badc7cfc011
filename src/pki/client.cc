#include "pki/client.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "pki/authority_information.h"
#include "pki/client_words.h"
#include "pki/openssl_verdict.h"

namespace pforte::pki {
namespace {

using Pointers = std::vector<const Certificate*>;

struct Program {
  ClientKind kind;
  std::string_view name;
  Profile profile;
  std::string_view ClientWords::* says;
  std::string_view otherwise;      // what it says where nothing else is known
  bool fetches = false;            // an intermediate that the server does not send, from where a certificate tells
  bool names_before_dates = true;  // of both being wrong it tells the name
};

constexpr auto kPrograms = std::to_array<Program>({
    {ClientKind::Browser, "Chromium", Profile::Browser, &ClientWords::chromium, "net::ERR_CERT_INVALID (-207)", true},
    {ClientKind::Browser, "Firefox", Profile::Browser, &ClientWords::firefox, ""},
    {ClientKind::App, "iOS", Profile::App, &ClientWords::ios, "errSecNotTrusted (-67843)", true, false},
    {ClientKind::App, "Android", Profile::App, &ClientWords::android,
     "java.security.cert.CertificateException: Chain validation failed", false, false},
    {ClientKind::Java, "Java", Profile::Java, &ClientWords::java, "PKIX path validation failed", false, false},
});

// Chromium: components/security_interstitials/core/ssl_error_options_mask.cc; the handshake's own errors have no page
// to go on from. Firefox: CategorizeCertificateError() in SSLServerCertVerification.cpp.
constexpr auto kOverridable = std::to_array<std::string_view>({
    "net::ERR_CERT_AUTHORITY_INVALID (-202)",
    "net::ERR_CERT_COMMON_NAME_INVALID (-200)",
    "net::ERR_CERT_DATE_INVALID (-201)",
    "net::ERR_CERT_VALIDITY_TOO_LONG (-213)",
    "net::ERR_CERT_WEAK_KEY (-211)",
    "MOZILLA_PKIX_ERROR_EMPTY_ISSUER_NAME",
    "MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE",
    "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE",
    "MOZILLA_PKIX_ERROR_NOT_YET_VALID_ISSUER_CERTIFICATE",
    "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT",
    "SEC_ERROR_CA_CERT_INVALID",
    "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED",
    "SEC_ERROR_EXPIRED_CERTIFICATE",
    "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
    "SEC_ERROR_UNKNOWN_ISSUER",
    "SSL_ERROR_BAD_CERT_DOMAIN",
});

const ClientWords* words_for(const Finding& finding, const Certificate& leaf) {
  Place place = finding.certificate == &leaf ? Place::Leaf : Place::Above;
  auto found = std::ranges::find_if(client_words(), [&](const ClientWords& words) {
    return words.rule == finding.rule->id && (words.place == Place::Anywhere || words.place == place);
  });
  return found == client_words().end() ? nullptr : &*found;
}

// What a program goes by when several rules are broken: what outweighs the others.
std::size_t rank_of(const ClientWords* words, const Program& program) {
  if (!words) return 0;
  if (words->rule == "cert.name" && !program.names_before_dates) return client_words().size() + 1;
  return std::size_t(words - client_words().data()) + 1;
}

const PeerName* name_that_is_missing(const Certificate& leaf, const Wanted& wanted) {
  auto missing = std::ranges::find_if(wanted.names, [&](const PeerName& name) { return !has_name(leaf, name); });
  return missing == wanted.names.end() ? nullptr : &*missing;
}

// Java has a sentence for each kind of name, and for certificates without any.
std::string java_on_name(const Certificate& leaf, const PeerName& name) {
  std::string shown = name.text();
  bool has_names = leaf.alternative_names && !leaf.alternative_names->empty();
  if (name.form == NameForm::Ip)
    return has_names ? cat("No subject alternative names matching IP address ", shown, " found")
                     : "No subject alternative names present";
  return has_names ? cat("No subject alternative DNS name matching ", shown, " found.")
                   : cat("No name matching ", shown, " found");
}

std::string message_of(const ClientWords* words, const Program& program, const Certificate& leaf,
                       const Wanted& wanted) {
  if (!words) return std::string(program.otherwise);
  const PeerName* missing = name_that_is_missing(leaf, wanted);
  if (missing && words->rule == "cert.name" && program.kind == ClientKind::Java) return java_on_name(leaf, *missing);
  std::string text((*words).*program.says);
  std::size_t star = text.find('*');
  if (star != text.npos) text.replace(star, 1, missing ? missing->text() : "");
  return text;
}

// Those of `known` that are found by going where the certificates say that their issuers' are.
Pointers fetched(std::span<const Certificate* const> sent, const Certificate& leaf, const Pointers& known) {
  Pointers all(sent.begin(), sent.end());
  all.push_back(&leaf);
  std::unordered_set<const Certificate*> seen(all.begin(), all.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i]->self_issued() || authority_information_of(*all[i]).certificates.empty()) continue;
    for (const Certificate* issuer : known) {
      if (issuer->subject == all[i]->issuer && seen.insert(issuer).second) all.push_back(issuer);
    }
  }
  return all;
}

bool lacks_issuer(const Verdict& verdict) {
  return std::ranges::any_of(verdict.findings, [](const Finding& finding) {
    return finding.level == Level::Error && finding.rule->id == "cert.issuer-unknown";
  });
}

// What is to be said of an intermediate that the server does not send.
Message note_on_fetching(const Program& program, const Verdict& verdict, bool helped) {
  std::vector<std::string> where;
  if (lacks_issuer(verdict) && verdict.path.back()) where = authority_information_of(*verdict.path.back()).certificates;
  if (program.fetches && helped)
    return {"it fetches the intermediate that the server does not send",
            "es holt das Zwischenzertifikat, das der Server nicht sendet"};
  if (where.empty()) return {};
  if (!program.fetches)
    return {cat("it does not fetch the intermediate that the server does not send: ", where.front()),
            cat("es holt das Zwischenzertifikat nicht, das der Server nicht sendet: ", where.front())};
  return {cat("it would look for the missing intermediate at ", where.front(), "; --untrusted shows what it would say"),
          cat("es würde das fehlende Zwischenzertifikat hier suchen: ", where.front(),
              "; --untrusted zeigt, was es dann sagt")};
}

// What has to be done on a phone before a company's authority counts there.
Message note_on_company(const Program& program, const Certificate& leaf) {
  if (program.kind != ClientKind::App || is_of_public_authority(leaf)) return {};
  if (program.name == "iOS")
    return {"a root that was installed by hand must also be switched on under Certificate Trust Settings",
            "eine von Hand installierte Wurzel muss auch unter Zertifikatsvertrauenseinstellungen aktiviert werden"};
  return {"apps trust a company's authority only if their network security configuration names user certificates",
          "Apps vertrauen der CA einer Firma nur, wenn ihre Network Security Configuration Benutzerzertifikate nennt"};
}

// A certificate without alternative names is asked for what it was made out to in the old way.
std::vector<PeerName> names_meant(const Question& question) {
  if (!question.wanted.names.empty() || question.wanted.purpose != Purpose::Server) return question.wanted.names;
  const Certificate& leaf = question.leaf;
  bool has_names = leaf.alternative_names && std::ranges::any_of(*leaf.alternative_names, [](const GeneralName& name) {
                     return name.form == NameForm::Dns || name.form == NameForm::Ip;
                   });
  if (has_names) return {};
  for (const std::string& common_name : leaf.subject.common_names) {
    if (is_host_name(common_name)) return {{NameForm::Dns, common_name}};
  }
  return {};
}

ClientVerdict judge(const Program& program, const ClientQuestion& asked, const std::vector<PeerName>& names) {
  Question question = asked.question;
  question.profile = program.profile;
  question.wanted.names = names;
  question.crls.clear();
  question.responses.clear();
  question.untrusted.assign(asked.sent.begin(), asked.sent.end());
  Verdict verdict = verify(question);
  bool helped = false;
  if (!verdict.trusted && program.fetches) {
    question.untrusted = fetched(asked.sent, question.leaf, asked.question.untrusted);
    Verdict with_more = verify(question);
    helped = lacks_issuer(verdict) && !lacks_issuer(with_more);
    if (helped) verdict = std::move(with_more);
  }
  ClientVerdict made{.kind = program.kind, .program = program.name};
  const ClientWords* foremost = nullptr;
  for (const Finding& finding : verdict.findings) {
    const ClientWords* words = words_for(finding, question.leaf);
    if (finding.level != Level::Error || (words && (*words).*program.says == kAccepted)) continue;
    bool first = made.findings.empty();
    if (first || rank_of(words, program) < rank_of(foremost, program)) foremost = words;
    made.findings.push_back(finding);
  }
  made.trusted = made.findings.empty();
  if (!made.trusted) made.message = message_of(foremost, program, question.leaf, question.wanted);
  made.can_override = !made.trusted && std::ranges::find(kOverridable, made.message) != kOverridable.end();
  made.note = note_on_fetching(program, verdict, helped);
  if (made.note.en.empty() && made.trusted) made.note = note_on_company(program, question.leaf);
  return made;
}

ClientVerdict judge_openssl(const ClientQuestion& asked, std::vector<PeerName> names) {
  Question question = asked.question;
  question.wanted.names = std::move(names);
  OpenSslVerdict verdict = judge_by_openssl(question, asked.sent, asked.anchors_are_assumed);
  ClientVerdict made{.kind = ClientKind::OpenSsl, .program = "OpenSSL", .trusted = verdict.error == 0};
  if (!made.trusted)
    made.message = cat("error ", verdict.error, " at ", verdict.depth, " depth lookup: ", verdict.text);
  return made;
}

}  // namespace

std::string_view name_of(ClientKind kind) {
  constexpr std::string_view kNames[] = {"browser", "app", "java", "openssl"};
  return kNames[std::size_t(kind)];
}

std::vector<ClientVerdict> judge_as(ClientKind kind, const ClientQuestion& asked) {
  std::vector<PeerName> names = names_meant(asked.question);
  if (kind == ClientKind::OpenSsl) return {judge_openssl(asked, names)};
  std::vector<ClientVerdict> verdicts;
  for (const Program& program : kPrograms) {
    if (program.kind == kind) verdicts.push_back(judge(program, asked, names));
  }
  return verdicts;
}

}  // namespace pforte::pki

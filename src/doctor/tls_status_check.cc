#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "base/time.h"
#include "doctor/tls_finding.h"
#include "doctor/tls_status.h"
#include "pki/crl.h"
#include "pki/ocsp.h"
#include "pki/rule.h"
#include "pki/status.h"

// What OCSP responders and revocation lists say, as far as they were fetched.

namespace pforte::doctor {
namespace {

// Which clients ask, as they come or where they are told to: Microsoft, Schannel (curl and git use it on Windows); JDK,
// PKIX revocation; .NET, HttpClientHandler; openssl-verification-options(1).
constexpr Words kWhoAsks{
    "curl and git on Windows (Schannel) ask and refuse where they get no answer, as do Java with "
    "com.sun.net.ssl.checkRevocation, .NET with CheckCertificateRevocationList and OpenSSL with -crl_check; browsers, "
    "phones and all others do not ask",
    "curl und git unter Windows (Schannel) fragen und lehnen ohne Antwort ab, ebenso Java mit "
    "com.sun.net.ssl.checkRevocation, .NET mit CheckCertificateRevocationList und OpenSSL mit -crl_check; Browser, "
    "Telefone und alle anderen fragen nicht"};

constexpr Check kResponderUnreachable{.id = "tls.ocsp-unreachable", .source = "RFC 6960, A.1", .why = kWhoAsks};
constexpr Check kResponseInvalid{.id = "tls.ocsp-invalid", .source = "RFC 6960, 3.2", .why = kWhoAsks};
constexpr Check kResponderLacks{
    .id = "tls.ocsp-unknown",
    .source = "RFC 6960, 2.2",
    .why = {"for whoever asks this is no answer, and a CA that does not know what it has issued may not have issued it",
            "wer fragt, bekommt keine Auskunft, und was eine CA nicht kennt, hat sie vielleicht nicht ausgestellt"}};
constexpr Check kListUnreachable{.id = "tls.crl-unreachable", .source = "RFC 5280, 4.2.1.13", .why = kWhoAsks};
constexpr Check kListInvalid{.id = "tls.crl-invalid", .source = "RFC 5280, 6.3.3", .why = kWhoAsks};
constexpr Check kStatusNotFetched{.id = "tls.status-not-fetched",
                                  .source = "docs/doctor.md",
                                  .why = {"what is told there is not known", "was dort steht, ist nicht bekannt"}};
constexpr Check kNotRevoked{.id = "tls.not-revoked", .source = "RFC 5280, 6.3; RFC 6960, 2", .why = {"", ""}};

std::string_view kind_of(const StatusSource& source) {
  return source.is_list ? "CRL" : "OCSP";
}

std::string fetch_command(const TlsSubject& subject, const StatusSource& source) {
  return fetching_command(subject, source.is_list ? source.url : url_of_request(source));
}

std::string command_for(const TlsSubject& subject, const StatusSource& source) {
  return cat(fetch_command(subject, source), source.is_list ? "openssl crl -noout -issuer -lastupdate -nextupdate"
                                                            : "openssl ocsp -respin /dev/stdin -resp_text -noverify");
}

// Shows the entry of a certificate, with day and reason; openssl writes a serial number without the zeros that DER puts
// before it.
std::string command_for_revoked(const TlsSubject& subject, const StatusSource& source,
                                const pki::Certificate& certificate) {
  if (!source.is_list) return command_for(subject, source);
  std::string serial = certificate.serial_text();
  while (serial.size() > 2 && serial.starts_with("00")) serial.erase(0, 2);
  return cat(fetch_command(subject, source), "openssl crl -inform DER -noout -text | grep -iA4 ",
             shell_word(cat("Serial Number: ", serial, '$')));
}

pki::StatusTold told_by(const StatusSource& source, std::span<const pki::Certificate> chain, pki::Instant at,
                        ReadLists& lists) {
  const pki::Certificate &certificate = chain[source.certificate], &issuer = chain[source.certificate + 1];
  pki::StatusTold unreadable;
  if (source.is_list) {
    ReadLists::List list = lists.read(source.fetched, source.url);
    if (*list) return pki::status_told(**list, certificate, issuer, at);
    unreadable.why_unknown = unreadable_by(list->error());
  } else {
    Result<pki::OcspResponse> response = pki::read_ocsp(source.fetched->bytes, source.url);
    if (response) return pki::status_told(*response, certificate, issuer, at);
    unreadable.why_unknown = unreadable_by(response.error());
  }
  return unreadable;
}

// Turns what each source says into findings, one for each certificate that was revoked.
class StatusJudge {
 public:
  StatusJudge(const TlsSubject& subject, std::span<const pki::Certificate> chain, pki::Instant at, ReadLists& lists)
      : subject_(subject), chain_(chain), at_(at), lists_(lists) {}

  void take(const StatusSource& source) {
    if (source.fetched->is_barred) return bar(source);
    if (!source.fetched->failure.en.empty()) return tell_unreachable(source);
    pki::StatusTold told = told_by(source, chain_, at_, lists_);
    if (told.revoked) return tell_revoked(source, told);
    if (told.good) return void(good_by_.emplace_back(&source, told.until));
    tell_unsound(source, told);
  }

  std::vector<Finding> take_findings() {
    for (const auto& [source, until] : good_by_)
      if (!is_revoked(*source)) note_good(*source, until);
    for (std::optional<Finding>* one : {&not_fetched_, &good_})
      if (*one) findings_.push_back(*std::move(*one));
    return std::move(findings_);
  }

 private:
  // By whichever source: one that has not heard of it yet does not take it back.
  bool is_revoked(const StatusSource& source) const {
    return std::ranges::find(revoked_, source.certificate) != revoked_.end();
  }

  std::string subject_of(const StatusSource& source) const {
    return printable(chain_[source.certificate].subject.text());
  }

  Finding& add(const Check& check, Level level, const StatusSource& source, Message seen, Message remedy) {
    Finding& finding = findings_.emplace_back(finding_on(subject_, check, level, std::move(seen), std::move(remedy)));
    finding.command = command_for(subject_, source);
    finding.evidence.push_back({.name = {"certificate", "Zertifikat"}, .value = subject_of(source)});
    finding.evidence.push_back({.name = {"address", "Adresse"}, .value = printable(source.url)});
    return finding;
  }

  void tell_unreachable(const StatusSource& source) {
    const Message& why = source.fetched->failure;
    Message seen{cat("the OCSP responder cannot be asked: ", why.en),
                 cat("der OCSP-Responder lässt sich nicht fragen: ", why.de)};
    if (source.is_list)
      seen = {cat("the revocation list cannot be fetched: ", why.en),
              cat("die Sperrliste lässt sich nicht holen: ", why.de)};
    Finding& finding =
        add(source.is_list ? kListUnreachable : kResponderUnreachable, Level::Warning, source, std::move(seen),
            {"let this machine and the clients reach that address, or have the CA serve it",
             "diesen Rechner und die Clients dorthin lassen, oder die CA dafür sorgen lassen, dass dort jemand "
             "antwortet"});
    finding.clients = {pki::ClientKind::Java, pki::ClientKind::OpenSsl};
  }

  void tell_unsound(const StatusSource& source, const pki::StatusTold& told) {
    if (told.responder_lacks_it) {
      add(kResponderLacks, Level::Warning, source,
          {"the OCSP responder does not know the certificate", "der OCSP-Responder kennt das Zertifikat nicht"},
          {"ask the CA whether it has issued it; its responder may lack what was issued last",
           "bei der CA fragen, ob sie es ausgestellt hat; ihrem Responder kann das zuletzt Ausgestellte fehlen"});
      return;
    }
    const Message& why = told.why_unknown;
    Message seen{cat("the OCSP response does not hold: ", why.en), cat("die OCSP-Antwort gilt nicht: ", why.de)};
    if (source.is_list)
      seen = {cat("the revocation list does not hold: ", why.en), cat("die Sperrliste gilt nicht: ", why.de)};
    Finding& finding = add(source.is_list ? kListInvalid : kResponseInvalid, Level::Warning, source, std::move(seen),
                           {"have the CA mend it: an answer has to be current, and signed by the CA or whom it has "
                            "appointed",
                            "von der CA in Ordnung bringen lassen: Eine Auskunft muss aktuell sein und von der CA oder "
                            "einem von ihr Bestimmten signiert"});
    finding.clients = {pki::ClientKind::Java, pki::ClientKind::OpenSsl};
  }

  void tell_revoked(const StatusSource& source, const pki::StatusTold& told) {
    Evidence by{.name = {cat("told by ", kind_of(source)), cat("laut ", kind_of(source))},
                .value = printable(source.url)};
    if (is_revoked(source)) return;  // told already
    revoked_.push_back(source.certificate);
    const pki::Rule& rule = pki::rule_of("cert.revoked");
    std::string day = rfc3339(*told.revoked);
    std::string_view reason = pki::reason_name(told.reason);
    std::string why = reason.empty() ? "" : cat(" (", reason, ')');
    Finding finding = finding_on(subject_, {.id = rule.id, .source = rule.source, .why = kWhoAsks}, Level::Error,
                                 {cat(subject_of(source), " was revoked on ", day, why),
                                  cat(subject_of(source), " wurde am ", day, " gesperrt", why)},
                                 {std::string(rule.remedy.en), std::string(rule.remedy.de)});
    finding.command = command_for_revoked(subject_, source, chain_[source.certificate]);
    finding.evidence.push_back(
        {.name = {"serial number", "Seriennummer"}, .value = chain_[source.certificate].serial_text()});
    finding.evidence.push_back(std::move(by));
    findings_.insert(findings_.begin(), std::move(finding));
  }

  void note_good(const StatusSource& source, std::optional<pki::Instant> until) {
    if (!good_) {
      good_ =
          finding_on(subject_, kNotRevoked, Level::Ok, {"the CA says: not revoked", "die CA sagt: nicht gesperrt"}, {});
      good_->command = command_for(subject_, source);
    }
    std::string end = until ? cat(" < ", rfc3339(*until)) : "";
    std::string name = cat(kind_of(source), ' ', subject_of(source));
    good_->evidence.push_back({.name = {name, name}, .value = cat(printable(source.url), end)});
  }

  void bar(const StatusSource& source) {
    const Message& why = source.fetched->failure;
    if (!not_fetched_)
      not_fetched_ =
          finding_on(subject_, kStatusNotFetched, Level::Note,
                     {cat("not all places that tell the status were asked: ", why.en),
                      cat("nicht jeder Ort, der den Status sagt, wurde gefragt: ", why.de)},
                     {"look there yourself, if your clients do", "selbst dort nachsehen, wenn Ihre Clients es tun"});
    std::string name = cat(kind_of(source), ' ', subject_of(source));
    not_fetched_->evidence.push_back({.name = {name, name}, .value = printable(source.url)});
  }

  const TlsSubject& subject_;
  std::span<const pki::Certificate> chain_;
  pki::Instant at_;
  ReadLists& lists_;
  std::vector<Finding> findings_;
  std::optional<Finding> good_, not_fetched_;
  std::vector<std::pair<const StatusSource*, std::optional<pki::Instant>>> good_by_;  // and until when
  std::vector<std::size_t> revoked_;  // certificates of which it was told
};

}  // namespace

std::vector<Finding> judge_status(const TlsSubject& subject, std::span<const pki::Certificate> chain,
                                  std::span<const StatusSource> sources, pki::Instant at, ReadLists& lists) {
  StatusJudge judge(subject, chain, at, lists);
  for (const StatusSource& source : sources) judge.take(source);
  return judge.take_findings();
}

}  // namespace pforte::doctor

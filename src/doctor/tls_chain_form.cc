#include "doctor/tls_chain_form.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "doctor/shown_command.h"
#include "doctor/tls_finding.h"

namespace pforte::doctor {
namespace {

using Sent = std::vector<pki::Certificate>;

constexpr Check kChainOrder{
    .id = "tls.chain-order",
    .source = "RFC 5246, 7.4.2",
    .why = {"up to TLS 1.2 each certificate has to certify the one before it; some devices and old Java insist",
            "bis TLS 1.2 muss jedes Zertifikat das vorige beglaubigen; manche Geräte und alte Java bestehen darauf"}};
constexpr Check kChainDuplicate{.id = "tls.chain-duplicate",
                                .source = "RFC 5246, 7.4.2",
                                .why = {"it costs bytes in every handshake, and strict clients refuse it",
                                        "es kostet Bytes in jedem Handshake, und strenge Clients lehnen es ab"}};
constexpr Check kChainRoot{.id = "tls.chain-root",
                           .source = "RFC 8446, 4.4.2",
                           .why = {"who trusts the root has it already: it costs bytes in every handshake",
                                   "wer der Wurzel vertraut, hat sie schon: sie kostet Bytes in jedem Handshake"}};
constexpr Check kChainSuperfluous{.id = "tls.chain-superfluous",
                                  .source = "RFC 5246, 7.4.2",
                                  .why = {"it costs bytes in every handshake, and leads some clients astray",
                                          "es kostet Bytes in jedem Handshake und führt manche Clients in die Irre"}};
constexpr Check kEndsSoon{
    .id = "tls.ends-soon",
    .source = "RFC 5280, 4.1.2.5",
    .why = {"from its end on every client refuses it", "ab seinem Ende lehnt jeder Client es ab"}};

Message right_file() {
  return {"have the server send its own certificate first, then each issuer, without the root",
          "den Server sein eigenes Zertifikat zuerst senden lassen, dann jeden Aussteller, ohne Wurzel"};
}

void tell_certificate(const TlsSubject& subject, const Check& check, Level level, const pki::Certificate& certificate,
                      Message seen, std::vector<Finding>& findings) {
  Finding finding = finding_on(subject, check, level, std::move(seen), right_file());
  finding.command = s_client_command(subject.destination, {"-showcerts"});
  finding.evidence.push_back({.name = {"certificate", "Zertifikat"}, .value = printable(certificate.subject.text())});
  findings.push_back(std::move(finding));
}

bool is_needed(const pki::Verdict& verdict, const pki::Certificate& certificate) {
  return std::ranges::any_of(verdict.path, [&](const pki::Certificate* one) { return one->der == certificate.der; });
}

bool stands_before(const Sent& sent, std::size_t at) {
  return std::ranges::any_of(sent.begin(), sent.begin() + std::ptrdiff_t(at),
                             [&](const pki::Certificate& one) { return one.der == sent[at].der; });
}

// Those that are needed stand in the order of the path.
bool is_in_order(const Sent& sent, const pki::Verdict& verdict) {
  std::size_t next = 0;
  for (const pki::Certificate* needed : verdict.path) {
    auto found = std::ranges::find(sent, needed->der, &pki::Certificate::der);
    if (found == sent.end()) continue;
    auto at = std::size_t(found - sent.begin());
    if (at < next) return false;
    next = at;
  }
  return true;
}

}  // namespace

void tell_chain_form(const TlsSubject& subject, const Sent& sent, const pki::Verdict& verdict,
                     std::vector<Finding>& findings) {
  if (!is_in_order(sent, verdict)) {
    Finding finding = finding_on(
        subject, kChainOrder, Level::Warning,
        {"the server sends its chain in a wrong order", "der Server sendet seine Kette in falscher Reihenfolge"},
        right_file());
    finding.command = s_client_command(subject.destination, {"-showcerts"});
    findings.push_back(std::move(finding));
  }
  for (std::size_t at = 1; at < sent.size(); ++at) {
    const pki::Certificate& certificate = sent[at];
    if (stands_before(sent, at))
      tell_certificate(subject, kChainDuplicate, Level::Warning, certificate,
                       {"the server sends a certificate twice", "der Server sendet ein Zertifikat doppelt"}, findings);
    else if (certificate.self_issued())
      tell_certificate(subject, kChainRoot, Level::Note, certificate,
                       {"the server sends the root as well", "der Server sendet auch die Wurzel"}, findings);
    else if (verdict.trusted && !is_needed(verdict, certificate))
      tell_certificate(subject, kChainSuperfluous, Level::Warning, certificate,
                       {"the server sends a certificate that does not belong to its chain",
                        "der Server sendet ein Zertifikat, das nicht zu seiner Kette gehört"},
                       findings);
  }
}

void tell_ends(const TlsSubject& subject, const pki::Verdict& verdict, pki::Instant at,
               std::vector<Finding>& findings) {
  // Of short-lived ones a part of their life: who renews them by machine does so late.
  constexpr auto kSoon = std::chrono::days(30), kVerySoon = std::chrono::days(7);
  constexpr int kThird = 3, kTenth = 10;
  for (const pki::Certificate* certificate : verdict.path) {
    bool is_anchor = verdict.path.size() > 1 && certificate == verdict.path.back();
    if (is_anchor || !certificate->not_after || !certificate->not_before || *certificate->not_after < at) continue;
    auto left = *certificate->not_after - at;
    auto life = *certificate->not_after - *certificate->not_before;
    if (left > std::min<std::chrono::seconds>(kSoon, life / kThird)) continue;
    bool very = left <= std::min<std::chrono::seconds>(kVerySoon, life / kTenth);
    auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
    Finding finding =
        finding_on(subject, kEndsSoon, very ? Level::Error : Level::Warning,
                   {cat("the certificate ends in ", days, " days"), cat("das Zertifikat endet in ", days, " Tagen")},
                   {"have it renewed now, and let a machine do it from now on",
                    "jetzt erneuern und künftig maschinell erneuern lassen"});
    if (!finding.command.empty()) finding.command += " | openssl x509 -noout -dates";
    finding.evidence.push_back(
        {.name = {"certificate", "Zertifikat"}, .value = printable(certificate->subject.text())});
    finding.evidence.push_back({.name = {"ends", "endet"}, .value = rfc3339(*certificate->not_after)});
    findings.push_back(std::move(finding));
  }
}

}  // namespace pforte::doctor

#include "doctor/tls_chain_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "doctor/shown_command.h"
#include "doctor/tls_chain_form.h"
#include "doctor/tls_finding.h"
#include "doctor/tls_vendor.h"
#include "pki/anchors.h"
#include "pki/authority_information.h"
#include "pki/object_id.h"
#include "pki/ocsp.h"
#include "pki/peer_name.h"
#include "pki/verify.h"

namespace pforte::doctor {
namespace {

using Pointers = std::vector<const pki::Certificate*>;

constexpr Check kChainHolds{.id = "tls.chain", .source = "", .why = {"", ""}};
constexpr Check kChainIncomplete{.id = "tls.chain-incomplete",
                                 .source = "RFC 8446, 4.4.2",
                                 .why = {"Java, apps, OpenSSL and Firefox do not look for an intermediate that the "
                                         "server does not send; that one browser knows it proves nothing",
                                         "Java, Apps, OpenSSL und Firefox suchen ein Zwischenzertifikat nicht, das der "
                                         "Server nicht sendet; dass ein Browser es kennt, beweist nichts"}};
constexpr Check kVendorDefault{
    .id = "tls.vendor-default",
    .source = "",
    .why = {"a certificate that came with a product proves nothing: its key is often the same everywhere",
            "ein mitgeliefertes Zertifikat beweist nichts: sein Schlüssel ist oft überall derselbe"}};
constexpr Check kRefused{.id = "tls.refused-by-client",
                         .source = "OpenSSL 3.0, X509_verify_cert, security level 2",
                         .why = {"programs that are built on OpenSSL do not connect",
                                 "Programme, die auf OpenSSL beruhen, verbinden sich nicht"}};
constexpr Check kStapleMissing{
    .id = "tls.staple-missing",
    .source = "RFC 7633, 4.2.3",
    .why = {"the certificate promises a stapled OCSP answer, and Firefox insists on it",
            "das Zertifikat verspricht eine angeheftete OCSP-Antwort, und Firefox besteht darauf"}};
constexpr Check kStapleInvalid{.id = "tls.staple-invalid",
                               .source = "RFC 6960, 3.2",
                               .why = {"Firefox refuses a stapled answer that does not hold",
                                       "Firefox lehnt eine angeheftete Antwort ab, die nicht gilt"}};
constexpr Check kStapled{.id = "tls.stapled", .source = "RFC 6066, 8", .why = {"", ""}};

// What breaks a path outranks what is wrong besides.
constexpr auto kRanks =
    std::to_array<std::string_view>({"cert.revoked", kVendorDefault.id, "cert.expired", "cert.not-yet-valid",
                                     "cert.self-signed", kChainIncomplete.id, "cert.issuer-unknown", "cert.name"});

std::size_t rank_among(std::string_view id) {
  return std::size_t(std::ranges::find(kRanks, id) - kRanks.begin());
}

// One rule that is broken, for all programs that mind.
struct Refusal {
  pki::Finding finding;
  std::vector<pki::ClientKind> clients = {};
  std::vector<Evidence> words = {};                      // of each program
  std::vector<std::string> passable = {}, blocked = {};  // programs where a person may go on, and where not
};

void add_unless_there(std::vector<std::string>& names, std::string_view name) {
  if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
}

Refusal& refusal_for(std::vector<Refusal>& refusals, const pki::Finding& finding) {
  auto found = std::ranges::find_if(refusals, [&](const Refusal& one) {
    return one.finding.rule == finding.rule && one.finding.certificate == finding.certificate;
  });
  return found != refusals.end() ? *found : refusals.emplace_back(finding);
}

void add_client(Refusal& refusal, const pki::ClientVerdict& verdict) {
  if (std::ranges::find(refusal.clients, verdict.kind) == refusal.clients.end())
    refusal.clients.push_back(verdict.kind);
  std::string program(verdict.program);
  if (!verdict.message.empty())
    refusal.words.push_back({.name = {program, program}, .value = printable(verdict.message)});
  add_unless_there(verdict.can_override ? refusal.passable : refusal.blocked, verdict.program);
}

// Whether the fault stops everybody, or only those who cannot decide to go on: apps and programs.
// Source: RFC 6797, 12.1.
void tell_who_may_go_on(const Refusal& refusal, Finding& finding) {
  if (!refusal.passable.empty())
    finding.evidence.push_back(
        {.name = {"a person can go on, except with HSTS", "ein Mensch kann weiter, außer bei HSTS"},
         .value = joined(refusal.passable, ", ")});
  if (!refusal.blocked.empty())
    finding.evidence.push_back(
        {.name = {"nobody can go on", "niemand kommt weiter"}, .value = joined(refusal.blocked, ", ")});
}

// Has the rules that the standard itself has found broken speak for a program that judges for itself. False: there are
// none.
bool add_standard(std::vector<Refusal>& refusals, const pki::Verdict& standard, const pki::ClientVerdict& verdict) {
  bool found = false;
  for (const pki::Finding& finding : standard.findings) {
    if (finding.level != pki::Level::Error) continue;
    add_client(refusal_for(refusals, finding), verdict);
    found = true;
  }
  return found;
}

// Clients' verdicts, turned from one for each program into one for each rule.
std::vector<Refusal> refusals_of(const std::vector<pki::ClientVerdict>& verdicts) {
  std::vector<Refusal> refusals;
  for (const pki::ClientVerdict& verdict : verdicts) {
    for (const pki::Finding& finding : verdict.findings) add_client(refusal_for(refusals, finding), verdict);
  }
  return refusals;
}

// Behind a remedy that fills a trust store: which one it is, and where another can be named.
std::string store_behind(const TlsSubject& subject, std::string_view words) {
  std::vector<std::string> names;
  names.reserve(subject.trust.size());
  for (const auto& store : subject.trust) names.push_back(printable(store->name));
  if (names.empty()) return {};
  std::string setting = subject.trust_setting.empty() ? "" : cat("; ", subject.trust_setting);
  return cat(" (", words, ": ", joined(names, ", "), setting, ')');
}

bool fills_store(std::string_view id) {
  return id == kChainIncomplete.id || id == "cert.issuer-unknown" || id == "cert.self-signed";
}

bool is_among(std::span<const pki::Certificate> sent, const pki::DistinguishedName& subject) {
  return std::ranges::any_of(sent, [&](const pki::Certificate& one) { return one.subject == subject; });
}

// An issuer that was found where its certificate says; null: none.
const pki::Certificate* issuer_among(const FetchedIssuer& fetched, const pki::Certificate& certificate) {
  auto found = std::ranges::find(fetched.certificates, certificate.issuer, &pki::Certificate::subject);
  return found == fetched.certificates.end() ? nullptr : &*found;
}

// The issuer of the server's own certificate, or of another that it sends and that can be had, is neither sent nor
// trusted. A root is not missed: servers need not send it, and nobody trusts it for that.
bool lacks_intermediate(const Refusal& refusal, const ShownChain& shown) {
  const pki::Certificate& certificate = *refusal.finding.certificate;
  if (refusal.finding.rule->id != "cert.issuer-unknown" || is_among(shown.sent, certificate.issuer)) return false;
  for (const FetchedIssuer& fetched : shown.fetched) {
    const pki::Certificate* issuer = issuer_among(fetched, certificate);
    if (issuer) return !issuer->self_issued();
  }
  return &certificate == &shown.sent.front();
}

// How to print what was fetched, in PEM.
std::string printing_command(const TlsSubject& subject, const FetchedIssuer& fetched) {
  return cat(fetching_command(subject, fetched.url),
             fetched.is_message ? "openssl pkcs7 -inform DER -print_certs" : "openssl x509");
}

// Which certificates the server should send, and how to get them; false: none was found.
bool offer_issuers(const TlsSubject& subject, const ShownChain& shown, const pki::Certificate& certificate,
                   Finding& finding) {
  const pki::Certificate* below = &certificate;
  std::string appending;
  for (const FetchedIssuer& fetched : shown.fetched) {
    const pki::Certificate* issuer = issuer_among(fetched, *below);
    if (!issuer || issuer->self_issued()) break;
    std::string command = printing_command(subject, fetched);
    finding.evidence.push_back({.name = {"missing", "fehlt"}, .value = printable(issuer->subject.text())});
    finding.evidence.push_back({.name = {"its SHA-256", "sein SHA-256"}, .value = issuer->sha256()});
    finding.evidence.push_back({.name = {"fetched from", "geholt von"}, .value = printable(fetched.url)});
    appending += cat(appending.empty() ? "" : "; ", command, " >> fullchain.pem");
    if (below == &certificate) finding.command = std::move(command);
    below = issuer;
  }
  if (appending.empty()) return false;
  finding.remedy = {cat("append it to the chain that the server sends, and have it reloaded: ", appending),
                    cat("es an die Kette anhängen, die der Server sendet, und ihn neu laden: ", appending)};
  return true;
}

// Where the issuer is to be had, and why it was not.
void tell_where(const ShownChain& shown, const pki::Certificate& certificate, Finding& finding) {
  std::vector<std::string> where = pki::authority_information_of(certificate).certificates;
  if (where.empty()) return;
  finding.evidence.push_back({.name = {"to be had at", "zu holen bei"}, .value = printable(where.front())});
  auto tried = std::ranges::find(shown.fetched, where.front(), &FetchedIssuer::url);
  if (tried == shown.fetched.end() || tried->failure.en.empty()) return;
  finding.seen.en += cat("; it cannot be fetched: ", printable(tried->failure.en));
  finding.seen.de += cat("; es lässt sich nicht holen: ", printable(tried->failure.de));
}

Finding finding_of(const TlsSubject& subject, const ShownChain& shown, Refusal&& refusal) {
  const pki::Rule& rule = *refusal.finding.rule;
  const pki::Certificate& certificate = *refusal.finding.certificate;
  Finding finding = finding_on(subject, {.id = rule.id, .source = rule.source, .why = {}}, Level::Error,
                               refusal.finding.text(), {std::string(rule.remedy.en), std::string(rule.remedy.de)});
  if (lacks_intermediate(refusal, shown)) {
    std::string issuer = printable(certificate.issuer.text());
    finding.check = kChainIncomplete;
    finding.seen = {cat("the server does not send the certificate of ", issuer, ", which issued its own"),
                    cat("der Server sendet das Zertifikat von ", issuer, " nicht mit, das seines ausgestellt hat")};
    finding.remedy = {
        "have the server send the whole chain (fullchain.pem); if that authority is your own root, put it into the "
        "trust store",
        "den Server die ganze Kette senden lassen (fullchain.pem); ist diese CA eine eigene Wurzel, sie in den "
        "Vertrauensspeicher aufnehmen"};
  }
  finding.command = s_client_command(subject.destination, {"-showcerts"});
  if (finding.check.id == kChainIncomplete.id && !offer_issuers(subject, shown, certificate, finding))
    tell_where(shown, certificate, finding);
  if (fills_store(finding.check.id)) {
    finding.remedy.en += store_behind(subject, "trust store");
    finding.remedy.de += store_behind(subject, "Vertrauensspeicher");
  }
  finding.clients = std::move(refusal.clients);
  finding.evidence.push_back({.name = {"certificate", "Zertifikat"}, .value = printable(certificate.subject.text())});
  if (rule.id == "cert.name")
    finding.evidence.push_back({.name = {"names", "Namen"}, .value = printable(pki::names_text(certificate))});
  if (certificate.not_after && (rule.id == "cert.expired" || rule.id == "cert.not-yet-valid"))
    finding.evidence.push_back(
        {.name = {"valid", "gültig"},
         .value = cat(rfc3339(*certificate.not_before), " .. ", rfc3339(*certificate.not_after))});
  std::ranges::move(refusal.words, std::back_inserter(finding.evidence));
  tell_who_may_go_on(refusal, finding);
  return finding;
}

// One chain under examination.
class ChainJudge {
 public:
  ChainJudge(const TlsSubject& subject, const ShownChain& shown) : subject_(subject), shown_(shown) {
    std::vector<pki::Certificate> all = shown.sent;
    for (const FetchedIssuer& fetched : shown.fetched)
      all.insert(all.end(), fetched.certificates.begin(), fetched.certificates.end());
    for (const auto& store : shown.trust) (void)pki::load_anchors(*store, all, {}, anchors_);
    for (const pki::Certificate& anchor : anchors_) question_.trusted.push_back(&anchor);
    for (const pki::Certificate& certificate : std::span(shown.sent).subspan(1))
      question_.untrusted.push_back(&certificate);
    if (shown.trust.empty()) assume_anchors();
    if (std::optional<pki::PeerName> name = pki::read_peer_name(cat("dns:", subject.destination.host)))
      question_.wanted.names.push_back(*name);
    verdict_ = pki::verify(question_);
    know_more();
  }

  std::vector<Finding> findings() {
    tell_vendor();
    tell_clients();
    tell_staple();
    tell_chain_form(subject_, shown_.sent, verdict_, findings_);
    tell_ends(subject_, verdict_, shown_.at, findings_);
    sum_up();
    return std::move(findings_);
  }

  std::vector<pki::Certificate> path() const {
    return verdict_.trusted ? copies_of(verdict_.path) : std::vector<pki::Certificate>();
  }

  std::vector<pki::Certificate> anchored() const {
    return is_anchored() && issuers_are_sound() ? copies_of(known_verdict_.path) : std::vector<pki::Certificate>();
  }

  std::optional<pki::Certificate> lacks_issuer() const {
    if (is_anchored() || known_verdict_.path.empty()) return std::nullopt;
    const pki::Certificate& last = *known_verdict_.path.back();
    return last.self_issued() ? std::nullopt : std::optional(last);
  }

 private:
  // Behind those of the same rank.
  void add(Finding finding) {
    auto place = std::ranges::upper_bound(findings_, rank_among(finding.check.id), {},
                                          [](const Finding& one) { return rank_among(one.check.id); });
    findings_.insert(place, std::move(finding));
  }
  static std::vector<pki::Certificate> copies_of(const Pointers& path) {
    std::vector<pki::Certificate> copies;
    copies.reserve(path.size());
    for (const pki::Certificate* certificate : path) copies.push_back(*certificate);
    return copies;
  }
  bool is_anchored() const {
    const Pointers& path = known_verdict_.path;
    return !path.empty() &&
           std::ranges::find(known_.trusted, path.back()->der, &pki::Certificate::der) != known_.trusted.end();
  }
  // The path of a refused chain also leads to an anchor, be it over somebody who is no CA: whom that one has made, the
  // anchor does not vouch for.
  bool issuers_are_sound() const {
    return std::ranges::none_of(known_verdict_.findings, [&](const pki::Finding& one) {
      return one.level == pki::Level::Error && one.certificate != known_verdict_.path.front();
    });
  }
  void assume_anchors();
  void know_more();
  void tell_vendor();
  void tell_clients();
  void tell_staple();
  void judge_staple();
  void sum_up();

  const TlsSubject& subject_;
  const ShownChain& shown_;
  std::vector<pki::Certificate> anchors_;
  pki::Question question_{.leaf = shown_.sent.front(),
                          .untrusted = {},
                          .trusted = {},
                          .crls = {},
                          .wanted = {.at = shown_.at, .names = {}}};
  pki::Verdict verdict_;            // with what the server sends
  pki::Question known_{question_};  // with what was fetched as well
  pki::Verdict known_verdict_;
  std::vector<Finding> findings_;
};

// Where nobody says who is trusted, it is the top of what was sent.
void ChainJudge::assume_anchors() {
  for (const pki::Certificate& certificate : shown_.sent) {
    bool has_issuer = std::ranges::any_of(shown_.sent, [&](const pki::Certificate& other) {
      return &other != &certificate && other.subject == certificate.issuer;
    });
    if (!has_issuer && &certificate != &shown_.sent.front()) question_.trusted.push_back(&certificate);
  }
}

void ChainJudge::know_more() {
  known_.untrusted = question_.untrusted;
  known_.trusted = question_.trusted;
  known_.wanted = question_.wanted;
  for (const FetchedIssuer& fetched : shown_.fetched)
    for (const pki::Certificate& certificate : fetched.certificates) known_.untrusted.push_back(&certificate);
  known_verdict_ = shown_.fetched.empty() ? verdict_ : pki::verify(known_);
}

void ChainJudge::tell_vendor() {
  const pki::Certificate& leaf = shown_.sent.front();
  std::string_view vendor = vendor_of(leaf);
  if (vendor.empty() || verdict_.trusted) return;
  Finding finding = finding_on(
      subject_, kVendorDefault, Level::Error,
      {cat("the server shows a certificate that came with a product: ", vendor),
       cat("der Server zeigt ein mitgeliefertes Zertifikat: ", vendor)},
      {"install a certificate of your own for this name", "ein eigenes Zertifikat für diesen Namen einspielen"});
  finding.evidence.push_back({.name = {"certificate", "Zertifikat"}, .value = printable(leaf.subject.text())});
  add(std::move(finding));
}

void ChainJudge::tell_clients() {
  std::vector<pki::ClientVerdict> verdicts;
  pki::ClientQuestion asked{known_, question_.untrusted, shown_.trust.empty()};
  for (pki::ClientKind kind : subject_.clients)
    std::ranges::move(pki::judge_as(kind, asked), std::back_inserter(verdicts));
  std::vector<Refusal> refusals = refusals_of(verdicts);
  for (const pki::ClientVerdict& verdict : verdicts) {
    if (verdict.trusted || !verdict.findings.empty()) continue;
    // OpenSSL judges for itself: its words belong to what the others have found, if they have.
    if (!refusals.empty()) {
      add_client(refusals.front(), verdict);
      continue;
    }
    if (add_standard(refusals, verdict_, verdict)) continue;
    Finding finding =
        finding_on(subject_, kRefused, Level::Error,
                   {cat(verdict.program, " refuses the certificate: ", verdict.message),
                    cat(verdict.program, " lehnt das Zertifikat ab: ", verdict.message)},
                   {"have it issued anew by today's rules", "es nach heutigen Regeln neu ausstellen lassen"});
    finding.clients = {verdict.kind};
    add(std::move(finding));
  }
  for (Refusal& refusal : refusals) add(finding_of(subject_, shown_, std::move(refusal)));
}

void ChainJudge::tell_staple() {
  if (!shown_.stapled.empty()) return judge_staple();
  if (!shown_.sent.front().find_extension(pki::oid::kTlsFeature)) return;
  Finding finding =
      finding_on(subject_, kStapleMissing, Level::Error,
                 {"the server staples no OCSP answer, and its certificate promises one",
                  "der Server heftet keine OCSP-Antwort an, und sein Zertifikat verspricht eine"},
                 {"switch stapling on (nginx: ssl_stapling on)", "Stapling einschalten (nginx: ssl_stapling on)"});
  finding.command = s_client_command(subject_.destination, {"-status"});
  finding.clients = {pki::ClientKind::Browser};
  add(std::move(finding));
}

void ChainJudge::judge_staple() {
  Finding finding = finding_on(subject_, kStapled, Level::Ok,
                               {"the stapled OCSP answer says: good", "die angeheftete OCSP-Antwort sagt: gut"}, {});
  finding.command = s_client_command(subject_.destination, {"-status"});
  Result<pki::OcspResponse> response = pki::read_ocsp(shown_.stapled, "OCSP");
  pki::Verdict told;
  if (response) {
    pki::Question question = question_;
    question.responses = {&*response};
    told = pki::verify(question);
  }
  auto revoked =
      std::ranges::find_if(told.findings, [](const pki::Finding& one) { return one.rule->id == "cert.revoked"; });
  if (revoked != told.findings.end()) {
    Refusal refusal{.finding = *revoked, .clients = subject_.clients};
    add(finding_of(subject_, shown_, std::move(refusal)));
    return;
  }
  auto unknown = std::ranges::find_if(
      told.findings, [](const pki::Finding& one) { return one.rule->id == "cert.revocation-unknown"; });
  if (!response || unknown != told.findings.end()) {
    Message why = response ? unknown->text() : unreadable_by(response.error());
    finding.check = kStapleInvalid;
    finding.level = Level::Error;
    finding.seen = {cat("the stapled OCSP answer does not hold: ", why.en),
                    cat("die angeheftete OCSP-Antwort gilt nicht: ", why.de)};
    finding.remedy = {"have the server fetch a new one: look whether it reaches the responder",
                      "den Server eine neue holen lassen: prüfen, ob er den Responder erreicht"};
    finding.clients = {pki::ClientKind::Browser};
  }
  add(std::move(finding));
}

void ChainJudge::sum_up() {
  if (!verdict_.trusted) return;
  std::vector<std::string> names;
  names.reserve(verdict_.path.size());
  for (const pki::Certificate* certificate : verdict_.path) names.push_back(printable(certificate->subject.text()));
  Finding finding = finding_on(subject_, kChainHolds, Level::Ok,
                               {cat("the certificate holds until ", rfc3339(*shown_.sent.front().not_after)),
                                cat("das Zertifikat gilt bis ", rfc3339(*shown_.sent.front().not_after))},
                               {});
  finding.command = s_client_command(subject_.destination, {"-showcerts"});
  finding.evidence.push_back({.name = {"path", "Pfad"}, .value = joined(names, " < ")});
  finding.evidence.push_back({.name = {"names", "Namen"}, .value = printable(pki::names_text(shown_.sent.front()))});
  add(std::move(finding));
}

}  // namespace

ChainVerdict judge_chain(const TlsSubject& subject, const ShownChain& shown) {
  ChainJudge judge(subject, shown);
  return {.findings = judge.findings(),
          .path = judge.path(),
          .anchored = judge.anchored(),
          .lacks_issuer = judge.lacks_issuer()};
}

}  // namespace pforte::doctor

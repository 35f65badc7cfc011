#include "doctor/tls_examination.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "doctor/tls_answer.h"
#include "doctor/tls_chain_check.h"
#include "doctor/tls_client_check.h"
#include "doctor/tls_finding.h"
#include "doctor/tls_offer_check.h"
#include "doctor/tls_refusal.h"
#include "doctor/tls_scan.h"
#include "doctor/tls_session_check.h"
#include "net/together.h"
#include "pki/distinguished_name.h"

namespace pforte::doctor {
namespace {

constexpr Check kAnswersSlowly{
    .id = "tls.slow",
    .source = "",
    .why = {"what was not asked is not known", "was nicht gefragt wurde, ist nicht bekannt"}};
constexpr Check kUnreadableCertificate{.id = "tls.certificate-unreadable",
                                       .source = "RFC 5280, 4.1",
                                       .why = {"clients break off when they cannot read a certificate",
                                               "Clients brechen ab, wenn sie ein Zertifikat nicht lesen können"}};

net::Task<> keep_tls_answer(const Setting& setting, const TlsSubject& subject, ClientHello hello,
                            std::optional<TlsAnswer>& place) {
  place = co_await say_hello(setting, subject, hello);
  co_return {};
}

// The hello without its name, and without TLS 1.3, to learn what of it is minded.
net::Task<SecondTry> try_otherwise(const Setting& setting, const TlsSubject& subject) {
  SecondTry tried;
  ClientHello unnamed = hello_of_today(subject), plain = hello_of_today(subject);
  bool has_name = !unnamed.server_name.empty();
  unnamed.server_name.clear();
  plain.version = TlsVersion::Tls12;
  net::Task<> without_new = keep_tls_answer(setting, subject, std::move(plain), tried.plain);
  if (!has_name) {
    co_await std::move(without_new);
    co_return tried;
  }
  net::Task<> without_name = keep_tls_answer(setting, subject, std::move(unnamed), tried.unnamed);
  co_await net::both(std::move(without_name), std::move(without_new));
  co_return tried;
}

const ServerFlight* newest_flight(const TlsScan& scan) {
  const ServerFlight* newest = nullptr;
  for (const VersionScan& version : scan.versions) {
    if (version.first && !version.first->certificates.empty()) newest = &*version.first;
  }
  return newest;
}

NameAnswer name_answer(const std::optional<tls::Probed>& probed, const std::vector<std::string>& chain) {
  if (!probed || chain.empty()) return NameAnswer::NotAsked;
  if (probed->chain.empty()) return NameAnswer::Refused;
  return probed->chain.front() == chain.front() ? NameAnswer::Same : NameAnswer::OtherCertificate;
}

void add_probes(const TlsScan& scan, TlsPicture& picture) {
  const tls::Probed& probed = *scan.probed;
  bool is_question = probed.asked_certificate;
  picture.asks_for_certificate |= is_question;
  picture.needs_certificate = is_question && !probed.fault.empty() && probed.alert >= 0;
  if (is_question) picture.asked_authorities = probed.authorities;
  if (!probed.done) {
    picture.broken_off = probed.fault;
    return;
  }
  picture.negotiated = {.version = probed.version,
                        .cipher = probed.cipher,
                        .group = probed.group,
                        .protocol = probed.protocol,
                        .resumed = scan.again && scan.again->resumed,
                        .ticket = probed.session != nullptr};
  if (!probed.protocol.empty()) picture.protocols.push_back(probed.protocol);
  bool old_too = scan.only_http1 && scan.only_http1->done && scan.only_http1->protocol == "http/1.1";
  if (old_too) picture.protocols.emplace_back("http/1.1");
}

// What was shown in DER: by a whole handshake, else in the newest version before TLS 1.3.
std::vector<std::string> shown_chain(const TlsScan& scan) {
  if (scan.probed && !scan.probed->chain.empty()) return scan.probed->chain;
  const ServerFlight* flight = newest_flight(scan);
  return flight ? flight->certificates : std::vector<std::string>();
}

TlsPicture picture_of(const TlsScan& scan, const std::vector<std::string>& chain) {
  TlsPicture picture;
  picture.speaks_tls = true;
  for (const VersionScan& version : scan.versions) {
    if (!version.first) continue;
    picture.versions.push_back(version.offer);
    picture.asks_for_certificate |= version.first->asks_for_certificate;
    if (picture.asked_authorities.empty()) {
      for (const std::string& name : version.first->authorities)
        picture.asked_authorities.push_back(pki::read_distinguished_name(name).text());
    }
  }
  const ServerFlight* flight = newest_flight(scan);
  if (flight) picture.stapled = flight->stapled;
  if (scan.probed) add_probes(scan, picture);
  if (scan.probed && !scan.probed->stapled.empty()) picture.stapled = scan.probed->stapled;
  picture.unnamed = name_answer(scan.unnamed, chain);
  picture.foreign_name = name_answer(scan.foreign, chain);
  picture.cut_short = scan.cut_short;
  return picture;
}

struct JudgedChain {
  std::vector<pki::Certificate> sent;
  std::vector<Finding> findings;
  std::vector<pki::Certificate> path;
};

// On a thread of the pool, since it takes milliseconds.
JudgedChain judge_shown(const TlsSubject& subject, std::vector<std::string> chain, std::string stapled) {
  JudgedChain judged;
  ShownChain shown{.sent = {}, .stapled = std::move(stapled), .trust = subject.trust, .at = now_in_seconds()};
  for (std::string& der : chain) {
    Result<pki::Certificate> read = pki::read_certificate(std::move(der), subject.destination.host);
    if (read) {
      shown.sent.push_back(std::move(*read));
      continue;
    }
    judged.findings.push_back(finding_on(subject, kUnreadableCertificate, Level::Error,
                                         {read.error().text(), read.error().text()},
                                         {"have it issued anew", "es neu ausstellen lassen"}));
  }
  bool own_is_readable = judged.findings.empty() && !shown.sent.empty();
  if (own_is_readable) {
    ChainVerdict verdict = judge_chain(subject, shown);
    std::ranges::move(verdict.findings, std::back_inserter(judged.findings));
    judged.path = std::move(verdict.path);
  }
  judged.sent = std::move(shown.sent);
  return judged;
}

// Those with another certificate of the server's own: it may have one for each kind of key.
std::vector<std::vector<std::string>> other_chains(const TlsScan& scan, const std::vector<std::string>& chain) {
  std::vector<std::vector<std::string>> others;
  auto is_known = [&](const std::vector<std::string>& one) {
    return one.front() == chain.front() ||
           std::ranges::any_of(others, [&](const auto& other) { return other.front() == one.front(); });
  };
  for (const VersionScan& version : scan.versions) {
    for (const std::vector<std::string>& one : version.chains) {
      if (!is_known(one)) others.push_back(one);
    }
  }
  return others;
}

net::Task<JudgedChain> judged_on_pool(const Setting& setting, const TlsSubject& subject, std::vector<std::string> chain,
                                      std::string stapled) {
  TlsSubject asked = subject;
  asked.dial = nullptr;
  std::move_only_function<Result<JudgedChain>()> work = [asked = std::move(asked), chain = std::move(chain),
                                                         stapled =
                                                             std::move(stapled)]() mutable -> Result<JudgedChain> {
    return judge_shown(asked, std::move(chain), std::move(stapled));
  };
  JudgedChain judged = co_await setting.pool.run<JudgedChain>(setting.loop, std::move(work));
  co_return judged;
}

net::Task<> tell_chains(const Setting& setting, const TlsSubject& subject, const TlsScan& scan, TlsPicture& picture,
                        Path& path) {
  std::vector<std::string> chain = shown_chain(scan);
  if (chain.empty()) co_return {};
  std::vector<std::vector<std::string>> others = other_chains(scan, chain);
  JudgedChain judged = co_await judged_on_pool(setting, subject, std::move(chain), picture.stapled);
  picture.sent = std::move(judged.sent);
  picture.validated = std::move(judged.path);
  for (Finding& finding : judged.findings) path.tell(std::move(finding));
  for (std::vector<std::string>& other : others) {
    JudgedChain also = co_await judged_on_pool(setting, subject, std::move(other), "");
    for (Finding& finding : also.findings) {
      if (finding.level >= Level::Warning) path.tell(std::move(finding));
    }
  }
  co_return {};
}

bool is_answered(AnswerEnd end) {
  return end == AnswerEnd::Hello || end == AnswerEnd::Alert;
}

void tell_slowness(const TlsSubject& subject, Path& path) {
  path.tell(finding_on(subject, kAnswersSlowly, Level::Warning,
                       {"the server answers so slowly that not all was asked",
                        "der Server antwortet so langsam, dass nicht alles gefragt wurde"},
                       {"look at the load of the server and at what stands between",
                        "Last des Servers ansehen und was dazwischen steht"}));
}

}  // namespace

net::Task<TlsPicture> examine_tls(const Setting& setting, const TlsSubject& subject, Path& path) {
  path.reach(subject.hop);
  ClientHello hello = hello_of_today(subject);
  TlsAnswer contact = co_await say_hello(setting, subject, hello);
  SecondTry tried;
  if (!is_answered(contact.end) && contact.end != AnswerEnd::OtherSpeech && contact.end != AnswerEnd::Unreachable)
    tried = co_await try_otherwise(setting, subject);
  bool speaks = is_answered(contact.end) || (tried.plain && tried.plain->end == AnswerEnd::Hello);
  TlsAnswer refusal = contact;
  if (!speaks || !is_answered(contact.end)) tell_refusal(subject, refusal, tried, path);
  if (!speaks) co_return TlsPicture();

  TlsScan scan = co_await scan_tls(setting, subject, std::move(contact));
  TlsPicture picture = picture_of(scan, shown_chain(scan));
  if (picture.versions.empty()) {
    tried = co_await try_otherwise(setting, subject);
    if (is_answered(refusal.end)) tell_refusal(subject, refusal, tried, path);
    co_return picture;
  }
  co_await tell_chains(setting, subject, scan, picture, path);
  tell_sessions(subject, picture, path);
  tell_offer(subject, picture, path);
  if (picture.versions.back().version >= TlsVersion::Tls12) tell_clients_shut_out(subject, picture, path);
  if (picture.cut_short) tell_slowness(subject, path);
  co_return picture;
}

}  // namespace pforte::doctor

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
#include "doctor/tls_unknown_check.h"
#include "net/together.h"
#include "pki/distinguished_name.h"

namespace pforte::doctor {
namespace {

constexpr Check kUnreadableCertificate{.id = "tls.certificate-unreadable",
                                       .source = "RFC 5280, 4.1",
                                       .why = {"clients break off when they cannot read a certificate",
                                               "Clients brechen ab, wenn sie ein Zertifikat nicht lesen können"}};

net::Task<> keep_tls_answer(const Setting& setting, const TlsSubject& subject, ClientHello hello,
                            std::optional<TlsAnswer>& place) {
  place = co_await say_hello(setting, subject, hello);
  co_return {};
}

// The hello without its name, without TLS 1.3, and as it was, to learn what of it is minded.
net::Task<SecondTry> try_otherwise(const Setting& setting, const TlsSubject& subject) {
  SecondTry tried;
  ClientHello unnamed = hello_of_today(subject), plain = hello_of_today(subject);
  bool has_name = !unnamed.server_name.empty();
  unnamed.server_name.clear();
  plain.version = TlsVersion::Tls12;
  net::Task<> without_new = keep_tls_answer(setting, subject, std::move(plain), tried.plain);
  net::Task<> as_it_was = keep_tls_answer(setting, subject, hello_of_today(subject), tried.again);
  net::Task<> named = net::both(std::move(without_new), std::move(as_it_was));
  if (!has_name) {
    co_await std::move(named);
    co_return tried;
  }
  net::Task<> without_name = keep_tls_answer(setting, subject, std::move(unnamed), tried.unnamed);
  co_await net::both(std::move(without_name), std::move(named));
  co_return tried;
}

const ServerFlight* newest_flight(const TlsScan& scan) {
  const ServerFlight* newest = nullptr;
  for (const VersionScan& version : scan.versions) {
    if (version.first && !version.first->certificates.empty()) newest = &*version.first;
  }
  return newest;
}

// Whether it says something of the server that it did not come to its end: not where all connections are dropped.
bool is_heard(const TlsScan& scan, const tls::Probed& probed) {
  return probed.done || probed.alert >= 0 || !probed.chain.empty() || scan.still_there;
}

NameAnswer name_answer(const TlsScan& scan, const std::optional<tls::Probed>& probed,
                       const std::vector<std::string>& chain) {
  if (!probed || chain.empty() || !is_heard(scan, *probed)) return NameAnswer::NotAsked;
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
    if (is_heard(scan, probed)) picture.broken_off = probed.fault;
    return;
  }
  picture.negotiated = {.version = probed.version,
                        .cipher = probed.cipher,
                        .group = probed.group,
                        .protocol = probed.protocol,
                        .ticket = probed.session != nullptr};
  if (scan.again && scan.again->done) picture.negotiated->resumed = scan.again->resumed;
  if (!probed.protocol.empty()) picture.protocols.push_back(probed.protocol);
  picture.all_protocols = probed.protocol != "h2" || (scan.only_http1 && is_heard(scan, *scan.only_http1));
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
    if (!version.first && !is_told(scan, version.suites_end)) picture.unknown.push_back(version.offer.version);
    if (!version.first) continue;
    picture.versions.push_back(version.offer);
    picture.versions.back().all_suites = is_told(scan, version.suites_end);
    picture.versions.back().all_groups = is_told(scan, version.groups_end);
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
  picture.unnamed = name_answer(scan, scan.unnamed, chain);
  picture.foreign_name = name_answer(scan, scan.foreign, chain);
  return picture;
}

struct JudgedChain {
  std::vector<pki::Certificate> sent;
  std::vector<Finding> findings;
  std::vector<pki::Certificate> path, anchored;
  std::optional<pki::Certificate> lacks_issuer;
};

// What a server has shown, in DER, and what was fetched because it has not shown it.
struct Shown {
  std::vector<std::string> chain;
  std::string stapled = {};
  std::vector<FetchedIssuer> fetched = {};
};

// On a thread of the pool, since it takes milliseconds.
JudgedChain judge_shown(const TlsSubject& subject, Shown&& given) {
  JudgedChain judged;
  ShownChain shown{.sent = {},
                   .stapled = std::move(given.stapled),
                   .fetched = std::move(given.fetched),
                   .trust = subject.trust,
                   .at = now_in_seconds()};
  for (std::string& der : given.chain) {
    Result<pki::Certificate> read = pki::read_certificate(std::move(der), subject.destination.host);
    if (read) {
      shown.sent.push_back(std::move(*read));
      continue;
    }
    Finding finding =
        finding_on(subject, kUnreadableCertificate, Level::Error,
                   {"a certificate of the chain cannot be read", "ein Zertifikat der Kette ist nicht lesbar"},
                   {"have it issued anew", "es neu ausstellen lassen"});
    finding.evidence.push_back({.name = {"cause", "Ursache"}, .value = read.error().text()});
    judged.findings.push_back(std::move(finding));
  }
  bool own_is_readable = judged.findings.empty() && !shown.sent.empty();
  if (own_is_readable) {
    ChainVerdict verdict = judge_chain(subject, shown);
    std::ranges::move(verdict.findings, std::back_inserter(judged.findings));
    judged.path = std::move(verdict.path);
    judged.anchored = std::move(verdict.anchored);
    judged.lacks_issuer = std::move(verdict.lacks_issuer);
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

net::Task<JudgedChain> judged_on_pool(const Setting& setting, const TlsSubject& subject, Shown shown) {
  TlsSubject asked = subject;
  asked.dial = nullptr;
  std::move_only_function<Result<JudgedChain>()> work = [asked = std::move(asked),
                                                         shown = std::move(shown)]() mutable -> Result<JudgedChain> {
    return judge_shown(asked, std::move(shown));
  };
  JudgedChain judged = co_await setting.pool.run<JudgedChain>(setting.loop, std::move(work));
  co_return judged;
}

// What the server does not send is looked for where its certificates say, from the lowest one up.
net::Task<> fetch_missing(const Setting& setting, const TlsSubject& subject, const Shown& shown, JudgedChain& judged) {
  constexpr std::size_t kMostLevels = 3;
  std::vector<FetchedIssuer> fetched;
  while (judged.lacks_issuer && fetched.size() < kMostLevels) {
    FetchedIssuer issuer = co_await fetch_issuer(setting, subject, *judged.lacks_issuer);
    if (issuer.url.empty()) co_return {};
    bool found = !issuer.certificates.empty();
    fetched.push_back(std::move(issuer));
    judged = co_await judged_on_pool(setting, subject, {shown.chain, shown.stapled, fetched});
    if (!found) co_return {};
  }
  co_return {};
}

net::Task<> tell_chains(const Setting& setting, const TlsSubject& subject, const TlsScan& scan, TlsPicture& picture,
                        Path& path) {
  std::vector<std::string> chain = shown_chain(scan);
  if (chain.empty()) co_return {};
  std::vector<std::vector<std::string>> others = other_chains(scan, chain);
  Shown shown{.chain = std::move(chain), .stapled = picture.stapled};
  JudgedChain judged = co_await judged_on_pool(setting, subject, shown);
  if (subject.fetches) co_await fetch_missing(setting, subject, shown, judged);
  picture.sent = std::move(judged.sent);
  picture.validated = std::move(judged.path);
  for (Finding& finding : judged.findings) path.tell(std::move(finding));
  for (std::vector<std::string>& other : others) {
    JudgedChain also = co_await judged_on_pool(setting, subject, {.chain = std::move(other)});
    for (Finding& finding : also.findings) {
      if (finding.level >= Level::Warning) path.tell(std::move(finding));
    }
  }
  if (subject.fetches) co_await examine_status(setting, subject, std::move(judged.anchored), path);
  co_return {};
}

}  // namespace

net::Task<TlsPicture> examine_tls(const Setting& setting, const TlsSubject& subject, Path& path) {
  path.reach(subject.hop);
  ClientHello hello = hello_of_today(subject);
  TlsAnswer contact = co_await say_hello(setting, subject, hello);
  SecondTry tried;
  if (!is_answer(contact) && contact.end != AnswerEnd::OtherSpeech && contact.end != AnswerEnd::Unreachable)
    tried = co_await try_otherwise(setting, subject);
  TlsAnswer refusal = contact;
  if (!is_answer(contact)) tell_refusal(subject, refusal, tried, path);
  if (tried.again && is_answer(*tried.again)) contact = *tried.again;
  bool speaks = is_answer(contact) || (tried.plain && tried.plain->end == AnswerEnd::Hello);
  if (!speaks) co_return TlsPicture();

  TlsScan scan = co_await scan_tls(setting, subject, std::move(contact));
  TlsPicture picture = picture_of(scan, shown_chain(scan));
  if (picture.versions.empty()) {
    tried = co_await try_otherwise(setting, subject);
    if (is_answer(refusal)) tell_refusal(subject, refusal, tried, path);
    co_return picture;
  }
  co_await tell_chains(setting, subject, scan, picture, path);
  tell_sessions(subject, picture, path);
  tell_offer(subject, picture, path);
  if (picture.versions.back().version >= TlsVersion::Tls12) tell_clients_shut_out(subject, picture, path);
  tell_unknown(subject, picture, path);
  co_return picture;
}

}  // namespace pforte::doctor

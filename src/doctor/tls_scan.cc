#include "doctor/tls_scan.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <utility>

#include "doctor/tls_suites.h"
#include "net/together.h"

namespace pforte::doctor {
namespace {

using Codes = std::vector<std::uint16_t>;

struct Scanner {
  const Setting& setting;
  const TlsSubject& subject;
  net::Instant until;
  TlsScan& scan;

  bool has_time() const { return setting.loop.now() < until; }
};

using End = std::optional<AnswerEnd>;

// The less an end tells, the higher: a refusal with a word, one without, none.
int doubt_about(End end) {
  if (!end) return 3;
  switch (*end) {
    case AnswerEnd::Silent:
    case AnswerEnd::Slow:
    case AnswerEnd::Unreachable:
      return 2;
    case AnswerEnd::Closed:
    case AnswerEnd::Reset:
      return 1;
    default:
      return 0;
  }
}

End doubtful_of(End one, End other) {
  return doubt_about(one) >= doubt_about(other) ? one : other;
}

ClientHello hello_in(const Scanner& scanner, TlsVersion version, Codes suites) {
  return {.version = version,
          .suites = std::move(suites),
          .groups = all_groups(),
          .server_name = server_name_of(scanner.subject)};
}

bool has(const Codes& codes, std::uint16_t code) {
  return std::ranges::find(codes, code) != codes.end();
}

void add_new(Codes& codes, std::uint16_t code) {
  if (code != 0 && !has(codes, code)) codes.push_back(code);
}

void note(VersionScan& found, ServerFlight&& flight) {
  VersionOffer& offer = found.offer;
  offer.suites.push_back(flight.hello->suite);
  offer.extended_master_secret |= flight.hello->extended_master_secret;
  offer.secure_renegotiation |= flight.hello->renegotiation_info;
  if (flight.key_exchange) {
    unsigned bits = flight.key_exchange->dh_bits;
    if (bits > 0 && (offer.dh_bits == 0 || bits < offer.dh_bits)) offer.dh_bits = bits;
    add_new(offer.signatures, flight.key_exchange->scheme);
  }
  const std::vector<std::string>& shown = flight.certificates;
  bool is_new = !shown.empty() &&
                std::ranges::none_of(found.chains, [&](const auto& chain) { return chain.front() == shown.front(); });
  if (is_new) found.chains.push_back(shown);
  if (!found.first) found.first = std::move(flight);
}

// Offers all of `suites`, then all but those that were taken, until nothing is taken. How that ended.
net::Task<End> eliminate_suites(const Scanner& scanner, VersionScan& found, Codes suites, bool key_shares) {
  while (!suites.empty()) {
    if (!scanner.has_time()) co_return std::nullopt;
    ClientHello hello = hello_in(scanner, found.offer.version, suites);
    hello.key_shares = key_shares;
    TlsAnswer answer = co_await say_hello(scanner.setting, scanner.subject, hello);
    bool taken = answer.end == AnswerEnd::Hello && answer.flight.hello->version == std::uint16_t(found.offer.version) &&
                 std::erase(suites, answer.flight.hello->suite) > 0;
    if (!taken) co_return answer.end;
    note(found, std::move(answer.flight));
  }
  co_return AnswerEnd::Hello;
}

// Whether it chooses the same when we prefer the opposite; asks for compression on the same occasion.
net::Task<> ask_for_order(const Scanner& scanner, VersionScan& found) {
  Codes& taken = found.offer.suites;
  if (!found.first || !scanner.has_time()) co_return {};
  Codes reversed(taken.rbegin(), taken.rend());
  ClientHello hello = hello_in(scanner, found.offer.version, std::move(reversed));
  hello.compression = found.offer.version < TlsVersion::Tls13;
  hello.key_shares = true;
  TlsAnswer answer = co_await say_hello(scanner.setting, scanner.subject, hello);
  if (answer.end != AnswerEnd::Hello) co_return {};
  found.offer.server_order = taken.size() > 1 && answer.flight.hello->suite == taken.front();
  found.offer.compression = answer.flight.hello->compression;
  co_return {};
}

std::uint16_t group_in(const ServerFlight& flight) {
  if (flight.hello->group != 0) return flight.hello->group;
  return flight.key_exchange ? flight.key_exchange->group : 0;
}

net::Task<End> eliminate_groups(const Scanner& scanner, VersionScan& found) {
  Codes suites = found.offer.suites;
  bool is_new = found.offer.version == TlsVersion::Tls13;
  if (!is_new) std::erase_if(suites, [](std::uint16_t suite) { return exchange_of(suite) != Exchange::Ecdhe; });
  Codes left = suites.empty() ? Codes() : all_groups();
  while (!left.empty()) {
    if (!scanner.has_time()) co_return std::nullopt;
    ClientHello hello = hello_in(scanner, found.offer.version, suites);
    hello.groups = left;
    TlsAnswer answer = co_await say_hello(scanner.setting, scanner.subject, hello);
    if (answer.end != AnswerEnd::Hello) co_return answer.end;
    std::uint16_t group = group_in(answer.flight);
    if (std::erase(left, group) == 0) break;
    found.offer.groups.push_back(group);
  }
  co_return AnswerEnd::Hello;
}

net::Task<> scan_version(const Scanner& scanner, VersionScan& found) {
  if (found.offer.version == TlsVersion::Tls13) {
    std::span<const std::uint16_t> suites = suites_of_tls13();
    found.suites_end = co_await eliminate_suites(scanner, found, Codes(suites.begin(), suites.end()), false);
    // Not every server bears a hello without a key share, which the standard permits.
    if (!found.first)
      found.suites_end = co_await eliminate_suites(scanner, found, Codes(suites.begin(), suites.end()), true);
  } else {
    std::span<const std::uint16_t> suites = usual_suites();
    found.suites_end = co_await eliminate_suites(scanner, found, Codes(suites.begin(), suites.end()), false);
    suites = unusual_suites();
    // Who refuses without a word refuses the version.
    if (found.first || found.suites_end == AnswerEnd::Alert) {
      End unusual = co_await eliminate_suites(scanner, found, Codes(suites.begin(), suites.end()), false);
      found.suites_end = doubtful_of(found.suites_end, unusual);
    }
  }
  co_await ask_for_order(scanner, found);
  if (found.first && found.offer.version >= TlsVersion::Tls12)
    found.groups_end = co_await eliminate_groups(scanner, found);
  co_return {};
}

// Where it took the first hello and no later one of that version, that much is known.
void note_contact(TlsScan& scan) {
  if (scan.contact.end != AnswerEnd::Hello) return;
  auto version = TlsVersion(scan.contact.flight.hello->version);
  auto found = std::ranges::find(scan.versions, version, [](const VersionScan& one) { return one.offer.version; });
  if (found != scan.versions.end() && !found->first) note(*found, ServerFlight(scan.contact.flight));
}

// A connection that is dropped is a refusal only of who still takes what it took.
net::Task<> ask_once_more(const Scanner& scanner) {
  TlsScan& scan = scanner.scan;
  bool dropped = std::ranges::any_of(scan.versions, [](const VersionScan& one) {
    return doubt_about(one.suites_end) == 1 || doubt_about(one.groups_end) == 1;
  });
  if (!dropped || scan.contact.end != AnswerEnd::Hello) co_return {};
  ClientHello hello = hello_of_today(scanner.subject);
  TlsAnswer answer = co_await say_hello(scanner.setting, scanner.subject, hello);
  scan.still_there = answer.end == AnswerEnd::Hello;
  co_return {};
}

net::Task<> shake_hands_into(const Scanner& scanner, tls::ProbeTerms terms, std::optional<tls::Probed>& place) {
  net::Task<std::unique_ptr<net::Stream>> dialing = scanner.subject.dial();
  Result<std::unique_ptr<net::Stream>> stream = co_await outcome(std::move(dialing));
  if (!stream) co_return {};
  net::Instant now = scanner.setting.loop.now();
  (*stream)->read_deadline(now + scanner.setting.step);
  (*stream)->write_deadline(now + scanner.setting.step);
  net::Task<tls::Probed> probing = tls::probe(**stream, terms);
  Result<tls::Probed> probed = co_await outcome(std::move(probing));
  if (probed) place = std::move(*probed);
  co_return {};
}

// One after the other: what the first brings, the second resumes with.
net::Task<> probe_in_turn(const Scanner& scanner) {
  TlsScan& scan = scanner.scan;
  std::string name = server_name_of(scanner.subject);
  tls::ProbeTerms terms{.name = name, .protocols = {"h2", "http/1.1"}};
  co_await shake_hands_into(scanner, terms, scan.probed);
  if (!scan.probed || !scan.probed->done || !scanner.has_time()) co_return {};
  terms.session = scan.probed->session;
  if (terms.session) co_await shake_hands_into(scanner, terms, scan.again);
  if (scan.probed->protocol != "h2") co_return {};
  tls::ProbeTerms old{.name = name, .protocols = {"http/1.1"}};
  co_await shake_hands_into(scanner, std::move(old), scan.only_http1);
  co_return {};
}

net::Task<> probe_names(const Scanner& scanner) {
  if (server_name_of(scanner.subject).empty() || !scanner.has_time()) co_return {};
  tls::ProbeTerms unnamed, foreign{.name = std::string(kForeignName)};
  net::Task<> first = shake_hands_into(scanner, std::move(unnamed), scanner.scan.unnamed);
  co_await net::both(std::move(first), shake_hands_into(scanner, std::move(foreign), scanner.scan.foreign));
  co_return {};
}

}  // namespace

ClientHello hello_of_today(const TlsSubject& subject) {
  ClientHello hello{.version = TlsVersion::Tls13,
                    .older_too = true,
                    .groups = all_groups(),
                    .server_name = server_name_of(subject),
                    .protocols = {"h2", "http/1.1"},
                    .key_shares = true};
  std::span<const std::uint16_t> newest = suites_of_tls13(), usual = usual_suites();
  hello.suites.assign(newest.begin(), newest.end());
  hello.suites.insert(hello.suites.end(), usual.begin(), usual.end());
  return hello;
}

net::Task<TlsScan> scan_tls(const Setting& setting, const TlsSubject& subject, TlsAnswer contact) {
  TlsScan scan{.contact = std::move(contact)};
  Scanner scanner{
      .setting = setting, .subject = subject, .until = setting.loop.now() + setting.whole / 2, .scan = scan};
  for (TlsVersion version :
       {TlsVersion::Ssl3, TlsVersion::Tls10, TlsVersion::Tls11, TlsVersion::Tls12, TlsVersion::Tls13})
    scan.versions.push_back({.offer = {.version = version}});
  std::vector<VersionScan>& versions = scan.versions;
  net::Task<> old = net::both(scan_version(scanner, versions[0]), scan_version(scanner, versions[1]));
  net::Task<> current = net::both(scan_version(scanner, versions[3]), scan_version(scanner, versions[4]));
  net::Task<> all = net::both(std::move(old), net::both(scan_version(scanner, versions[2]), std::move(current)));
  net::Task<> probes = net::both(probe_in_turn(scanner), probe_names(scanner));
  co_await net::both(std::move(all), std::move(probes));
  note_contact(scan);
  co_await ask_once_more(scanner);
  co_return scan;
}

bool is_told(const TlsScan& scan, std::optional<AnswerEnd> end) {
  int doubt = doubt_about(end);
  return doubt == 0 || (doubt == 1 && scan.still_there);
}

}  // namespace pforte::doctor

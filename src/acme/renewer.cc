#include "acme/renewer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "acme/remedy.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/renewal_id.h"
#include "inventory/inventory.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

// After so many failures in a row another CA has its turn.
constexpr unsigned kFailuresPerCa = 3;
// What others have put into the store is seen by then.
constexpr std::chrono::seconds kReadEvery = 1h;
constexpr std::chrono::seconds kAskWindowEvery = 6h;
constexpr std::chrono::seconds kShortestWindowPause = 1min;
constexpr net::Duration kDoneLook = 20ms;

Time now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += cat(text.empty() ? "" : " ", name);
  return text;
}

bool urgent(Time not_before, Time not_after) {
  return now() > not_after - (not_after - not_before) / 6;
}

}  // namespace

Renewer::Renewer(net::Loop& loop, net::Pool& pool, store::Store& store, Showcase& showcase)
    : loop_(loop),
      pool_(pool),
      workshop_{.loop = loop, .pool = pool, .hooks = hooks_, .store = store, .showcase = showcase},
      running_(run()) {}

void Renewer::follow(std::vector<CaConfig> cas, const std::vector<Wanted>& wanted) {
  cas_ = std::move(cas);
  Cares next;
  for (const Wanted& one : wanted) {
    std::string key = joined(one.names);
    auto same = [&](const auto& care) { return care->key == key; };
    if (std::ranges::any_of(next, same)) continue;
    auto old = std::ranges::find_if(cares_, same);
    next.push_back(old == cares_.end() ? std::make_shared<Care>() : *old);
    next.back()->wanted = one;
    next.back()->key = std::move(key);
    next.back()->known = false;
  }
  // Who waits for one that is no longer needed has waited enough.
  for (const auto& old : std::exchange(cares_, std::move(next))) {
    if (std::ranges::find(cares_, old) == cares_.end()) ++old->attempts;
  }
  wake();
}

void Renewer::wake() {
  woken_ = true;
  news_.ring();
}

net::Task<std::vector<RenewalStatus>> Renewer::renew(std::string name, bool force) {
  std::vector<std::pair<std::shared_ptr<Care>, std::uint64_t>> meant;
  for (const auto& care : cares_) {
    const std::vector<std::string>& names = care->wanted.names;
    bool fits = name.empty() || std::ranges::find(names, name) != names.end();
    if (!fits) continue;
    bool attempted = force || care->renewal.failures > 0 || care->due <= now();
    if (attempted) care->ordered = true;
    meant.emplace_back(care, care->attempts + (attempted ? 1 : 0));
  }
  if (meant.empty())
    co_return fail(Kind::NotFound, "acme.unknown-name", cat("no site has ", name, " with a certificate by ACME"));
  wake();
  auto open = [&](const auto& one) { return one.first->attempts < one.second; };
  while (std::ranges::any_of(meant, open)) co_await loop_.sleep_for(kDoneLook);
  std::vector<RenewalStatus> came;
  came.reserve(meant.size());
  for (const auto& [care, attempts] : meant) came.push_back(status_of(*care));
  co_return came;
}

std::vector<RenewalStatus> Renewer::status() const {
  std::vector<RenewalStatus> all;
  all.reserve(cares_.size());
  for (const auto& care : cares_) all.push_back(status_of(*care));
  return all;
}

RenewalStatus Renewer::status_of(const Care& care) const {
  RenewalStatus status;
  status.names = care.wanted.names;
  if (const CaConfig* ca = ca_for(care)) status.ca = ca->name.value;
  if (care.renewal.failures > 0) status.state = RenewalStatus::State::Failing;
  if (care.under_way) status.state = RenewalStatus::State::UnderWay;
  if (care.current) status.expires = care.current->not_after;
  if (care.known && !care.under_way) status.next = std::max(care.due, Time());
  if (care.renewal.tried != Time()) status.tried = care.renewal.tried;
  status.failures = care.renewal.failures;
  status.code = care.renewal.code;
  status.reason = care.renewal.reason;
  status.remedy = remedy_for(care.renewal.code);
  return status;
}

const CaConfig* Renewer::ca_for(const Care& care) const {
  std::vector<const CaConfig*> possible;
  for (const CaConfig& ca : cas_) {
    if (care.wanted.ca.empty() || care.wanted.ca == ca.name.value) possible.push_back(&ca);
  }
  if (possible.empty()) return nullptr;
  return possible[care.renewal.failures / kFailuresPerCa % possible.size()];
}

net::Task<> Renewer::run() {
  for (;;) {
    woken_ = false;
    Cares all = cares_;
    for (const std::shared_ptr<Care>& care : all) co_await look_after(care);
    if (!woken_) co_await sleep();
  }
}

net::Task<> Renewer::rung() {
  co_await news_;
  co_return {};
}

// Until something is due, a CA is to be asked when it wants to renew, or there is news.
net::Task<> Renewer::sleep() {
  std::chrono::seconds longest = kReadEvery;
  for (const auto& care : cares_) {
    Time due = care->current ? std::min(care->due, care->window_due) : care->due;
    longest = std::min(longest, std::max(due - now(), 1s));
  }
  (void)co_await outcome(net::within(loop_, longest, rung()));
  co_return {};
}

net::Task<> Renewer::look_after(std::shared_ptr<Care> care) {
  bool stale = !care->known || care->ordered || care->due <= now() || care->read_at + kReadEvery <= now();
  if (stale) {
    Result<> looked = co_await outcome(read(*care));
    if (!looked) {
      log::error("store.failed", {{"reason", looked.error().text()}});
      care->due = now() + 1min;
      if (std::exchange(care->ordered, false)) ++care->attempts;
      co_return {};
    }
  }
  if (care->current && care->window_due <= now()) co_await ask_window(*care);
  settle_due(*care);
  bool time = care->ordered || care->due <= now();
  if (time) co_await attempt(care);
  co_return {};
}

// What the store says of it: of several certificates that serve its names, the one that ends first counts.
net::Task<> Renewer::read(Care& care) {
  struct Found {
    Renewal renewal;
    std::optional<Current> current;
  };
  auto work = [&store = workshop_.store, key = care.key, names = care.wanted.names]() -> Result<Found> {
    Found found{.renewal = TRY(Ledger(store).renewal(key)), .current = {}};
    inventory::Inventory inventory(store);
    for (const std::string& name : names) {
      std::optional<inventory::ServableCertificate> one = TRY(inventory.serve(name));
      if (!one) return Found{.renewal = std::move(found.renewal), .current = {}};
      const X509& leaf = *one->identity.chain.front();
      if (found.current && found.current->not_after <= crypto::not_after(leaf)) continue;
      found.current = Current{crypto::not_before(leaf), crypto::not_after(leaf), crypto::renewal_id(leaf)};
    }
    return found;
  };
  Found found = co_await pool_.run<Found>(loop_, std::move(work));
  care.renewal = std::move(found.renewal);
  care.current = std::move(found.current);
  if (!care.current || care.current->id != care.window_of) {
    care.window.reset();
    care.window_due = Time();
    care.window_of = care.current ? care.current->id : "";
  }
  care.known = true;
  care.read_at = now();
  co_return {};
}

// When the CA wants it renewed (RFC 9773). One that has not issued it, or offers no such thing, says nothing.
net::Task<> Renewer::ask_window(Care& care) {
  care.window_due = now() + kAskWindowEvery;
  std::string id = care.current->id;
  if (id.empty()) co_return {};
  std::vector<CaConfig> cas = cas_;
  for (const CaConfig& ca : cas) {
    if (!care.wanted.ca.empty() && care.wanted.ca != ca.name.value) continue;
    Result<Client::Look<RenewalInfo>> look = co_await outcome(window_at(ca, id));
    if (!look) continue;
    care.window = look->document;
    care.window_due = now() + std::clamp(look->retry_after, kShortestWindowPause, std::chrono::seconds(24h));
    break;
  }
  co_return {};
}

net::Task<Client::Look<RenewalInfo>> Renewer::window_at(CaConfig ca, std::string id) {
  auto trust = [file = ca.trust.value] { return tls::ClientContext::make(file); };
  auto context = co_await pool_.run<std::shared_ptr<const tls::ClientContext>>(loop_, std::move(trust));
  auto make = [] { return crypto::SigningKey::make(); };
  crypto::SigningKey unused = co_await pool_.run<crypto::SigningKey>(loop_, std::move(make));
  Client client(loop_, pool_, context, std::move(unused));
  co_await client.open(ca.directory.value);
  if (client.directory().renewal_info.empty()) co_return fail(Kind::NotFound, "acme.refused", "it is not offered");
  Client::Look<RenewalInfo> look = co_await client.renewal_info(id);
  co_return look;
}

void Renewer::settle_due(Care& care) const {
  Spread spread = spread_of(care.key);
  care.due = Time();
  if (care.current && care.window) {
    care.due = renewal_within(*care.window, spread);
  } else if (care.current) {
    care.due = regular_renewal(care.current->not_before, care.current->not_after, spread);
  }
  if (care.renewal.failures > 0) care.due = std::max(care.due, care.renewal.next);
}

net::Task<> Renewer::attempt(std::shared_ptr<Care> care) {
  const CaConfig* ca = ca_for(*care);
  if (ca) {
    care->under_way = true;
    Result<> kept = co_await outcome(issue(*care, *ca));
    if (!kept) log::error("store.failed", {{"reason", kept.error().text()}});
  }
  Result<> looked = co_await outcome(read(*care));
  if (!looked) log::error("store.failed", {{"reason", looked.error().text()}});
  settle_due(*care);
  // Nothing is asked of a CA twice in a row, whatever the certificate that came says of its times.
  care->due = std::max(care->due, now() + 1min);
  care->under_way = false;
  care->ordered = false;
  ++care->attempts;
  co_return {};
}

// Fails as the store does.
net::Task<> Renewer::issue(Care& care, CaConfig ca) {
  std::string replaces = care.current ? care.current->id : std::string();
  unsigned failures = care.renewal.failures;
  auto issuance = std::make_unique<Issuance>(workshop_, ca, care.wanted.names, care.renewal, replaces);
  Result<> issued = co_await outcome(issuance->run());
  if (!issued && issued.error().code() == "acme.account") {
    // A CA that was set up anew knows nobody. Once more at once, with another account of the same key.
    co_await forget_account(ca);
    issuance = std::make_unique<Issuance>(workshop_, ca, care.wanted.names, issuance->renewal(), replaces);
    issued = co_await outcome(issuance->run());
  }
  if (issued) issued = co_await outcome(check_gain(care));
  if (issued) {
    ++succeeded_;
    log::info("acme.renewed", {{"names", care.key}, {"ca", ca.name.value}});
    co_return {};
  }
  ++failed_;
  Renewal renewal = failure_of(care, *issuance, issued.error(), failures + 1);
  bool soon = !care.current || urgent(care.current->not_before, care.current->not_after);
  log::write(soon ? log::Level::Error : log::Level::Warning, "acme.failed",
             {{"names", care.key},
              {"ca", ca.name.value},
              {"code", renewal.code},
              {"reason", renewal.reason},
              {"next", rfc3339(renewal.next)},
              {"remedy", remedy_for(renewal.code).en}});
  auto write = [&store = workshop_.store, renewal] { return Ledger(store).keep(renewal); };
  co_await pool_.run<void>(loop_, std::move(write));
  co_return {};
}

net::Task<> Renewer::forget_account(const CaConfig& ca) {
  auto write = [&store = workshop_.store, directory = ca.directory.value] {
    return Ledger(store).forget_address(directory);
  };
  co_await pool_.run<void>(loop_, std::move(write));
  co_return {};
}

// What came must put the next renewal off: else each one would be followed by another, for ever.
net::Task<> Renewer::check_gain(Care& care) {
  co_await read(care);
  settle_due(care);
  if (care.due > now()) co_return {};
  std::string_view why = care.current ? "another is shown, which ends later but is due as well" : "none can be shown";
  co_return fail(Kind::Invalid, "acme.no-gain", cat("the CA has issued a certificate, and still ", why));
}

Renewal Renewer::failure_of(const Care& care, const Issuance& issuance, const Error& error, unsigned failures) {
  Renewal renewal = issuance.renewal();
  renewal.failures = failures;
  renewal.tried = now();
  renewal.next = now() + pause_after(renewal.failures, issuance.asked_pause(), spread_of(care.key));
  renewal.code = error.code();
  renewal.reason = error.text();
  return renewal;
}

}  // namespace pforte::acme

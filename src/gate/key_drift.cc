#include "gate/key_drift.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "base/log.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

// As far as versions have places of their own: below and above the newest of the keytab, and from 1, where an account
// begins that was made anew.
constexpr std::int64_t kNear = 8;
constexpr std::int64_t kFarOlder = 0;
constexpr std::int64_t kFarNewer = std::numeric_limits<std::int64_t>::max();
// Longer than the life of a ticket at most KDCs.
constexpr auto kTicketLife = 24h;
constexpr auto kForgetAfter = 7 * 24h;

std::string listed(const std::vector<int>& versions) {
  std::string text;
  for (int version : versions) text += cat(text.empty() ? "" : ", ", version);
  return text;
}

bool lasts(const KeyDrift& drift) {
  return !drift.newer && drift.last - drift.first > kTicketLife;
}

std::string_view meaning_of(const KeyDrift& drift) {
  if (drift.newer)
    return "the account's password seems to have been changed, and the keytab not made again; unproven: a version can "
           "be written into a token by anybody";
  if (lasts(drift))
    return "tickets with an older version still come after a day: the keytab seems to be ahead of the account; "
           "unproven: a version can be written into a token by anybody";
  return "clients still have tickets from before the keytab was made, which is normal for a ticket's life";
}

void tell(const KeyDrift& drift, const kerberos::Presentation& seen, const net::Address& client) {
  bool warns = drift.newer || lasts(drift);
  log::write(warns ? log::Level::Warning : log::Level::Info, "kerberos.key-drift",
             {{"service", seen.key_owner},
              {"key_version", drift.version},
              {"keytab", seen.keytab},
              {"keytab_versions", listed(seen.key_versions)},
              {"client", client.ip_text()},
              {"clients", drift.clients},
              {"tickets", drift.tickets},
              {"reason", meaning_of(drift)},
              {"remedy", remedy_for_drift(drift, seen.key_owner, seen.keytab).en}});
}

// Whoever has an IPv6 network has at least a /64 of it.
bool is_same_client(const net::Address& left, const net::Address& right) {
  std::size_t bytes = left.is_v4() || right.is_v4() ? left.ip().size() : left.ip().size() / 2;
  return std::ranges::equal(left.ip().begin(), left.ip().begin() + bytes, right.ip().begin(),
                            right.ip().begin() + bytes);
}

}  // namespace

Message remedy_for_drift(const KeyDrift& drift, const std::string& service, const std::string& keytab) {
  if (!drift.newer && !lasts(drift)) {
    return {
        "nothing, for as long as tickets live (mostly 10 h); klist purge or kinit at the client gets a new one at "
        "once; the next time keep the old keys in the keytab, with ktutil",
        "nichts, solange Tickets leben (meist 10 h); klist purge oder kinit am Client holt sofort ein neues; beim "
        "nächsten Mal die alten Schlüssel in der Keytab lassen, mit ktutil"};
  }
  std::string file = keytab.substr(keytab.rfind('/') + 1);
  std::string windows =
      cat("ktpass /princ ", powershell_word(service), R"( /mapuser DOMAIN\ACCOUNT /crypto AES256-SHA1)",
          " /ptype KRB5_NT_PRINCIPAL /pass * /out ", powershell_word(file));
  std::string mit = cat("kadmin -q ", shell_word(cat("ktadd -k ", keytab, ' ', service)));
  return {cat("ask the KDC which version is right: kvno ", shell_word(service),
              ", or Get-ADUser ACCOUNT -Properties msDS-KeyVersionNumber; if not the keytab's, make it again: ",
              windows, "; MIT: ", mit),
          cat("das KDC fragen, welche Version gilt: kvno ", shell_word(service),
              ", oder Get-ADUser ACCOUNT -Properties msDS-KeyVersionNumber; ist es nicht die der Keytab, sie neu "
              "erzeugen: ",
              windows, "; MIT: ", mit)};
}

// `held` is not empty.
std::int64_t KeyDrifts::place_of(std::int64_t version, const std::vector<int>& held) {
  std::int64_t newest = held.back();
  if (version > newest) return version <= newest + kNear ? version : kFarNewer;
  return version <= kNear || version >= newest - kNear ? version : kFarOlder;
}

void KeyDrifts::forget_past(Places& places, const std::vector<int>& held) const {
  Time now = now_();
  std::erase_if(places, [&](const auto& entry) {
    const auto& [number, place] = entry;
    bool is_held = std::ranges::binary_search(held, place.drift.version);
    return is_held || place.drift.last + kForgetAfter < now || place_of(place.drift.version, held) != number;
  });
}

void KeyDrifts::missed(const kerberos::Presentation& seen, const net::Address& client) {
  const std::vector<int>& held = seen.key_versions;
  bool told_apart = !held.empty() && seen.key_version > 0 && !std::ranges::binary_search(held, seen.key_version);
  if (!told_apart) return;
  bool newer = seen.key_version > held.back();
  (newer ? newer_tickets_ : older_tickets_).fetch_add(1, std::memory_order_relaxed);

  std::lock_guard lock(mutex_);
  Places& places = services_[seen.key_owner];
  forget_past(places, held);
  std::int64_t number = place_of(seen.key_version, held);
  auto [at, first] = places.try_emplace(number);
  any_.store(true, std::memory_order_release);
  Place& place = at->second;
  KeyDrift& drift = place.drift;
  drift.version = seen.key_version;
  drift.shared = number == kFarOlder || number == kFarNewer;
  drift.newer = newer;
  drift.last = now_();
  if (first) drift.first = drift.last;
  ++drift.tickets;
  auto same = [&](const net::Address& one) { return is_same_client(one, client); };
  if (place.clients.size() < kManyClients && std::ranges::none_of(place.clients, same)) place.clients.push_back(client);
  drift.clients = place.clients.size();
  bool again = !place.told_again && (newer ? drift.clients == kManyClients : lasts(drift));
  place.told_again = place.told_again || again;
  if (first || again) tell(drift, seen, client);
}

void KeyDrifts::opened(const kerberos::Presentation& seen) {
  if (!any_.load(std::memory_order_acquire) || !seen.opened) return;
  std::lock_guard lock(mutex_);
  auto places = services_.find(seen.key_owner);
  if (places == services_.end()) return;
  for (auto& [number, place] : places->second) {
    bool contradicts = place.drift.newer && place.drift.version > seen.key_version;
    if (contradicts && place.drift.last < seen.opened->begins) place.drift.contradicted = seen.opened->begins;
  }
}

std::vector<KeyDrift> KeyDrifts::of(const std::string& service, const std::vector<int>& held) {
  std::vector<KeyDrift> list;
  std::lock_guard lock(mutex_);
  auto places = services_.find(service);
  if (places == services_.end()) return list;
  if (!held.empty()) forget_past(places->second, held);
  for (const auto& [number, place] : places->second) {
    KeyDrift drift = place.drift;
    if (drift.contradicted && *drift.contradicted <= drift.last) drift.contradicted.reset();
    list.push_back(drift);
  }
  std::ranges::sort(list, {}, &KeyDrift::version);
  return list;
}

}  // namespace pforte::gate

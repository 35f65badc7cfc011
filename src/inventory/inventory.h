#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "inventory/entry.h"
#include "store/store.h"

namespace pforte::inventory {

// The certificates of a store: those that Pforte shows, knows, or has seen on a path. Any thread; blocks. Fails as
// store::Store does.
class Inventory {
 public:
  explicit Inventory(store::Store& store) : store_(store) {}

  // Keeps a certificate, and those of its chain that are not here yet, each as an entry of its own. One that is here
  // gets the key if it had none, and the longer chain; what was seen is not preferred to what somebody put here, and
  // what was retired stays so. All of it or nothing. Returns its SHA-256.
  //
  // Fails with Kind::Invalid: certificate.none, certificate.damaged, key.damaged, certificate.key-mismatch.
  Result<std::string> keep(const NewCertificate& certificate);

  // The best certificate for a host as a site has it ("crm.example.com", "*.example.com", an address without brackets):
  // with key, not retired, valid at `now`, for servers. Made out to the very name before one with a wildcard (RFC 9525,
  // 6.3), then the one that is valid longest. None: there is none.
  Result<std::optional<ServableCertificate>> serve(std::string_view host, Time now);
  Result<std::optional<ServableCertificate>> serve(std::string_view host);

  // All, the first that ends first. With their uses.
  Result<std::vector<Entry>> list();

  // The one that is meant: by 8 or more digits that its SHA-256 begins with, or by one of its names, or its subject. Of
  // several with one name, the one with a key that a site would show.
  //
  // Fails with Kind::NotFound (certificate.unknown) and Kind::Invalid (certificate.ambiguous).
  Result<Entry> find(std::string_view meant);

  // PEM, its own first. Fails with Kind::NotFound (certificate.unknown).
  Result<std::string> chain(const std::string& sha256);
  // The same, with Kind::NotFound (certificate.no-key) where it has none.
  Result<Secret> key(const std::string& sha256);

  // DER of all that bear this subject: an issuer of whoever names it.
  Result<std::vector<std::string>> with_subject(const std::string& subject);

  // From now on no site shows it: it was revoked, or another took its place. Fails with certificate.unknown.
  Result<> retire(const std::string& sha256);
  // With its key, which is nowhere else. Fails with certificate.unknown.
  Result<> remove(const std::string& sha256);

  // The names for which a certificate could be served at `now`, those with a wildcard among them.
  Result<std::vector<std::string>> servable_names(Time now);

  // A number that differs from the one before when a certificate that can be served came, went or changed.
  Result<std::int64_t> generation();

  // It is there, now. What is not in the inventory has no uses. True: it was not there before, and another was.
  Result<bool> note_use(const std::string& sha256, UseKind kind, const std::string& place);

  // All that there are of this kind: uses that are not among them are forgotten.
  struct PlacedUse {
    std::string sha256, place;

    auto operator<=>(const PlacedUse&) const = default;
  };
  Result<> set_uses(UseKind kind, const std::vector<PlacedUse>& uses);

  // Remembers that something has been done about a certificate; true: for the first time.
  Result<bool> remember(const std::string& sha256, std::string_view deed);
  Result<bool> remembers(const std::string& sha256, std::string_view deed);
  // Deeds since then of which nobody has been told: the same deed with "/sent" behind it is not remembered.
  struct Deed {
    std::string sha256, what;
  };
  Result<std::vector<Deed>> untold(Time since);

 private:
  store::Store& store_;
};

}  // namespace pforte::inventory

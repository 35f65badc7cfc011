#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/site.h"
#include "inventory/inventory.h"
#include "tls/context.h"

namespace pforte::gate {

struct Plan;

// Contexts by host name, for the names that TLS clients ask for: those of the sites, and for each host of a site with
// `certificate = "auto"` the best that the inventory has. Immutable; what the inventory has later makes another.
class TlsNames final : public tls::ServerNames {
 public:
  // What the inventory gave for one name.
  struct Choice {
    std::string sha256;  // empty: it has none, and whoever asks for the name is refused
    std::chrono::sys_seconds expires{};

    bool operator==(const Choice&) const = default;
  };
  using Choices = std::map<std::string, Choice, std::less<>>;

  // Asks the inventory, where there is one; null: it cannot be asked. What it holds that cannot be shown is passed
  // over. Null where no site has a certificate or "auto" and nothing is passed through. Fails as the store does.
  static Result<std::shared_ptr<const TlsNames>> make(const Plan& plan, inventory::Inventory* inventory);

  const tls::ServerContext* find(std::string_view name) const override { return hosts_.find(name); }
  const tls::ServerContext* unnamed() const override { return first_; }
  const tls::ServerContext& greeting() const override { return *greeting_; }

  const Choices& choices() const { return choices_; }

  // The first of a site's certificates to end; none: it has none.
  std::optional<std::chrono::sys_seconds> expires(const Site& site) const;
  // Hosts of the site for which nobody can connect.
  std::vector<std::string> refused(const Site& site) const;

 private:
  class Picking;
  void add(std::string_view host, const std::shared_ptr<const tls::ServerContext>& context);

  std::shared_ptr<const tls::ServerContext> greeting_;
  const tls::ServerContext* first_ = nullptr;  // of the first site
  std::vector<std::shared_ptr<const tls::ServerContext>> contexts_;
  HostMap<tls::ServerContext> hosts_;
  Choices choices_;
};

}  // namespace pforte::gate

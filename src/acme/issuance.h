#pragma once

#include <string>
#include <utility>
#include <vector>

#include "acme/client.h"
#include "acme/config.h"
#include "acme/ledger.h"
#include "acme/proofs.h"
#include "net/loop.h"
#include "net/pool.h"
#include "store/store.h"

namespace pforte::acme {

// What issuances work with; all of it outlives them.
struct Workshop {
  net::Loop& loop;
  net::Pool& pool;   // the store, keys, names to addresses
  net::Pool& hooks;  // programs, which may take long
  store::Store& store;
  Showcase& showcase;
};

// One certificate, from the order to the inventory. What it has reached lies in the ledger before the CA hears of the
// next step, so that whoever comes after a crash goes on with the same key and the same order.
class Issuance {
 public:
  // `names` are the certificate's; `replaces` is what renewal_id() says of the one before, or empty.
  Issuance(Workshop& workshop, CaConfig ca, std::vector<std::string> names, Renewal renewal, std::string replaces);

  // Fails as Client does, and with: acme.no-proof (the CA does not offer the one that is configured), acme.slow (still
  // under way: the next attempt goes on with it), acme.hook, acme.wrong-certificate.
  net::Task<> run();

  // The order as it is known now; without one once it has come to its end, well or badly.
  const Renewal& renewal() const { return renewal_; }

  // For how long the CA has asked not to be asked again, when it last refused something.
  std::chrono::seconds asked_pause() const;

 private:
  // A proof that the CA may look for.
  struct Offer {
    std::string authorization;  // its address
    Challenge challenge;
    std::string name;    // of the identifier
    std::string record;  // of dns-01: the record's name
  };

  net::Task<> open();
  net::Task<> obtain();
  net::Task<> keep();
  net::Task<Order> take_order();
  net::Task<Order> place_order();
  net::Task<> prove(const Order& order);
  net::Task<> prepare(const std::string& url);
  net::Task<> put_up(const Offer& offer);
  net::Task<> convince();
  net::Task<> wait_for(const Offer& offer);
  net::Task<> clean_up();
  net::Task<> write_record(const Offer& offer, bool add);
  net::Task<Order> finalize(std::string url);
  net::Task<Order> wait_while(State first, State second, Order order, std::chrono::seconds retry_after);
  net::Task<std::string> download(const std::string& url);
  net::Task<> deliver(std::string chain);
  net::Task<> pause(std::chrono::seconds asked, unsigned looks);
  Error order_failed(const Order& order);

  Workshop& workshop_;
  CaConfig ca_;
  std::vector<std::string> names_;
  Renewal renewal_;
  std::string replaces_;
  std::unique_ptr<Client> client_;
  std::vector<Offer> offers_;
  Proofs proofs_;
};

// Whether an authorization for `name` belongs to an order of these names: one of them, or what an asterisk stands
// before (RFC 8555, 7.1.4).
bool is_ordered(const std::vector<std::string>& names, std::string_view name);

// Whether the last certificate of a chain was issued by somebody with this common name.
bool ends_at(std::string_view chain_pem, std::string_view common_name);

}  // namespace pforte::acme

#include "acme/issuance.h"

#include <algorithm>
#include <optional>

#include "acme/challenge_certificate.h"
#include "acme/hook.h"
#include "acme/jws.h"
#include "base/ascii.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/alternative_name.h"
#include "crypto/certificate_outline.h"
#include "crypto/certificate_request.h"
#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"
#include "inventory/inventory.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

// For how long we look whether the CA has come to a verdict. What is under way then is gone on with later.
constexpr net::Duration kVerdictTime = 3min;
constexpr std::chrono::milliseconds kHookTime = 2min;
constexpr net::Duration kFirstLook = 250ms;
constexpr net::Duration kLongestPause = 5s;
constexpr net::Duration kLongestAskedPause = 60s;

// A key and an account, as the ledger has them or new.
struct OwnAccount {
  crypto::SigningKey key;
  std::string url;
};

Result<OwnAccount> own_account(store::Store& store, const std::string& directory) {
  Ledger ledger(store);
  std::optional<KeptAccount> kept = TRY(ledger.account(directory));
  if (kept) return OwnAccount{TRY(crypto::SigningKey::from_pem(kept->key_pem)), kept->url};
  crypto::SigningKey key = TRY(crypto::SigningKey::make());
  Secret pem = TRY(key.to_pem());
  TRY(ledger.keep(directory, {.key_pem = std::move(pem), .url = {}}));
  return OwnAccount{std::move(key), {}};
}

Result<> keep_account(store::Store& store, const std::string& directory, const std::string& url) {
  Ledger ledger(store);
  std::optional<KeptAccount> kept = TRY(ledger.account(directory));
  if (!kept) return fail(Kind::Internal, "acme.account", "the account's key has gone from the store");
  kept->url = url;
  return ledger.keep(directory, *kept);
}

Result<NewAccount> account_terms(const CaConfig& ca) {
  NewAccount terms;
  for (const conf::Text& one : ca.contact) terms.contact.push_back(one.value);
  if (!ca.eab_kid) return terms;
  terms.binding_kid = ca.eab_kid->value;
  terms.binding_key.emplace(TRY(crypto::read_password(ca.eab_key_file->value)));
  return terms;
}

Result<std::shared_ptr<const Secret>> new_key_pem() {
  crypto::PrivateKey key = TRY(crypto::make_private_key());
  return std::make_shared<const Secret>(TRY(crypto::private_key_pem(*key)));
}

Result<std::string> request_for(const Secret& key_pem, const std::vector<std::string>& names) {
  crypto::PrivateKey key = TRY(crypto::private_key_from_pem(key_pem.reveal(), "the key of the order"));
  std::vector<crypto::AlternativeName> wanted;
  for (const std::string& name : names) {
    std::optional<crypto::AlternativeName> one = crypto::alternative_name(name);
    if (!one) return fail(Kind::Invalid, "acme.name-refused", cat(name, " is no name of a server"));
    wanted.push_back(*std::move(one));
  }
  return crypto::make_certificate_request(*key, {}, wanted);
}

// The certificate must be what was ordered before anybody shows it.
Result<> check_certificate(std::string_view chain, const std::vector<std::string>& names) {
  Result<std::vector<crypto::PemBlock>> blocks = crypto::read_pem_blocks(chain, "the CA's certificate");
  crypto::Certificate leaf;
  if (blocks && !blocks->empty()) leaf = crypto::certificate_from(blocks->front().content);
  if (!leaf) return fail(Kind::Invalid, "acme.wrong-certificate", "the CA has sent no certificate");
  for (const std::string& name : names) {
    if (!crypto::covers(*leaf, name))
      return fail(Kind::Invalid, "acme.wrong-certificate", cat("the CA's certificate does not cover ", name));
  }
  return {};
}

// Both or neither: the certificate is in the inventory, and its order is over.
Result<> keep_certificate(store::Store& store, const Renewal& renewal, const std::string& chain, std::string owner) {
  return store.transact([&]() -> Result<> {
    inventory::NewCertificate fresh{.chain_pem = chain,
                                    .key_pem = Secret(renewal.key_pem->reveal()),
                                    .source = inventory::Source::Acme,
                                    .owner = std::move(owner)};
    (void)TRY(inventory::Inventory(store).keep(fresh));
    Renewal done;
    done.names = renewal.names;
    done.tried = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return Ledger(store).keep(done);
  });
}

}  // namespace

bool is_ordered(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view ordered) {
    if (ordered.starts_with("*.")) ordered.remove_prefix(2);
    return !name.empty() && equals_ignoring_case(ordered, name);
  });
}

bool ends_at(std::string_view chain_pem, std::string_view common_name) {
  Result<std::vector<crypto::PemBlock>> blocks = crypto::read_pem_blocks(chain_pem, "chain");
  if (!blocks || blocks->empty()) return false;
  std::optional<crypto::CertificateOutline> last = crypto::outline_of(blocks->back().content);
  if (!last) return false;
  std::string issuer = cat(',', crypto::name_text(last->issuer), ',');
  return issuer.contains(cat(",CN=", common_name, ','));
}

Issuance::Issuance(Workshop& workshop, CaConfig ca, std::vector<std::string> names, Renewal renewal,
                   std::string replaces)
    : workshop_(workshop),
      ca_(std::move(ca)),
      names_(std::move(names)),
      renewal_(std::move(renewal)),
      replaces_(std::move(replaces)) {}

std::chrono::seconds Issuance::asked_pause() const {
  return client_ ? client_->asked_pause() : std::chrono::seconds(0);
}

net::Task<> Issuance::run() {
  co_await open();
  bool taken_up = !renewal_.order.empty();
  Result<> obtained = co_await outcome(obtain());
  // An order that was interrupted may have failed for that alone, while nobody answered the CA.
  bool again = !obtained && taken_up && renewal_.order.empty();
  if (again) {
    offers_.clear();
    proofs_ = {};
    obtained = co_await outcome(obtain());
  }
  co_return obtained;
}

net::Task<> Issuance::obtain() {
  Order order = co_await take_order();
  if (order.state == State::Pending) {
    co_await prove(order);
    order = co_await wait_while(State::Pending, State::Pending, std::move(order), 0s);
  }
  if (order.state == State::Ready) order = co_await finalize(order.finalize);
  order = co_await wait_while(State::Processing, State::Ready, std::move(order), 0s);
  if (order.state != State::Valid || order.certificate.empty()) co_return std::unexpected(order_failed(order));
  std::string chain = co_await download(order.certificate);
  co_await deliver(std::move(chain));
  co_return {};
}

// The directory is read and the account is there.
net::Task<> Issuance::open() {
  std::string directory = ca_.directory.value;
  auto trust = [file = ca_.trust.value] { return tls::ClientContext::make(file); };
  auto context =
      co_await workshop_.pool.run<std::shared_ptr<const tls::ClientContext>>(workshop_.loop, std::move(trust));
  auto find = [&store = workshop_.store, directory] { return own_account(store, directory); };
  OwnAccount own = co_await workshop_.pool.run<OwnAccount>(workshop_.loop, std::move(find));
  client_ = std::make_unique<Client>(workshop_.loop, workshop_.pool, context, std::move(own.key));
  co_await client_->open(directory);
  if (!own.url.empty()) {
    client_->use_account(own.url);
    co_return {};
  }
  auto read = [ca = ca_] { return account_terms(ca); };
  NewAccount terms = co_await workshop_.pool.run<NewAccount>(workshop_.loop, std::move(read));
  std::string url = co_await client_->account(terms);
  auto write = [&store = workshop_.store, directory, url] { return keep_account(store, directory, url); };
  co_await workshop_.pool.run<void>(workshop_.loop, std::move(write));
  log::info("acme.account", {{"ca", ca_.name.value}, {"account", url}});
  co_return {};
}

net::Task<> Issuance::keep() {
  auto write = [&store = workshop_.store, renewal = renewal_] { return Ledger(store).keep(renewal); };
  co_await workshop_.pool.run<void>(workshop_.loop, std::move(write));
  co_return {};
}

// The one under way, if this CA has it and it can still come to a certificate.
net::Task<Order> Issuance::take_order() {
  bool ours = renewal_.directory == ca_.directory.value && !renewal_.order.empty() && renewal_.key_pem;
  if (ours) {
    Result<Client::Look<Order>> look = co_await outcome(client_->order(renewal_.order));
    if (look && look->document.state != State::Invalid && look->document.state != State::Over) co_return look->document;
    // Who cannot be asked may know it later; who has refused to tell does not.
    bool gone = look || look.error().kind() == Kind::NotFound || look.error().kind() == Kind::Denied;
    if (!gone) co_return std::unexpected(std::move(look).error());
  }
  Order placed = co_await place_order();
  co_return placed;
}

net::Task<Order> Issuance::place_order() {
  auto make = [] { return new_key_pem(); };
  renewal_.key_pem = co_await workshop_.pool.run<std::shared_ptr<const Secret>>(workshop_.loop, std::move(make));
  renewal_.directory = ca_.directory.value;
  renewal_.order.clear();
  co_await keep();
  std::string replaces = client_->directory().renewal_info.empty() ? std::string() : replaces_;
  Client::PlacedOrder placed = co_await client_->place_order(names_, std::move(replaces));
  renewal_.order = placed.url;
  co_await keep();
  co_return std::move(placed.order);
}

net::Task<> Issuance::prove(const Order& order) {
  for (const std::string& url : order.authorizations) co_await prepare(url);
  Result<> convinced = co_await outcome(convince());
  (void)co_await outcome(clean_up());
  co_return convinced;
}

// What the CA wants to see, for a name that is not ours yet.
net::Task<> Issuance::prepare(const std::string& url) {
  Client::Look<Authorization> look = co_await client_->authorization(url);
  Authorization& authorization = look.document;
  if (authorization.state == State::Valid) co_return {};
  // The name goes to the hook, which may do with it what it likes.
  if (!is_ordered(names_, authorization.name))
    co_return fail(Kind::Invalid, "acme.malformed", "the CA wants a proof for a name that was not ordered");
  auto found = std::ranges::find(authorization.challenges, word_for(ca_.proof), &Challenge::type);
  if (found == authorization.challenges.end()) {
    co_return fail(Kind::Denied, "acme.no-proof",
                   cat("the CA does not take ", word_for(ca_.proof), " for ", authorization.wildcard ? "*." : "",
                       authorization.name));
  }
  offers_.push_back({.authorization = url,
                     .challenge = std::move(*found),
                     .name = authorization.name,
                     .record = cat("_acme-challenge.", authorization.name)});
  co_return {};
}

net::Task<> Issuance::put_up(const Offer& offer) {
  std::string answer = key_authorization(offer.challenge.token, client_->key());
  if (ca_.proof == Proof::Dns) {
    co_await write_record(offer, true);
  } else if (ca_.proof == Proof::Tls) {
    using Context = std::shared_ptr<const tls::ServerContext>;
    auto make = [name = offer.name, answer] { return challenge_context(name, answer); };
    Context context = co_await workshop_.pool.run<Context>(workshop_.loop, std::move(make));
    proofs_.contexts[offer.name] = std::move(context);
  } else {
    proofs_.pages[offer.challenge.token] = std::move(answer);
  }
  co_return {};
}

net::Task<> Issuance::convince() {
  for (const Offer& offer : offers_) co_await put_up(offer);
  if (!proofs_.empty()) co_await workshop_.showcase.show(std::make_shared<const Proofs>(proofs_));
  for (const Offer& offer : offers_) {
    if (offer.challenge.state == State::Pending) co_await client_->take_up(offer.challenge.url);
  }
  for (const Offer& offer : offers_) co_await wait_for(offer);
  co_return {};
}

net::Task<> Issuance::wait_for(const Offer& offer) {
  net::Instant until = workshop_.loop.now() + kVerdictTime;
  for (unsigned looks = 0; workshop_.loop.now() < until; ++looks) {
    Client::Look<Authorization> look = co_await client_->authorization(offer.authorization);
    const Authorization& now = look.document;
    if (now.state == State::Valid) co_return {};
    if (now.state != State::Pending) {
      auto tried = std::ranges::find_if(now.challenges, [](const Challenge& one) { return one.problem.has_value(); });
      Problem problem = tried == now.challenges.end() ? Problem() : *tried->problem;
      renewal_.order.clear();
      co_return std::unexpected(error_of(problem, 403).while_doing(cat("proving that ", offer.name, " is ours")));
    }
    co_await pause(look.retry_after, looks);
  }
  co_return fail(Kind::Timeout, "acme.slow", cat("the CA has not yet looked at the proof for ", offer.name));
}

net::Task<> Issuance::clean_up() {
  if (!proofs_.empty()) co_await workshop_.showcase.show(std::make_shared<const Proofs>());
  if (ca_.proof != Proof::Dns) co_return {};
  for (const Offer& offer : offers_) {
    Result<> removed = co_await outcome(write_record(offer, false));
    if (!removed) log::warning("acme.record-left", {{"name", offer.record}, {"reason", removed.error().text()}});
  }
  co_return {};
}

net::Task<> Issuance::write_record(const Offer& offer, bool add) {
  std::string answer = key_authorization(offer.challenge.token, client_->key());
  HookCall call{.program = ca_.dns_hook->value, .add = add, .name = offer.record, .value = dns_record(answer)};
  auto run = [call = std::move(call)] { return run_hook(call, kHookTime); };
  co_await workshop_.hooks.run<void>(workshop_.loop, std::move(run));
  co_return {};
}

net::Task<Order> Issuance::finalize(std::string url) {
  auto make = [key = renewal_.key_pem, names = names_] { return request_for(*key, names); };
  std::string request = co_await workshop_.pool.run<std::string>(workshop_.loop, std::move(make));
  Client::Look<Order> look = co_await client_->finalize(std::move(url), std::move(request));
  Order order = co_await wait_while(State::Processing, State::Processing, std::move(look.document), look.retry_after);
  co_return order;
}

net::Task<Order> Issuance::wait_while(State first, State second, Order order, std::chrono::seconds retry_after) {
  net::Instant until = workshop_.loop.now() + kVerdictTime;
  for (unsigned looks = 0; order.state == first || order.state == second; ++looks) {
    if (workshop_.loop.now() >= until)
      co_return fail(Kind::Timeout, "acme.slow", "the CA has not yet come to an end with the order");
    co_await pause(retry_after, looks);
    Client::Look<Order> look = co_await client_->order(renewal_.order);
    order = std::move(look.document);
    retry_after = look.retry_after;
  }
  if (order.state == State::Invalid || order.state == State::Over) co_return std::unexpected(order_failed(order));
  co_return order;
}

Error Issuance::order_failed(const Order& order) {
  renewal_.order.clear();
  return error_of(order.problem.value_or(Problem()), 403).while_doing("the order");
}

net::Task<std::string> Issuance::download(const std::string& url) {
  Client::Chain first = co_await client_->chain(url);
  if (ca_.preferred_chain.empty() || ends_at(first.pem, ca_.preferred_chain)) co_return std::move(first.pem);
  for (const std::string& other : first.alternates) {
    Client::Chain chain = co_await client_->chain(other);
    if (ends_at(chain.pem, ca_.preferred_chain)) co_return std::move(chain.pem);
  }
  log::warning("acme.other-chain", {{"ca", ca_.name.value}, {"wanted", ca_.preferred_chain}});
  co_return std::move(first.pem);
}

net::Task<> Issuance::deliver(std::string chain) {
  auto work = [&store = workshop_.store, renewal = renewal_, names = names_, ca = ca_.name.value,
               chain = std::move(chain)]() -> Result<> {
    TRY(check_certificate(chain, names));
    return keep_certificate(store, renewal, chain, {});
  };
  Result<> kept = co_await outcome(workshop_.pool.run<void>(workshop_.loop, std::move(work)));
  // An order that has come to a certificate we cannot use will not do better.
  if (kept || kept.error().kind() == Kind::Invalid) renewal_.order.clear();
  co_return kept;
}

net::Task<> Issuance::pause(std::chrono::seconds asked, unsigned looks) {
  net::Duration own = std::min(kFirstLook * (1U << std::min(looks, 5U)), kLongestPause);
  net::Duration wanted = std::min<net::Duration>(asked, kLongestAskedPause);
  co_await workshop_.loop.sleep_for(std::max(own, wanted));
  co_return {};
}

}  // namespace pforte::acme

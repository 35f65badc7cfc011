#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gate/forwarding.h"
#include "gate/plan.h"
#include "gate/reception.h"
#include "gate/record.h"
#include "gate/reference.h"
#include "gate/rewrite.h"
#include "gate/visit.h"
#include "http/exchange.h"
#include "http/page.h"

namespace pforte::gate {

// What the gate does with one exchange: which site, whether the path is allowed, which server, or which page of our
// own. Records it when it goes.
class Handling {
 public:
  // Both must outlive the handling.
  Handling(Visit& visit, http::Exchange& exchange);
  Handling(const Handling&) = delete;
  Handling& operator=(const Handling&) = delete;
  ~Handling();

  net::Task<> run();
  // For a request that could not be understood.
  net::Task<> refuse(http::Refusal refusal);

 private:
  // Where a request goes, or our own answer to it.
  struct Route {
    const Site* site = nullptr;
    Terms terms;
    std::string_view path;  // to forward
    std::optional<http::Page> page;

    // What has to be done before that is known.
    enum class Step : std::uint8_t { None, OwnPage, Authority, Acme, SignIn };
    Step step = Step::None;
    bool lacks_group = false;     // the rules allow it to others than who has asked
    bool signed_in_here = false;  // by what this very request carries
  };

  const http::RequestHead& request() const { return request_; }
  void record_request();
  void know_client();
  Route route();
  const std::string* proof_at(std::string_view path) const;
  bool would_sign_in_openly() const;
  void judge(Route& route);
  net::Task<> take_step(Route& route);
  bool is_for_acme_service(const Site* site) const;
  net::Task<http::Page> tell_of_authority();
  const Passthrough* passthrough_asked_for() const;
  Route lead_to(const Passthrough& passthrough);
  Route misdirected_or_nothing(const Site* site);
  bool is_about_authority(const Site* site) const;
  Route redirect_to_https(const Site* site);
  std::optional<std::string> canonical_url(const Site* site) const;
  bool needs_other_connection(const Site& site) const;
  http::Page error(int status, std::string_view code);
  net::Task<> answer(http::Page page);

  net::Task<> forward(const Route& route);
  std::unique_ptr<CacheTurn> cache_turn(const Forwarding::Order& order);
  Result<> introduce(Forwarding::Order& order, net::Spare<http::Fields>& additions);
  void tell_large_ticket(const http::Refusal& refusal) const;
  void tell_failed_backend(const Error& failure) const;

  Visit& visit_;
  Worker& worker_;
  http::Exchange& exchange_;
  const http::RequestHead& request_;  // of the exchange, which it is often asked for
  std::shared_ptr<const Plan> plan_;
  std::size_t site_index_ = 0;
  References::Text reference_;
  Record record_;
  std::optional<Reception> reception_;  // of sites where people sign in
  std::string scratch_;                 // what the path gate rewrote
};

}  // namespace pforte::gate

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/connections.h"
#include "gate/plan.h"
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
  };

  const http::RequestHead& request() const { return exchange_.request(); }
  void know_client();
  Route route();
  Route misdirected_or_nothing(const Site* site);
  Route redirect_to_https(const Site* site);
  std::optional<std::string> canonical_url(const Site* site) const;
  bool needs_other_connection(const Site& site) const;
  http::Page error(int status, std::string_view code);
  net::Task<> answer(http::Page page);

  net::Task<> forward(const Route& route);
  std::optional<Error> too_large(const Terms& terms) const;
  // Nothing: the exchange is over. Else why the server did not answer.
  net::Task<std::optional<Error>> attempt(const std::shared_ptr<Server>& server, const Route& route, bool fresh);
  net::Task<> converse(http::H1Client& server, const Route& route);
  net::Task<> inform(const http::ResponseHead& head);
  net::Task<> send_body(http::H1Client& server, std::uint64_t most_bytes);
  net::Task<> relay_answer(http::H1Client& server, const http::ResponseHead& head);
  net::Task<> switch_protocols(http::H1Client& server, const http::ResponseHead& head, net::Duration idle);
  bool may_repeat(const Error& error) const;
  void blame(Server& server, const Error& error);
  net::Task<> answer_failure(const Error& error);

  Visit& visit_;
  Worker& worker_;
  http::Exchange& exchange_;
  std::shared_ptr<const Plan> plan_;
  std::size_t site_index_ = 0;
  References::Text reference_;
  Record record_;
  std::string scratch_;  // what the path gate rewrote
  net::Spare<Outgoing> outgoing_;

  // Of the attempt under way.
  bool reused_ = false;
  bool answered_ = false;      // something of an answer has come
  bool body_touched_ = false;  // some of the request's body has been read: it cannot be sent again
  std::optional<Error> client_failure_;
  std::vector<const Server*> tried_;
};

}  // namespace pforte::gate

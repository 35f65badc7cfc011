#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/known_session.h"
#include "gate/plan.h"
#include "gate/record.h"
#include "gate/sign_in.h"
#include "gate/sign_in_attempt.h"
#include "gate/sign_in_need.h"
#include "gate/sign_in_page.h"
#include "gate/visit.h"
#include "http/exchange.h"
#include "http/page.h"
#include "policy/path_rules.h"
#include "session/keys.h"

namespace pforte::gate {

// Finds out who asks: by the session's cookie, by a ticket or a token in the request. Belongs to one exchange.
class Reception {
 public:
  // All must outlive it.
  Reception(Visit& visit, http::Exchange& exchange, const Plan& plan, Record& record);
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  // Looks at the request's cookies.
  void recognise();

  // Takes the session that the cookie says for none: where only what comes with the request counts.
  void ignore_session() { known_ = nullptr; }
  // Seals the cookie anew when it is time to.
  void refresh();

  // Null: nobody has signed in.
  const session::Session* session() const { return known_ ? &known_->session : nullptr; }
  policy::Caller caller() const;

  // Whether a browser's ticket is asked for and taken: not after logging out, unless it asks for it.
  enum class Ticket : std::uint8_t { Never, AsUsual, Wanted };

  // Signs in by what the request carries. A page: it failed, or the client has to go on. Nothing: session() tells.
  net::Task<std::optional<http::Page>> sign_in(SignInNeed need, Ticket wanted = Ticket::AsUsual);

  // 401: asks to sign in, by whatever this client can do. `answer` is a leg of a ticket exchange.
  http::Page ask(SignInNeed need, Ticket ticket = Ticket::AsUsual, std::string_view answer = {});
  // 403 for whom it is not.
  http::Page forbid(SignInNeed need);
  // What every page of ours says about this request, with a form's token.
  SignInPage page_basis();

  // A session begins, or ends, with this answer. Its end fails as the store does; the browser forgets it all the same.
  void begin_session(const identity::ProvenAgent& proven, SignInAttempt& attempt);
  net::Task<> end_session();

  // What a request for an application says of who it is. Lives as long as this. Fails with Kind::Internal.
  Result<std::span<const http::Field>> introduce(const Backend& backend);

  // What the answer says besides: cookies, the last leg of a ticket.
  void answer_field(std::string_view name, std::string value) { answer_fields_.emplace_back(name, std::move(value)); }
  const std::vector<std::pair<std::string_view, std::string>>& answer_fields() const { return answer_fields_; }

  void set_cookie(std::string_view name, std::string_view value);
  void forget_cookie(std::string_view name);
  bool has_cookie(std::string_view name) const;

  // Who asks, as forms are bound to: the session, or a cookie made for it.
  const std::string& form_binding();
  const std::string& host() const { return host_; }
  // Whether this browser is to be asked for a ticket.
  bool offers_ticket() const;
  SignIn* desk() const { return sign_in_; }
  const session::Keys& keys() const;

 private:
  const http::RequestHead& request() const { return request_; }
  bool take_cookie(std::string_view cookie, session::Time now);
  bool is_forged_by_another_site() const;
  net::Task<std::optional<http::Page>> by_ticket(std::string_view text, SignInNeed need);
  net::Task<std::optional<http::Page>> by_token(std::string_view text);
  http::Page refusal(const Error& error, SignInNeed need);
  bool shows_form(SignInNeed need) const;
  std::string return_path() const;
  Result<> renew_assertion();
  std::shared_ptr<const Introduction> written_introduction(const Backend& backend) const;
  void adopt(const identity::ProvenAgent& proven, session::Time now);
  net::Task<> begin_session(TicketOutcome outcome, SignInAttempt& attempt);
  net::Task<> keep_ticket(kerberos::Credential forwarded);
  void write_down_session();
  void hand_out_session(const identity::ProvenAgent& proven, SignInAttempt& attempt);
  std::optional<std::string> sealed(session::Session& session) const;

  Visit& visit_;
  Worker& worker_;
  http::Exchange& exchange_;
  const http::RequestHead& request_;  // of the exchange, which it is often asked for
  const Plan& plan_;
  Record& record_;
  SignIn* sign_in_;   // null where nobody can sign in
  std::string host_;  // lower case, without a port
  std::shared_ptr<KnownSession> known_;
  std::string form_binding_;
  std::shared_ptr<const Introduction> introduction_;
  std::vector<std::pair<std::string_view, std::string>> answer_fields_;
};

}  // namespace pforte::gate

#pragma once

#include <string_view>

#include "gate/form.h"
#include "gate/reception.h"
#include "http/exchange.h"
#include "http/page.h"

namespace pforte::gate {

// The gate's own pages on a site where people sign in: everything under /.pforte/ but health.
class Desk {
 public:
  // All must outlive it.
  Desk(Visit& visit, http::Exchange& exchange, const Plan& plan, Record& record, Reception& reception);

  // The page at `path`; 404 where there is none.
  net::Task<http::Page> serve(std::string_view path);

 private:
  const http::RequestHead& request() const { return exchange_.request(); }
  net::Task<http::Page> login();
  net::Task<http::Page> logout();
  net::Task<http::Page> sso();
  http::Page who_am_i();
  http::Page logo() const;

  net::Task<http::Page> sign_in_by_form(Form form);
  http::Page login_refused(const Error& error, const std::string& login, const std::string& to, SignInAttempt& attempt);
  http::Page only(std::string_view methods);
  http::Page error(int status, std::string_view code);
  // The form that was posted, if this site's own page in this browser posted it.
  net::Task<Form> read_form();
  bool comes_from_here() const;
  std::string asked_return() const;

  Visit& visit_;
  http::Exchange& exchange_;
  const Plan& plan_;
  Record& record_;
  Reception& reception_;
};

}  // namespace pforte::gate

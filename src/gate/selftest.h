#pragma once

#include <string>
#include <string_view>

#include "gate/plan.h"
#include "gate/record.h"
#include "gate/selftest_facts.h"
#include "gate/visit.h"
#include "http/exchange.h"
#include "http/page.h"

namespace pforte::gate {

// The page that tells whoever sits in front of a browser what arrives here of it: TLS, the certificate that was shown,
// cookies, and whether it sends a ticket when it is asked. It gives them a code by which `pforte doctor client` finds
// the same.
//
// Signs nobody in, and judges no ticket: it tells the client only what that has sent itself. Two steps: the first sets
// a cookie and leads to the second, which asks for a ticket by a 401 whose body has the findings so far.
class SelfTest {
 public:
  static constexpr std::string_view kPath = "/.pforte/selftest";

  // All must outlive it. `signs_in`: tickets are asked for on this site.
  SelfTest(Visit& visit, http::Exchange& exchange, const Plan& plan, Record& record, bool signs_in)
      : visit_(visit), exchange_(exchange), plan_(plan), record_(record), signs_in_(signs_in) {}

  http::Page serve();

 private:
  const http::RequestHead& request() const { return exchange_.request(); }
  http::Page begin();
  http::Page tell();
  http::Page error(int status, std::string_view code);
  bool asks_for_ticket() const;
  void add_connection();
  void add_certificate();
  void add_client();
  void add_cookie();
  void add_ticket();

  Visit& visit_;
  http::Exchange& exchange_;
  const Plan& plan_;
  Record& record_;
  bool signs_in_;
  std::string code_;    // from the cookie, else a new one
  bool kept_ = false;   // the cookie has come back
  bool asked_ = false;  // whether the answer asks for a ticket
  SelfTestFacts facts_;
};

}  // namespace pforte::gate

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/message.h"
#include "gate/sign_in_problem.h"
#include "http/page.h"
#include "identity/sign_in_config.h"

namespace pforte::gate {

// Whether a page offers to sign in without a password. Browsers do not always answer the first time they are asked: a
// fresh Chromium never does.
enum class SingleSignOn : std::uint8_t { NotOffered, Offered, Again };

// What the pages around signing in say. All texts as they are; the pages escape them.
struct SignInPage {
  Language language = Language::English;
  identity::Brand brand;
  std::string reference;          // to the log; empty: none is shown
  std::string return_path = "/";  // where to go on afterwards, as safe_return_path() gives it
  std::string token;              // goes into the hidden field `token` of a form
  std::string login;              // as typed before
  std::string signed_in_as;       // a name or login; empty: nobody is signed in
  std::optional<SignInProblem> problem;
  SingleSignOn single_sign_on = SingleSignOn::NotOffered;
  bool takes_passwords = true;  // false: without the form for login and password
};

// The form for login and password, posted to /.pforte/login as `user`, `password`, `token` and `return`, and a link to
// /.pforte/sso. Says what went wrong, and who is signed in already. Usable without scripts, which its policy forbids.
// The caller adds challenges and cookies.
http::Page login_page(int status, const SignInPage& page);

// The same after signing out. 200.
http::Page signed_out_page(const SignInPage& page);

// Asks whether to sign out: a form posted to /.pforte/logout with `token` and `return`. 200.
http::Page sign_out_page(const SignInPage& page);

// 403: says to whoever is signed in that the page is not for them, and offers to sign in as somebody else.
http::Page forbidden_page(const SignInPage& page);

// 403: a ticket proved `principal`, whom the application does not know; empty: it is not told. Says whom to ask, and
// offers the form.
http::Page unknown_agent_page(const std::string& principal, const SignInPage& page);

// One thing that the self-test has found, and what to do about it.
struct SelfTestRow {
  Message what;
  std::string value;
  Message advice;  // may be empty
};

// What arrives of a browser, and the code by which the administrator finds it; empty: there is none.
http::Page self_test_page(int status, const SignInPage& page, std::string_view code, std::span<const SelfTestRow> rows);

}  // namespace pforte::gate

#include "gate/sign_in_page.h"

#include <string_view>

#include "base/text.h"
#include "gate/form.h"
#include "gate/return_path.h"
#include "gate/sign_in_page_text.h"
#include "gate/sign_in_style.h"
#include "http/escape.h"

namespace pforte::gate {

using namespace sign_in_text;

namespace {

constexpr std::string_view kLogin = "/.pforte/login";
constexpr std::string_view kLogout = "/.pforte/logout";
constexpr std::string_view kSso = "/.pforte/sso";

// A gate, for who has no logo.
constexpr std::string_view kMark =
    "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" "
    "stroke-linecap=\"round\" stroke-linejoin=\"round\"><path d=\"M4 21V11a8 8 0 0 1 16 0v10M2 21h20M12 3v18M8.5 "
    "13.5h0M15.5 13.5h0\"/></svg>";

// Writes one page.
class Html {
 public:
  explicit Html(const SignInPage& page) : page_(page) {}

  // As it is: markup of ours.
  Html& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  // A text from anywhere.
  Html& text(std::string_view text) {
    http::append_html_text(out_, text);
    return *this;
  }
  Html& say(const Wording& wording) { return text(wording.in(page_.language)); }
  Html& paragraph(const Wording& wording) { return raw("<p>").say(wording).raw("</p>\n"); }
  Html& name(std::string_view name) { return raw("<strong>").text(name).raw("</strong>. "); }

  // A link of ours that comes back to where the agent wants to go.
  Html& returning_link(std::string_view path, std::string_view classes) {
    raw("<a class=\"").raw(classes).raw("\" href=\"").raw(path).raw("?return=");
    append_form_value(out_, page_.return_path);
    return raw("\">");
  }

  Html& hidden(std::string_view name, std::string_view value) {
    return raw("<input type=\"hidden\" name=\"").raw(name).raw("\" value=\"").text(value).raw("\">\n");
  }

  std::string take() { return std::move(out_); }

 private:
  const SignInPage& page_;
  std::string out_;
};

bool is_german(const SignInPage& page) {
  return page.language == Language::German;
}

void begin_page(Html& html, const SignInPage& page, std::string_view style, const Wording& title) {
  bool logo = page.brand.logo.has_value();
  html.raw("<!doctype html>\n<html lang=\"").raw(is_german(page) ? "de" : "en");
  html.raw("\">\n<head>\n<meta charset=\"utf-8\">\n")
      .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
      .raw("<meta name=\"robots\" content=\"noindex\">\n<title>");
  html.say(title);
  if (!page.brand.name.empty()) html.raw(" – ").text(page.brand.name);
  html.raw("</title>\n");
  if (logo) html.raw("<link rel=\"icon\" href=\"/.pforte/logo\">\n");
  html.raw("<style>").raw(common_style()).raw("</style>\n<style>").raw(style);
  html.raw("</style>\n</head>\n<body>\n<main>\n<div class=\"brand\">");
  // The name stands beside it.
  html.raw(logo ? "<img src=\"/.pforte/logo\" alt=\"\">" : kMark);
  if (!page.brand.name.empty()) html.raw("<p>").text(page.brand.name).raw("</p>");
  html.raw("</div>\n");
}

void append_notice(Html& html, const SignInPage& page) {
  const std::string& own = is_german(page) ? page.brand.notice_de : page.brand.notice_en;
  const std::string& other = is_german(page) ? page.brand.notice_en : page.brand.notice_de;
  const std::string& notice = own.empty() ? other : own;
  if (!notice.empty()) html.raw("<p class=\"notice\">").text(notice).raw("</p>\n");
}

void end_page(Html& html, const SignInPage& page) {
  html.raw("</main>\n");
  if (!page.reference.empty()) {
    html.raw("<footer>").say(kReference).raw(" <code>").text(page.reference).raw("</code></footer>\n");
  }
  html.raw("</body>\n</html>\n");
}

void append_heading(Html& html, const Wording& heading) {
  html.raw("<h1>").say(heading).raw("</h1>\n");
}

enum class Focus : std::uint8_t { Form, Top };

void append_input(Html& html, const SignInPage& page, bool password, Focus focus) {
  html.raw(password ? "<label for=\"password\">" : "<label for=\"user\">").say(password ? kPassword : kUser);
  html.raw("</label>\n<input required");
  if (password) {
    html.raw(" id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\"");
  } else {
    html.raw(" id=\"user\" name=\"user\" type=\"text\" autocomplete=\"username\" autocapitalize=\"none\"")
        .raw(" autocorrect=\"off\" spellcheck=\"false\" value=\"");
    html.text(page.login).raw("\"");
  }
  if (focus == Focus::Form && password != page.login.empty()) html.raw(" autofocus");
  if (page.problem) html.raw(" aria-describedby=\"problem\"");
  if (page.problem && page.problem->about_input) html.raw(" aria-invalid=\"true\"");
  html.raw(">\n");
}

void append_login_form(Html& html, const SignInPage& page, Focus focus) {
  html.raw("<form method=\"post\" action=\"").raw(kLogin).raw("\">\n");
  html.hidden("token", page.token).hidden("return", page.return_path);
  append_input(html, page, false, focus);
  append_input(html, page, true, focus);
  html.raw("<button type=\"submit\">").say(kSignIn).raw("</button>\n</form>\n");
}

// Everything by which one can sign in.
void append_ways_in(Html& html, const SignInPage& page) {
  bool ticket = page.single_sign_on != SingleSignOn::NotOffered;
  if (page.takes_passwords) {
    append_login_form(html, page, Focus::Form);
    if (ticket) html.raw("<p class=\"or\">").say(kOr).raw("</p>\n");
  } else {
    html.paragraph(ticket ? kNoPasswords : kNoWayIn);
  }
  if (!ticket) return;
  html.returning_link(kSso, page.takes_passwords ? "button second" : "button");
  html.say(page.single_sign_on == SingleSignOn::Again ? kSingleSignOnAgain : kSingleSignOn);
  html.raw("</a>\n");
  if (page.takes_passwords) html.raw("<p class=\"hint\">").say(kSingleSignOnHint).raw("</p>\n");
}

SignInPage without_problem(SignInPage page) {
  page.problem.reset();
  return page;
}

void append_problem(Html& html, const SignInPage& page) {
  if (!page.problem) return;
  html.raw("<p class=\"problem\" id=\"problem\" role=\"alert\">").text(page.problem->text.in(page.language));
  html.raw("</p>\n");
}

void append_stay_link(Html& html, const SignInPage& page, std::string_view classes) {
  html.raw("<a")
      .raw(classes)
      .raw(" href=\"")
      .text(safe_return_path(page.return_path))
      .raw("\">")
      .say(kStay)
      .raw("</a>");
}

http::Page page_of(int status, const SignInPage& page, std::string_view style, Html& html) {
  http::Page out;
  out.status = status;
  out.fields = {
      {"Content-Type", "text/html; charset=utf-8"},
      {"Content-Language", is_german(page) ? "de" : "en"},
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy", sign_in_policy(style)},
      {"Referrer-Policy", "same-origin"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
  };
  if (!page.reference.empty()) out.fields.emplace_back("Pforte-Reference", page.reference);
  out.body = html.take();
  return out;
}

// A page with a title, and between heading and end whatever `contents` writes.
template <class Contents>
http::Page make_page(int status, const SignInPage& page, const Wording& title, Contents contents) {
  std::string style = brand_style(page.brand.color);
  Html html(page);
  begin_page(html, page, style, title);
  contents(html);
  end_page(html, page);
  return page_of(status, page, style, html);
}

}  // namespace

http::Page login_page(int status, const SignInPage& page) {
  return make_page(status, page, page.problem ? kNotSignedIn : kSignIn, [&page](Html& html) {
    append_heading(html, kSignIn);
    append_problem(html, page);
    if (!page.signed_in_as.empty()) {
      html.raw("<p class=\"note\">").say(kSignedInAs).name(page.signed_in_as).say(kSwitch).raw(" ");
      append_stay_link(html, page, "");
      html.raw("</p>\n");
    }
    append_ways_in(html, page);
    append_notice(html, page);
  });
}

http::Page signed_out_page(const SignInPage& page) {
  return make_page(200, page, kSignedOut, [&page](Html& html) {
    append_heading(html, kSignIn);
    html.raw("<p class=\"note\" role=\"status\">").say(kSignedOutNote).raw("</p>\n");
    append_ways_in(html, without_problem(page));
    append_notice(html, page);
  });
}

http::Page sign_out_page(const SignInPage& page) {
  return make_page(200, page, kSignOut, [&page](Html& html) {
    append_heading(html, kSignOutQuestion);
    html.raw("<p>").say(kSignedInAs).name(page.signed_in_as);
    if (page.single_sign_on != SingleSignOn::NotOffered) html.say(kSignOutEffect);
    html.raw("</p>\n<form method=\"post\" action=\"").raw(kLogout).raw("\">\n");
    html.hidden("token", page.token).hidden("return", page.return_path);
    html.raw("<button type=\"submit\">").say(kSignOut).raw("</button>\n</form>\n");
    append_stay_link(html, page, " class=\"button second\"");
    html.raw("\n");
  });
}

http::Page forbidden_page(const SignInPage& page) {
  return make_page(403, page, kForbidden, [&page](Html& html) {
    append_heading(html, kForbidden);
    html.raw("<p>").say(kSignedInAs).name(page.signed_in_as).say(kForbiddenReason).raw("</p>\n");
    html.paragraph(kForbiddenRemedy);
    html.returning_link(kLogin, "button").say(kSignInAsAnother).raw("</a>\n");
    html.raw("<a class=\"button second\" href=\"/\">").say(kStartPage).raw("</a>\n");
    append_notice(html, page);
  });
}

http::Page unknown_agent_page(const std::string& principal, const SignInPage& page) {
  return make_page(403, page, kUnknown, [&](Html& html) {
    append_heading(html, kUnknown);
    if (principal.empty()) {
      html.paragraph(kUnknownNobody).paragraph(kUnknownNobodyRemedy);
    } else {
      html.raw("<p>").say(kUnknownIs).name(principal).say(kUnknownReason).raw("</p>\n").paragraph(kUnknownRemedy);
    }
    append_notice(html, page);
    if (!page.takes_passwords) return;
    html.raw("<p class=\"or\">").say(kUnknownForm).raw("</p>\n");
    append_login_form(html, without_problem(page), Focus::Top);
  });
}

http::Page self_test_page(int status, const SignInPage& page, std::string_view code,
                          std::span<const SelfTestRow> rows) {
  return make_page(status, page, kSelfTest, [&](Html& html) {
    append_heading(html, kSelfTest);
    html.raw("<p class=\"note\" role=\"status\">");
    if (code.empty()) {
      html.say(kSelfTestNoCode);
    } else {
      html.say(kSelfTestCode).name(code).say(kSelfTestCodeUse);
    }
    html.raw("</p>\n<dl>\n");
    for (const SelfTestRow& row : rows) {
      html.raw("<dt>").text(row.what.in(page.language)).raw("</dt>\n<dd>").text(row.value);
      if (!row.advice.en.empty()) html.raw("<p class=\"hint\">").text(row.advice.in(page.language)).raw("</p>");
      html.raw("</dd>\n");
    }
    html.raw("</dl>\n<a class=\"button second\" href=\"")
        .raw("/.pforte/selftest")
        .raw("\">")
        .say(kSelfTestAgain)
        .raw("</a>\n");
  });
}

}  // namespace pforte::gate

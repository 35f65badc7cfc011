#include "http/page.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "http/compose.h"
#include "http/date.h"
#include "http/escape.h"
#include "http/page_text.h"

namespace pforte::http {

namespace {

// The only thing the page's policy lets a browser use; kPolicy names its SHA-256, and a test compares.
constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{margin:0;font:1.0625rem/1.5 system-ui,sans-serif;color:#1d1d1f;background:#f6f6f4}"
    "main{max-width:36rem;margin:12vh auto 2rem;padding:0 1.5rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}"
    ".status{margin:0;color:#6a6a6a;font-weight:600;letter-spacing:.06em}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:2rem 0 0;padding:1rem 0 0;"
    "border-top:1px solid #c9c9c4;font-size:.9375rem}"
    "dt{color:#5c5c5c}dd{margin:0}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere;user-select:all}"
    "@media(prefers-color-scheme:dark){body{color:#ececec;background:#17181a}.status,dt{color:#a6a6a6}"
    "dl{border-color:#45464a}}";

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'sha256-FPB+w7fIvbZXbfy7vB7pYZp/fQCNi+ePXx/t8AAzHLg='; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view kHtmlType = "text/html; charset=utf-8";
constexpr std::string_view kProblemType = "application/problem+json";

constexpr Wording kReference{"Reference", "Referenz"};
constexpr Wording kSignIn{"Sign in", "Anmelden"};
constexpr Wording kReason{"Reason", "Grund"};

// The weight of a list element's parameters, in thousandths; 1000 without one (RFC 9110, 12.4.2). What cannot be
// read counts as none.
int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::size_t end = std::min(parameters.find(';'), parameters.size());
    std::string_view parameter = trim(parameters.substr(0, end));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
    if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') continue;
    int weight = 0;
    int scale = 1000;
    for (char c : parameter.substr(2)) {
      if (c == '.' && scale == 100) continue;
      if (c < '0' || c > '9' || scale == 0) return 0;
      weight += (c - '0') * scale;
      scale /= 10;
    }
    return std::min(weight, 1000);
  }
  return 1000;
}

struct Weighted {
  std::string_view name;
  int weight;
};

// Calls `visit` for each element of all fields of that name.
template <class Visit>
void for_each_element(const Fields& fields, FieldName name, Visit visit) {
  for (const Field& field : fields) {
    if (field.known != name) continue;
    std::string_view rest = field.value;
    for (std::string_view element = next_element(rest); !element.empty(); element = next_element(rest)) {
      std::size_t end = std::min(element.find(';'), element.size());
      visit(Weighted{trim(element.substr(0, end)), weight_of(element.substr(end))});
    }
  }
}

bool is_language(std::string_view range, std::string_view language) {
  return equals_ignoring_case(range.substr(0, 2), language) && (range.size() == 2 || range[2] == '-');
}

std::string html_of(const Explanation& text, const Page& page, std::string_view code, std::string_view reference,
                    Language language) {
  std::string status = cat(page.status);
  std::string out =
      cat("<!doctype html>\n<html lang=\"", language == Language::German ? "de" : "en",
          "\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          status, " ", text.title.in(language), "</title>\n<style>", kStyle,
          "</style>\n</head>\n<body>\n<main>\n<p class=\"status\">", status, "</p>\n<h1>", text.title.in(language),
          "</h1>\n<p>", text.what.in(language), "</p>\n<p>", text.remedy.in(language), "</p>\n");
  if (!text.link.empty()) out += cat("<p><a href=\"", text.link, "\">", kSignIn.in(language), "</a></p>\n");
  auto append_fact = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out.append("<dt>").append(name).append("</dt><dd><code>");
    append_html_text(out, value);
    out += "</code></dd>\n";
  };
  if (!reference.empty() || !code.empty()) {
    out += "<dl>\n";
    append_fact(kReference.in(language), reference);
    append_fact(kReason.in(language), code);
    out += "</dl>\n";
  }
  return out += "</main>\n</body>\n</html>\n";
}

std::string problem_of(const Explanation& text, const Page& page, std::string_view code, std::string_view reference,
                       Language language) {
  std::string_view phrase = reason_of(page.status);
  std::string out = R"({"type":"about:blank","title":)";
  append_json_text(out, phrase.empty() ? text.title.en : phrase);
  out += cat(R"(,"status":)", page.status, R"(,"detail":)");
  append_json_text(out, cat(text.what.in(language), ' ', text.remedy.in(language)));
  auto append_member = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += cat(",\"", name, "\":");
    append_json_text(out, value);
  };
  append_member("code", code);
  append_member("reference", reference);
  return out += "}\n";
}

Page explained(int status, std::string_view code, std::string_view reference, const RequestHead& request, bool html) {
  const Explanation& text = explanation_of(status, code);
  if (!text.tells_code) code = {};
  Language language = preferred_language(request.fields);

  Page page;
  page.status = status;
  page.body = html ? html_of(text, page, code, reference, language) : problem_of(text, page, code, reference, language);
  page.fields = {
      {"Content-Type", std::string(html ? kHtmlType : kProblemType)},
      {"Content-Language", language == Language::German ? "de" : "en"},
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy", std::string(kPolicy)},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
  };
  if (!reference.empty()) page.fields.emplace_back("Pforte-Reference", reference);
  return page;
}

// What is legal in a URI reference, and no backslash, which browsers read as a slash (RFC 3986, 2).
bool may_stand_in_location(char c) {
  constexpr std::string_view kNever = "\"<>\\^`{|}";
  return c > 0x20 && c < 0x7f && kNever.find(c) == std::string_view::npos;
}

}  // namespace

Language preferred_language(const Fields& fields) {
  // The first of equal weight wins; a range that says nothing of one of our languages says nothing.
  std::optional<int> german;
  std::optional<int> english;
  int others = 0;
  bool german_first = false;
  for_each_element(fields, FieldName::AcceptLanguage, [&](Weighted range) {
    if (is_language(range.name, "de")) {
      if (!german) german_first = !english;
      german = std::max(german.value_or(0), range.weight);
    } else if (is_language(range.name, "en")) {
      english = std::max(english.value_or(0), range.weight);
    } else if (range.name == "*") {
      others = range.weight;
    }
  });
  if (!german) return Language::English;
  int for_english = english.value_or(others);
  bool prefers_german = *german > for_english || (*german == for_english && german_first);
  return *german > 0 && prefers_german ? Language::German : Language::English;
}

bool wants_html(const Fields& fields) {
  bool html = false;
  for_each_element(fields, FieldName::Accept, [&](Weighted range) {
    if (range.weight > 0 && equals_ignoring_case(range.name, "text/html")) html = true;
  });
  return html;
}

Page error_page(int status, std::string_view code, std::string_view reference, const RequestHead& request) {
  return explained(status, code, reference, request, wants_html(request.fields));
}

Page problem_page(int status, std::string_view code, std::string_view reference, const RequestHead& request) {
  return explained(status, code, reference, request, false);
}

Page redirect_page(int status, std::string_view location) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string safe;
  for (char c : location) {
    if (may_stand_in_location(c)) {
      safe += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      safe += '%';
      safe += kDigits[byte >> 4];
      safe += kDigits[byte & 15];
    }
  }
  Page page;
  page.status = status;
  page.fields.emplace_back("Location", std::move(safe));
  return page;
}

Page text_page(int status, std::string text) {
  Page page;
  page.status = status;
  page.fields = {{"Content-Type", "text/plain; charset=utf-8"},
                 {"Cache-Control", "no-store"},
                 {"X-Content-Type-Options", "nosniff"}};
  page.body = std::move(text);
  return page;
}

net::Task<> answer(Exchange& exchange, const Page& page) {
  ResponseHead head;
  head.status = page.status;
  head.reason = reason_of(page.status);
  head.fields.push_back({.name = "Date", .value = date_now(), .known = FieldName::Date});
  for (const auto& [name, value] : page.fields) {
    head.fields.push_back({.name = name, .value = value, .known = known_field(name)});
  }
  head.body = {Framing::Kind::Length, page.body.size()};
  exchange.begin(head);
  std::string_view body = page.body;
  if (exchange.request().method == Method::Head) body = {};
  const Fields no_trailers;
  co_await exchange.write(body, More::Ends, no_trailers);
  co_return {};
}

}  // namespace pforte::http

#include "demo/application.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "demo/path.h"
#include "http/escape.h"
#include "http/page.h"

namespace pforte::demo {

namespace {

using http::Field;
using http::FieldName;

// How much of a request's body the JSON answer repeats.
constexpr std::size_t kShownBytes = 4096;

struct Body {
  std::uint64_t bytes = 0;
  std::string start;
};

// What a request came to, for both kinds of answer.
struct Received {
  const http::RequestHead& head;
  std::string path;  // as the application reads it
  Body body;
};

struct Context {
  std::string_view path;
  Message name;
};

const Context& context_of(std::string_view path) {
  static const std::array<Context, 5> contexts = {{
      {"/webclient/admin", {"the web client's administration", "die Administration des Webclients"}},
      {"/webclient", {"the web client", "der Webclient"}},
      {"/rest", {"the interface for other systems", "die Schnittstelle für andere Systeme"}},
      {"/management", {"the management, which nobody outside may reach", "die Verwaltung, die von außen tabu ist"}},
      {"", {"the start page", "die Startseite"}},
  }};
  for (const Context& context : contexts) {
    bool inside = path.starts_with(context.path);
    if (inside && (path.size() == context.path.size() || path[context.path.size()] == '/')) return context;
  }
  return contexts.back();
}

// What the gate says about who is signed in; empty where nobody is.
std::string_view told(const http::RequestHead& head, std::string_view name) {
  for (const Field& field : head.fields) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

// The client as told by the gate, or nothing for who comes directly.
std::string_view client_of(const http::RequestHead& head) {
  const Field* told = head.find(FieldName::XForwardedFor);
  return told ? told->value : std::string_view();
}

net::Task<Body> read_to_end(http::Exchange& exchange) {
  Body body;
  for (bool last = false; !last;) {
    http::Piece piece = co_await exchange.read_body();
    body.bytes += piece.bytes.size();
    body.start += piece.bytes.substr(0, kShownBytes - body.start.size());
    last = piece.last;
  }
  co_return body;
}

void append_row(std::string& out, std::string_view name, std::string_view value) {
  out += "<tr><th>";
  http::append_html_text(out, name);
  out += "</th><td><code>";
  http::append_html_text(out, value);
  out += "</code></td></tr>\n";
}

// Who is signed in, how, and the ways to sign out or in, which are the gate's own pages.
void append_agent(std::string& out, const http::RequestHead& head, Language language) {
  auto in = [language](std::string_view en, std::string_view de) { return language == Language::German ? de : en; };
  std::string_view login = told(head, "Remote-User");
  if (login.empty()) {
    out += cat("<p><strong>", in("Nobody is signed in.", "Niemand ist angemeldet."), "</strong></p>\n");
    return;
  }
  out += cat("<p><strong>", in("Signed in: ", "Angemeldet: "));
  http::append_html_text(out, login);
  out += cat("</strong> &middot; <a href=\"/.pforte/logout\">", in("Sign out", "Abmelden"),
             "</a> &middot; <a href=\"/.pforte/whoami\">whoami</a></p>\n<table>\n");
  append_row(out, in("By", "Durch"), told(head, "Pforte-Method"));
  std::string_view principal = told(head, "Pforte-Principal");
  if (!principal.empty()) append_row(out, "Principal", principal);
  append_row(out, in("Groups", "Gruppen"), told(head, "Pforte-Groups"));
  out += "</table>\n";
}

http::Page html_page(const Received& received) {
  Language language = http::preferred_language(received.head.fields);
  auto in = [language](std::string_view en, std::string_view de) { return language == Language::German ? de : en; };
  const Context& context = context_of(received.path);
  std::string out =
      cat("<!doctype html>\n<html lang=\"", in("en", "de"), "\">\n<head>\n<meta charset=\"utf-8\">\n",
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
          "<title>Pforte demo</title>\n<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;",
          "margin:3rem auto;padding:0 1rem}th{text-align:left;padding-right:2rem;vertical-align:top}",
          "td{overflow-wrap:anywhere}</style>\n</head>\n<body>\n<h1>", context.name.in(language), "</h1>\n");
  append_agent(out, received.head, language);
  out += cat("<h2>", in("What the application received", "Was bei der Anwendung ankam"), "</h2>\n<table>\n");
  append_row(out, in("Method", "Methode"), received.head.method_text);
  append_row(out, in("Target", "Ziel"), received.head.target);
  append_row(out, in("Path as read", "Gelesener Pfad"), received.path);
  std::string_view client = client_of(received.head);
  append_row(out, "Client",
             client.empty() ? in("not told: nobody stands in front", "unbekannt: niemand steht davor") : client);
  if (received.body.bytes != 0) append_row(out, "Body", cat(received.body.bytes, " Byte"));
  out += cat("</table>\n<h2>", in("Header fields", "Kopffelder"), "</h2>\n<table>\n");
  for (const Field& field : received.head.fields) append_row(out, field.name, field.value);
  out += "</table>\n</body>\n</html>\n";

  http::Page page;
  page.fields = {{"Content-Type", "text/html; charset=utf-8"},
                 {"Content-Language", std::string(in("en", "de"))},
                 {"Cache-Control", "no-store"},
                 {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}};
  page.body = std::move(out);
  return page;
}

http::Page json_page(const Received& received) {
  std::string out = "{";
  auto append_member = [&out](std::string_view name, std::string_view value) {
    if (out.size() > 1) out += ", ";
    http::append_json_text(out, name);
    out += ": ";
    http::append_json_text(out, value);
  };
  append_member("context", context_of(received.path).path);
  append_member("method", received.head.method_text);
  append_member("target", received.head.target);
  append_member("path", received.path);
  append_member("client", client_of(received.head));
  append_member("agent", told(received.head, "Remote-User"));
  out += R"(, "headers": [)";
  std::string_view separator;
  for (const Field& field : received.head.fields) {
    out += separator;
    out += '[';
    http::append_json_text(out, field.name);
    out += ", ";
    http::append_json_text(out, field.value);
    out += ']';
    separator = ", ";
  }
  out += cat(R"(], "body_bytes": )", received.body.bytes);
  append_member("body", received.body.start);
  out += "}\n";

  http::Page page;
  page.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  page.body = std::move(out);
  return page;
}

}  // namespace

net::Task<> DemoApplication::serve(http::Exchange& exchange) {
  Body body = co_await read_to_end(exchange);
  const http::RequestHead& head = exchange.request();
  Received received{.head = head, .path = path_as_tomcat_reads_it(head.path), .body = std::move(body)};
  http::Page page;
  if (received.path == "/health") {
    page = http::text_page(200, "ok\n");
  } else if (context_of(received.path).path != "/rest" && http::wants_html(head.fields)) {
    page = html_page(received);
  } else {
    page = json_page(received);
  }
  co_await http::answer(exchange, page);
  co_return {};
}

net::Task<> DemoApplication::refuse(http::Exchange& exchange, http::Refusal refusal) {
  http::Page page = http::text_page(refusal.status, cat(refusal.code, ": ", refusal.text, "\n"));
  co_await http::answer(exchange, page);
  co_return {};
}

}  // namespace pforte::demo

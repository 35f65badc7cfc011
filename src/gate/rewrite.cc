#include "gate/rewrite.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "gate/sign_in_cookies.h"
#include "http/challenge.h"
#include "http/cookie.h"
#include "http/forwarded.h"

namespace pforte::gate {

using http::Field;
using http::FieldName;
using http::Framing;

namespace {

// CGI and its heirs know one name for all that differ in case and in what is neither letter nor digit:
// HTTP_REMOTE_USER.
char as_word(char c) {
  c = lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
}

bool same_words(std::string_view name, std::string_view words) {
  return std::ranges::equal(name, words, {}, as_word);
}

// A field that applications may take for one the gate vouches for, or for one about framing: Content_Length.
bool imitates(const Field& field) {
  if (field.name.find('_') == std::string_view::npos) return false;
  std::string words(field.name);
  std::ranges::transform(words, words.begin(), as_word);
  return http::known_field(words) != FieldName::Other;
}

bool is_of_the_connection(FieldName name) {
  switch (name) {
    case FieldName::Connection:
    case FieldName::KeepAlive:
    case FieldName::ProxyConnection:
    case FieldName::Te:
    case FieldName::TransferEncoding:
    case FieldName::Upgrade:
    case FieldName::Http2Settings:
    case FieldName::ContentLength:
    case FieldName::ProxyAuthenticate:
    case FieldName::ProxyAuthorization:
      return true;
    default:
      return false;
  }
}

// What the gate says itself, or what makes applications believe the client instead of the request line.
bool is_overruled(FieldName name) {
  switch (name) {
    case FieldName::Forwarded:
    case FieldName::XForwardedFor:
    case FieldName::XForwardedProto:
    case FieldName::XForwardedHost:
    case FieldName::XForwardedPort:
    case FieldName::XForwardedServer:
    case FieldName::XForwardedPrefix:
    case FieldName::XRealIp:
    case FieldName::XOriginalUrl:
    case FieldName::XRewriteUrl:
    case FieldName::Proxy:
      return true;
    default:
      return false;
  }
}

// The challenges of a WWW-Authenticate field without those for tickets, which never reach the application: a client
// that answered them would answer for ever. Whether all of them stayed.
bool append_challenges(const Field& field, http::Fields& out) {
  std::size_t before = out.size();
  bool all = true;
  std::string_view rest = field.value;
  while (std::optional<http::Challenge> challenge = http::next_challenge(rest)) {
    if (http::is_connection_scheme(challenge->scheme)) {
      all = false;
    } else {
      out.push_back({field.name, challenge->text, field.known});
    }
  }
  if (!all) return false;
  // As it was, in one line.
  out.resize(before);
  out.push_back(field);
  return true;
}

// What an application says of who has signed in on a connection, and asks for.
bool is_about_sign_in(FieldName name) {
  return name == FieldName::WwwAuthenticate || name == FieldName::PersistentAuth || name == FieldName::ProxySupport;
}

// A cookie of ours that an application wants to set: it could plant a session.
bool sets_our_cookie(const Field& field) {
  return field.known == FieldName::SetCookie && is_our_cookie(http::trim(field.value));
}

bool is_one_of(std::string_view name, const std::vector<std::string>* own_names) {
  auto is_it = [&](std::string_view own) { return std::ranges::equal(name, own, {}, as_word, as_word); };
  return own_names && std::ranges::any_of(*own_names, is_it);
}

bool passes(const http::RequestHead& in, const Field& field, const Rewriting& how) {
  if (how.methods == Methods::Judged && overrides_method(field)) return false;
  if (how.own_authorization && field.known == FieldName::Authorization) return false;
  if (how.withholds_agent && (field.known == FieldName::Authorization || field.known == FieldName::Cookie))
    return false;
  if (is_one_of(field.name, how.own_names)) return false;
  if (is_of_the_connection(field.known) || is_overruled(field.known)) return false;
  if (field.known == FieldName::Other && (is_reserved(field.name) || imitates(field))) return false;
  if (is_ticket(field) && how.connection_sign_in == ConnectionSignIn::Withheld) return false;
  if (!in.connection_names_fields || field.known == FieldName::Host) return true;
  return !http::connection_lists(in.fields, field.name);
}

}  // namespace

void Outgoing::clear() {
  head.clear();
  path.clear();
  cookies.clear();
  x_forwarded_for.clear();
  forwarded.clear();
}

std::string_view scheme_of(const http::RequestHead& in, const Visitor& visitor) {
  const Field* said = visitor.believed ? in.find(FieldName::XForwardedProto) : nullptr;
  if (said && (said->value == "http" || said->value == "https")) return said->value;
  return visitor.tls ? "https" : "http";
}

bool is_reserved(std::string_view name) {
  constexpr std::string_view kOurs = "pforte-";
  return same_words(name, "remote-user") || same_words(name.substr(0, kOurs.size()), kOurs);
}

bool overrides_method(const Field& field) {
  return same_words(field.name, "x-http-method-override") || same_words(field.name, "x-http-method") ||
         same_words(field.name, "x-method-override");
}

bool is_set_by_gate(const Field& field, const std::vector<std::string>* own_names) {
  return is_overruled(field.known) || is_reserved(field.name) || is_one_of(field.name, own_names);
}

std::string_view forwarded_host(const http::RequestHead& in, const Visitor& visitor) {
  const Field* said = visitor.believed ? in.find(FieldName::XForwardedHost) : nullptr;
  return said && !said->value.empty() ? said->value : in.authority;
}

bool is_ticket(const Field& field) {
  if (field.known != FieldName::Authorization) return false;
  // The scheme ends where a token does, whatever follows it: readers differ about tabs and commas there.
  std::size_t length = 0;
  while (length < field.value.size() && http::is_token(field.value.substr(length, 1))) ++length;
  return http::is_connection_scheme(field.value.substr(0, length));
}

void rewrite_request(const http::RequestHead& in, const Rewriting& how, Outgoing& out) {
  const Visitor& visitor = how.visitor;
  out.clear();
  out.path = how.path;
  http::RequestHead& head = out.head;
  head.method = in.method;
  head.method_text = in.method_text;
  head.path = out.path;
  head.query = in.query;
  head.authority = in.authority;
  head.body = in.body;
  head.expects_continue = in.expects_continue;
  // With a body, upload and tunnel would carry the same bytes.
  head.wants_upgrade =
      in.wants_upgrade && in.body.kind == Framing::Kind::None && equals_ignoring_case(in.upgrade, "websocket");
  head.upgrade = head.wants_upgrade ? in.upgrade : std::string_view();
  bool our_cookie = http::append_cookies_without(is_our_cookie, in.fields, out.cookies);
  for (const Field& field : in.fields) {
    if (our_cookie && field.known == FieldName::Cookie) continue;
    if (passes(in, field, how)) head.fields.push_back(field);
  }
  if (our_cookie && !out.cookies.empty() && !how.withholds_agent)
    head.fields.push_back({"Cookie", out.cookies, FieldName::Cookie});

  if (visitor.believed) {
    http::append_joined(out.x_forwarded_for, in.fields, FieldName::XForwardedFor);
    http::append_joined(out.forwarded, in.fields, FieldName::Forwarded);
  }
  const std::string& peer = visitor.peer_text;
  std::string_view proto = scheme_of(in, visitor);
  http::append_x_forwarded_for(out.x_forwarded_for, peer);
  http::append_forwarded(out.forwarded, {.client = peer, .host = in.authority, .proto = proto});
  head.fields.push_back({"X-Forwarded-For", out.x_forwarded_for, FieldName::XForwardedFor});
  head.fields.push_back({"X-Forwarded-Proto", proto, FieldName::XForwardedProto});
  head.fields.push_back({"X-Forwarded-Host", forwarded_host(in, visitor), FieldName::XForwardedHost});
  head.fields.push_back({"Forwarded", out.forwarded, FieldName::Forwarded});
}

void drop_reserved(http::Fields& trailers, const std::vector<std::string>* own_names) {
  std::erase_if(trailers, [own_names](const Field& field) {
    return is_reserved(field.name) || imitates(field) || is_one_of(field.name, own_names);
  });
}

void rewrite_response(const http::ResponseHead& in, http::Method of_request, ConnectionSignIn sign_in,
                      http::ResponseHead& out) {
  out.clear();
  out.status = in.status;
  out.reason = in.reason;
  out.body = in.body;
  // An answer whose end is the server's close is framed anew, so that the client can tell it from a cut one.
  if (in.body.kind == Framing::Kind::UntilClose) out.body.kind = Framing::Kind::Chunked;
  out.upgrade = in.upgrade;
  // Without a body, the length says what a GET would have brought (RFC 9110, 8.6).
  bool tells_length = of_request == http::Method::Head || in.status == 304;
  bool all_challenges = true;
  for (const Field& field : in.fields) {
    bool length = field.known == FieldName::ContentLength;
    if (length ? !tells_length : is_of_the_connection(field.known)) continue;
    if (field.known == FieldName::Other && is_reserved(field.name)) continue;
    if (sets_our_cookie(field)) continue;
    if (in.connection_names_fields && http::connection_lists(in.fields, field.name)) continue;
    if (!is_about_sign_in(field.known) || sign_in == ConnectionSignIn::Passes) {
      out.fields.push_back(field);
    } else if (field.known == FieldName::WwwAuthenticate) {
      all_challenges &= append_challenges(field, out.fields);
    }
  }
  // RFC 9110, 15.5.2: a 401 names a challenge; none that browsers know is as good as none.
  if (in.status == 401 && !all_challenges && !out.find(FieldName::WwwAuthenticate))
    out.fields.push_back({"WWW-Authenticate", "Form", FieldName::WwwAuthenticate});
}

}  // namespace pforte::gate

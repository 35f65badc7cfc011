#include "identity/ldap_connection.h"

#include <ldap.h>
#include <sys/time.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "identity/ldap_refusal.h"
#include "identity/ldap_stream.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSystemTrust = "/etc/ssl/certs/ca-certificates.crt";

// A goodbye is worth no waiting.
constexpr std::chrono::milliseconds kGoodbye = 50ms;

timeval to_timeval(std::chrono::milliseconds time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {.tv_sec = seconds.count(), .tv_usec = std::chrono::microseconds(time - seconds).count()};
}

struct FreeMessage {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using Answer = std::unique_ptr<LDAPMessage, FreeMessage>;

struct FreeText {
  void operator()(char* text) const { ldap_memfree(text); }
};
using Text = std::unique_ptr<char, FreeText>;

struct FreeValue {
  void operator()(berval* value) const { ber_bvfree(value); }
};

struct FreeControl {
  void operator()(LDAPControl* control) const { ldap_control_free(control); }
};

struct FreeControls {
  void operator()(LDAPControl** controls) const { ldap_controls_free(controls); }
};

void set(LDAP* handle, int option, int value) {
  ldap_set_option(handle, option, &value);
}

void set(LDAP* handle, int option, const char* value) {
  ldap_set_option(handle, option, value);
}

// An option that is a text of ours to free; null: none.
Text text_option(LDAP* handle, int option) {
  char* text = nullptr;
  ldap_get_option(handle, option, static_cast<void*>(&text));
  return Text(text);
}

// Everything that ldap.conf(5), .ldaprc and LDAPTLS_... could have said otherwise is said here.
bool set_tls(LDAP* handle, const LdapLink& link) {
  set(handle, LDAP_OPT_X_TLS_CACERTFILE, link.trust == "system" ? kSystemTrust : link.trust.c_str());
  set(handle, LDAP_OPT_X_TLS_CACERTDIR, static_cast<const char*>(nullptr));
  set(handle, LDAP_OPT_X_TLS_CERTFILE, static_cast<const char*>(nullptr));
  set(handle, LDAP_OPT_X_TLS_KEYFILE, static_cast<const char*>(nullptr));
  set(handle, LDAP_OPT_X_TLS_CRLFILE, static_cast<const char*>(nullptr));
  set(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND);
  set(handle, LDAP_OPT_X_TLS_REQUIRE_SAN, LDAP_OPT_X_TLS_DEMAND);
  // With one, GnuTLS (which Debian's libldap uses) would lose memory with each connection, and a lowest version it does
  // not take at all: is_current_tls() looks instead.
  set(handle, LDAP_OPT_X_TLS_CIPHER_SUITE, static_cast<const char*>(nullptr));
  set(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, LDAP_OPT_X_TLS_PROTOCOL_TLS1_2);
  int client = 0;
  return ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &client) == LDAP_OPT_SUCCESS;
}

// RFC 8996 forbids what came before TLS 1.2.
bool is_current_tls(LDAP* handle) {
  Text version = text_option(handle, LDAP_OPT_X_TLS_VERSION);
  std::string_view name = version ? version.get() : "";
  return name == "TLS1.2" || name == "TLS1.3" || name == "TLSv1.2" || name == "TLSv1.3";
}

void set_up(LDAP* handle, const LdapLink& link) {
  set(handle, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3);
  ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_ON);
  set(handle, LDAP_OPT_DEREF, LDAP_DEREF_NEVER);
  timeval timeout = to_timeval(link.timeout);
  ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &timeout);
  ldap_set_option(handle, LDAP_OPT_TIMEOUT, &timeout);
}

// What the server, or the TLS library, said about the last operation.
std::string diagnostic(LDAP* handle) {
  Text text = text_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE);
  std::string said = text ? text.get() : "";
  std::erase_if(said, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return said;
}

int last_code(LDAP* handle) {
  int code = LDAP_OTHER;
  ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code);
  return code == LDAP_SUCCESS ? LDAP_SERVER_DOWN : code;
}

// What a password policy has against a bind, even one that succeeded: empty, nothing. Source:
// draft-behera-ldap-password-policy.
std::string_view policy_reason(LDAP* handle, LDAPControl** controls) {
  LDAPControl* policy =
      controls == nullptr ? nullptr : ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, nullptr);
  LDAPPasswordPolicyError error = PP_noError;
  if (policy == nullptr || ldap_parse_passwordpolicy_control(handle, policy, nullptr, nullptr, &error) != LDAP_SUCCESS)
    return {};
  if (error == PP_passwordExpired) return "the password has expired";
  if (error == PP_accountLocked) return "the directory has locked the account";
  if (error == PP_changeAfterReset) return "the password must be changed first";
  return {};
}

// That login and password do not go together, in the words of various servers.
bool is_wrong(int code) {
  return code == LDAP_INVALID_CREDENTIALS || code == LDAP_INVALID_DN_SYNTAX || code == LDAP_NO_SUCH_OBJECT ||
         code == LDAP_INAPPROPRIATE_AUTH || code == LDAP_UNWILLING_TO_PERFORM || code == LDAP_CONSTRAINT_VIOLATION ||
         code == LDAP_INSUFFICIENT_ACCESS;
}

bool is_cut_off(int code) {
  return code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR || code == LDAP_DECODING_ERROR ||
         code == LDAP_ENCODING_ERROR || code == LDAP_LOCAL_ERROR;
}

}  // namespace

struct LdapConnection::Body {
  explicit Body(const LdapLink& link) : link(link) {}
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body() {
    if (stream) stream->begin(kGoodbye);
    if (handle != nullptr) ldap_unbind_ext_s(handle, nullptr, nullptr);
  }

  // What a result of libldap means, `deed` being what was asked for.
  Error failure(int code, std::string_view deed) const;
  Result<> connect();
  int send_bind(const std::string& name, std::string_view password, int& message) const;
  Result<> bind_answer(LDAPMessage* answer) const;
  LdapEntry entry(LDAPMessage* message) const;

  LdapLink link;
  LDAP* handle = nullptr;
  std::optional<LdapStream> stream;
};

Error LdapConnection::Body::failure(int code, std::string_view deed) const {
  std::string said = diagnostic(handle);
  std::string text = cat(link.server.url(), ": ", deed, ": ", ldap_err2string(code));
  if (!said.empty()) text += cat(" (", said, ")");
  if (code == LDAP_TIMEOUT || (is_cut_off(code) && stream->is_late()))
    return {Kind::Timeout, "ldap.timeout",
            cat(link.server.url(), ": ", deed, ": no answer within ", link.timeout.count(), " ms")};
  if (is_cut_off(code)) return {Kind::Closed, "ldap.connect", std::move(text)};
  if (code == LDAP_BUSY || code == LDAP_UNAVAILABLE) return {Kind::Closed, "ldap.busy", std::move(text)};
  bool is_elsewhere = code == LDAP_NO_SUCH_OBJECT || code == LDAP_REFERRAL;
  return {Kind::Unavailable, is_elsewhere ? "ldap.no-entry" : "ldap.refused", std::move(text)};
}

Result<> LdapConnection::Body::connect() {
  if (ldap_initialize(&handle, link.server.url().c_str()) != LDAP_SUCCESS)
    return fail(Kind::Unavailable, "ldap.refused", cat(link.server.url(), ": not the URL of a server"));
  stream.emplace(handle, link.timeout);
  set_up(handle, link);
  bool sealed = link.server.tls || link.start_tls;
  if (sealed && !set_tls(handle, link))
    return fail(Kind::Closed, "ldap.not-trusted",
                cat(link.server.url(), ": nobody is trusted: ", link.trust, " cannot be used"));

  stream->begin();
  int code = ldap_connect(handle);
  if (code == LDAP_SUCCESS && link.start_tls && !link.server.tls) {
    stream->begin();
    code = ldap_start_tls_s(handle, nullptr, nullptr);
  }
  if (code == LDAP_SUCCESS && sealed && !is_current_tls(handle))
    return fail(Kind::Closed, "ldap.not-trusted", cat(link.server.url(), ": speaks no TLS 1.2 or later"));
  if (code == LDAP_SUCCESS) return {};
  Error why = failure(code, "connecting");
  // libldap gives a handshake no result of its own; without TLS there is no word on a connection that was refused.
  bool about_tls = sealed && why.code() == "ldap.connect" && !diagnostic(handle).empty();
  if (about_tls) return fail(Kind::Closed, "ldap.not-trusted", why.text());
  return std::unexpected(std::move(why));
}

int LdapConnection::Body::send_bind(const std::string& name, std::string_view password, int& message) const {
  berval value{.bv_len = password.size(), .bv_val = const_cast<char*>(password.data())};
  LDAPControl* policy = nullptr;
  if (int code = ldap_create_passwordpolicy_control(handle, &policy); code != LDAP_SUCCESS) return code;
  std::unique_ptr<LDAPControl, FreeControl> owned(policy);
  LDAPControl* controls[] = {policy, nullptr};
  return ldap_sasl_bind(handle, name.c_str(), LDAP_SASL_SIMPLE, &value, controls, nullptr, &message);
}

Result<> LdapConnection::Body::bind_answer(LDAPMessage* answer) const {
  int code = LDAP_OTHER;
  char* said = nullptr;
  LDAPControl** raw = nullptr;
  int parsed = ldap_parse_result(handle, answer, &code, nullptr, &said, nullptr, &raw, 0);
  Text diagnostic(said);
  std::unique_ptr<LDAPControl*, FreeControls> controls(raw);
  if (parsed != LDAP_SUCCESS) return std::unexpected(failure(parsed, "signing in"));

  std::string_view reason = said == nullptr ? std::string_view() : refusal_reason(said);
  if (reason.empty()) reason = policy_reason(handle, raw);
  if (!reason.empty()) return fail(Kind::Denied, "ldap.denied", std::string(reason));
  if (code == LDAP_SUCCESS) return {};
  if (is_wrong(code)) return fail(Kind::Denied, "ldap.wrong", ldap_err2string(code));
  return std::unexpected(failure(code, "signing in"));
}

LdapEntry LdapConnection::Body::entry(LDAPMessage* message) const {
  LdapEntry made;
  Text dn(ldap_get_dn(handle, message));
  if (dn) made.dn = dn.get();
  BerElement* raw = nullptr;
  Text name(ldap_first_attribute(handle, message, &raw));
  std::unique_ptr<BerElement, decltype([](BerElement* ber) { ber_free(ber, 0); })> rest(raw);
  for (; name; name.reset(ldap_next_attribute(handle, message, rest.get()))) {
    berval** values = ldap_get_values_len(handle, message, name.get());
    std::vector<std::string>& into = made.values[lowered(name.get())];
    for (berval** value = values; value != nullptr && *value != nullptr; ++value)
      into.emplace_back((*value)->bv_val, (*value)->bv_len);
    ldap_value_free_len(values);
  }
  return made;
}

LdapConnection::LdapConnection(std::unique_ptr<Body> body) : body_(std::move(body)) {}
LdapConnection::LdapConnection(LdapConnection&&) noexcept = default;
LdapConnection& LdapConnection::operator=(LdapConnection&&) noexcept = default;
LdapConnection::~LdapConnection() = default;

Result<LdapConnection> LdapConnection::open(const LdapLink& link) {
  auto body = std::make_unique<Body>(link);
  TRY(body->connect());
  return LdapConnection(std::move(body));
}

Result<> LdapConnection::bind(const std::string& name, const Secret& password) {
  std::string_view text = password.reveal();
  if (name.empty() || text.empty() || name.contains('\0'))
    return fail(Kind::Denied, "ldap.wrong", "a bind without name or password proves nothing");
  LDAP* handle = body_->handle;
  body_->stream->begin();
  int message = 0;
  int sent = body_->send_bind(name, text, message);
  if (sent != LDAP_SUCCESS) return std::unexpected(body_->failure(sent, "signing in"));
  timeval timeout = to_timeval(body_->link.timeout);
  LDAPMessage* raw = nullptr;
  int got = ldap_result(handle, message, LDAP_MSG_ALL, &timeout, &raw);
  Answer answer(raw);
  if (got <= 0) return std::unexpected(body_->failure(got == 0 ? LDAP_TIMEOUT : last_code(handle), "signing in"));
  return body_->bind_answer(raw);
}

Result<> LdapConnection::am_i_somebody() {
  berval* answer = nullptr;
  body_->stream->begin();
  int code = ldap_whoami_s(body_->handle, &answer, nullptr, nullptr);
  std::unique_ptr<berval, FreeValue> owned(answer);
  // RFC 4511, 4.1.9: protocolError is how a server says that it does not know an extended operation.
  if (code == LDAP_PROTOCOL_ERROR || code == LDAP_UNWILLING_TO_PERFORM) return {};
  if (code == LDAP_INSUFFICIENT_ACCESS)
    return fail(Kind::Denied, "ldap.nobody", "after the bind nothing is allowed: the password must be changed first?");
  if (code != LDAP_SUCCESS) return std::unexpected(body_->failure(code, "asking who we are"));

  std::string_view who = answer == nullptr ? std::string_view() : std::string_view(answer->bv_val, answer->bv_len);
  bool nobody = who.empty() || who == "dn:" || who == "u:" || lowered(who).ends_with("\\anonymous logon");
  if (nobody) return fail(Kind::Denied, "ldap.nobody", "the server said yes to the bind, and takes us for nobody");
  return {};
}

std::string LdapConnection::certificate() const {
  berval der{};
  if (ldap_get_option(body_->handle, LDAP_OPT_X_TLS_PEERCERT, &der) != LDAP_OPT_SUCCESS) return {};
  Text owned(der.bv_val);
  return {der.bv_val, der.bv_len};
}

Result<LdapFound> LdapConnection::search(const LdapSearch& search) {
  std::vector<char*> wanted;
  wanted.reserve(search.attributes.size() + 2);
  for (const std::string& attribute : search.attributes) wanted.push_back(const_cast<char*>(attribute.c_str()));
  std::string none = LDAP_NO_ATTRS;
  if (wanted.empty()) wanted.push_back(none.data());
  wanted.push_back(nullptr);
  int scope = search.scope == LdapSearch::Scope::Entry ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE;
  timeval timeout = to_timeval(body_->link.timeout);

  LDAPMessage* raw = nullptr;
  LDAP* handle = body_->handle;
  body_->stream->begin();
  int code = ldap_search_ext_s(handle, search.base.c_str(), scope, search.filter.c_str(), wanted.data(), 0, nullptr,
                               nullptr, &timeout, search.most, &raw);
  Answer answer(raw);
  if (code != LDAP_SUCCESS && code != LDAP_SIZELIMIT_EXCEEDED)
    return std::unexpected(body_->failure(code, "searching"));
  LdapFound found{.entries = {}, .cut = code == LDAP_SIZELIMIT_EXCEEDED};
  for (LDAPMessage* one = ldap_first_entry(handle, raw); one != nullptr; one = ldap_next_entry(handle, one))
    found.entries.push_back(body_->entry(one));
  return found;
}

}  // namespace pforte::identity

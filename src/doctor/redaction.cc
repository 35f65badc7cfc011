#include "doctor/redaction.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::doctor {
namespace {

// A secret ahead: so many letters that stay, and so many behind them that do not.
struct Hidden {
  std::size_t keep = 0;
  std::size_t hide = 0;
};

constexpr std::string_view kWhite = " \t\r\n";
constexpr std::string_view kEndsOfValue = " \t\r\n\"'<>&;,)";

// RFC 7235, 2.1: token68, which JSON Web Tokens are made of as well.
constexpr bool is_token68(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/' || c == '=';
}

bool begins_whatever_case(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && equals_ignoring_case(text.substr(0, with.size()), with);
}

std::size_t length_until(std::string_view text, std::string_view ends) {
  return std::min(text.find_first_of(ends), text.size());
}

std::size_t length_of_token(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_token68) - text.begin());
}

// Where a field's value ends that stands in a text: at the quote that stands before its name, else with its line.
std::string_view field_line(std::string_view rest, char before) {
  bool quoted = before == '"' || before == '\'';
  std::string_view line = rest.substr(0, length_until(rest, "\r\n"));
  return quoted ? line.substr(0, std::min(line.find(before), line.size())) : line;
}

// What our own advice writes where a name or a password is to be put.
bool is_placeholder(std::string_view credentials) {
  constexpr auto kPlaceholders = std::to_array<std::string_view>(
      {"USER", "USER:PASSWORD", "BENUTZER", "BENUTZER:PASSWORT", "PASSWORD", "PASSWORT"});
  return std::ranges::find(kPlaceholders, credentials) != kPlaceholders.end();
}

// "https://user:password@host": whatever stands before the last @ of the authority (RFC 3986, 3.2.1).
Hidden of_url(std::string_view rest) {
  if (!rest.starts_with("://")) return {};
  std::string_view authority = rest.substr(3, length_until(rest.substr(3), " \t\r\n\"'<>/?#\\"));
  std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos || is_placeholder(authority.substr(0, at))) return {};
  return {.keep = 3, .hide = at};
}

// Where whoever knows the path may write. `host` may begin with '.', for all names below.
struct Webhooks {
  std::string_view host, path;
};
constexpr auto kWebhooks = std::to_array<Webhooks>({
    {"hooks.slack.com", "/"},
    {"hooks.slack-gov.com", "/"},
    {".webhook.office.com", "/"},
    {"outlook.office.com", "/webhook/"},
    {"outlook.office365.com", "/webhook/"},
    {".logic.azure.com", "/"},
    {".powerplatform.com", "/powerautomate/"},
    {"discord.com", "/api/webhooks/"},
    {"discordapp.com", "/api/webhooks/"},
    {"chat.googleapis.com", "/v1/spaces/"},
    {"hooks.zapier.com", "/"},
    {"maker.ifttt.com", "/"},
    {"events.pagerduty.com", "/integration/"},
});

// "hooks.slack.com/services/...", with or without a port: what stands behind its path's beginning.
Hidden of_webhook(std::string_view rest, char /*before*/) {
  auto is_host = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; };
  auto end = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_host) - rest.begin());
  std::string host = lowered(rest.substr(0, end));
  if (rest.substr(end, 1) == ":") end = std::min(rest.find_first_not_of("0123456789", end + 1), rest.size());
  for (const Webhooks& known : kWebhooks) {
    bool meant = known.host.starts_with('.') ? host.ends_with(known.host) : host == known.host;
    if (!meant || !begins_whatever_case(rest.substr(end), known.path)) continue;
    std::size_t keep = end + known.path.size();
    return {.keep = keep, .hide = length_until(rest.substr(keep), " \t\r\n\"'<>`,;)")};
  }
  return {};
}

// A word that may be Base64: one of a sentence has no digit, no '=', and no capital inside.
bool looks_encoded(std::string_view word) {
  if (word.size() < 6) return false;
  return std::ranges::any_of(
      word.substr(1), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '=' || c == '+'; });
}

// "Negotiate YII...": what a scheme of RFC 9110, 11.4 carries.
Hidden of_credentials(std::string_view rest, char /*before*/) {
  constexpr auto kSchemes = std::to_array<std::string_view>({"Negotiate ", "Basic ", "Bearer ", "NTLM ", "DPoP "});
  for (std::string_view scheme : kSchemes) {
    if (!begins_whatever_case(rest, scheme)) continue;
    std::string_view token = rest.substr(scheme.size(), length_of_token(rest.substr(scheme.size())));
    if (looks_encoded(token)) return {.keep = scheme.size(), .hide = token.size()};
  }
  return {};
}

// A token by its first letters: JSON Web Tokens, and the Base64 of a SPNEGO or Kerberos token and of "NTLMSSP".
Hidden of_token(std::string_view rest, char /*before*/) {
  constexpr auto kFirst = std::to_array<std::string_view>({"eyJ", "YII", "YIG", "oYI", "TlRMTVNTU"});
  constexpr std::size_t kShortest = 20;
  for (std::string_view first : kFirst) {
    std::size_t length = rest.starts_with(first) ? length_of_token(rest) : 0;
    if (length >= kShortest) return {.keep = 0, .hide = length};
  }
  return {};
}

// "Authorization: Basic ...": the scheme stays. "Cookie: a=b; c=d": of_cookies() has the values.
Hidden of_field(std::string_view rest, char before) {
  constexpr auto kFields = std::to_array<std::string_view>({"Authorization:", "Proxy-Authorization:"});
  for (std::string_view name : kFields) {
    if (!begins_whatever_case(rest, name)) continue;
    std::string_view value = field_line(rest, before).substr(name.size());
    std::size_t begin = std::min(value.find_first_not_of(kWhite), value.size());
    std::size_t space = value.find_first_of(kWhite, begin);
    std::size_t keep = space == std::string_view::npos ? begin : space + 1;
    return {.keep = name.size() + keep, .hide = value.size() - keep};
  }
  return {};
}

// "password=...", in a query, a form or a command: the value.
Hidden of_parameter(std::string_view rest, char before) {
  constexpr auto kNames = std::to_array<std::string_view>({"password",
                                                           "passwd",
                                                           "pwd",
                                                           "passphrase",
                                                           "secret",
                                                           "client_secret",
                                                           "token",
                                                           "id_token",
                                                           "access_token",
                                                           "refresh_token",
                                                           "api_key",
                                                           "apikey",
                                                           "signature",
                                                           "ticket",
                                                           "sessionid",
                                                           "jsessionid",
                                                           "phpsessid",
                                                           "asp.net_sessionid",
                                                           "client_assertion",
                                                           "SAMLRequest",
                                                           "SAMLResponse",
                                                           "RelayState"});
  // What may mean something else outside of a query.
  constexpr auto kInQueries =
      std::to_array<std::string_view>({"code", "key", "pass", "sig", "session", "sid", "state", "assertion"});
  auto value_of = [&](std::string_view name) -> Hidden {
    if (!begins_whatever_case(rest, name) || rest.substr(name.size(), 1) != "=") return {};
    std::size_t keep = name.size() + 1;
    if (rest.substr(keep, 1) == "\"" || rest.substr(keep, 1) == "'") ++keep;
    return {.keep = keep, .hide = length_until(rest.substr(keep), kEndsOfValue)};
  };
  for (std::string_view name : kNames) {
    if (Hidden found = value_of(name); found.hide > 0) return found;
  }
  if (before != '?' && before != '&') return {};
  for (std::string_view name : kInQueries) {
    if (Hidden found = value_of(name); found.hide > 0) return found;
  }
  return {};
}

// "curl -u user:password".
Hidden of_command(std::string_view rest, char /*before*/) {
  constexpr auto kOptions = std::to_array<std::string_view>({"-u ", "-U ", "--user ", "--proxy-user "});
  for (std::string_view option : kOptions) {
    if (!rest.starts_with(option)) continue;
    std::string_view value = rest.substr(option.size(), length_until(rest.substr(option.size()), kWhite));
    std::size_t colon = value.find(':');
    // `-u :` takes the ticket of whoever calls.
    if (colon == std::string_view::npos || value.substr(colon + 1).find_first_not_of("'\"`") == std::string_view::npos)
      return {};
    if (is_placeholder(value)) return {};
    return {.keep = option.size() + colon + 1, .hide = value.size() - colon - 1};
  }
  return {};
}

Hidden of_private_key(std::string_view rest, char /*before*/) {
  constexpr std::string_view kEnd = "PRIVATE KEY-----";
  if (!rest.starts_with("-----BEGIN ")) return {};
  std::size_t head = rest.find(kEnd);
  if (head == std::string_view::npos || head > 40) return {};
  std::size_t begin = head + kEnd.size();
  std::size_t end = rest.find("-----END", begin);
  return {.keep = begin, .hide = std::min(end, rest.size()) - begin};
}

using RedactionRule = Hidden (*)(std::string_view rest, char before);
// At the beginning of a word.
constexpr auto kAtWords = std::to_array<RedactionRule>(
    {of_credentials, of_token, of_field, of_parameter, of_command, of_private_key, of_webhook});

Hidden secret_at(std::string_view text, std::size_t at) {
  std::string_view rest = text.substr(at);
  if (Hidden found = of_url(rest); found.hide > 0) return found;
  char before = at > 0 ? text[at - 1] : ' ';
  if (is_alphanumeric(before) || before == '_') return {};
  for (RedactionRule rule : kAtWords) {
    if (Hidden found = rule(rest, before); found.hide > 0) return found;
  }
  return {};
}

// The values of "a=b; c=d". Of Set-Cookie only the first: what follows are attributes.
std::string cookies_redacted(std::string_view value, bool first_alone) {
  std::string out;
  for (bool first = true; !value.empty(); first = false) {
    std::size_t end = std::min(value.find(';'), value.size());
    std::string_view pair = value.substr(0, end);
    std::size_t equals = pair.find('=');
    bool hide = (first || !first_alone) && equals != std::string_view::npos && equals + 1 < pair.size();
    out += hide ? cat(pair.substr(0, equals + 1), kMask) : std::string(pair);
    if (end < value.size()) out += ';';
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return out;
}

// "Cookie: ..." and "Set-Cookie: ..." to the end of their line; nothing where there is none.
std::size_t take_cookies(std::string_view text, std::size_t at, std::string& out) {
  constexpr auto kNames = std::to_array<std::string_view>({"Cookie:", "Set-Cookie:"});
  char before = at > 0 ? text[at - 1] : ' ';
  if (is_alphanumeric(before) || before == '-') return 0;
  std::string_view rest = text.substr(at);
  for (std::string_view name : kNames) {
    if (!begins_whatever_case(rest, name)) continue;
    std::string_view value = field_line(rest, before).substr(name.size());
    out += cat(rest.substr(0, name.size()), cookies_redacted(value, name.size() > 7));
    return name.size() + value.size();
  }
  return 0;
}

std::string evidence_redacted(std::string_view name, std::string_view value) {
  constexpr auto kSecretNames = std::to_array<std::string_view>({"password", "secret", "token"});
  if (equals_ignoring_case(name, "Cookie")) return cookies_redacted(value, false);
  if (equals_ignoring_case(name, "Set-Cookie")) return cookies_redacted(value, true);
  if (std::ranges::any_of(kSecretNames, [&](std::string_view word) { return equals_ignoring_case(name, word); }))
    return value.empty() ? "" : std::string(kMask);
  bool credentials = equals_ignoring_case(name, "Authorization") || equals_ignoring_case(name, "Proxy-Authorization");
  if (!credentials) return redacted(value);
  std::string line = redacted(cat(name, ": ", value));
  return line.substr(std::min(name.size() + 2, line.size()));
}

}  // namespace

std::string redacted(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (std::size_t taken = take_cookies(text, at, out); taken > 0) {
      at += taken;
      continue;
    }
    Hidden found = secret_at(text, at);
    if (found.hide == 0) {
      out += text[at++];
      continue;
    }
    out += text.substr(at, found.keep);
    out += kMask;
    at += found.keep + found.hide;
  }
  return out;
}

void redact(Finding& finding) {
  finding.seen = {redacted(finding.seen.en), redacted(finding.seen.de)};
  finding.remedy = {redacted(finding.remedy.en), redacted(finding.remedy.de)};
  finding.command = redacted(finding.command);
  for (Evidence& one : finding.evidence) one.value = evidence_redacted(one.name.en, one.value);
}

}  // namespace pforte::doctor

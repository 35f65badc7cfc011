#include "http/field.h"

#include <algorithm>
#include <array>

#include "http/octets.h"

namespace pforte::http {

namespace {

struct Known {
  std::string_view name;  // in lower case
  FieldName known;
};

// Shortest first: known_field() looks at the names of one length only.
constexpr Known kKnown[] = {
    {"te", FieldName::Te},
    {"via", FieldName::Via},
    {"host", FieldName::Host},
    {"date", FieldName::Date},
    {"proxy", FieldName::Proxy},
    {"accept", FieldName::Accept},
    {"cookie", FieldName::Cookie},
    {"origin", FieldName::Origin},
    {"expect", FieldName::Expect},
    {"server", FieldName::Server},
    {"referer", FieldName::Referer},
    {"trailer", FieldName::Trailer},
    {"upgrade", FieldName::Upgrade},
    {"location", FieldName::Location},
    {"forwarded", FieldName::Forwarded},
    {"x-real-ip", FieldName::XRealIp},
    {"user-agent", FieldName::UserAgent},
    {"set-cookie", FieldName::SetCookie},
    {"connection", FieldName::Connection},
    {"keep-alive", FieldName::KeepAlive},
    {"retry-after", FieldName::RetryAfter},
    {"content-type", FieldName::ContentType},
    {"max-forwards", FieldName::MaxForwards},
    {"cache-control", FieldName::CacheControl},
    {"authorization", FieldName::Authorization},
    {"content-range", FieldName::ContentRange},
    {"x-rewrite-url", FieldName::XRewriteUrl},
    {"content-length", FieldName::ContentLength},
    {"sec-fetch-dest", FieldName::SecFetchDest},
    {"sec-fetch-mode", FieldName::SecFetchMode},
    {"sec-fetch-site", FieldName::SecFetchSite},
    {"http2-settings", FieldName::Http2Settings},
    {"x-original-url", FieldName::XOriginalUrl},
    {"accept-language", FieldName::AcceptLanguage},
    {"accept-encoding", FieldName::AcceptEncoding},
    {"x-forwarded-for", FieldName::XForwardedFor},
    {"content-encoding", FieldName::ContentEncoding},
    {"proxy-connection", FieldName::ProxyConnection},
    {"www-authenticate", FieldName::WwwAuthenticate},
    {"x-forwarded-host", FieldName::XForwardedHost},
    {"x-forwarded-port", FieldName::XForwardedPort},
    {"transfer-encoding", FieldName::TransferEncoding},
    {"x-forwarded-proto", FieldName::XForwardedProto},
    {"sec-websocket-key", FieldName::SecWebsocketKey},
    {"x-forwarded-server", FieldName::XForwardedServer},
    {"x-forwarded-prefix", FieldName::XForwardedPrefix},
    {"proxy-authenticate", FieldName::ProxyAuthenticate},
    {"proxy-authorization", FieldName::ProxyAuthorization},
    {"sec-websocket-accept", FieldName::SecWebsocketAccept},
    {"x-http-method-override", FieldName::XHttpMethodOverride},
    {"strict-transport-security", FieldName::StrictTransportSecurity},
};

constexpr std::size_t kLongest = std::size(kKnown[std::size(kKnown) - 1].name);

// Where in kKnown the names of each length begin.
constexpr auto kFirstOfLength = [] {
  std::array<std::uint8_t, kLongest + 2> first{};
  for (std::size_t length = 0; length < first.size(); ++length) {
    std::size_t i = 0;
    while (i < std::size(kKnown) && kKnown[i].name.size() < length) ++i;
    first[length] = static_cast<std::uint8_t>(i);
  }
  return first;
}();

// `lower` is made of small letters, digits and hyphens and as long as `token`; the bit that tells the case of a letter
// tells no two bytes of a token apart that could both be meant.
bool is_spelling_of(std::string_view lower, std::string_view token) {
  unsigned different = 0;
  for (std::size_t i = 0; i < lower.size(); ++i) different |= static_cast<unsigned>((token[i] | 0x20) ^ lower[i]);
  return different == 0;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

FieldName known_field(std::string_view name) {
  if (name.size() > kLongest || name.empty()) return FieldName::Other;
  std::size_t end = kFirstOfLength[name.size() + 1];
  for (std::size_t i = kFirstOfLength[name.size()]; i < end; ++i) {
    const Known& known = kKnown[i];
    if ((name.back() | 0x20) == known.name.back() && is_spelling_of(known.name, name)) return known.known;
  }
  return FieldName::Other;
}

const Field* find_field(const Fields& fields, FieldName name) {
  for (const Field& field : fields) {
    if (field.known == name) return &field;
  }
  return nullptr;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool is_token(std::string_view text) {
  for (char c : text) {
    if (!is_token_char(c)) return false;
  }
  return !text.empty();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view next_element(std::string_view& rest) {
  while (!rest.empty()) {
    bool quoted = false;
    std::size_t i = 0;
    for (; i < rest.size() && (quoted || rest[i] != ','); ++i) {
      if (rest[i] == '"') quoted = !quoted;
      if (quoted && rest[i] == '\\') ++i;
    }
    // An escape may be the last byte.
    std::string_view element = trim(rest.substr(0, i));
    rest.remove_prefix(std::min(i + 1, rest.size()));
    if (!element.empty()) return element;
  }
  return {};
}

bool connection_lists(const Fields& fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.known != FieldName::Connection) continue;
    std::string_view rest = field.value;
    for (std::string_view element = next_element(rest); !element.empty(); element = next_element(rest)) {
      if (equals_ignoring_case(element, name)) return true;
    }
  }
  return false;
}

}  // namespace pforte::http

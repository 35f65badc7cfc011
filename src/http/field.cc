#include "http/field.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "http/octets.h"

namespace pforte::http {

namespace {

struct Known {
  std::string_view name;  // in lower case
  FieldName known;
};

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
    {"proxy-support", FieldName::ProxySupport},
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
    {"persistent-auth", FieldName::PersistentAuth},
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

constexpr std::size_t kSlots = 512;
constexpr std::uint8_t kNone = std::size(kKnown);

// Length and three letters tell our names apart; the factors are such that no two share a slot.
constexpr std::size_t slot_of(std::string_view name, std::size_t factor) {
  auto letter = [name](std::size_t i) { return static_cast<std::size_t>(name[i] | 0x20) & 0xff; };
  std::size_t end = name.size();
  return (end * 67 + letter(0) * 5 + letter(end - 2) * factor + letter(end - 1) * (factor >> 4)) % kSlots;
}

using Slots = std::array<std::uint8_t, kSlots>;

constexpr bool fill(Slots& slots, std::size_t factor) {
  slots.fill(kNone);
  for (std::size_t i = 0; i < std::size(kKnown); ++i) {
    std::uint8_t& slot = slots[slot_of(kKnown[i].name, factor)];
    if (slot != kNone) return false;
    slot = static_cast<std::uint8_t>(i);
  }
  return true;
}

constexpr std::size_t kFactor = [] {
  Slots slots{};
  std::size_t factor = 17;
  while (!fill(slots, factor)) factor += 2;
  return factor;
}();

constexpr Slots kSlotOf = [] {
  Slots slots{};
  fill(slots, kFactor);
  return slots;
}();

// `lower` is made of small letters, digits and hyphens and as long as `text`. The bit that tells the case of a letter
// is left out of the comparison: other than letters it makes equal only control characters and something else.
bool is_spelling_of(std::string_view lower, std::string_view text) {
  auto different = [&]<class Word>(Word all_case_bits, std::size_t from) -> Word {
    Word a;
    Word b;
    std::memcpy(&a, lower.data() + from, sizeof(Word));
    std::memcpy(&b, text.data() + from, sizeof(Word));
    return (a | all_case_bits) ^ (b | all_case_bits);
  };
  constexpr std::uint64_t kEight = 0x2020202020202020;
  constexpr std::uint32_t kFour = 0x20202020;
  std::size_t size = lower.size();
  if (size >= 8) {
    std::uint64_t any = different(kEight, size - 8);
    for (std::size_t i = 0; i + 8 < size; i += 8) any |= different(kEight, i);
    return any == 0;
  }
  if (size >= 4) return (different(kFour, 0) | different(kFour, size - 4)) == 0;
  for (std::size_t i = 0; i < size; ++i) {
    if ((lower[i] | 0x20) != (text[i] | 0x20)) return false;
  }
  return true;
}

}  // namespace

FieldName known_field(std::string_view name) {
  if (name.size() < 2) return FieldName::Other;
  std::size_t i = kSlotOf[slot_of(name, kFactor)];
  if (i == kNone || kKnown[i].name.size() != name.size()) return FieldName::Other;
  return is_spelling_of(kKnown[i].name, name) ? kKnown[i].known : FieldName::Other;
}

const Field* find_field(const Fields& fields, FieldName name) {
  for (const Field& field : fields) {
    if (field.known == name) return &field;
  }
  return nullptr;
}

bool is_token(std::string_view text) {
  for (char c : text) {
    if (!is_token_char(c)) return false;
  }
  return !text.empty();
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

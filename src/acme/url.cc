#include "acme/url.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/text.h"
#include "net/address.h"

namespace pforte::acme {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestHost = 253;

std::unexpected<Error> bad_url(std::string_view why) {
  return fail(Kind::Invalid, "acme.malformed", cat("an address of the CA ", why));
}

bool is_visible(char c) {
  return c > ' ' && c < '\x7f';
}

bool is_host(std::string_view host) {
  auto fits = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  return !host.empty() && host.size() <= kLongestHost && std::ranges::all_of(host, fits);
}

Result<std::uint16_t> port_in(std::string_view text) {
  if (text.empty()) return 443;
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
  bool good = text.front() == ':' && error == std::errc() && end == text.data() + text.size() && port > 0;
  if (!good) return bad_url("has no valid port");
  return port;
}

}  // namespace

std::string Url::authority() const {
  std::string name = host.contains(':') ? cat('[', host, ']') : host;
  return port == 443 ? name : cat(name, ':', port);
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kLongestUrl) return bad_url("is too long");
  if (!std::ranges::all_of(text, is_visible)) return bad_url("has characters that no address has");
  if (!equals_ignoring_case(text.substr(0, kScheme.size()), kScheme)) return bad_url("does not begin with https://");
  text.remove_prefix(kScheme.size());
  std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, end);
  std::string_view target = text.substr(end);
  if (authority.contains('@') || target.contains('#')) return bad_url("has a user or a fragment");

  Url url;
  bool is_v6 = authority.starts_with('[') && authority.contains(']');
  std::size_t host_end = is_v6 ? authority.find(']') + 1 : std::min(authority.find(':'), authority.size());
  url.host = lowered(is_v6 ? authority.substr(1, host_end - 2) : authority.substr(0, host_end));
  if (is_v6 ? !net::parse_ip(url.host) : !is_host(url.host)) return bad_url("has no valid host");
  url.port = TRY(port_in(authority.substr(host_end)));
  url.target = target.starts_with('/') ? std::string(target) : cat('/', target);
  return url;
}

}  // namespace pforte::acme

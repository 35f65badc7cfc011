#include "doctor/destination.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "base/printable.h"
#include "base/text.h"
#include "conf/nearest.h"

namespace pforte::doctor {
namespace {

// RFC 1035, 2.3.4, and 3.1 for the dots.
constexpr std::size_t kLabelBytes = 63;
constexpr std::size_t kNameBytes = 253;

// What stands before the host, and what it means.
struct SchemeName {
  std::string_view prefix;
  Scheme scheme;
  std::uint16_t port;
};
constexpr SchemeName kSchemeNames[] = {{"https://", Scheme::Https, 443}, {"http://", Scheme::Http, 80}};

struct Authority {
  std::string host;
  std::uint16_t port = 0;  // none was said
};

std::unexpected<Unread> unread(std::string_view text, const Message& wrong, Message remedy) {
  std::string shown = printable(text);
  return std::unexpected(
      Unread{.what = {cat(shown, ": ", wrong.en), cat(shown, ": ", wrong.de)}, .remedy = std::move(remedy)});
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool is_label(std::string_view label) {
  bool letters = std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
  return letters && !label.empty() && label.size() <= kLabelBytes && label.front() != '-' && label.back() != '-';
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytes) return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    std::size_t end = std::min(name.find('.', begin), name.size());
    if (!is_label(name.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

// Looks like an IPv4 address, so that it is no name: "10.0.0.256", "10.1" (WHATWG URL, "ends in a number").
bool ends_in_number(std::string_view name) {
  std::string_view last = name.substr(name.rfind('.') + 1);
  return !last.empty() && std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

std::expected<std::uint16_t, Unread> read_port(std::string_view text, std::string_view digits) {
  unsigned port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || port == 0 || port > 65535)
    return unread(text, {"the port is no number from 1 to 65535", "der Port ist keine Zahl von 1 bis 65535"},
                  {"write it behind a colon, as in crm.example.com:443",
                   "ihn hinter einen Doppelpunkt schreiben, wie in crm.example.com:443"});
  return static_cast<std::uint16_t>(port);
}

// "host", "host:port", "[::1]", "[::1]:port".
std::expected<Authority, Unread> read_authority(std::string_view text, std::string_view authority) {
  Authority read;
  std::string_view host = authority;
  std::string_view rest;
  if (authority.starts_with('[')) {
    std::size_t end = authority.find(']');
    if (end == std::string_view::npos)
      return unread(
          text, {"the bracket around the IPv6 address is not closed", "die Klammer um die IPv6-Adresse ist nicht zu"},
          {"write [2001:db8::1]:443", "[2001:db8::1]:443 schreiben"});
    host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    if (!net::parse_ip(host) || host.find(':') == std::string_view::npos)
      return unread(text, {"in brackets stands no IPv6 address", "in Klammern steht keine IPv6-Adresse"},
                    {"write [2001:db8::1]:443; an address with a zone (%eth0) cannot be examined",
                     "[2001:db8::1]:443 schreiben; eine Adresse mit Zone (%eth0) kann nicht untersucht werden"});
  } else if (std::ranges::count(authority, ':') > 1) {
    return unread(text, {"an IPv6 address needs brackets", "eine IPv6-Adresse braucht Klammern"},
                  {"write [2001:db8::1]:443", "[2001:db8::1]:443 schreiben"});
  } else if (std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    rest = authority.substr(colon);
  }
  if (host.empty())
    return unread(text, {"the host is missing", "der Rechner fehlt"},
                  {"write https://crm.example.com/ or crm.example.com:443",
                   "https://crm.example.com/ oder crm.example.com:443 schreiben"});
  if (!rest.empty()) {
    if (!rest.starts_with(':'))
      return unread(text,
                    {"behind the bracket stands something else than a port",
                     "hinter der Klammer steht etwas anderes als ein Port"},
                    {"write [2001:db8::1]:443", "[2001:db8::1]:443 schreiben"});
    read.port = TRY(read_port(text, rest.substr(1)));
  }
  read.host = TRY(read_host(host));
  return read;
}

// %41 as A. None: it is no percent-encoding.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());  // a password is not to be left behind where it grew
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    std::string_view digits = text.substr(i + 1, 2);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

// Takes "anna:secret@" from the front of `authority`. A proxy is shown without it, so `text` holds none.
std::expected<void, Unread> take_user(std::string_view text, std::string_view& authority, Proxy& proxy) {
  std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view user = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  std::size_t colon = user.find(':');
  std::optional<std::string> name = decoded(user.substr(0, colon));
  std::optional<std::string> password = decoded(colon == std::string_view::npos ? "" : user.substr(colon + 1));
  if (!name || !password || name->empty() || name->find(':') != std::string::npos)
    return unread(text, {"the user of the proxy cannot be read", "der Benutzer des Proxys ist nicht lesbar"},
                  {"write http://USER:PASSWORD@HOST:PORT, and %25 for %, %40 for @, %3A for :",
                   "http://BENUTZER:PASSWORT@RECHNER:PORT schreiben, und %25 für %, %40 für @, %3A für :"});
  proxy.user = *std::move(name);
  if (colon != std::string_view::npos) proxy.password = std::make_shared<const Secret>(*password);
  explicit_bzero(password->data(), password->size());
  return {};
}

// Of a URL whose parts can be told apart: no blanks, no control characters.
bool is_target(std::string_view path) {
  return std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>'; });
}

std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// What was meant by "crm.example.com:8443/app", "htps://crm", "https//crm" or "https:\\crm", as it would be typed.
// None: it is another scheme, or nothing of that kind.
std::optional<std::string> meant_url(std::string_view text) {
  std::string slashed(text);
  std::ranges::replace(slashed.begin(),
                       slashed.begin() + static_cast<std::ptrdiff_t>(std::min(text.find('?'), text.size())), '\\', '/');
  std::string_view rest = slashed, scheme = "https";
  std::size_t end = rest.find_first_of(":/.?");
  if (end != std::string_view::npos && (rest[end] == ':' || rest[end] == '/')) {
    std::size_t host = std::min(rest.find_first_not_of(":/", end), rest.size());
    auto near = conf::nearest(rest.substr(0, end), std::array<std::string_view, 2>{"https", "http"});
    bool is_whole = rest.substr(end, host - end) == "://";
    if (is_whole && !near) return std::nullopt;
    if (near && rest.substr(end, host - end).contains('/')) {
      scheme = *near;
      rest.remove_prefix(host);
    }
  }
  std::expected<Destination, Unread> read = read_url(cat(scheme, "://", rest));
  return read ? std::optional(to_text(*read)) : std::nullopt;
}

// Without what might be a user's password.
std::unexpected<Unread> mistyped(std::string_view text, const Message& wrong, Message remedy) {
  if (std::optional<std::string> meant = meant_url(text))
    remedy = {cat("did you mean ", *meant, '?'), cat("gemeint war wohl ", *meant)};
  bool may_be_secret = text.contains('@');
  return unread(may_be_secret ? text.substr(0, text.find_first_of(":/\\@")) : text, wrong, std::move(remedy));
}

bool is_default_port(const Destination& destination) {
  return std::ranges::any_of(kSchemeNames, [&](const SchemeName& known) {
    return known.scheme == destination.scheme && known.port == destination.port;
  });
}

}  // namespace

bool Destination::is_address() const {
  return net::parse_ip(host).has_value();
}

std::expected<std::string, Unread> read_host(std::string_view text) {
  if (Result<net::Address> ip = net::parse_ip(text)) return ip->ip_text();
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return unread(text, {"the name has letters that are not ASCII", "der Name hat Zeichen, die nicht ASCII sind"},
                  {cat("write it as DNS has it, xn--..., which `idn2 ", printable(text), "` prints"),
                   cat("ihn so schreiben, wie er im DNS steht, xn--..., was `idn2 ", printable(text), "` ausgibt")});
  std::string name = lowered(text);
  if (name.ends_with('.')) name.pop_back();
  if (!is_name(name) || ends_in_number(name))
    return unread(text,
                  {"this is neither a DNS name nor an IP address", "das ist weder ein DNS-Name noch eine IP-Adresse"},
                  {"write a name as crm.example.com or an address as 10.0.0.1",
                   "einen Namen wie crm.example.com oder eine Adresse wie 10.0.0.1 schreiben"});
  return name;
}

std::expected<Destination, Unread> read_url(std::string_view text) {
  text = without_blanks_around(text);
  Message example{"write https://HOST/PATH; `pforte doctor path HOST:PORT` takes what is not HTTP",
                  "https://RECHNER/PFAD schreiben; `pforte doctor path RECHNER:PORT` nimmt, was kein HTTP ist"};
  if (text.substr(0, text.find('?')).contains('\\'))
    return mistyped(text,
                    {"a backslash stands in this URL, which has slashes alone",
                     "in dieser URL steht ein umgekehrter Schrägstrich; sie hat nur gewöhnliche"},
                    std::move(example));
  const SchemeName* known = std::ranges::find_if(
      kSchemeNames, [&](const SchemeName& one) { return starts_with_ignoring_case(text, one.prefix); });
  if (known == std::end(kSchemeNames))
    return mistyped(
        text,
        {"this URL begins with neither https:// nor http://", "diese URL beginnt weder mit https:// noch mit http://"},
        std::move(example));
  std::string_view rest = text.substr(known->prefix.size());
  rest = rest.substr(0, rest.find('#'));
  std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos)
    return unread(known->prefix,
                  {"a user or a password stands in the URL", "in der URL steht ein Benutzer oder ein Passwort"},
                  {"leave it out: what stands on a command line is seen by all users of this machine",
                   "weglassen: was auf einer Befehlszeile steht, sehen alle Benutzer dieses Rechners"});
  Authority read = TRY(read_authority(text, authority));
  Destination destination{.scheme = known->scheme, .host = std::move(read.host), .port = read.port};
  if (destination.port == 0) destination.port = known->port;
  std::string_view path = rest.substr(slash);
  if (!is_target(path))
    return unread(text,
                  {"the path has characters that a URL cannot have",
                   "der Pfad hat Zeichen, die in einer URL nicht stehen können"},
                  {"percent-encode them: %20 for a blank", "sie prozentkodieren: %20 für ein Leerzeichen"});
  destination.path = path.starts_with('/') ? std::string(path) : cat('/', path);
  return destination;
}

std::expected<Destination, Unread> read_host_port(std::string_view text) {
  if (text.find('/') != std::string_view::npos)
    return unread(text, {"this is no HOST:PORT", "das ist kein RECHNER:PORT"},
                  {"write crm.example.com:443; `pforte doctor url` takes URLs",
                   "crm.example.com:443 schreiben; URLs nimmt `pforte doctor url`"});
  Authority read = TRY(read_authority(text, text));
  if (read.port == 0)
    return unread(text, {"the port is missing", "der Port fehlt"},
                  {cat("write ", host_port(read.host, 443)), cat(host_port(read.host, 443), " schreiben")});
  return Destination{.scheme = Scheme::Tls, .host = std::move(read.host), .port = read.port, .path = ""};
}

std::expected<Proxy, Unread> read_proxy(std::string_view text) {
  Proxy proxy;
  proxy.tls = starts_with_ignoring_case(text, "https://");
  Message example{"write http://HOST:PORT or https://HOST:PORT",
                  "http://RECHNER:PORT oder https://RECHNER:PORT schreiben"};
  if (!proxy.tls && !starts_with_ignoring_case(text, "http://"))
    return unread("--via",
                  {"the proxy's URL begins with neither http:// nor https://",
                   "die URL des Proxys beginnt weder mit http:// noch mit https://"},
                  std::move(example));
  std::string_view rest = text.substr(proxy.tls ? 8 : 7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  TRY(take_user("--via", rest, proxy));
  Authority read = TRY(read_authority(rest, rest));
  if (read.port == 0)
    return unread(rest, {"the proxy's port is missing", "der Port des Proxys fehlt"}, std::move(example));
  proxy.host = std::move(read.host);
  proxy.port = read.port;
  return proxy;
}

std::string host_port(std::string_view host, std::uint16_t port) {
  bool v6 = host.find(':') != std::string_view::npos;
  return v6 ? cat('[', host, "]:", port) : cat(host, ':', port);
}

std::string to_text(const Destination& destination) {
  if (!destination.speaks_http()) return host_port(destination.host, destination.port);
  std::string authority = host_port(destination.host, destination.port);
  if (is_default_port(destination)) authority.resize(authority.rfind(':'));
  return cat(destination.scheme == Scheme::Https ? "https://" : "http://", authority, destination.path);
}

std::string to_text(const Proxy& proxy) {
  return cat(proxy.tls ? "https://" : "http://", host_port(proxy.host, proxy.port));
}

}  // namespace pforte::doctor

#include "session/cookie.h"

#include <cstdint>

#include "base/text.h"

namespace pforte::session {
namespace {

// What is sealed: the version of this form; then, in the order of write(), numbers in groups of 7 bits, the lowest
// first, with bit 7 set on all but the last; texts behind their length; lists behind their count.
constexpr char kVersion = 1;

// Stands at the end of a session that has a ticket cache, of which there are few.
constexpr std::uint64_t kHasTicketCache = 1;

// The last instant that Time can tell, in milliseconds since 1970.
constexpr std::uint64_t kLastInstant =
    std::uint64_t(std::chrono::floor<std::chrono::milliseconds>(Time::max().time_since_epoch()).count());

// Sealed for a host, so that a cookie is of no use to a neighbour that it was sent to.
std::string purpose_for(std::string_view host) {
  return cat("session ", host);
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void number(std::uint64_t value) {
    for (; value > 127; value >>= 7) out_ += char((value & 127) | 128);
    out_ += char(value);
  }
  void instant(Time time) { number(std::uint64_t(in_milliseconds(time))); }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }

 private:
  std::string& out_;
};

// Each is false, for good, once something is not there.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  bool number(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !in_.empty(); shift += 7) {
      std::uint64_t bits = std::uint8_t(in_.front()) & 127U;
      bool last = (std::uint8_t(in_.front()) & 128U) == 0;
      in_.remove_prefix(1);
      if (bits << shift >> shift != bits) return false;
      value |= bits << shift;
      if (last) return true;
    }
    return false;
  }
  bool instant(Time& time) {
    std::uint64_t count = 0;
    if (!number(count) || count > kLastInstant) return false;
    time = from_milliseconds(std::int64_t(count));
    return true;
  }
  bool text(std::string& value) {
    std::uint64_t size = 0;
    if (!number(size) || size > in_.size()) return false;
    value.assign(in_.substr(0, size));
    in_.remove_prefix(size);
    return true;
  }
  bool texts(std::vector<std::string>& values) {
    std::uint64_t count = 0;
    if (!number(count) || count > in_.size()) return false;  // each takes a byte at least
    values.resize(count);
    for (std::string& value : values) {
      if (!text(value)) return false;
    }
    return true;
  }
  bool at_end() const { return in_.empty(); }

 private:
  std::string_view in_;
};

std::string write(const Session& session) {
  std::string plain(1, kVersion);
  Writer out(plain);
  out.text(session.id);
  out.number(std::uint64_t(session.agent));
  out.text(session.login);
  out.text(session.name);
  out.text(session.principal);
  out.text(session.method);
  out.number(session.groups.size());
  for (const std::string& group : session.groups) out.text(group);
  out.instant(session.began);
  out.instant(session.seen);
  out.instant(session.expires);
  if (session.has_ticket_cache) out.number(kHasTicketCache);
  return plain;
}

bool read_end(Reader& in, Session& session) {
  session.has_ticket_cache = !in.at_end();
  std::uint64_t tail = 0;
  return in.at_end() || (in.number(tail) && tail == kHasTicketCache && in.at_end());
}

bool read(std::string_view plain, Session& session) {
  if (!plain.starts_with(kVersion)) return false;
  Reader in(plain.substr(1));
  std::uint64_t agent = 0;
  if (!in.text(session.id) || !in.number(agent)) return false;
  session.agent = std::int64_t(agent);
  return in.text(session.login) && in.text(session.name) && in.text(session.principal) && in.text(session.method) &&
         in.texts(session.groups) && in.instant(session.began) && in.instant(session.seen) &&
         in.instant(session.expires) && read_end(in, session);
}

}  // namespace

std::optional<std::string> seal(const Session& session, std::string_view host, const crypto::SealingKeys& keys) {
  std::string cookie = keys.seal(write(session), purpose_for(host));
  if (cookie.size() > kMostCookieBytes) return std::nullopt;
  return cookie;
}

bool open(std::string_view cookie, std::string_view host, const crypto::SealingKeys& keys, Session& session) {
  if (cookie.size() > kMostCookieBytes) return false;
  std::string plain;
  return keys.open(cookie, purpose_for(host), plain) && read(plain, session);
}

}  // namespace pforte::session

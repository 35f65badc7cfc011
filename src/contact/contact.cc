#include "contact/contact.h"

#include <algorithm>

#include "base/ascii.h"

namespace pforte::contact {

Time now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::Open:
      return "open";
    case Ending::Silent:
      return "silent";
    case Ending::BadProxyHeader:
      return "bad-proxy-header";
    case Ending::NotTls:
      return "not-tls";
    case Ending::ClosedInHandshake:
      return "closed-in-handshake";
    case Ending::TimedOut:
      return "timed-out";
    case Ending::ClientAlert:
      return "client-alert";
    case Ending::Refused:
      return "refused";
    case Ending::Unused:
      return "unused";
    case Ending::Served:
      return "served";
    case Ending::Passed:
      return "passed";
    case Ending::NotPassed:
      return "not-passed";
    case Ending::Proof:
      return "proof";
    case Ending::CutOff:
      return "cut-off";
    case Ending::Lost:
      return "lost";
  }
  return "unknown";
}

std::string_view name_of(Point point) {
  switch (point) {
    case Point::Connected:
      return "connected";
    case Point::Hello:
      return "hello";
    case Point::Answered:
      return "answered";
    case Point::Shaken:
      return "shaken";
  }
  return "unknown";
}

bool is_failure(const Contact& contact) {
  if (contact.by_doctor) return false;
  switch (contact.ending) {
    case Ending::BadProxyHeader:
    case Ending::NotTls:
    case Ending::ClosedInHandshake:
    case Ending::TimedOut:
    case Ending::ClientAlert:
    case Ending::Refused:
    case Ending::NotPassed:
      return true;
    default:
      // Of several attempts the last one counts: people mistype.
      if (contact.last_status >= 500) return true;
      return !contact.sign_ins.empty() && !contact.sign_ins.back().succeeded && !contact.sign_ins.back().code.empty();
  }
}

// IPv4 addresses lie below ::ffff:0:0/96, and do not fall together.
std::uint64_t source_of(const Contact& contact) {
  const net::Address& address = contact.told == net::Address() ? contact.client : contact.told;
  const auto& ip = address.ip();
  std::size_t from = address.is_v4() ? 8 : 0;
  std::uint64_t source = 0;
  for (std::size_t i = from; i < from + 8; ++i) source = source << 8 | ip[i];
  return source;
}

// FNV-1a, folded.
std::uint8_t mark_of(std::string_view login) {
  std::uint32_t hash = 2166136261U;
  for (char letter : lowered(login)) hash = (hash ^ std::uint8_t(letter)) * 16777619U;
  return std::uint8_t(1 + (hash ^ hash >> 16) % kMarks);
}

}  // namespace pforte::contact

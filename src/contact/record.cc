#include "contact/record.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <utility>

namespace pforte::contact {

namespace {

enum class Tag : std::uint8_t {
  Id = 1,
  Begin,
  Lasted,
  Times,
  Client,
  Sender,
  Told,
  Listener,
  Ending,
  Point,
  ClientAlert,
  OurAlert,
  Reason,
  ServerName,
  Offered,
  Protocol,
  TlsVersion,
  Cipher,
  Resumed,
  Fingerprint,
  Requests,
  Aborted,
  LastStatus,
  Host,
  Path,
  UserAgent,
  Agent,
  Backend,
  Selftest,
  Findings,
  SignInsBefore,
  ByDoctor,
  // Each of these begins an attempt to sign in, and those behind belong to it.
  SignInFailed = 64,
  SignInDone,
  Login,
  WideMark,  // 16 bits, of earlier versions: not read
  Principal,
  Method,
  Code,
  Reference,
  Mark,
};

constexpr std::size_t kAddressBytes = 18;

class Writer {
 public:
  void text(Tag tag, std::string_view text) {
    if (!text.empty()) field(tag, text.substr(0, Contact::kMostText));
  }
  void number(Tag tag, std::uint64_t number) {
    if (number != 0) always(tag, number);
  }
  void always(Tag tag, std::uint64_t number) {
    std::array<char, 8> digits;
    std::size_t size = 0;
    for (; number != 0; number >>= 8) digits[size++] = char(number & 0xff);
    field(tag, {digits.data(), size});
  }
  void address(Tag tag, const net::Address& address) {
    if (address == net::Address()) return;
    std::array<char, kAddressBytes> value;
    std::ranges::copy(address.ip(), value.begin());
    value[16] = char(address.port() >> 8);
    value[17] = char(address.port() & 0xff);
    field(tag, {value.data(), value.size()});
  }

  std::string bytes;

 private:
  void field(Tag tag, std::string_view value) {
    bytes += char(tag);
    bytes += char(value.size());
    bytes += value;
  }
};

void write_sign_in(Writer& writer, const SignIn& one) {
  writer.always(one.succeeded ? Tag::SignInDone : Tag::SignInFailed, 0);
  writer.text(Tag::Login, one.login);
  writer.number(Tag::Mark, one.mark);
  writer.text(Tag::Principal, one.principal);
  writer.text(Tag::Method, one.method);
  writer.text(Tag::Code, one.code);
  writer.text(Tag::Reference, one.reference);
}

// The value of one field. What it is too long for, or out of, is not taken.
class Value {
 public:
  explicit Value(std::string_view bytes) : bytes_(bytes) {}

  bool to(std::string& text) const {
    text = bytes_;
    return true;
  }
  template <std::unsigned_integral N>
  bool to(N& number) const {
    std::uint64_t value = 0;
    if (!to_number(value) || !std::in_range<N>(value)) return false;
    number = N(value);
    return true;
  }
  bool to(bool& flag) const {
    std::uint64_t value = 0;
    if (!to_number(value)) return false;
    flag = value == 1;
    return value == 1;
  }
  bool to(Time& time) const {
    std::chrono::milliseconds since{};
    if (!to(since)) return false;
    time = Time(since);
    return true;
  }
  // No more than can be added up, or turned into another unit.
  bool to(std::chrono::milliseconds& span) const {
    constexpr std::uint64_t kMost = 1ULL << 42;  // 139 years
    std::uint64_t value = 0;
    if (!to_number(value) || value > kMost) return false;
    span = std::chrono::milliseconds(std::int64_t(value));
    return true;
  }
  bool to(net::Address& address) const {
    if (bytes_.size() != kAddressBytes) return false;
    std::array<std::uint8_t, 16> ip;
    for (std::size_t i = 0; i < ip.size(); ++i) ip[i] = std::uint8_t(bytes_[i]);
    auto port = std::uint16_t(std::uint8_t(bytes_[16]) << 8 | std::uint8_t(bytes_[17]));
    address = net::Address(ip, port);
    return address != net::Address();
  }
  bool to(Ending& ending) const { return to_choice(ending, Ending::Lost); }
  bool to(Point& point) const { return to_choice(point, Point::Shaken); }
  bool to_alert(std::int16_t& alert) const {
    std::uint8_t number = 0;
    if (!to(number)) return false;
    alert = number;
    return true;
  }

 private:
  bool to_number(std::uint64_t& number) const {
    if (bytes_.size() > 8 || (!bytes_.empty() && bytes_.back() == 0)) return false;
    for (std::size_t i = bytes_.size(); i-- > 0;) number = number << 8 | std::uint8_t(bytes_[i]);
    return true;
  }
  template <class E>
  bool to_choice(E& choice, E last) const {
    std::uint8_t number = 0;
    if (!to(number) || number == 0 || number > std::to_underlying(last)) return false;
    choice = E(number);
    return true;
  }

  std::string_view bytes_;
};

bool take_sign_in_field(Contact& contact, Tag tag, const Value& value) {
  if (tag == Tag::SignInDone || tag == Tag::SignInFailed) {
    if (contact.sign_ins.size() == Contact::kMostSignIns) return false;
    contact.sign_ins.emplace_back().succeeded = tag == Tag::SignInDone;
    return true;
  }
  if (contact.sign_ins.empty()) return false;
  SignIn& one = contact.sign_ins.back();
  switch (tag) {
    case Tag::Login:
      return value.to(one.login);
    case Tag::Mark:
      return value.to(one.mark);
    case Tag::Principal:
      return value.to(one.principal);
    case Tag::Method:
      return value.to(one.method);
    case Tag::Code:
      return value.to(one.code);
    case Tag::Reference:
      return value.to(one.reference);
    default:
      return true;
  }
}

bool take_request_field(Contact& contact, Tag tag, const Value& value) {
  switch (tag) {
    case Tag::Requests:
      return value.to(contact.requests);
    case Tag::Aborted:
      return value.to(contact.aborted);
    case Tag::LastStatus:
      return value.to(contact.last_status);
    case Tag::Host:
      return value.to(contact.host);
    case Tag::Path:
      return value.to(contact.path);
    case Tag::UserAgent:
      return value.to(contact.user_agent);
    case Tag::Agent:
      return value.to(contact.agent);
    case Tag::Backend:
      return value.to(contact.backend);
    case Tag::Selftest:
      return value.to(contact.selftest);
    case Tag::Findings:
      return value.to(contact.findings);
    case Tag::SignInsBefore:
      return value.to(contact.sign_ins_before);
    case Tag::ByDoctor:
      return value.to(contact.by_doctor);
    default:
      return true;
  }
}

bool take_tls_field(Contact& contact, Tag tag, const Value& value) {
  switch (tag) {
    case Tag::ClientAlert:
      return value.to_alert(contact.client_alert);
    case Tag::OurAlert:
      return value.to_alert(contact.our_alert);
    case Tag::Reason:
      return value.to(contact.reason);
    case Tag::ServerName:
      return value.to(contact.server_name);
    case Tag::Offered:
      return value.to(contact.offered);
    case Tag::Protocol:
      return value.to(contact.protocol);
    case Tag::TlsVersion:
      return value.to(contact.tls_version);
    case Tag::Cipher:
      return value.to(contact.cipher);
    case Tag::Resumed:
      return value.to(contact.resumed);
    default:
      return value.to(contact.fingerprint);
  }
}

bool take_field(Contact& contact, Tag tag, const Value& value) {
  if (tag >= Tag::SignInFailed) return take_sign_in_field(contact, tag, value);
  if (tag >= Tag::Requests) return take_request_field(contact, tag, value);
  if (tag >= Tag::ClientAlert) return take_tls_field(contact, tag, value);
  switch (tag) {
    case Tag::Id:
      return value.to(contact.id);
    case Tag::Begin:
      return value.to(contact.begin);
    case Tag::Lasted:
      return value.to(contact.lasted);
    case Tag::Times:
      return value.to(contact.times);
    case Tag::Client:
      return value.to(contact.client);
    case Tag::Sender:
      return value.to(contact.sender);
    case Tag::Told:
      return value.to(contact.told);
    case Tag::Listener:
      return value.to(contact.listener);
    case Tag::Ending:
      return value.to(contact.ending);
    case Tag::Point:
      return value.to(contact.point);
    default:
      return false;  // 0
  }
}

}  // namespace

std::string to_record(const Contact& contact) {
  Writer writer;
  writer.number(Tag::Id, contact.id);
  writer.number(Tag::Begin, std::uint64_t(std::max<std::int64_t>(contact.begin.time_since_epoch().count(), 0)));
  writer.number(Tag::Lasted, std::uint64_t(std::max<std::int64_t>(contact.lasted.count(), 0)));
  if (contact.times != 1) writer.always(Tag::Times, contact.times);
  writer.address(Tag::Client, contact.client);
  writer.address(Tag::Sender, contact.sender);
  writer.address(Tag::Told, contact.told);
  writer.address(Tag::Listener, contact.listener);
  writer.always(Tag::Ending, std::to_underlying(contact.ending));
  writer.always(Tag::Point, std::to_underlying(contact.point));
  if (contact.client_alert >= 0) writer.always(Tag::ClientAlert, std::uint64_t(contact.client_alert));
  if (contact.our_alert >= 0) writer.always(Tag::OurAlert, std::uint64_t(contact.our_alert));
  writer.text(Tag::Reason, contact.reason);
  writer.text(Tag::ServerName, contact.server_name);
  writer.text(Tag::Offered, contact.offered);
  writer.text(Tag::Protocol, contact.protocol);
  writer.text(Tag::TlsVersion, contact.tls_version);
  writer.text(Tag::Cipher, contact.cipher);
  writer.number(Tag::Resumed, contact.resumed ? 1 : 0);
  writer.text(Tag::Fingerprint, contact.fingerprint);
  writer.number(Tag::Requests, contact.requests);
  writer.number(Tag::Aborted, contact.aborted);
  writer.number(Tag::LastStatus, contact.last_status);
  writer.text(Tag::Host, contact.host);
  writer.text(Tag::Path, contact.path);
  writer.text(Tag::UserAgent, contact.user_agent);
  writer.text(Tag::Agent, contact.agent);
  writer.text(Tag::Backend, contact.backend);
  writer.text(Tag::Selftest, contact.selftest);
  writer.text(Tag::Findings, contact.findings);
  writer.number(Tag::SignInsBefore, contact.sign_ins_before);
  writer.number(Tag::ByDoctor, contact.by_doctor ? 1 : 0);
  std::size_t count = std::min(contact.sign_ins.size(), Contact::kMostSignIns);
  for (std::size_t i = 0; i < count; ++i) write_sign_in(writer, contact.sign_ins[i]);
  return std::move(writer.bytes);
}

Result<Contact> read_record(std::string_view bytes) {
  Contact contact;
  while (!bytes.empty()) {
    if (bytes.size() < 2) return fail(Kind::Invalid, "contact.record", "a record ends within a field");
    auto tag = Tag(std::uint8_t(bytes[0]));
    std::size_t size = std::uint8_t(bytes[1]);
    bytes.remove_prefix(2);
    if (size > bytes.size()) return fail(Kind::Invalid, "contact.record", "a record ends within a field");
    if (!take_field(contact, tag, Value(bytes.substr(0, size))))
      return fail(Kind::Invalid, "contact.record", "a record has a field that cannot be read");
    bytes.remove_prefix(size);
  }
  return contact;
}

}  // namespace pforte::contact

#include "doctor/ldap_answer.h"

#include <algorithm>
#include <optional>

#include "crypto/asn1_element.h"

namespace pforte::doctor {
namespace {

// Far more than any server says.
constexpr std::size_t kLongestAnswer = 8UZ * 1024;

constexpr int kIntegerTag = 2, kOctetsTag = 4, kEnumeratedTag = 10;
constexpr char kSequenceByte = 0x30;
constexpr char kExtendedResponseByte = 0x78;  // [APPLICATION 24], constructed

// Of a message whose bytes are all there.
bool read_ldap_message(std::string_view message, LdapAnswer& answer) {
  if (!crypto::take_element(message, kIntegerTag)) return false;
  std::optional<crypto::Asn1Element> response = crypto::take_element(message);
  if (!response || response->whole.front() != kExtendedResponseByte) return false;
  std::string_view rest = response->content;
  std::optional<crypto::Asn1Element> code = crypto::take_element(rest, kEnumeratedTag);
  if (!code || code->content.size() != 1) return false;
  answer.code = static_cast<unsigned char>(code->content.front());
  std::optional<crypto::Asn1Element> matched = crypto::take_element(rest, kOctetsTag);
  std::optional<crypto::Asn1Element> words = matched ? crypto::take_element(rest, kOctetsTag) : std::nullopt;
  if (words) answer.words = words->content;
  return true;
}

}  // namespace

std::string start_tls_request() {
  constexpr std::string_view kStartTls = "1.3.6.1.4.1.1466.20037";
  std::string name = "\x80";  // requestName [0]
  name += static_cast<char>(kStartTls.size());
  name += kStartTls;
  std::string request = "\x02\x01\x01\x77";  // messageID 1, [APPLICATION 23]
  request += static_cast<char>(name.size());
  request += name;
  std::string message(1, kSequenceByte);
  message += static_cast<char>(request.size());
  return message + request;
}

LdapReading read_start_tls_answer(std::string_view bytes, LdapAnswer& answer) {
  answer = {};
  if (bytes.empty()) return LdapReading::Partial;
  if (bytes.front() != kSequenceByte) return LdapReading::NotLdap;
  std::optional<crypto::Asn1Element> message = crypto::take_element(bytes, crypto::kSequenceTag);
  if (!message) return bytes.size() > kLongestAnswer ? LdapReading::NotLdap : LdapReading::Partial;
  return read_ldap_message(message->content, answer) ? LdapReading::Whole : LdapReading::NotLdap;
}

}  // namespace pforte::doctor

#include "kerberos/kdc_message.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "kerberos/der.h"
#include "kerberos/sealed_times.h"

namespace pforte::kerberos {
namespace {

constexpr std::size_t kMostOffered = 64;
constexpr std::int64_t kEtypeInfo2 = 19;  // PA-ETYPE-INFO2

std::optional<int> small_integer(std::string_view bytes) {
  std::optional<std::int64_t> number = der_integer(bytes);
  if (!number || *number < INT32_MIN || *number > INT32_MAX) return std::nullopt;
  return int(*number);
}

std::string text_in(std::string_view bytes) {
  return std::string(der_only(bytes, tag::kGeneralString).value_or(""));
}

// ETYPE-INFO2-ENTRY ::= SEQUENCE { etype [0] Int32, salt [1] KerberosString OPTIONAL, s2kparams [2] OCTET STRING
// OPTIONAL }
std::optional<OfferedKey> read_offered_key(std::string_view sequence) {
  OfferedKey key;
  DerReader fields(sequence);
  std::optional<DerElement> type = fields.take(tag::context(0));
  std::optional<int> number = type ? small_integer(type->content) : std::nullopt;
  if (!number) return std::nullopt;
  key.encryption = *number;
  if (std::optional<DerElement> salt = fields.take(tag::context(1))) key.salt = text_in(salt->content);
  if (std::optional<DerElement> how = fields.take(tag::context(2)))
    key.parameters = der_only(how->content, tag::kOctetString).value_or("");
  return key;
}

void read_etype_info(std::string_view bytes, std::vector<OfferedKey>& offered) {
  DerReader entries(der_only(bytes, tag::kSequence).value_or(""));
  while (std::optional<DerElement> entry = entries.take(tag::kSequence)) {
    std::optional<OfferedKey> key = read_offered_key(entry->content);
    if (!key || offered.size() == kMostOffered) return;
    offered.push_back(*std::move(key));
  }
}

// SEQUENCE OF PA-DATA, as METHOD-DATA of an error or `padata` of a reply.
void read_padata(std::string_view bytes, std::vector<OfferedKey>& offered) {
  DerReader all(der_only(bytes, tag::kSequence).value_or(""));
  while (std::optional<DerElement> one = all.take(tag::kSequence)) {
    DerReader fields(one->content);
    std::optional<DerElement> type = fields.take(tag::context(1)), value = fields.take(tag::context(2));
    if (!type || !value || der_integer(type->content) != kEtypeInfo2) continue;
    read_etype_info(der_only(value->content, tag::kOctetString).value_or(""), offered);
  }
}

struct SealedWith {
  std::int64_t encryption = -1;
  std::int64_t key_version = -1;
};

// EncryptedData, RFC 4120, 5.2.9.
std::optional<SealedWith> read_encrypted(std::string_view bytes) {
  DerReader fields(der_only(bytes, tag::kSequence).value_or(""));
  std::optional<DerElement> type = fields.take(tag::context(0)), version = fields.take(tag::context(1));
  std::optional<std::int64_t> encryption = type ? der_integer(type->content) : std::nullopt;
  if (!encryption) return std::nullopt;
  return SealedWith{.encryption = *encryption,
                    .key_version = version ? der_integer(version->content).value_or(-1) : -1};
}

std::optional<KdcMessage> read_error(std::string_view sequence) {
  KdcMessage message;
  bool has_code = false;
  DerReader fields(sequence);
  while (std::optional<DerElement> field = fields.next()) {
    if (field->tag == tag::context(4)) {
      message.now = read_kerberos_time(der_only(field->content, tag::kGeneralizedTime).value_or(""));
    } else if (field->tag == tag::context(6)) {
      std::optional<int> code = small_integer(field->content);
      if (!code) return std::nullopt;
      message.error = *code;
      has_code = true;
    } else if (field->tag == tag::context(9)) {
      message.realm = text_in(field->content);
    } else if (field->tag == tag::context(11)) {
      message.text = text_in(field->content);
    } else if (field->tag == tag::context(12)) {
      read_padata(der_only(field->content, tag::kOctetString).value_or(""), message.offered);
    }
  }
  if (!fields.at_end() || !has_code || !message.now) return std::nullopt;
  return message;
}

// Ticket ::= [APPLICATION 1] SEQUENCE { tkt-vno [0], realm [1], sname [2], enc-part [3] }
std::optional<SealedWith> read_ticket(std::string_view bytes) {
  std::optional<std::string_view> inner = der_only(bytes, tag::application(1));
  DerReader fields(inner ? der_only(*inner, tag::kSequence).value_or("") : "");
  while (std::optional<DerElement> field = fields.next()) {
    if (field->tag == tag::context(3)) return read_encrypted(field->content);
  }
  return std::nullopt;
}

std::optional<KdcMessage> read_reply(std::string_view sequence, KdcMessage::Kind kind) {
  KdcMessage message;
  message.kind = kind;
  bool has_ticket = false, has_part = false;
  DerReader fields(sequence);
  while (std::optional<DerElement> field = fields.next()) {
    if (field->tag == tag::context(2)) {
      read_padata(field->content, message.offered);
    } else if (field->tag == tag::context(5)) {
      std::optional<SealedWith> sealed = read_ticket(field->content);
      if (!sealed) return std::nullopt;
      message.ticket_key_version = sealed->key_version;
      message.ticket_encryption = sealed->encryption;
      has_ticket = true;
    } else if (field->tag == tag::context(6)) {
      std::optional<SealedWith> sealed = read_encrypted(field->content);
      if (!sealed) return std::nullopt;
      message.key_version = sealed->key_version;
      has_part = true;
    }
  }
  if (!fields.at_end() || !has_ticket || !has_part) return std::nullopt;
  return message;
}

}  // namespace

std::optional<KdcMessage> read_kdc_message(std::string_view bytes) {
  DerReader reader(bytes);
  std::optional<DerElement> whole = reader.next();
  if (!whole || !reader.at_end()) return std::nullopt;
  std::optional<std::string_view> sequence = der_only(whole->content, tag::kSequence);
  if (!sequence) return std::nullopt;
  if (whole->tag == tag::application(30)) return read_error(*sequence);
  if (whole->tag == tag::application(11)) return read_reply(*sequence, KdcMessage::Kind::InitialReply);
  if (whole->tag == tag::application(13)) return read_reply(*sequence, KdcMessage::Kind::TicketReply);
  return std::nullopt;
}

std::string kdc_error_name(int error) {
  constexpr std::array<std::pair<int, std::string_view>, 21> kNames = {{
      {1, "KDC_ERR_NAME_EXP"},
      {2, "KDC_ERR_SERVICE_EXP"},
      {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
      {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"},
      {8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE"},
      {9, "KDC_ERR_NULL_KEY"},
      {12, "KDC_ERR_POLICY"},
      {13, "KDC_ERR_BADOPTION"},
      {14, "KDC_ERR_ETYPE_NOSUPP"},
      {18, "KDC_ERR_CLIENT_REVOKED"},
      {19, "KDC_ERR_SERVICE_REVOKED"},
      {23, "KDC_ERR_KEY_EXPIRED"},
      {24, "KDC_ERR_PREAUTH_FAILED"},
      {25, "KDC_ERR_PREAUTH_REQUIRED"},
      {27, "KDC_ERR_MUST_USE_USER2USER"},
      {31, "KRB_AP_ERR_BAD_INTEGRITY"},
      {37, "KRB_AP_ERR_SKEW"},
      {41, "KRB_AP_ERR_MODIFIED"},
      {52, "KRB_ERR_RESPONSE_TOO_BIG"},
      {60, "KRB_ERR_GENERIC"},
      {68, "KDC_ERR_WRONG_REALM"},
  }};
  for (const auto& [known, name] : kNames) {
    if (known == error) return std::string(name);
  }
  return cat("error ", error);
}

}  // namespace pforte::kerberos

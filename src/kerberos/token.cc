#include "kerberos/token.h"

#include <algorithm>

#include "kerberos/der.h"

namespace pforte::kerberos {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kKrb5 = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"sv;
// Windows 2000 wrote one bit wrong, and everybody has offered both since (RFC 4178, appendix C).
constexpr std::string_view kMicrosoftKrb5 = "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"sv;
constexpr std::string_view kNtlm = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"sv;
constexpr std::string_view kSpnego = "\x2b\x06\x01\x05\x05\x02"sv;
constexpr std::string_view kNtlmSignature = "NTLMSSP\0"sv;

// A name has two components, a list of mechanisms about four.
constexpr std::size_t kMostComponents = 16;
constexpr std::size_t kMostMechanisms = 64;

// Numbers of RFC 4120.
constexpr std::int64_t kVersion = 5;
constexpr std::int64_t kRequestType = 14;

bool is_krb5(std::string_view oid) {
  return oid == kKrb5 || oid == kMicrosoftKrb5;
}

bool is_ntlm(std::string_view bytes) {
  return bytes.starts_with(kNtlmSignature);
}

// The content of [number], read from a SEQUENCE whose fields come in order.
std::optional<std::string_view> field(DerReader& sequence, unsigned number) {
  std::optional<DerElement> element = sequence.take(tag::context(number));
  return element ? std::optional(element->content) : std::nullopt;
}

// EncryptedData, RFC 4120, 5.2.9.
struct Sealed {
  std::int64_t encryption = -1;
  std::int64_t key_version = -1;
  std::string_view cipher;
};

std::optional<Sealed> read_sealed(std::string_view bytes) {
  std::optional<std::string_view> content = der_only(bytes, tag::kSequence);
  if (!content) return std::nullopt;
  DerReader sequence(*content);
  std::optional<std::string_view> encryption = field(sequence, 0);
  std::optional<std::string_view> version = field(sequence, 1);
  std::optional<std::string_view> cipher = field(sequence, 2);
  if (!encryption || !cipher || !sequence.at_end()) return std::nullopt;

  std::optional<std::int64_t> encryption_number = der_integer(*encryption);
  std::optional<std::int64_t> version_number = version ? der_integer(*version) : std::optional<std::int64_t>(-1);
  std::optional<std::string_view> bytes_of_cipher = der_only(*cipher, tag::kOctetString);
  if (!encryption_number || !version_number || !bytes_of_cipher || bytes_of_cipher->empty()) return std::nullopt;
  return Sealed{*encryption_number, *version_number, *bytes_of_cipher};
}

// PrincipalName, RFC 4120, 5.2.2.
bool read_name(std::string_view bytes, Principal& principal) {
  std::optional<std::string_view> content = der_only(bytes, tag::kSequence);
  if (!content) return false;
  DerReader sequence(*content);
  std::optional<std::string_view> type = field(sequence, 0);
  std::optional<std::string_view> list = field(sequence, 1);
  if (!type || !der_integer(*type) || !list || !sequence.at_end()) return false;

  std::optional<std::string_view> components = der_only(*list, tag::kSequence);
  if (!components) return false;
  DerReader reader(*components);
  while (!reader.at_end()) {
    std::optional<DerElement> component = reader.take(tag::kGeneralString);
    if (!component || principal.components.size() == kMostComponents) return false;
    principal.components.emplace_back(component->content);
  }
  return !principal.components.empty();
}

// Ticket, RFC 4120, 5.3.
bool read_ticket(std::string_view bytes, Token& token) {
  std::optional<std::string_view> application = der_only(bytes, tag::application(1));
  std::optional<std::string_view> content = application ? der_only(*application, tag::kSequence) : std::nullopt;
  if (!content) return false;
  DerReader sequence(*content);
  std::optional<std::string_view> version = field(sequence, 0);
  std::optional<std::string_view> realm = field(sequence, 1);
  std::optional<std::string_view> name = field(sequence, 2);
  std::optional<std::string_view> sealed = field(sequence, 3);
  if (!version || !realm || !name || !sealed || !sequence.at_end()) return false;

  std::optional<std::string_view> realm_name = der_only(*realm, tag::kGeneralString);
  std::optional<Sealed> part = read_sealed(*sealed);
  if (der_integer(*version) != kVersion || !realm_name || !part || !read_name(*name, token.service)) return false;
  token.service.realm = *realm_name;
  token.encryption = part->encryption;
  token.key_version = part->key_version;
  token.ticket = bytes;
  return true;
}

// AP-REQ, RFC 4120, 5.5.1.
bool read_request(std::string_view bytes, Token& token) {
  std::optional<std::string_view> application = der_only(bytes, tag::application(14));
  std::optional<std::string_view> content = application ? der_only(*application, tag::kSequence) : std::nullopt;
  if (!content) return false;
  DerReader sequence(*content);
  std::optional<std::string_view> version = field(sequence, 0);
  std::optional<std::string_view> type = field(sequence, 1);
  std::optional<std::string_view> options = field(sequence, 2);
  std::optional<std::string_view> ticket = field(sequence, 3);
  std::optional<std::string_view> authenticator = field(sequence, 4);
  if (!version || !type || !options || !ticket || !authenticator || !sequence.at_end()) return false;

  std::optional<Sealed> sealed = read_sealed(*authenticator);
  if (der_integer(*version) != kVersion || der_integer(*type) != kRequestType) return false;
  if (!der_only(*options, tag::kBitString) || !sealed || !read_ticket(*ticket, token)) return false;
  token.authenticator = sealed->cipher;
  token.request = bytes;
  return true;
}

// The rest of a krb5 token behind its mechanism: RFC 4121, 4.1.
bool read_krb5(std::string_view rest, Token& token) {
  constexpr std::string_view kApReq = "\x01\x00"sv;
  return rest.starts_with(kApReq) && read_request(rest.substr(kApReq.size()), token);
}

// InitialContextToken of RFC 2743, 3.1.
struct Framed {
  std::string_view mechanism;
  std::string_view rest;
};

std::optional<Framed> read_frame(std::string_view bytes) {
  std::optional<std::string_view> content = der_only(bytes, tag::application(0));
  if (!content) return std::nullopt;
  DerReader reader(*content);
  std::optional<DerElement> mechanism = reader.take(tag::kOid);
  if (!mechanism) return std::nullopt;
  return Framed{mechanism->content, reader.rest()};
}

// A whole krb5 token as it stands in SPNEGO.
bool read_framed_krb5(std::string_view bytes, Token& token) {
  std::optional<Framed> frame = read_frame(bytes);
  return frame && is_krb5(frame->mechanism) && read_krb5(frame->rest, token);
}

// What a client offers, in its order.
struct Offer {
  std::string_view first;
  bool krb5 = false;
  bool ntlm = false;
};

std::optional<Offer> read_mechanisms(std::string_view bytes) {
  std::optional<std::string_view> content = der_only(bytes, tag::kSequence);
  if (!content || content->empty()) return std::nullopt;
  Offer offer;
  DerReader reader(*content);
  for (std::size_t i = 0; !reader.at_end(); ++i) {
    std::optional<DerElement> oid = reader.take(tag::kOid);
    if (!oid || i == kMostMechanisms) return std::nullopt;
    if (is_krb5(oid->content)) offer.krb5 = true;
    if (i == 0) offer.first = oid->content;
    if (oid->content == kNtlm) offer.ntlm = true;
  }
  return offer;
}

// NegTokenInit, RFC 4178, 4.2.1.
Token read_first_leg(std::string_view rest) {
  std::optional<std::string_view> choice = der_only(rest, tag::context(0));
  std::optional<std::string_view> content = choice ? der_only(*choice, tag::kSequence) : std::nullopt;
  if (!content) return {};
  DerReader sequence(*content);
  std::optional<std::string_view> mechanisms = field(sequence, 0);
  std::optional<std::string_view> flags = field(sequence, 1);
  std::optional<std::string_view> inner = field(sequence, 2);
  std::optional<std::string_view> integrity = field(sequence, 3);
  if (!mechanisms || !sequence.at_end()) return {};
  if (flags && !der_only(*flags, tag::kBitString)) return {};
  if (integrity && !der_only(*integrity, tag::kOctetString)) return {};
  std::optional<Offer> offer = read_mechanisms(*mechanisms);
  std::optional<std::string_view> bytes = inner ? der_only(*inner, tag::kOctetString) : ""sv;
  if (!offer || !bytes) return {};

  Token token;
  if (is_krb5(offer->first) && !bytes->empty()) {
    if (read_framed_krb5(*bytes, token)) {
      token.form = Token::Form::Spnego;
      // A code over the list is the library's to check; so is a token under the name that Windows 2000 wrote.
      if (!integrity && read_frame(*bytes)->mechanism == kKrb5) token.inner = *bytes;
      return token;
    }
    token = {};
    if (is_ntlm(*bytes)) token.form = Token::Form::Ntlm;
    return token;
  }
  if (offer->krb5) {
    token.form = Token::Form::SpnegoWithoutTicket;
  } else {
    token.form = offer->ntlm || is_ntlm(*bytes) ? Token::Form::Ntlm : Token::Form::Other;
  }
  return token;
}

// NegTokenResp, RFC 4178, 4.2.2.
Token read_later_leg(std::string_view bytes) {
  std::optional<std::string_view> choice = der_only(bytes, tag::context(1));
  std::optional<std::string_view> content = choice ? der_only(*choice, tag::kSequence) : std::nullopt;
  if (!content) return {};
  DerReader sequence(*content);
  std::optional<std::string_view> state = field(sequence, 0);
  std::optional<std::string_view> mechanism = field(sequence, 1);
  std::optional<std::string_view> response = field(sequence, 2);
  std::optional<std::string_view> integrity = field(sequence, 3);
  if (!sequence.at_end()) return {};
  if (state && !der_only(*state, tag::kEnumerated)) return {};
  if (mechanism && !der_only(*mechanism, tag::kOid)) return {};
  if (integrity && !der_only(*integrity, tag::kOctetString)) return {};

  Token token;
  token.form = Token::Form::Continue;
  if (!response) return token;
  std::optional<std::string_view> inner = der_only(*response, tag::kOctetString);
  if (!inner) return {};
  if (inner->empty() || read_framed_krb5(*inner, token)) return token;
  token = {};
  if (is_ntlm(*inner)) token.form = Token::Form::Ntlm;
  return token;
}

}  // namespace

Token read_token(std::string_view bytes) {
  Token token;
  if (is_ntlm(bytes)) {
    token.form = Token::Form::Ntlm;
    return token;
  }
  if (bytes.starts_with('\xa1')) return read_later_leg(bytes);
  std::optional<Framed> frame = read_frame(bytes);
  if (!frame) return token;
  if (frame->mechanism == kSpnego) return read_first_leg(frame->rest);
  if (frame->mechanism == kNtlm) {
    token.form = Token::Form::Ntlm;
  } else if (!is_krb5(frame->mechanism)) {
    token.form = Token::Form::Other;
  } else if (read_krb5(frame->rest, token)) {
    token.form = Token::Form::Krb5;
  } else {
    token = {};
  }
  return token;
}

std::string spnego_completed(std::string_view answer) {
  constexpr std::string_view kAcceptCompleted("\0", 1);
  std::string state = der_element(tag::context(0), {der_element(tag::kEnumerated, {kAcceptCompleted})});
  std::string chosen = der_element(tag::context(1), {der_element(tag::kOid, {kKrb5})});
  std::string response;
  if (!answer.empty()) response = der_element(tag::context(2), {der_element(tag::kOctetString, {answer})});
  return der_element(tag::context(1), {der_element(tag::kSequence, {state, chosen, response})});
}

}  // namespace pforte::kerberos

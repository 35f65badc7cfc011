#include "pki/distinguished_name.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "crypto/asn1_element.h"
#include "pki/decoded.h"

namespace pforte::pki {
namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Small letters, no blanks at the ends, one instead of several.
void append_folded(std::string& out, std::string_view text) {
  bool pending = false;
  bool begun = false;
  for (char c : text) {
    if (is_blank(c)) {
      pending = begun;
      continue;
    }
    if (pending) out += ' ';
    pending = false;
    begun = true;
    out += lower(c);
  }
}

// None: it is no text.
std::optional<std::string> text_of_string(const ASN1_STRING* value) {
  switch (ASN1_STRING_type(value)) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_NUMERICSTRING:
      return std::string(view_of(value));
    case V_ASN1_T61STRING:
    case V_ASN1_BMPSTRING:
    case V_ASN1_UNIVERSALSTRING: {
      unsigned char* text = nullptr;
      int size = ASN1_STRING_to_UTF8(&text, value);
      if (size < 0) return std::nullopt;
      std::string utf8(reinterpret_cast<char*>(text), std::size_t(size));
      OPENSSL_free(text);
      return utf8;
    }
    default:
      return std::nullopt;
  }
}

void append_length(std::string& out, std::size_t length) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(length >> shift & 0xff);
}

// Type and value, each behind its length, so that no two attributes give the same bytes.
void append_attribute(std::string& out, std::string_view type, char form, std::string_view folded) {
  append_length(out, type.size());
  out += type;
  out += form;
  append_length(out, folded.size());
  out += folded;
}

std::string folded_attribute(const ASN1_OBJECT* type, const ASN1_STRING* value,
                             const std::optional<std::string>& text) {
  std::string out, folded;
  if (text) append_folded(folded, *text);
  if (!text) folded.assign(view_of(value));
  append_attribute(out, id_of(type), text ? 't' : static_cast<char>(ASN1_STRING_type(value)), folded);
  return out;
}

bool is_plain_text(int type) {
  return type == V_ASN1_UTF8STRING || type == V_ASN1_PRINTABLESTRING || type == V_ASN1_IA5STRING;
}

// The key of a name whose parts are single attributes in strings of one byte for each ASCII letter, as nearly all are.
std::optional<std::string> plain_key(std::string_view der) {
  std::optional<crypto::Asn1Element> name = crypto::take_element(der, V_ASN1_SEQUENCE);
  if (!name || !der.empty()) return std::nullopt;
  std::string key, folded;
  for (std::string_view parts = name->content; !parts.empty();) {
    std::optional<crypto::Asn1Element> part = crypto::take_element(parts, V_ASN1_SET);
    std::string_view set = part ? part->content : std::string_view();
    std::optional<crypto::Asn1Element> attribute = crypto::take_element(set, V_ASN1_SEQUENCE);
    std::string_view inside = attribute ? attribute->content : std::string_view();
    std::optional<crypto::Asn1Element> type = crypto::take_element(inside, V_ASN1_OBJECT);
    std::optional<crypto::Asn1Element> value = crypto::take_element(inside);
    if (!set.empty() || !inside.empty() || !type || !value || !is_plain_text(value->tag)) return std::nullopt;
    folded.clear();
    append_folded(folded, value->content);
    append_attribute(key, type->content, 't', folded);
  }
  return key;
}

}  // namespace

bool DistinguishedName::within(const DistinguishedName& subtree) const {
  return parts.size() >= subtree.parts.size() &&
         std::ranges::equal(subtree.parts, std::span(parts).first(subtree.parts.size()));
}

std::string DistinguishedName::key() const {
  std::string key;
  for (const std::string& part : parts) key += part;
  return key;
}

std::string DistinguishedName::text() const {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  crypto::Owned<X509_NAME, X509_NAME_free> name(d2i_X509_NAME(nullptr, &at, long(der.size())));
  if (!name) return {};
  crypto::Bytes out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name.get(), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return {data, std::size_t(size)};
}

DistinguishedName name_of(const X509_NAME* name) {
  DistinguishedName read;
  const unsigned char* der = nullptr;
  std::size_t size = 0;
  if (X509_NAME_get0_der(name, &der, &size) == 1) read.der.assign(reinterpret_cast<const char*>(der), size);
  std::vector<std::string> set;
  int last_set = -1;
  auto finish_set = [&] {
    if (set.empty()) return;
    std::ranges::sort(set);
    std::string& part = read.parts.emplace_back();
    for (const std::string& attribute : set) part += attribute;
    set.clear();
  };
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    if (X509_NAME_ENTRY_set(entry) != last_set) finish_set();
    last_set = X509_NAME_ENTRY_set(entry);
    const ASN1_OBJECT* type = X509_NAME_ENTRY_get_object(entry);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    std::optional<std::string> text = text_of_string(value);
    set.push_back(folded_attribute(type, value, text));
    int nid = OBJ_obj2nid(type);
    if (nid == NID_commonName && text) read.common_names.push_back(*text);
    if (nid == NID_pkcs9_emailAddress && text) read.mail_addresses.push_back(*text);
  }
  finish_set();
  return read;
}

DistinguishedName read_distinguished_name(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  crypto::Owned<X509_NAME, X509_NAME_free> name(d2i_X509_NAME(nullptr, &at, long(der.size())));
  return name ? name_of(name.get()) : DistinguishedName();
}

std::string name_key(std::string_view der) {
  std::optional<std::string> plain = plain_key(der);
  return plain ? *std::move(plain) : read_distinguished_name(der).key();
}

}  // namespace pforte::pki

#include "crypto/alternative_name.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::crypto {
namespace {

using Form = AlternativeName::Form;

struct Prefix {
  std::string_view text;
  Form form;
};
constexpr Prefix kPrefixes[] = {{"dns:", Form::Dns}, {"ip:", Form::Ip}, {"email:", Form::Mail}, {"uri:", Form::Uri}};

// 4 or 16 bytes. Empty: it is no address.
std::string address_bytes(std::string_view text) {
  std::array<char, 16> bytes{};
  std::string address(text);
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

std::string address_as_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

// "192.0.2.0/24" as address and mask, one behind the other (RFC 5280, 4.2.1.10). Empty: it is none.
std::string subtree_bytes(std::string_view text) {
  std::size_t slash = text.find('/');
  std::string address = address_bytes(text.substr(0, slash));
  std::string_view digits = text.substr(slash + 1);
  std::size_t bits = 0;
  auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (address.empty() || fault != std::errc() || end != digits.data() + digits.size() || bits > address.size() * 8)
    return {};
  std::string mask(address.size(), '\0');
  for (std::size_t bit = 0; bit < bits; ++bit) mask[bit / 8] = char(mask[bit / 8] | 0x80 >> bit % 8);
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = char(address[i] & mask[i]);
  return address + mask;
}

std::string ip_bytes(std::string_view text) {
  return text.find('/') == std::string_view::npos ? address_bytes(text) : subtree_bytes(text);
}

std::string ip_value(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (text.find('/') != std::string_view::npos) return subtree_bytes(text).empty() ? std::string() : std::string(text);
  return address_as_text(address_bytes(text));
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

int type_of(Form form) {
  switch (form) {
    case Form::Dns:
      return GEN_DNS;
    case Form::Ip:
      return GEN_IPADD;
    case Form::Mail:
      return GEN_EMAIL;
    case Form::Uri:
      return GEN_URI;
  }
  return GEN_OTHERNAME;
}

Form form_of(std::string_view text) {
  if (!ip_value(text).empty()) return Form::Ip;
  return text.find('@') == std::string_view::npos ? Form::Dns : Form::Mail;
}

}  // namespace

std::optional<AlternativeName> alternative_name(std::string_view text) {
  std::optional<Form> form;
  for (const Prefix& prefix : kPrefixes) {
    if (!form && text.starts_with(prefix.text)) {
      form = prefix.form;
      text.remove_prefix(prefix.text.size());
    }
  }
  if (text.empty() || !is_printable(text)) return std::nullopt;
  if (!form) form = form_of(text);
  AlternativeName name{.form = *form, .value = std::string(text)};
  if (*form == Form::Dns) name.value = lowered(text);
  if (*form == Form::Ip) name.value = ip_value(text);
  if (name.value.empty()) return std::nullopt;
  return name;
}

std::string text_of(const AlternativeName& name) {
  const Prefix* prefix = std::ranges::find(kPrefixes, name.form, &Prefix::form);
  return cat(prefix->text, name.value);
}

GENERAL_NAME* general_name(const AlternativeName& name) {
  std::string bytes = name.form == Form::Ip ? ip_bytes(name.value) : name.value;
  if (bytes.empty()) return nullptr;
  ASN1_STRING* value = ASN1_STRING_type_new(name.form == Form::Ip ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
  GENERAL_NAME* made = GENERAL_NAME_new();
  if (!value || !made || ASN1_STRING_set(value, bytes.data(), int(bytes.size())) != 1) {
    ASN1_STRING_free(value);
    GENERAL_NAME_free(made);
    return nullptr;
  }
  GENERAL_NAME_set0_value(made, type_of(name.form), value);
  return made;
}

GeneralNames general_names(const std::vector<AlternativeName>& names) {
  GeneralNames made(sk_GENERAL_NAME_new_null());
  for (const AlternativeName& name : names) {
    GENERAL_NAME* one = general_name(name);
    if (!one || !made || sk_GENERAL_NAME_push(made.get(), one) == 0) {
      GENERAL_NAME_free(one);
      return nullptr;
    }
  }
  return made;
}

std::optional<AlternativeName> alternative_name(const GENERAL_NAME& name) {
  int type = 0;
  const void* value = GENERAL_NAME_get0_value(&name, &type);
  for (Form form : {Form::Dns, Form::Ip, Form::Mail, Form::Uri}) {
    if (type != type_of(form)) continue;
    const auto* bytes = static_cast<const ASN1_STRING*>(value);
    std::string_view view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(bytes)),
                          std::size_t(ASN1_STRING_length(bytes)));
    std::string text = form == Form::Ip ? address_as_text(view) : std::string(view);
    return alternative_name(text_of({.form = form, .value = std::move(text)}));
  }
  return std::nullopt;
}

}  // namespace pforte::crypto

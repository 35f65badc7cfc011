#include "gate/form.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/code_point.h"
#include "base/text.h"
#include "gate/percent.h"
#include "http/octets.h"

namespace pforte::gate {

namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

std::unexpected<Error> malformed(std::string_view why) {
  return fail(Kind::Invalid, "form.malformed", cat("the form ", why));
}

std::unexpected<Error> too_large(std::string_view why) {
  return fail(Kind::Limit, "form.too-large", cat("the form ", why));
}

bool is_clean_utf8(std::string_view text) {
  while (!text.empty()) {
    std::size_t size = 1;
    if (static_cast<unsigned char>(text[0]) >= 0x80) {
      std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
      CodePoint next = read_code_point(bytes);
      if (next.form != CodePoint::Form::Valid) return false;
      size = next.size;
    } else if (http::is_control(text[0])) {
      return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

// What `text` stands for, into `out`, which is empty. Its memory is taken once.
Result<> decode(std::string_view text, std::size_t most, std::string& out) {
  out.reserve(std::min(text.size(), most));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (out.size() == most) return too_large("has a field that is too long");
    char c = text[i];
    if (c == '%') {
      std::optional<char> byte = escaped_byte(text, i);
      if (!byte) return malformed("has a broken escape");
      c = *byte;
      i += 2;
    } else if (c == '+') {
      c = ' ';
    }
    out += c;
  }
  if (!is_clean_utf8(out)) return malformed("has a control character, or bytes that are no UTF-8");
  return {};
}

void wipe(std::string& text) {
  if (!text.empty()) explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace

bool is_form(const http::Fields& fields) {
  const http::Field* type = http::find_field(fields, http::FieldName::ContentType);
  if (!type) return false;
  std::size_t end = std::min(type->value.find(';'), type->value.size());
  std::string_view parameter = http::trim(type->value.substr(std::min(end + 1, type->value.size())));
  return equals_ignoring_case(http::trim(type->value.substr(0, end)), kFormType) &&
         (parameter.empty() || equals_ignoring_case(parameter, "charset=utf-8"));
}

Result<Form> Form::read(std::string_view body) {
  if (body.size() > kMostFormBytes) return too_large("is too long");
  Form form;
  if (body.empty()) return form;
  std::size_t count = std::size_t(std::ranges::count(body, '&')) + 1;
  if (count > kMostFormFields) return too_large("has too many fields");

  form.fields_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t end = std::min(body.find('&'), body.size());
    TRY(form.read_field(body.substr(0, end)));
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return form;
}

Result<> Form::read_field(std::string_view piece) {
  std::size_t equals = piece.find('=');
  if (equals == std::string_view::npos) return malformed("has a field without '='");
  if (equals == 0) return malformed("has a field without a name");
  std::string name;
  TRY(decode(piece.substr(0, equals), kMostFormNameBytes, name));
  if (find(name)) return malformed("has a field twice");
  Field& field = fields_.emplace_back(std::move(name));
  return decode(piece.substr(equals + 1), kMostFormValueBytes, field.value);
}

Form::~Form() {
  for (Field& field : fields_) wipe(field.value);
}

Form::Field* Form::find(std::string_view name) {
  auto found = std::ranges::find(fields_, name, &Field::name);
  return found == fields_.end() ? nullptr : &*found;
}

std::string Form::text(std::string_view name) const {
  auto found = std::ranges::find(fields_, name, &Field::name);
  return found == fields_.end() ? std::string() : found->value;
}

Secret Form::take_secret(std::string_view name) {
  Field* field = find(name);
  if (!field) return Secret("");
  Secret secret(field->value);
  wipe(field->value);
  return secret;
}

void append_form_value(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~/";
  for (char c : text) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || http::is_digit(c);
    if (letter || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
}

}  // namespace pforte::gate

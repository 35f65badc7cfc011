#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "http/field.h"

namespace pforte::gate {

// Bounds of a form, in bytes where nothing else is said. Our own forms stay far below them.
inline constexpr std::size_t kMostFormBytes = std::size_t{16} * 1024;
inline constexpr std::size_t kMostFormFields = 16;
inline constexpr std::size_t kMostFormNameBytes = 64;     // decoded
inline constexpr std::size_t kMostFormValueBytes = 4096;  // decoded

// Whether the request says that its body is a form (application/x-www-form-urlencoded), in UTF-8 if it names a
// character set. A page of another site can send other types without asking, such as text/plain.
bool is_form(const http::Fields& fields);

// What a form sent, or the query of a link, which is written in the same way. All of it is wiped when the form goes,
// since nobody knows into which field a password was typed.
class Form {
 public:
  // Reads application/x-www-form-urlencoded. The caller wipes `body`.
  //
  // Fails with Kind::Limit (form.too-large) for more than the bounds allow, and with Kind::Invalid (form.malformed) for
  // what no browser sends: a broken escape, bytes that are no UTF-8, control characters other than tab, a field without
  // a name or without '=', a name that comes twice. The text tells no value.
  // Source: WHATWG URL, 5.1.
  static Result<Form> read(std::string_view body);

  Form(Form&&) noexcept = default;
  Form& operator=(Form&&) = delete;
  ~Form();

  // Empty if there is no such field.
  std::string text(std::string_view name) const;

  // Hands out a value that nobody else shall have; afterwards the field is empty.
  Secret take_secret(std::string_view name);

  std::size_t size() const { return fields_.size(); }

 private:
  struct Field {
    std::string name;
    std::string value;
  };

  Form() = default;
  Result<> read_field(std::string_view piece);
  Field* find(std::string_view name);

  std::vector<Field> fields_;  // never grows beyond what was reserved, so that no copy is left behind
};

// `text` at the end of `out` as the value of a field: escaped so that it means itself in a form, in a query and in an
// attribute of HTML.
void append_form_value(std::string& out, std::string_view text);

}  // namespace pforte::gate

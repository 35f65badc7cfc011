#include "gate/introduction.h"

#include "http/compose.h"

namespace pforte::gate {

Introduction::Introduction(const http::Fields& said) : fields_(said) {
  http::append_fields(text_, said);
  std::string_view rest = text_;
  for (http::Field& field : fields_) {
    field.name = rest.substr(0, field.name.size());
    rest.remove_prefix(field.name.size() + 2);  // ": "
    field.value = rest.substr(0, field.value.size());
    rest.remove_prefix(field.value.size() + 2);  // CRLF
  }
}

}  // namespace pforte::gate

#include "gate/introduction.h"

#include <algorithm>
#include <utility>

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

std::shared_ptr<const Introduction> LastIntroduction::to(const Backend& backend) const {
  return backend_ == &backend ? said_ : nullptr;
}

void LastIntroduction::keep(const Backend& backend, std::shared_ptr<const Introduction> said) {
  auto is_password = [](const http::Field& field) { return field.known == http::FieldName::Authorization; };
  bool says_password = std::ranges::any_of(said->fields(), is_password);
  said_ = says_password ? nullptr : std::move(said);
  backend_ = &backend;
}

}  // namespace pforte::gate

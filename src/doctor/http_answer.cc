#include "doctor/http_answer.h"

#include "base/ascii.h"

namespace pforte::doctor {

const std::string* HttpAnswer::find(std::string_view name) const {
  for (const HttpField& field : fields) {
    if (equals_ignoring_case(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::vector<std::string_view> HttpAnswer::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const HttpField& field : fields) {
    if (equals_ignoring_case(field.name, name)) values.emplace_back(field.value);
  }
  return values;
}

}  // namespace pforte::doctor

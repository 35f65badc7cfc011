#pragma once

#include <span>
#include <string>

#include "http/field.h"

namespace pforte::gate {

// What requests say of who sends them, for one application: fields that stand one behind the other as they are sent, so
// that they are copied as one (http::append_fields()).
class Introduction {
 public:
  explicit Introduction(const http::Fields& said);
  Introduction(const Introduction&) = delete;
  Introduction& operator=(const Introduction&) = delete;

  // Views of this.
  std::span<const http::Field> fields() const { return fields_; }

 private:
  std::string text_;
  http::Fields fields_;
};

}  // namespace pforte::gate

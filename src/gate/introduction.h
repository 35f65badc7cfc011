#pragma once

#include <memory>
#include <span>
#include <string>

#include "http/field.h"

namespace pforte::gate {

struct Backend;

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

// What the application that was asked last is told.
class LastIntroduction {
 public:
  // Null: it is to be written.
  std::shared_ptr<const Introduction> to(const Backend& backend) const;

  // Instead of the one before. One that says a password is not kept: it is not to lie about.
  void keep(const Backend& backend, std::shared_ptr<const Introduction> said);

  // To be done before a backend's place in memory may be another's.
  void forget() { said_ = nullptr; }

 private:
  std::shared_ptr<const Introduction> said_;
  const Backend* backend_ = nullptr;
};

}  // namespace pforte::gate

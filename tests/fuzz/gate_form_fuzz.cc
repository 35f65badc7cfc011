// A form that can be read has only clean text within its bounds, and a value is written back so that it reads the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gate/form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::gate;
  auto form = Form::read({reinterpret_cast<const char*>(data), size});
  if (!form) return 0;
  if (form->size() > kMostFormFields) std::abort();
  for (std::string_view name : {"user", "password", "token", "return", "a"}) {
    std::string value = form->text(name);
    if (value.size() > kMostFormValueBytes || value.find('\0') != std::string::npos) std::abort();
    std::string again = "a=";
    append_form_value(again, value);
    auto read = Form::read(again);
    if (!read || read->text("a") != value) std::abort();
    if (form->take_secret(name).reveal() != value || !form->text(name).empty()) std::abort();
  }
  return 0;
}

#include "gate/sign_in_need.h"

#include <array>

namespace pforte::gate {

SignInNeed read_sign_in_need_config(conf::Reader& keys, SignInNeed otherwise) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "optional", "required", "token"};
  return static_cast<SignInNeed>(keys.choice_or("sign_in", static_cast<std::size_t>(otherwise), kNames));
}

}  // namespace pforte::gate

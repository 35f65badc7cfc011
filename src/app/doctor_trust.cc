#include "app/doctor_trust.h"

#include <memory>
#include <optional>
#include <utility>

#include "app/password_input.h"
#include "base/time.h"
#include "doctor/trust_check.h"
#include "pki/trust_lint.h"
#include "pki/trust_store.h"

namespace pforte::app {
namespace {

net::Task<> store_examination(std::shared_ptr<const pki::TrustStore> store, doctor::Path& path) {
  doctor::examine_store(*store, {.now = now_in_seconds()}, path);
  co_return {};
}

}  // namespace

Answer<void> add_trust_store(const DoctorCall& call, const std::string& store, Examinations& examinations) {
  std::optional<Secret> password =
      TRY(known_password(call.streams, call.line.language, call.line.value_of("--trust-password-file")));
  auto read = std::make_shared<const pki::TrustStore>(TRY(in_file(store, pki::read_trust_store(store, password))));
  examinations.push_back({.path = std::make_unique<doctor::Path>(doctor::path_of_store(store)),
                          .work = [read](doctor::Path& path) { return store_examination(read, path); }});
  return {};
}

}  // namespace pforte::app

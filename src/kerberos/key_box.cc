#include "kerberos/key_box.h"

#include <krb5/krb5.h>

#include <atomic>
#include <utility>

#include "base/text.h"

namespace pforte::kerberos {
namespace {

// Keytabs in memory are known by their names in the whole process, so each gets one of its own.
std::string fresh_keytab_name() {
  static std::atomic<std::uint64_t> count = 0;
  return cat("MEMORY:pforte-", ++count);
}

}  // namespace

void KeyBox::Close::operator()(_krb5_kt* keytab) const {
  krb5_kt_close(library, keytab);
}

KeyBox::KeyBox(_krb5_context* library, std::string service, Opens opens)
    : service_(std::move(service)), keytab_(fresh_keytab_name()), opens_(opens), kept_(nullptr, {library}) {
  krb5_keytab made = nullptr;
  if (krb5_kt_resolve(library, keytab_.c_str(), &made) == 0) kept_.reset(made);
}

bool KeyBox::add(krb5_keytab_entry_st& entry) {
  return kept_ && krb5_kt_add_entry(kept_.get_deleter().library, kept_.get(), &entry) == 0;
}

Result<KeyBox::Tools> KeyBox::borrow() const {
  {
    std::lock_guard guard(lock_);
    if (!idle_.empty()) {
      Tools tools = std::move(idle_.back());
      idle_.pop_back();
      return tools;
    }
  }
  Result<Credential> credential = acquire_credential(opens_ == Opens::Any ? std::string() : service_, keytab_);
  if (!credential) {
    return fail(Kind::Unavailable, "kerberos.keytab",
                cat("the keys of ", service_, " cannot be used: ", credential.error().text()));
  }
  return Tools{*std::move(credential), open_library(), this};
}

void KeyBox::give_back(Tools tools) const {
  std::lock_guard guard(lock_);
  idle_.push_back(std::move(tools));
}

}  // namespace pforte::kerberos

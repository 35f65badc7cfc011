#include "app/trust_doubts.h"

#include <string>

#include "base/text.h"

namespace pforte::app {

std::vector<Complaint> doubts_about(const pki::TrustStore& store, std::string_view password_option) {
  std::vector<Complaint> doubts;
  if (!store.checked) {
    doubts.emplace_back(store.name, kDone,
                        Message{"it was read without its password, so nothing tells whether somebody changed it",
                                "er wurde ohne Passwort gelesen; nichts sagt, ob jemand ihn verändert hat"},
                        Message{cat(password_option, " FILE"), cat(password_option, " DATEI")});
  }
  std::string folder = store.form == pki::StoreForm::System ? pki::kSystemFolder : store.name;
  for (const Error& why : store.unreadable) doubts.emplace_back(why, folder);
  return doubts;
}

}  // namespace pforte::app

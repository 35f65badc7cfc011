#pragma once

#include "app/store_command.h"

namespace pforte::app {

// `pforte cert issue`, `cert revoke`, `ca list` and `ca crl`: what the company CA does with its store.
Answer<int> issue_certificate(const StoreCall& call);
Answer<int> revoke_certificate(const StoreCall& call);
Answer<int> list_issued(const StoreCall& call);
Answer<int> give_revocation_list(const StoreCall& call);

}  // namespace pforte::app

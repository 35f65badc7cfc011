#pragma once

#include <string>

#include "base/error.h"
#include "base/message.h"

namespace pforte::app {

// How a command's answer is to look.
struct Manner {
  Language language = Language::English;
  bool json = false;
  std::string config = {};  // the file that was named by --config; empty: none was
};

// What a command says and how it ends.
struct Said {
  int exit = 0;
  std::string out;  // for standard output
  std::string err;  // for standard error
};

// Why a gate could not be asked, and what to do; exit 3.
Said not_reachable(const Error& error, const std::string& socket, const Manner& manner);

// `pforte status`: asks the gate whose state folder this is. Exit 0, or 3 when no gate answers.
Said ask_status(const std::string& state_dir, const Manner& manner);

// `pforte reload`: exit 0, 2 when the gate refused the configuration (with its problems), 3 when no gate answers.
Said ask_reload(const std::string& state_dir, const Manner& manner);

// `pforte cert renew`: tries to obtain the certificates by ACME that have `name` (empty: all) and are due or have
// failed, with `force` all of them, and waits for what comes of it. Exit 0; 1 when one could not be had; 2 when no site
// has the name with a certificate by ACME; 3 when no gate answers.
Said ask_renew(const std::string& state_dir, const std::string& name, bool force, const Manner& manner);

// `pforte cache show`: what the cache of answers takes. Exit 0, or 3 when no gate answers.
Said ask_cache(const std::string& state_dir, const Manner& manner);

// `pforte cache purge`: takes answers out of the cache, of the site with this host (empty: of all) whose path begins
// so. Exit 0; 2 when there is no such site; 3 when no gate answers.
Said ask_purge(const std::string& state_dir, const std::string& site, const std::string& path, const Manner& manner);

// `pforte explain`: how the sign-in of the request with this reference went. Exit 0, also for a request that had none;
// 1 when the gate does not know it, 2 for what is no reference, 3 when no gate answers.
Said ask_sign_in(const std::string& state_dir, const std::string& reference, const Manner& manner);

}  // namespace pforte::app

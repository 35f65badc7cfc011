#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pki/trust_store.h"

namespace pforte::pki {

// Folders of certificates, one file each, in which OpenSSL finds them by links that are called after the hash of the
// subject: "4042bcee.0" (openssl-rehash(1)).

// "4042bcee.0".
bool is_hashed_name(std::string_view name);

// The names of the files and links in which certificates are looked for, those by hash last. A
// link by hash to another of them is left out.
//
// Fails with the kind of kind_of_unreadable() (file.unreadable).
Result<std::vector<std::string>> names_in_trust_folder(const std::string& folder);

// Writes each certificate into a file that is called as its alias, and makes its link by hash; and the folder, if there
// is none.
//
// Fails with Kind::Invalid (file.exists, certificate.damaged) and with file.unwritable, and then nothing has changed.
Result<> add_to_trust_folder(const std::string& folder, const std::vector<TrustEntry>& entries);

// Takes a certificate out of all files of the folder. A file that holds nothing else is called FILE.bak then; its links
// go, and the later ones of the same hash move up, because OpenSSL looks no further than the first that is missing.
//
// Files that cannot be read are passed over. Fails with file.unreadable where the folder cannot be, and with
// file.unwritable.
Result<> remove_from_trust_folder(const std::string& folder, const std::string& der);

}  // namespace pforte::pki

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kerberos/fault.h"
#include "kerberos/principal.h"

// Types of the Kerberos library, NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): named by it.
struct _krb5_context;
struct krb5_keytab_entry_st;
struct krb5_principal_data;
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)

namespace pforte::kerberos {

struct FreeLibrary {
  void operator()(_krb5_context* library) const;
};
// The Kerberos library as one thread uses it.
using Library = std::unique_ptr<_krb5_context, FreeLibrary>;

// Null when the library cannot read its configuration.
Library open_library();

// The library's words for one of its codes.
std::string library_text(_krb5_context* library, int code);

Principal principal_of(const krb5_principal_data& name);

// When the key was written into its keytab; 1970 where that says nothing, as one from ktpass.
std::chrono::system_clock::time_point time_of_entry(const krb5_keytab_entry_st& entry);

struct KeytabForm {
  std::optional<Fault> fault;  // missing, not readable, not a keytab, cut off, empty
  std::size_t entries = 0;     // that are whole
};

// The form of a keytab file. Reads lengths alone, no keys. The library itself takes a file that is cut off for one that
// ends there, and loses memory over it.
// Source: MIT krb5, doc/formats/keytab_file_format.
KeytabForm check_keytab_form(const std::string& file);

// Calls `visit` with each entry, which lives as long as the call. What is wrong with the file; entries that come before
// the fault are visited.
std::optional<Fault> visit_keytab(_krb5_context* library, const std::string& file,
                                  const std::function<void(krb5_keytab_entry_st&)>& visit);

}  // namespace pforte::kerberos

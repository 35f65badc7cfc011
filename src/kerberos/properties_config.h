#pragma once

#include <optional>
#include <vector>

#include "conf/problem.h"
#include "kerberos/java_properties.h"

namespace pforte::kerberos {

// What a cm6-kerberos.properties says: where the krb5.conf or krb5.ini lies, which service has which keytab, and
// whether there is to be Kerberos at all.
struct PropertiesConfig {
  std::optional<conf::Text> config;         // kerberos.config.location
  std::vector<Property> keytabs;            // the principal as it is written, and its file
  std::optional<conf::Place> switched_off;  // of kerberos.v5.enabled=false
};

// Reads the file, then the overlay, which overrides it key by key; either may be none. Names of files are resolved:
// from the folder of the file that has them. One of Windows (C:\conf\crm.keytab) means the file of that name in this
// folder. What is wrong goes to `problems`; a file that is not there, at the place of its name.
PropertiesConfig read_properties_config(const std::optional<conf::Text>& file, const std::optional<conf::Text>& overlay,
                                        conf::Problems& problems);

}  // namespace pforte::kerberos

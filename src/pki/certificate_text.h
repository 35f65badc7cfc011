#pragma once

#include <string>
#include <vector>

#include "pki/certificate.h"

namespace pforte::pki {

// What a certificate says, in the words of RFC 5280.

// "RSA 2048", "EC P-256", "Ed25519".
std::string key_text(const KeyFacts& key);

// "digitalSignature".
std::vector<std::string> key_usage_names(std::uint16_t usage);

// "serverAuth"; numbers for what has no name.
std::vector<std::string> purpose_names(const ObjectIds& purposes);

// "dns:crm.example.com", "ip:192.0.2.7", "email:a@example.com", "uri:...", "dir:CN=..."; "other:" and hexadecimal
// digits for what else there is.
std::vector<std::string> name_texts(const std::vector<GeneralName>& names);

// The addresses of all lists that may revoke it, in its order.
std::vector<std::string> list_addresses(const Certificate& certificate);

}  // namespace pforte::pki

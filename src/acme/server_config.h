#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"

namespace pforte::acme {

// `[ca.acme]`: the company CA issues by ACME, so that internal servers renew themselves.
struct ServerConfig {
  conf::Place place;

  // Names it issues for: "crm.intern.example.com", and "*.intern.example.com" for one label in front. Nothing else.
  std::vector<conf::Text> allow;

  // Where it looks for proofs, as RFC 8555 and RFC 8737 have it.
  std::uint16_t http_port = 80;

  // `[[ca.acme.customer]]`: where there are any, accounts are made only with one of these bindings.
  struct Customer {
    conf::Text kid;
    conf::Text key_file;  // its first line is the key in base64url; path resolved
  };
  std::vector<Customer> customers;
};

// Reads the table. What is wrong goes to the reader's problems.
ServerConfig read_server_config(conf::Reader keys);

}  // namespace pforte::acme

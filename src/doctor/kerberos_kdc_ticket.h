#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "doctor/finding.h"
#include "kerberos/kdc_client.h"
#include "kerberos/principal.h"

namespace pforte::doctor {

// A service and the keytab with its keys.
struct KeyedService {
  kerberos::Principal principal;
  std::string keytab;
  bool allows_rc4 = false;
};

// What is to be tried with one service, and whom it is told about.
struct TicketQuestion {
  kerberos::KdcRoute route;
  KeyedService service;
  std::vector<KeyedService> others;  // of its realm: who may fetch a ticket for it where it cannot itself
  std::string krb5_config;           // the krb5.conf that counts, for the commands; empty: the system's
  bool clock_is_right = true;        // of this KDC: else no ticket of it can be accepted
  std::size_t gate_hop = 0;
  std::size_t keytab_hop = 0;
  std::size_t kdc_hop = 0;
};

// The whole way of a ticket: what the KDC says of the service's account, whether the keytab's key signs in there,
// which key seals the service's tickets, and whether our own acceptor takes one. Blocks for a few exchanges with the
// KDC, which has answered before; where it falls silent, that is told, and nothing about the key.
std::vector<Finding> examine_ticket(const TicketQuestion& question);

}  // namespace pforte::doctor

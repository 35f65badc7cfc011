#pragma once

#include <chrono>
#include <memory>

struct ldap;

namespace pforte::identity {

// Every byte between libldap and a server passes here, so that a server that begins an answer, or a TLS record, and
// stops in the middle of it, or never stops, holds a thread no longer than is allowed, and no more than 8 MiB; libldap
// itself would wait for ever. Writing to a server that has gone raises no SIGPIPE.
class LdapStream {
 public:
  // The connections that `handle` will make. Must outlive it.
  LdapStream(ldap* handle, std::chrono::milliseconds timeout);
  ~LdapStream();

  // A request begins: from now on `timeout` for it and its answer.
  void begin();
  void begin(std::chrono::milliseconds timeout);

  // Whether the time is over.
  bool is_late() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace pforte::identity

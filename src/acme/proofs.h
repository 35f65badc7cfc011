#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "net/task.h"
#include "tls/context.h"

namespace pforte::acme {

// What CAs find at the gate while it proves that names are its own. Shared by all workers, so never changed.
struct Proofs {
  // http-01: what /.well-known/acme-challenge/TOKEN says, by token.
  std::map<std::string, std::string, std::less<>> pages;

  // tls-alpn-01: who answers a client that offers nothing but "acme-tls/1", by name.
  std::map<std::string, std::shared_ptr<const tls::ServerContext>, std::less<>> contexts;

  bool empty() const { return pages.empty() && contexts.empty(); }

  // What the page at a path says; null where there is none.
  const std::string* page_at(std::string_view path) const;
};

// Shows proofs to whoever comes.
class Showcase {
 public:
  virtual ~Showcase() = default;

  // Ends when all who answer show these and no others.
  virtual net::Task<> show(std::shared_ptr<const Proofs> proofs) = 0;
};

}  // namespace pforte::acme

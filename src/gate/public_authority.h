#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authority/authority.h"
#include "authority/ocsp_responder.h"
#include "conf/problem.h"
#include "gate/config.h"
#include "http/exchange.h"
#include "http/page.h"
#include "net/loop.h"
#include "net/pool.h"
#include "store/store.h"

namespace pforte::gate {

// What the gate tells everybody of the company CA, under /.pforte/ca/ on every site, on listeners that redirect, and
// under the host of `url`: certificates, revocation lists, OCSP (RFC 5280, 4.2.2.1; RFC 6960, A.1; RFC 5019). Any
// thread; what blocks runs on the pool. Kept alive by whatever is under way.
class PublicAuthority : public std::enable_shared_from_this<PublicAuthority> {
 public:
  static constexpr std::string_view kPrefix = "/.pforte/ca/";

  // Null where the configuration wants nothing of it, or cannot have it: what is wrong goes to `problems`. Opens the
  // store of the state folder. Blocks. The pool must outlive it.
  static std::shared_ptr<PublicAuthority> make(const Config& config, net::Pool& pool, conf::Problems& problems);

  // Whether this host, perhaps with a port, is that of `url`.
  bool is_at(std::string_view authority) const;

  // The answer to a request below kPrefix; none: there is no such page. Fails when the body cannot be read.
  net::Task<std::optional<http::Page>> serve(net::Loop& loop, http::Exchange& exchange);

 private:
  // What was asked for, taken out of its request.
  struct Question {
    std::string name;  // behind kPrefix
    std::string body;
    bool post = false;
  };

  PublicAuthority(const Config& config, net::Pool& pool, std::shared_ptr<const authority::Authority> authority,
                  std::unique_ptr<store::Store> store);
  std::optional<http::Page> answer(const Question& question);
  std::optional<http::Page> answer_ocsp(const Question& question);
  std::optional<http::Page> answer_file(std::string_view name);
  http::Page revocation_list();

  CaConfig config_;
  authority::Places places_;
  net::Pool& pool_;
  std::shared_ptr<const authority::Authority> authority_;
  std::unique_ptr<store::Store> store_;
  authority::OcspResponder responder_;
  std::atomic<int> waiting_ = 0;
};

// Looks at the key of the company CA as a start does. What is wrong with it goes to `problems`.
void check_authority(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate

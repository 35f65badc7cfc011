#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/authority.h"
#include "authority/distribution.h"
#include "authority/ocsp_responder.h"
#include "base/message.h"
#include "conf/problem.h"
#include "gate/config.h"
#include "http/exchange.h"
#include "http/page.h"
#include "net/loop.h"
#include "net/pool.h"
#include "store/store.h"

namespace pforte::gate {

// What the gate tells everybody of the company CA, under /.pforte/ca/ on every site, on listeners that redirect, and
// under the host of `url`: certificates, revocation lists, OCSP (RFC 5280, 4.2.2.1; RFC 6960, A.1; RFC 5019). On sites
// also the page from which clients take the root, if it is configured. Any thread; what blocks runs on the pool. Kept
// alive by whatever is under way.
class PublicAuthority : public std::enable_shared_from_this<PublicAuthority> {
 public:
  static constexpr std::string_view kPrefix = "/.pforte/ca/";

  // Null where the configuration wants nothing of it, or cannot have it: what is wrong goes to `problems`. Opens the
  // store of the state folder. Blocks. The pool must outlive it.
  static std::shared_ptr<PublicAuthority> make(const Config& config, net::Pool& pool, conf::Problems& problems);

  // Whether this host, perhaps with a port, is that of `url`.
  bool is_at(std::string_view authority) const;

  // Whether what is asked for is signed, so that it may travel in the clear: all but the page and its files.
  static bool is_signed(std::string_view path);

  // The answer to a request below kPrefix; none: there is no such page. `origin` is that of the request,
  // "https://crm.example.com". Fails when the body cannot be read.
  net::Task<std::optional<http::Page>> serve(net::Loop& loop, http::Exchange& exchange, std::string origin);

 private:
  // What was asked for, taken out of its request.
  struct Question {
    std::string name;  // behind kPrefix
    std::string body;
    bool post = false;
    std::string origin;
    Language language = Language::English;
  };

  // What people download: the root, and the files that let clients trust it.
  struct Download {
    authority::CaCertificate root;
    std::vector<authority::PackageFile> files;
  };

  PublicAuthority(const Config& config, net::Pool& pool, std::shared_ptr<const authority::Authority> authority,
                  std::unique_ptr<store::Store> store);
  static Result<Download> load_download(const authority::Places& places);
  static std::optional<Download> read_download(const Config& config, conf::Problems& problems);
  std::optional<http::Page> answer(const Question& question);
  std::optional<http::Page> answer_ocsp(const Question& question);
  std::optional<http::Page> answer_file(std::string_view name);
  std::optional<http::Page> answer_download(const Question& question) const;
  std::optional<http::Page> revocation_list();

  CaConfig config_;
  authority::Places places_;
  net::Pool& pool_;
  std::shared_ptr<const authority::Authority> authority_;  // null without its passphrase
  std::optional<Download> download_;                       // none: there is no such page
  std::unique_ptr<store::Store> store_;
  authority::OcspResponder responder_;
  std::atomic<int> waiting_ = 0;
};

// Looks at the key of the company CA as a start does. What is wrong with it goes to `problems`.
void check_authority(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate

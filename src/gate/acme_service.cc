#include "gate/acme_service.h"

#include <optional>
#include <utility>

#include "acme/lookup.h"
#include "acme/server_pages.h"
#include "base/ascii.h"
#include "base/bytes.h"
#include "base/german.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/pem.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

// At once; further ones are told to come again.
constexpr int kMostRequests = 64;
constexpr std::size_t kMostAcmeBody = 64UZ * 1024;

http::Page acme_is_busy() {
  http::Page page = http::text_page(503, "busy\n");
  page.fields.emplace_back("Retry-After", "5");
  return page;
}

http::Page page_of(acme::ServerAnswer answer) {
  return {.status = answer.status, .fields = std::move(answer.fields), .body = std::move(answer.body)};
}

// None: it is too long.
net::Task<std::optional<std::string>> read_acme_body(http::Exchange& exchange) {
  exchange.pace({.longest_wait = 10s, .bytes_per_second = 256});
  std::string body;
  for (;;) {
    http::Piece piece = co_await exchange.read_body();
    if (body.size() + piece.bytes.size() > kMostAcmeBody) {
      exchange.close_afterwards();
      co_return std::nullopt;
    }
    body.append(piece.bytes);
    if (piece.last) co_return body;
  }
}

void cannot_issue(const conf::Place& place, const Error& error, conf::Problems& problems) {
  problems.error(place, error.code(),
                 {cat("the company CA cannot issue by ACME: ", error.text()),
                  cat("die Firmen-CA kann nicht über ACME ausstellen: ", german_or_same(error.text()))},
                 {"see that `pforte ca show` works, and that key_password_file in [ca] opens the intermediate's key",
                  "dafür sorgen, dass `pforte ca show` geht und key_password_file in [ca] den Schlüssel des "
                  "Zwischenzertifikats öffnet"});
}

Result<std::pair<std::string, Secret>> customer_of(const acme::ServerConfig::Customer& config) {
  Secret written = TRY(crypto::read_password(config.key_file.value));
  std::optional<std::string> key = from_base64url(written.reveal());
  if (!key || key->size() < 16)
    return fail(Kind::Invalid, "acme-server.customer",
                cat(config.key_file.value, ": it is no key of 16 bytes or more in base64url"));
  return std::pair<std::string, Secret>(config.kid.value, Secret(*key));
}

Result<std::shared_ptr<const authority::Authority>> open_ca(const Config& config) {
  if (!config.ca.key_password_file) return fail(Kind::Invalid, "authority.none", "[ca] has no key_password_file");
  Secret password = TRY(crypto::read_password(config.ca.key_password_file->value));
  authority::Authority authority =
      TRY(authority::Authority::open({config.state_dir + "/ca"}, password, {config.ca.url}));
  return std::make_shared<const authority::Authority>(std::move(authority));
}

}  // namespace

std::shared_ptr<AcmeService> AcmeService::make(const Config& config, Pools pools, acme::ServerTally& tally,
                                               conf::Problems& problems) {
  const std::optional<acme::ServerConfig>& wanted = config.ca.acme;
  if (!wanted) return nullptr;
  auto authority = open_ca(config);
  // Of one that is not made yet it is told elsewhere.
  if (!authority && authority.error().code() == "authority.none") return nullptr;
  if (!authority) {
    cannot_issue(wanted->place, authority.error(), problems);
    return nullptr;
  }
  auto store = store::open_sqlite(cat(config.state_dir, "/pforte.db"));
  if (!store) {
    cannot_issue(wanted->place, store.error(), problems);
    return nullptr;
  }
  acme::Server::Terms terms{.config = *wanted, .customers = {}, .lifetime = config.ca.server_lifetime};
  for (const acme::ServerConfig::Customer& one : wanted->customers) {
    auto customer = customer_of(one);
    if (!customer) {
      cannot_issue(one.key_file.place, customer.error(), problems);
      return nullptr;
    }
    terms.customers.push_back(*std::move(customer));
  }
  auto server = std::make_unique<acme::Server>(*std::move(authority), *std::move(store), std::move(terms), tally);
  return std::shared_ptr<AcmeService>(new AcmeService(std::move(server), pools, tally));
}

net::Task<http::Page> AcmeService::serve(net::Loop& loop, http::Exchange& exchange, net::Address client) {
  const http::RequestHead& request = exchange.request();
  std::string_view base = kPrefix.substr(0, kPrefix.size() - 1);
  acme::ServerQuestion question{.client = client.ip_text(),
                                .method = request.method,
                                .base = cat("https://", request.authority, base),
                                .path = std::string(request.path.substr(base.size())),
                                .type = {},
                                .body = {}};
  if (const http::Field* type = request.find(http::FieldName::ContentType))
    question.type = lowered(http::trim(type->value.substr(0, type->value.find(';'))));
  std::optional<std::string> body = co_await read_acme_body(exchange);
  if (!body) {
    constexpr std::string_view kWhy = "the request is longer than 64 KiB";
    tally_.refused({.client = question.client, .account = {}, .names = {}, .type = "malformed", .detail = kWhy});
    co_return page_of(acme::problem_page(413, "malformed", kWhy));
  }
  question.body = *std::move(body);
  if (waiting_ >= kMostRequests) co_return acme_is_busy();
  auto work = [self = shared_from_this(), question = std::move(question)]() -> Result<acme::ServerAnswer> {
    acme::ServerAnswer answer = self->server_->answer(question);
    --self->waiting_;
    return answer;
  };
  ++waiting_;
  acme::ServerAnswer answer = co_await pools_.work.run<acme::ServerAnswer>(loop, std::move(work));
  if (answer.lookup) loop.spawn(look(shared_from_this(), loop, *std::move(answer.lookup)));
  co_return page_of(std::move(answer));
}

net::Task<> AcmeService::look(std::shared_ptr<AcmeService> self, net::Loop& loop, acme::Lookup lookup) {
  acme::LookupWay way{.port = self->server_->http_port()};
  auto found = co_await acme::look_for_proof(loop, self->pools_.lookups, lookup, std::move(way));
  auto write = [self, found = std::move(found), lookup = std::move(lookup)] {
    return self->server_->conclude(lookup, found);
  };
  Result<> written = co_await outcome(self->pools_.work.run<void>(loop, std::move(write)));
  if (!written) log::error("store.failed", {{"reason", written.error().text()}});
  co_return {};
}

}  // namespace pforte::gate

#include "gate/public_authority.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "authority/revocation_list.h"
#include "base/ascii.h"
#include "base/bytes.h"
#include "base/file_access.h"
#include "base/german.h"
#include "base/log.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/pem.h"
#include "gate/ca_page.h"
#include "gate/percent.h"
#include "gate/site.h"
#include "http/date.h"
#include "pki/certificate_file.h"

namespace pforte::gate {

namespace {

using authority::UtcTime;
using namespace std::chrono_literals;

// Clients that wait at once; further ones are told to come again.
constexpr int kMostWaiting = 256;
// How long a cache on the way may keep an answer: what was revoked should not live on there.
constexpr auto kCacheTime = 5min;
constexpr auto kBodyTime = 10s;

http::Page document(std::string_view type, std::string body) {
  http::Page page;
  page.fields = {{"Content-Type", std::string(type)},
                 {"Cache-Control", cat("public, max-age=", std::chrono::seconds(kCacheTime).count())},
                 {"X-Content-Type-Options", "nosniff"}};
  page.body = std::move(body);
  return page;
}

http::Page come_again() {
  http::Page page = http::text_page(503, "busy\n");
  page.fields.emplace_back("Retry-After", "5");
  return page;
}

// In the fields that RFC 5019, 6.2 names.
http::Page ocsp_page(authority::OcspReply reply, bool by_post) {
  constexpr std::string_view kType = "application/ocsp-response";
  bool keepable = reply.cacheable && !by_post;
  http::Page page = document(kType, std::move(reply.der));
  if (!keepable) {
    page.fields[1].second = "no-store";
    return page;
  }
  page.fields[1].second += ", no-transform, must-revalidate";
  crypto::Sha256 digest = crypto::sha256(page.body);
  std::string tag = to_hex({reinterpret_cast<const char*>(digest.data()), 16});
  page.fields.emplace_back("Last-Modified", http::date_text(reply.this_update));
  page.fields.emplace_back("Expires", http::date_text(reply.next_update));
  page.fields.emplace_back("ETag", cat('"', tag, '"'));
  return page;
}

// The Base64 that stands behind "ocsp/", perhaps percent-encoded (RFC 6960, A.1).
std::optional<std::string> ocsp_request_in(std::string_view path) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    std::optional<char> escaped = path[i] == '%' ? escaped_byte(path, i) : std::nullopt;
    text += escaped.value_or(path[i]);
    if (escaped) i += 2;
  }
  return from_base64(text);
}

// The whole body. None: it is too long.
net::Task<std::optional<std::string>> read_small_body(http::Exchange& exchange) {
  exchange.pace({.longest_wait = kBodyTime, .bytes_per_second = 64});
  std::string body;
  for (;;) {
    http::Piece piece = co_await exchange.read_body();
    if (body.size() + piece.bytes.size() > authority::kMostOcspBytes) {
      exchange.close_afterwards();
      co_return std::nullopt;
    }
    body.append(piece.bytes);
    if (piece.last) co_return body;
  }
}

conf::Place place_of_key(const CaConfig& config) {
  return config.key_password_file ? config.key_password_file->place : config.place;
}

Message remedy_of_password(const Error& error, const std::string& file) {
  if (error.code() == "file.unreadable") return remedy_for_unreadable(file);
  return {"the first line of this file has to open the intermediate's key, readable by the gate's user",
          "die erste Zeile dieser Datei muss den Schlüssel des Zwischenzertifikats öffnen, lesbar für den Benutzer "
          "des Dienstes"};
}

Message remedy_of_authority(const Error& error, const CaConfig& ca, const std::string& state_dir) {
  if (error.code() == "key.password-wrong" || error.code() == "key.password-missing")
    return remedy_of_password(error, ca.key_password_file->value);
  if (error.kind() == Kind::Denied) {
    std::string folder = shell_word(state_dir);
    Message rest = for_gate_user(cat("sudo chown -R --reference=", folder, " ", folder, "/ca"));
    return {cat("its files have to be those of the gate's user; ", rest.en),
            cat("ihre Dateien müssen dem Benutzer des Tors gehören; ", rest.de)};
  }
  if (error.kind() == Kind::Unavailable)
    return {"see whether the disk of STATE_DIR is well, then pforte reload",
            "prüfen, ob der Datenträger von STATE_DIR in Ordnung ist, dann pforte reload"};
  return {"bring STATE_DIR/ca back from one backup, certificates and keys together",
          "STATE_DIR/ca aus einer Sicherung zurückholen, Zertifikate und Schlüssel zusammen"};
}

// Null: it cannot be opened, which is told.
std::shared_ptr<const authority::Authority> open_authority(const Config& config, conf::Problems& problems) {
  const CaConfig& ca = config.ca;
  if (!ca.key_password_file) return nullptr;
  auto refuse = [&](const Error& error, Message remedy) {
    problems.error(place_of_key(ca), error.code(),
                   {cat("the company CA cannot be opened: ", error.text()),
                    cat("die Firmen-CA lässt sich nicht öffnen: ", german_or_same(error.text()))},
                   std::move(remedy));
    return nullptr;
  };
  Result<Secret> password = crypto::read_password(ca.key_password_file->value);
  if (!password) return refuse(password.error(), remedy_of_password(password.error(), ca.key_password_file->value));
  auto opened = authority::Authority::open({config.state_dir + "/ca"}, *password, {ca.url});
  if (opened) return std::make_shared<const authority::Authority>(*std::move(opened));
  const Error& error = opened.error();
  if (error.code() == "authority.none") {
    problems.warning(place_of_key(ca), "authority.none",
                     {"there is no company CA yet, so nothing is told of it",
                      "es gibt noch keine Firmen-CA; daher wird nichts über sie mitgeteilt"},
                     {"pforte ca init, then pforte reload", "pforte ca init, dann pforte reload"});
    return nullptr;
  }
  return refuse(error, remedy_of_authority(error, ca, config.state_dir));
}

}  // namespace

PublicAuthority::PublicAuthority(const Config& config, net::Pool& pool,
                                 std::shared_ptr<const authority::Authority> authority,
                                 std::unique_ptr<store::Store> store)
    : config_(config.ca),
      places_{config.state_dir + "/ca"},
      pool_(pool),
      authority_(std::move(authority)),
      store_(std::move(store)),
      responder_(authority_, config.ca.ocsp_lifetime) {}

std::shared_ptr<PublicAuthority> PublicAuthority::make(const Config& config, net::Pool& pool,
                                                       conf::Problems& problems) {
  std::shared_ptr<const authority::Authority> authority = open_authority(config, problems);
  std::optional<Download> download = read_download(config, problems);
  if (!authority && !download) return nullptr;
  auto store = store::open_sqlite(cat(config.state_dir, "/pforte.db"));
  if (!store) {
    problems.error(
        config.ca.place, store.error().code(),
        {cat("the record of the company CA cannot be opened: ", store.error().text()),
         cat("das Verzeichnis der Firmen-CA lässt sich nicht öffnen: ", german_or_same(store.error().text()))},
        {"see that state_dir exists, belongs to the gate's user and has room",
         "dafür sorgen, dass state_dir existiert, dem Benutzer des Dienstes gehört und Platz hat"});
    return nullptr;
  }
  std::shared_ptr<PublicAuthority> made(new PublicAuthority(config, pool, std::move(authority), *std::move(store)));
  made->download_ = std::move(download);
  return made;
}

Result<PublicAuthority::Download> PublicAuthority::load_download(const authority::Places& places) {
  authority::CaCertificate root = TRY(authority::read_ca_certificate(places.root()));
  std::vector<authority::PackageFile> files = TRY(authority::distribution_package(root));
  return Download{.root = std::move(root), .files = std::move(files)};
}

std::optional<PublicAuthority::Download> PublicAuthority::read_download(const Config& config,
                                                                        conf::Problems& problems) {
  if (!config.ca.download_page) return std::nullopt;
  Result<Download> loaded = load_download({config.state_dir + "/ca"});
  if (loaded) return *std::move(loaded);
  problems.warning(config.ca.place, loaded.error().code(),
                   {cat("there is no page to download the root from: ", loaded.error().text()),
                    cat("es gibt keine Seite, um die Wurzel herunterzuladen: ", german_or_same(loaded.error().text()))},
                   {"pforte ca init, then pforte reload", "pforte ca init, dann pforte reload"});
  return std::nullopt;
}

bool PublicAuthority::is_signed(std::string_view path) {
  std::string_view name = path.substr(kPrefix.size());
  return name.ends_with(".crl") || name.ends_with(".cer") || name.starts_with("ocsp");
}

bool PublicAuthority::is_at(std::string_view authority) const {
  constexpr std::string_view kScheme = "http://";
  if (config_.url.empty()) return false;
  return equals_ignoring_case(without_port(std::string_view(config_.url).substr(kScheme.size())),
                              without_port(authority));
}

net::Task<std::optional<http::Page>> PublicAuthority::serve(net::Loop& loop, http::Exchange& exchange,
                                                            std::string origin) {
  const http::RequestHead& request = exchange.request();
  Question question{.name = std::string(request.path.substr(kPrefix.size())),
                    .body = {},
                    .post = request.method == http::Method::Post,
                    .origin = std::move(origin),
                    .language = http::preferred_language(request.fields)};
  bool reads = request.method == http::Method::Get || request.method == http::Method::Head;
  if (!reads && !(question.post && question.name == "ocsp")) co_return std::nullopt;
  if (question.post) {
    std::optional<std::string> body = co_await read_small_body(exchange);
    if (!body) co_return http::text_page(413, "too large\n");
    question.body = *std::move(body);
  }
  if (waiting_ >= kMostWaiting) co_return come_again();
  auto work = [self = shared_from_this(), question = std::move(question)]() -> Result<std::optional<http::Page>> {
    std::optional<http::Page> page = self->answer(question);
    --self->waiting_;
    return page;
  };
  ++waiting_;
  std::optional<http::Page> page = co_await pool_.run<std::optional<http::Page>>(loop, std::move(work));
  co_return page;
}

std::optional<http::Page> PublicAuthority::answer(const Question& question) {
  if (question.name.starts_with("ocsp")) return answer_ocsp(question);
  if (question.name == "intermediate.crl") return revocation_list();
  if (std::optional<http::Page> file = answer_file(question.name)) return file;
  return answer_download(question);
}

std::optional<http::Page> PublicAuthority::answer_ocsp(const Question& question) {
  constexpr std::string_view kPath = "ocsp/";
  std::optional<std::string> request = question.body;
  if (!authority_ || (!question.post && !question.name.starts_with(kPath))) return std::nullopt;
  if (!question.post) request = ocsp_request_in(std::string_view(question.name).substr(kPath.size()));
  return ocsp_page(responder_.answer(*store_, request.value_or(std::string()), now_in_seconds()), question.post);
}

std::optional<http::Page> PublicAuthority::revocation_list() {
  if (!authority_) return std::nullopt;
  auto list = authority::current_list(*store_, *authority_, now_in_seconds(), config_.crl_lifetime);
  if (list) return document("application/pkix-crl", std::move(list->der));
  log::error("authority.failed", {{"code", list.error().code()}, {"reason", list.error().text()}});
  return come_again();
}

// Those that lie in the folder, in DER.
std::optional<http::Page> PublicAuthority::answer_file(std::string_view name) {
  bool is_list = name == "root.crl";
  std::string file = is_list ? places_.root_crl() : name == "root.cer" ? places_.root() : places_.intermediate();
  if (!is_list && name != "root.cer" && name != "intermediate.cer") return std::nullopt;
  Result<std::vector<std::string>> der = is_list ? pki::read_crl_file(file) : pki::read_certificate_file(file);
  if (!der) return std::nullopt;
  return document(is_list ? "application/pkix-crl" : "application/pkix-cert", std::move(der->front()));
}

std::optional<http::Page> PublicAuthority::answer_download(const Question& question) const {
  if (!download_) return std::nullopt;
  if (question.name.empty()) return ca_page(download_->root, cat(question.origin, kPrefix), question.language);
  auto file = std::ranges::find(download_->files, question.name, &authority::PackageFile::name);
  if (file == download_->files.end()) return std::nullopt;
  return document(file->type, file->content);
}

void check_authority(const Config& config, conf::Problems& problems) {
  (void)open_authority(config, problems);
}

}  // namespace pforte::gate

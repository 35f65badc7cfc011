#include "doctor/tls_status.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "base/time.h"
#include "doctor/all_ended.h"
#include "doctor/fetch_shelf.h"
#include "pki/authority_information.h"
#include "pki/issuer_file.h"
#include "pki/ocsp.h"
#include "pki/status.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kLongestGet = 255;  // RFC 5019, 5
constexpr int kMalformedRequest = 1;      // OCSPResponseStatus
constexpr std::size_t kMostIssuerPlaces = 2;

void add_lists(const pki::Certificate& certificate, std::size_t number, std::vector<StatusSource>& sources) {
  if (!certificate.distribution_points) return;
  std::size_t count = 0;
  for (const pki::DistributionPoint& point : *certificate.distribution_points) {
    for (const pki::GeneralName& name : point.names) {
      if (name.form != pki::NameForm::Uri || count++ >= kMostLists) continue;
      sources.push_back({.certificate = number, .is_list = true, .url = name.value});
    }
  }
}

// '+', '/' and '=' mean something else in a URL (RFC 3986, 2.2).
std::string escaped_base64(std::string_view bytes) {
  std::string text;
  for (char c : to_base64(bytes)) {
    if (c == '+')
      text += "%2B";
    else if (c == '/')
      text += "%2F";
    else if (c == '=')
      text += "%3D";
    else
      text += c;
  }
  return text;
}

bool is_malformed_there(const Fetched& fetched) {
  if (!fetched.failure.en.empty()) return fetched.status != 0;
  Result<pki::OcspResponse> read = pki::read_ocsp(fetched.bytes, "");
  return !read || read->status == kMalformedRequest;
}

net::Task<> fetch_list(const Setting& setting, const TlsSubject& subject, StatusSource& source) {
  FetchQuestion question{.url = source.url, .most_bytes = kMostListBytes, .is_vouched_for = !subject.trust.empty()};
  source.fetched = co_await setting.shelf.take(setting, *subject.fetches, std::move(question));
  co_return {};
}

// By GET, which caches can answer, unless the request is too long for that or the responder does not know it.
net::Task<> fetch_response(const Setting& setting, const TlsSubject& subject, StatusSource& source) {
  FetchQuestion question{
      .url = url_of_request(source), .most_bytes = kMostResponseBytes, .is_vouched_for = !subject.trust.empty()};
  bool is_short = question.url.size() <= kLongestGet;
  if (is_short) source.fetched = co_await setting.shelf.take(setting, *subject.fetches, question);
  if (is_short && !is_malformed_there(*source.fetched)) co_return {};
  question.url = source.url;
  question.body = source.request;
  question.content_type = "application/ocsp-request";
  source.fetched = co_await setting.shelf.take(setting, *subject.fetches, std::move(question));
  co_return {};
}

net::Task<> fetch_status(const Setting& setting, const TlsSubject& subject, StatusSource& source) {
  return source.is_list ? fetch_list(setting, subject, source) : fetch_response(setting, subject, source);
}

}  // namespace

std::vector<StatusSource> status_sources_of(std::span<const pki::Certificate> chain, pki::Instant at) {
  std::vector<StatusSource> sources;
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    const pki::Certificate& certificate = chain[i];
    if (!certificate.not_after || *certificate.not_after < at) continue;
    std::vector<std::string> responders = pki::authority_information_of(certificate).responders;
    responders.resize(std::min(responders.size(), kMostResponders));
    Result<std::string> request = pki::make_ocsp_request(certificate, chain[i + 1]);
    for (std::string& url : responders) {
      if (request) sources.push_back({.certificate = i, .url = std::move(url), .request = *request});
    }
    add_lists(certificate, i, sources);
  }
  sources.resize(std::min(sources.size(), kMostStatusSources));
  return sources;
}

std::string url_of_request(const StatusSource& source) {
  return cat(source.url, source.url.ends_with('/') ? "" : "/", escaped_base64(source.request));
}

net::Task<> examine_status(const Setting& setting, const TlsSubject& subject, std::vector<pki::Certificate> chain,
                           Path& path) {
  pki::Instant at = now_in_seconds();
  std::vector<StatusSource> sources = status_sources_of(chain, at);
  if (sources.empty() || !subject.fetches) co_return {};
  std::vector<net::Task<>> fetches;
  fetches.reserve(sources.size());
  for (StatusSource& source : sources) fetches.push_back(fetch_status(setting, subject, source));
  co_await all_ended(std::move(fetches));
  bool has_lists = std::ranges::any_of(sources, &StatusSource::is_list);
  net::Pool& pool = has_lists ? setting.shelf.reader() : setting.pool;
  TlsSubject asked = subject;
  asked.dial = nullptr;
  std::move_only_function<Result<std::vector<Finding>>()> work =
      [asked = std::move(asked), chain = std::move(chain), sources = std::move(sources), at,
       &lists = setting.shelf.read_lists()]() -> Result<std::vector<Finding>> {
    return judge_status(asked, chain, sources, at, lists);
  };
  std::vector<Finding> findings = co_await pool.run<std::vector<Finding>>(setting.loop, std::move(work));
  for (Finding& finding : findings) path.tell(std::move(finding));
  co_return {};
}

std::string fetching_command(const TlsSubject& subject, std::string_view url) {
  bool by_proxy = subject.destination.via && subject.fetches && subject.fetches->proxy;
  std::string proxy = by_proxy ? cat("--proxy ", shell_word(to_text(*subject.destination.via)), ' ') : "";
  return cat("curl -sS ", proxy, shell_word(url), " | ");
}

net::Task<FetchedIssuer> fetch_issuer(const Setting& setting, const TlsSubject& subject, pki::Certificate certificate) {
  std::vector<std::string> places = pki::authority_information_of(certificate).certificates;
  places.resize(std::min(places.size(), kMostIssuerPlaces));
  FetchedIssuer issuer;
  for (const std::string& url : places) {
    FetchQuestion question{.url = url, .most_bytes = kMostIssuerBytes};
    std::shared_ptr<const Fetched> fetched =
        co_await setting.shelf.take(setting, *subject.fetches, std::move(question));
    if (issuer.url.empty()) issuer.url = url;
    if (!fetched->failure.en.empty()) {
      if (issuer.failure.en.empty()) issuer.failure = fetched->failure;
      continue;
    }
    Result<pki::IssuerFile> read = pki::read_issuers(fetched->bytes, url);
    if (read)
      co_return FetchedIssuer{
          .url = url, .is_message = read->is_message, .certificates = std::move(read->certificates)};
    std::string why = read.error().text();
    if (issuer.failure.en.empty())
      issuer.failure = {cat("what is there does not do: ", why), cat("was dort liegt, taugt nicht: ", why)};
  }
  co_return issuer;
}

}  // namespace pforte::doctor

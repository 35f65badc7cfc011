#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/http_fetch.h"
#include "doctor/read_lists.h"
#include "doctor/tls_examination.h"
#include "pki/certificate.h"

namespace pforte::doctor {

// Bounds on what one chain makes us fetch.
inline constexpr std::size_t kMostResponders = 2;  // of one certificate
inline constexpr std::size_t kMostLists = 4;       // of one certificate
inline constexpr std::size_t kMostStatusSources = 16;
inline constexpr std::size_t kMostResponseBytes = 1UZ << 20;
inline constexpr std::size_t kMostListBytes = 20UZ << 20;
inline constexpr std::size_t kMostIssuerBytes = 1UZ << 20;

// A place that tells the status of a certificate, and what was fetched there.
struct StatusSource {
  std::size_t certificate = 0;  // of the chain; its issuer is the next one
  bool is_list = false;         // else an OCSP responder
  std::string url;              // as the certificate has it
  std::string request = {};     // OCSPRequest in DER
  std::shared_ptr<const Fetched> fetched = std::make_shared<const Fetched>();
};

// Where a chain says that the status of its certificates is told (RFC 5280, 4.2.1.13 and 4.2.2.1); of those that are
// valid at `at`, since nobody keeps it of others.
std::vector<StatusSource> status_sources_of(std::span<const pki::Certificate> chain, pki::Instant at);

// The URL by which a responder is asked by GET (RFC 6960, A.1): what a command can be pasted with.
std::string url_of_request(const StatusSource& source);

// What those places say of the chain, from the server's own certificate to whoever is trusted. Takes milliseconds, for
// a long list more: not for a loop's thread, but where there are lists for that of `lists`.
std::vector<Finding> judge_status(const TlsSubject& subject, std::span<const pki::Certificate> chain,
                                  std::span<const StatusSource> sources, pki::Instant at, ReadLists& lists);

// Fetches what the chain names and tells the path what it says. One chain that has lists is judged at a time.
net::Task<> examine_status(const Setting& setting, const TlsSubject& subject, std::vector<pki::Certificate> chain,
                           Path& path);

// An issuer's certificate that was looked for where a certificate says it is (RFC 5280, 4.2.2.1: caIssuers).
struct FetchedIssuer {
  std::string url;          // the first, or the one that gave it; empty: none is named
  bool is_message = false;  // of CMS
  std::vector<pki::Certificate> certificates = {};
  Message failure = {};  // why there are none
};
net::Task<FetchedIssuer> fetch_issuer(const Setting& setting, const TlsSubject& subject, pki::Certificate certificate);

// "curl -sS --proxy http://proxy:3128 http://pki.example/ca.crl | ", to paste before what reads it: by the way that the
// doctor fetches it.
std::string fetching_command(const TlsSubject& subject, std::string_view url);

}  // namespace pforte::doctor

#include "doctor/tls_unknown_check.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

#include "doctor/tls_client_check.h"
#include "doctor/tls_offer_check.h"
#include "doctor/tls_session_check.h"

namespace pforte::doctor {
namespace {

// A server of TLS 1.2 with one suite of AES-CBC and RSA key exchange, as far as it is known.
TlsPicture half_a_picture() {
  TlsPicture picture;
  picture.speaks_tls = true;
  picture.versions = {{.version = TlsVersion::Tls12, .suites = {0x002f}}};
  picture.versions.front().secure_renegotiation = picture.versions.front().extended_master_secret = true;
  picture.unknown = {TlsVersion::Tls10, TlsVersion::Tls13};
  picture.negotiated.emplace();
  picture.negotiated->protocol = "h2";
  picture.negotiated->ticket = true;
  picture.protocols = {"h2"};
  return picture;
}

Path told_of(const TlsPicture& picture) {
  TlsSubject subject{.dial = nullptr, .destination = {.host = "crm.example.com", .port = 443}, .hop = 1, .trust = {}};
  Path path("crm.example.com:443", {{.name = {"client", "Client"}}, {.name = {"crm", "crm"}}});
  tell_sessions(subject, picture, path);
  tell_offer(subject, picture, path);
  tell_clients_shut_out(subject, picture, path);
  tell_unknown(subject, picture, path);
  return path;
}

const Finding* finding_in(const Path& path, std::string_view id) {
  for (const Finding* finding : path.in_order())
    if (finding->check.id == id) return finding;
  return nullptr;
}

constexpr std::string_view kOfWhatIsMissing[] = {
    "tls.no-tls13",        "tls.cbc-only",      "tls.no-forward-secrecy", "tls.no-http1",
    "tls.client-shut-out", "tls.no-resumption", "tls.old-client-shut-out"};

}  // namespace

TEST_CASE("nothing that is unknown is told as something that the server does not take") {
  Path path = told_of(half_a_picture());
  for (std::string_view id : kOfWhatIsMissing) {
    CAPTURE(id);
    CHECK(finding_in(path, id) == nullptr);
  }
  const Finding* unknown = finding_in(path, "tls.slow");
  REQUIRE(unknown);
  CHECK(unknown->level == Level::Warning);
  for (std::string_view gap : {"TLS 1.0", "TLS 1.3", "all suites of TLS 1.2", "http/1.1", "iOS"}) {
    CAPTURE(gap);
    CHECK(unknown->seen.en.contains(gap));
  }
}

TEST_CASE("the same, once it is known, is told as what it lacks") {
  TlsPicture picture = half_a_picture();
  picture.unknown.clear();
  picture.versions.front().all_suites = picture.versions.front().all_groups = true;
  picture.all_protocols = true;
  picture.negotiated->resumed = false;
  Path path = told_of(picture);
  for (std::string_view id : {"tls.no-tls13", "tls.cbc-only", "tls.no-forward-secrecy", "tls.no-http1",
                              "tls.no-resumption", "tls.client-shut-out"}) {
    CAPTURE(id);
    CHECK(finding_in(path, id) != nullptr);
  }
  CHECK(finding_in(path, "tls.slow") == nullptr);
}

TEST_CASE("a version that nobody should take any more and that keeps silent is a note") {
  TlsPicture picture = half_a_picture();
  picture.unknown = {TlsVersion::Ssl3};
  picture.versions.front().all_suites = picture.versions.front().all_groups = true;
  picture.all_protocols = true;
  Path path = told_of(picture);
  REQUIRE(finding_in(path, "tls.slow"));
  CHECK(finding_in(path, "tls.slow")->level == Level::Note);
}

}  // namespace pforte::doctor

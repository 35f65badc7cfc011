#include "pki/anchors.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "pki/testing.h"

namespace pforte::pki {
namespace {

using testing::authority;
using testing::Made;
using testing::make;

std::vector<std::string> loaded(const TrustStore& store, std::vector<Certificate> certificates,
                                std::vector<Crl> crls = {}) {
  std::vector<Certificate> anchors;
  REQUIRE(load_anchors(store, certificates, crls, anchors));
  std::vector<std::string> subjects;
  subjects.reserve(anchors.size());
  for (const Certificate& anchor : anchors) subjects.push_back(anchor.subject.text());
  return subjects;
}

TEST_CASE("of a store those are decoded that may matter: an issuer by name, a list's signer, the certificate itself") {
  Made root = make(authority("Root"), nullptr), lister = make(authority("Lister"), nullptr);
  Made other = make(authority("Other"), nullptr), leaf = make({}, &root);
  TrustStore store{.name = "s",
                   .entries = {{.der = other.certificate.der},
                               {.der = root.certificate.der},
                               {.der = leaf.certificate.der},
                               {.der = lister.certificate.der}}};
  using Subjects = std::vector<std::string>;
  CHECK(loaded(store, {leaf.certificate}) == Subjects{"CN=Root", "CN=server"});
  CHECK(loaded(store, {leaf.certificate}, {make_list({}, lister)}) == Subjects{"CN=Root", "CN=server", "CN=Lister"});
  CHECK(loaded(store, {}).empty());
}

TEST_CASE("an entry that is no certificate is named by its number") {
  std::vector<Certificate> anchors;
  Result<> read = load_anchors({.name = "s.pem", .entries = {{.der = "x"}}}, {}, {}, anchors);
  REQUIRE(!read);
  CHECK(read.error().code() == "certificate.damaged");
  CHECK(read.error().text().starts_with("s.pem: certificate 1: "));
}

}  // namespace
}  // namespace pforte::pki

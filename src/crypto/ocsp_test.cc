#include "crypto/ocsp.h"

#include <doctest/doctest.h>

#include "base/time.h"
#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using namespace testing;
using namespace std::chrono_literals;

// What a responder says.
struct Said {
  int status = V_OCSP_CERTSTATUS_GOOD;
  long from = -60;    // seconds from now
  long until = 3600;  // 0: it does not say
  int response = OCSP_RESPONSE_STATUS_SUCCESSFUL;
};

std::string answer_about(const X509& leaf, const X509& issuer, const Identity& signer, const Said& said) {
  OcspBasic basic(OCSP_BASICRESP_new());
  Owned<OCSP_CERTID, OCSP_CERTID_free> id(OCSP_cert_to_id(nullptr, &leaf, &issuer));
  Owned<ASN1_TIME, ASN1_TIME_free> from(X509_gmtime_adj(nullptr, said.from));
  Owned<ASN1_TIME, ASN1_TIME_free> until(said.until == 0 ? nullptr : X509_gmtime_adj(nullptr, said.until));
  Owned<ASN1_TIME, ASN1_TIME_free> revoked(X509_gmtime_adj(nullptr, -100));
  OCSP_basic_add1_status(basic.get(), id.get(), said.status, 0,
                         said.status == V_OCSP_CERTSTATUS_REVOKED ? revoked.get() : nullptr, from.get(), until.get());
  OCSP_basic_sign(basic.get(), signer.chain[0].get(), signer.key.get(), EVP_sha256(), nullptr, OCSP_NOCERTS);
  OcspAnswer answer(OCSP_response_create(said.response, basic.get()));
  unsigned char* der = nullptr;
  int size = i2d_OCSP_RESPONSE(answer.get(), &der);
  std::string bytes(reinterpret_cast<char*>(der), std::size_t(size));
  OPENSSL_free(der);
  return bytes;
}

struct Papers {
  Identity root = make_authority();
  Identity leaf = issue({}, &root);

  std::string verdict(const std::string& der) const {
    Result<UtcTime> until = check_ocsp_answer(der, *leaf.chain[0], *root.chain[0], now_in_seconds());
    return until ? "fit" : until.error().text();
  }
  std::string said(const Said& what) const { return answer_about(*leaf.chain[0], *root.chain[0], root, what); }
};

TEST_CASE("an answer can be stapled while it is good, current, and the issuer's") {
  Papers papers;
  struct Row {
    Said said;
    std::string_view verdict;
  };
  const Row rows[] = {
      {{}, "fit"},
      {{.until = 0}, "fit"},
      {{.from = 200}, "fit"},  // clocks differ by some minutes
      {{.from = 1000}, "not valid yet"},
      {{.from = -7200, .until = -3600}, "has expired"},
      {{.status = V_OCSP_CERTSTATUS_REVOKED}, "revoked"},
      {{.status = V_OCSP_CERTSTATUS_UNKNOWN}, "does not know"},
      {{.response = OCSP_RESPONSE_STATUS_TRYLATER}, "error of the responder"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.verdict);
    CHECK(papers.verdict(papers.said(row.said)).find(row.verdict) != std::string::npos);
  }
}

TEST_CASE("an answer tells how long it may be used") {
  Papers papers;
  Result<UtcTime> until =
      check_ocsp_answer(papers.said({}), *papers.leaf.chain[0], *papers.root.chain[0], now_in_seconds());
  REQUIRE(until);
  CHECK(*until > now_in_seconds() + 3500s);
  CHECK(*until <= now_in_seconds() + 3600s);
  Result<UtcTime> endless =
      check_ocsp_answer(papers.said({.until = 0}), *papers.leaf.chain[0], *papers.root.chain[0], now_in_seconds());
  REQUIRE(endless);
  CHECK(*endless == UtcTime::max());
}

TEST_CASE("an answer of somebody else, about somebody else, or damaged is unfit") {
  Papers papers;
  Papers others;
  const X509& leaf = *papers.leaf.chain[0];
  const X509& root = *papers.root.chain[0];
  CHECK(papers.verdict(answer_about(leaf, root, others.root, {})).find("not signed") != std::string::npos);
  CHECK(papers.verdict(answer_about(leaf, root, papers.leaf, {})).find("not signed") != std::string::npos);
  Identity sibling = issue({}, &papers.root);
  CHECK(papers.verdict(answer_about(*sibling.chain[0], root, papers.root, {})).find("another certificate") !=
        std::string::npos);
  std::string good = papers.said({});
  for (std::size_t size = 0; size < good.size(); size += 7) CHECK(papers.verdict(good.substr(0, size)) != "fit");
  std::string changed = good;
  changed[good.size() - 5] = char(changed[good.size() - 5] ^ 1);
  CHECK(papers.verdict(changed) != "fit");
  CHECK(papers.verdict("not DER").find("RFC 6960") != std::string::npos);
}

}  // namespace
}  // namespace pforte::crypto

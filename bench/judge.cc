// How long the judge of certificates takes, beside OpenSSL's own verifier: `judge CHAIN TRUST HOST`, files in PEM.
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "crypto/certificate_outline.h"
#include "pki/certificate.h"
#include "pki/openssl_verdict.h"
#include "pki/peer_name.h"
#include "pki/verify.h"

namespace {

using namespace pforte::pki;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr int kRounds = 2000;

double median(std::vector<double>& times) {
  std::ranges::nth_element(times, times.begin() + std::ptrdiff_t(times.size() / 2));
  return times[times.size() / 2];
}

template <class Work>
double timed(Work work) {
  auto begin = std::chrono::steady_clock::now();
  work();
  return Microseconds(std::chrono::steady_clock::now() - begin).count();
}

std::vector<Certificate> loaded(const char* file) {
  auto certificates = load_certificates(file);
  if (certificates) return *std::move(certificates);
  std::fprintf(stderr, "judge: %s\n", certificates.error().text().c_str());
  std::exit(2);
}

// The same DER anew, since whoever has seen a certificate before remembers its key.
std::vector<Certificate> decoded(const std::vector<Certificate>& from) {
  std::vector<Certificate> made;
  for (const Certificate& certificate : from) made.push_back(read_certificate(certificate.der, "chain").value());
  return made;
}

// What OpenSSL itself does before it can verify: structure, key, extensions.
void decode_by_openssl(const std::vector<Certificate>& from) {
  for (const Certificate& certificate : from) {
    pforte::crypto::Certificate x509 = pforte::crypto::certificate_from(certificate.der);
    X509_get0_pubkey(x509.get());
    X509_check_purpose(x509.get(), -1, 0);
  }
}

void print(const char* what, double ours, double openssl) {
  std::printf("%-9s %.0f us, OpenSSL %.0f us, ratio %.2f\n", what, ours, openssl, ours / openssl);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return std::fprintf(stderr, "usage: judge CHAIN TRUST HOST\n"), 2;
  const std::vector<Certificate> chain = loaded(arguments[1]), trust = loaded(arguments[2]);
  Wanted wanted{std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()), Purpose::Server, {}};
  wanted.names.push_back(read_peer_name(std::string("dns:") + arguments[3]).value());
  std::vector<double> ours, openssl, decoding, openssl_decoding;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Certificate> sent, anchors;
    decoding.push_back(timed([&] { sent = decoded(chain), anchors = decoded(trust); }));
    openssl_decoding.push_back(timed([&] { decode_by_openssl(chain), decode_by_openssl(trust); }));
    Question question{.leaf = sent.front(), .untrusted = {}, .trusted = {}, .crls = {}, .wanted = wanted};
    for (const Certificate& certificate : sent) question.untrusted.push_back(&certificate);
    for (const Certificate& certificate : anchors) question.trusted.push_back(&certificate);
    bool trusted = true;
    auto judge = [&] { trusted &= verify(question).trusted; };
    auto ask = [&] { trusted &= judge_by_openssl(question, question.untrusted, false).error == 0; };
    // Turn by turn, so that neither always comes second.
    if (round % 2 == 0) ours.push_back(timed(judge)), openssl.push_back(timed(ask));
    if (round % 2 == 1) openssl.push_back(timed(ask)), ours.push_back(timed(judge));
    if (!trusted) return std::fprintf(stderr, "judge: the chain is not trusted\n"), 1;
  }
  double judged = median(ours), asked = median(openssl), read = median(decoding), by_openssl = median(openssl_decoding);
  print("judging", judged, asked);
  print("decoding", read, by_openssl);
  print("both", judged + read, asked + by_openssl);
}

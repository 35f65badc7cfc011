// A response that nobody has signed is never believed: with one, no certificate is trusted. And what is read of one is
// read again the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "pki/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::pki;
  static const testing::Made root = testing::make(testing::authority("root"), nullptr), leaf = testing::make({}, &root);
  auto response = read_ocsp({reinterpret_cast<const char*>(data), size}, "input");
  if (!response) return 0;
  if (response->answers.size() > response->der.size()) std::abort();
  auto again = read_ocsp(response->der, "input");
  if (!again || again->status != response->status || again->answers.size() != response->answers.size()) std::abort();
  if (response->status == 0) response->responder = root.certificate.subject;
  Question question = testing::about(leaf, {}, {&root});
  question.responses = {&*response};
  if (verify(question).trusted) std::abort();
  return 0;
}

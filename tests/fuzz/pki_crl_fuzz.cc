// A list that nobody has signed is never believed: with one, no certificate is trusted. And no list has more entries
// than bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "pki/certificate_file.h"
#include "pki/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::pki;
  static const testing::Made root = testing::make(testing::authority("root"), nullptr), leaf = testing::make({}, &root);
  auto all = read_crls({reinterpret_cast<const char*>(data), size}, "input");
  if (!all || all->size() > 8) return 0;
  std::vector<Crl> crls;
  for (std::string& der : *all) {
    auto read = read_crl(std::move(der), "input");
    if (!read) continue;
    read->issuer = root.certificate.subject;
    if (read->revoked.size() > read->der.size()) std::abort();
    crls.push_back(*std::move(read));
  }
  Question question = testing::about(leaf, {}, {&root});
  for (const Crl& crl : crls) question.crls.push_back(&crl);
  if (verify(question).trusted != crls.empty()) std::abort();
  return 0;
}

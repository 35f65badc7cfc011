// Whatever PKCS#12 file can be read, with its password or without, is written so that it reads the same, also after a
// certificate was put in and taken out again.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/certificate_outline.h"
#include "crypto/pkcs12.h"

namespace {

bool same(const pforte::crypto::Pkcs12& a, const pforte::crypto::Pkcs12& b) {
  if (a.certificates().size() != b.certificates().size() || a.keys().size() != b.keys().size()) return false;
  for (std::size_t i = 0; i < a.certificates().size(); ++i) {
    const auto& left = a.certificates()[i];
    const auto& right = b.certificates()[i];
    if (left.der != right.der || left.alias != right.alias || left.trusted != right.trusted) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (bool knows : {false, true}) {
    std::optional<Secret> password;
    if (knows) password.emplace("changeit");
    auto file = crypto::Pkcs12::read(bytes, "f", password);
    if (!file || (file->has_mac() && !knows)) continue;
    auto written = file->write(password);
    if (!written) continue;  // an algorithm that OpenSSL reads and does not write
    auto again = crypto::Pkcs12::read(*written, "f", password);
    if (!again || !same(*file, *again)) std::abort();
    if (again->certificates().empty()) continue;
    crypto::Certificate certificate = crypto::certificate_from(again->certificates().front().der);
    if (!certificate) continue;
    std::size_t before = again->certificates().size();
    std::vector<crypto::Pkcs12Addition> additions;
    additions.push_back({.alias = "more", .certificate = std::move(certificate)});
    again->add(additions);
    auto more = again->write(password);
    if (!more) continue;
    auto third = crypto::Pkcs12::read(*more, "f", password);
    if (!third || third->certificates().size() != before + 1) std::abort();
  }
  return 0;
}

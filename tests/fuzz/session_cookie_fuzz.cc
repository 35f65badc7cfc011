// Bytes of anybody's are no cookie. Even bytes that our key has sealed are a session or none, whatever they are; and a
// session that was read is sealed, if it is small enough, so that it reads the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "session/cookie.h"

namespace {

constexpr std::string_view kHost = "app.example";
constexpr std::string_view kPurpose = "session app.example";

pforte::crypto::SealingKeys make_keys() {
  std::vector<pforte::crypto::SealingKeys::Key> keys;
  keys.push_back({1, pforte::Secret(std::string(pforte::crypto::SealingKeys::kSecretBytes, 'k'))});
  return pforte::crypto::SealingKeys(std::move(keys));
}

// That cookies are sealed for this purpose: else the inputs would reach nothing.
void reach_the_reader(const pforte::crypto::SealingKeys& keys) {
  std::string plain;
  std::string cookie = pforte::session::seal({}, kHost, keys).value();
  if (!keys.open(cookie, kPurpose, plain)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::session;
  static const pforte::crypto::SealingKeys keys = make_keys();
  if (size == 0) reach_the_reader(keys);

  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Session session;
  if (open(bytes, kHost, keys, session)) std::abort();
  if (!open(keys.seal(bytes, kPurpose), kHost, keys, session)) return 0;
  std::optional<std::string> cookie = seal(session, kHost, keys);
  Session again;
  if (cookie && (!open(*cookie, kHost, keys, again) || again != session)) std::abort();
  return 0;
}

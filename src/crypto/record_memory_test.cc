#include "crypto/record_memory.h"

#include <doctest/doctest.h>
#include <openssl/crypto.h>

#include <cstring>
#include <thread>
#include <vector>

namespace pforte::crypto {
namespace {

// Before any test uses OpenSSL.
const bool in_time = keep_record_memory();

TEST_CASE("what was given back for one record is taken for the next") {
  REQUIRE(in_time);
  void* to_read = OPENSSL_malloc(16712);
  OPENSSL_free(to_read);
  void* to_write = OPENSSL_malloc(16584);
  CHECK(to_write == to_read);
  void* another = OPENSSL_malloc(16584);
  CHECK(another != to_write);
  std::memset(another, 1, 16584);
  OPENSSL_free(another);
  OPENSSL_free(to_write);
}

TEST_CASE("other memory is not mistaken for a record's") {
  for (std::size_t bytes : {1UZ, 24UZ, 41UZ, 48UZ, 16384UZ, 16897UZ, 17000UZ, 40000UZ}) {
    void* block = OPENSSL_malloc(bytes);
    std::memset(block, 1, bytes);
    OPENSSL_free(block);
  }
  void* record = OPENSSL_malloc(16712);
  std::memset(record, 1, 16712);
  void* larger = OPENSSL_realloc(record, 40000);
  std::memset(larger, 1, 40000);
  void* small = OPENSSL_realloc(larger, 40);
  std::memset(small, 1, 40);
  OPENSSL_free(small);
  OPENSSL_free(nullptr);
}

TEST_CASE("of nothing there is no block") {
  CHECK(OPENSSL_malloc(0) == nullptr);
  CHECK(OPENSSL_realloc(OPENSSL_malloc(40), 0) == nullptr);
}

TEST_CASE("only a few are kept, and a thread may give back what another has taken") {
  std::vector<void*> taken;
  for (int i = 0; i < 20; ++i) taken.push_back(OPENSSL_malloc(16712));
  std::thread([&] {
    for (void* block : taken) OPENSSL_free(block);
  }).join();
  void* block = OPENSSL_malloc(16712);
  std::memset(block, 1, 16712);
  OPENSSL_free(block);
}

}  // namespace
}  // namespace pforte::crypto

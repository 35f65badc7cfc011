#include "crypto/record_memory.h"

#include <malloc.h>
#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdlib>

namespace pforte::crypto {

namespace {

// Free blocks of one thread, last used first: that one is still in the cache. Whoever wants more than `least` bytes and
// not more than `most` gets one of `most`, and by that size they are known again.
template <std::size_t least, std::size_t most>
class FreeBlocks {
 public:
  // Other memory of OpenSSL may be freed behind this, at the end of the thread.
  ~FreeBlocks() {
    while (count_ > 0) std::free(blocks_[--count_]);
    closed_ = true;
  }

  static bool serves(std::size_t bytes) { return bytes > least && bytes <= most; }
  // Of a block of so many usable bytes: the C library may give a few more than it is asked for.
  static bool gave(std::size_t bytes) { return bytes >= most && bytes < most + alignof(std::max_align_t); }

  void* take() { return count_ > 0 ? blocks_[--count_] : std::malloc(most); }
  void give_back(void* block) {
    if (closed_ || count_ == blocks_.size()) return std::free(block);
    blocks_[count_++] = block;
  }

 private:
  std::array<void*, 8> blocks_{};
  std::size_t count_ = 0;
  bool closed_ = false;
};

// OpenSSL 3.0 asks for 16,584 bytes to write a record, for 16,712 to read one, and for 40 at four places of each.
using Records = FreeBlocks<16384, 16896>;
using Notes = FreeBlocks<24, 40>;
struct Kept {
  Records records;
  Notes notes;
};
thread_local Kept kept;

void* take(std::size_t bytes, const char*, int) {
  if (bytes == 0) return nullptr;  // as OpenSSL does without us
  if (Notes::serves(bytes)) return kept.notes.take();
  if (Records::serves(bytes)) return kept.records.take();
  return std::malloc(bytes);
}

void give_back(void* block, const char*, int) {
  if (!block) return;
  std::size_t bytes = malloc_usable_size(block);
  if (Notes::gave(bytes)) return kept.notes.give_back(block);
  if (Records::gave(bytes)) return kept.records.give_back(block);
  std::free(block);
}

void* resize(void* block, std::size_t bytes, const char* file, int line) {
  if (bytes == 0) {
    give_back(block, file, line);
    return nullptr;
  }
  return std::realloc(block, bytes);
}

}  // namespace

bool keep_record_memory() {
  return CRYPTO_set_mem_functions(take, resize, give_back) == 1;
}

}  // namespace pforte::crypto

#include "app/run.h"
#include "crypto/record_memory.h"

int main(int count, char** arguments) {
#if !__has_feature(address_sanitizer)  // which sees nothing of memory that is kept
  pforte::crypto::keep_record_memory();
#endif
  return pforte::app::run({arguments + 1, arguments + count});
}

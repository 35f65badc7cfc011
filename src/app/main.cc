#include "app/run.h"
#include "crypto/record_memory.h"

int main(int count, char** arguments) {
  pforte::crypto::keep_record_memory();
  return pforte::app::run({arguments + 1, arguments + count});
}

#include "app/run.h"

int main(int count, char** arguments) {
  return pforte::app::run({arguments + 1, arguments + count});
}

#pragma once

#include <sys/types.h>

#include <string>

namespace pforte::demo {

// A folder for temporary files, for our eyes only, that goes with everything in it when its owner does, and also when
// something kills us: a small process waits for that and removes it then. To be made before there are other threads.
class ThrowAwayFolder {
 public:
  ThrowAwayFolder();
  ThrowAwayFolder(const ThrowAwayFolder&) = delete;
  ThrowAwayFolder& operator=(const ThrowAwayFolder&) = delete;
  ~ThrowAwayFolder();

  // Empty when the system gives us none.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int owned_ = -1;       // closed when we are no more
  pid_t caretaker_ = 0;  // 0: none
};

}  // namespace pforte::demo

#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace pforte {

// A folder that goes with its test.
class TestFolder {
 public:
  TestFolder() {
    if (!mkdtemp(path_.data())) std::abort();
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  // Where a file of that name is, or would be.
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  // Puts it there, and says where.
  std::string write(std::string_view name, std::string_view content) const {
    std::ofstream(file(name), std::ios::binary) << content;
    return file(name);
  }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "pforte-test-XXXXXX").string();
};

// Root may read everything, and is nobody for a while.
class Unprivileged {
 public:
  Unprivileged() {
    if (geteuid() == 0 && seteuid(kNobody) != 0) std::abort();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (getuid() == 0 && seteuid(0) != 0) std::abort();
  }

  static void give(const std::string& file) {
    if (geteuid() == 0 && chown(file.c_str(), kNobody, kNobody) != 0) std::abort();
  }

 private:
  static constexpr uid_t kNobody = 65534;
};

}  // namespace pforte

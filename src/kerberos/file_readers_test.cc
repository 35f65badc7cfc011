#include "kerberos/file_readers.h"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>

namespace pforte::kerberos {
namespace {

constexpr unsigned kOwner = 1000, kOther = 1001, kFileGroup = 100, kNamedGroup = 101;

// An ACL as the kernel gives it, of entries of tag, permissions and id.
std::string acl_bytes(std::initializer_list<std::array<unsigned, 3>> entries) {
  std::string bytes("\x02\0\0\0", 4);
  for (auto [tag, permissions, id] : entries) {
    for (unsigned number : {tag, permissions}) bytes += {char(number), char(number >> 8)};
    bytes += {char(id), char(id >> 8), char(id >> 16), char(id >> 24)};
  }
  return bytes;
}

FileReaders readers_with(mode_t mode, const std::string& acl) {
  struct stat about{};
  about.st_uid = kOwner;
  about.st_gid = kFileGroup;
  about.st_mode = S_IFREG | mode;
  return readers_by(about, acl);
}

}  // namespace

TEST_CASE("without an ACL the mode says who may read a file") {
  FileReaders readers = readers_with(0640, "");
  CHECK(readers.may_read(kOwner, {}));
  CHECK(readers.may_read(kOther, {kFileGroup}));
  CHECK(!readers.may_read(kOther, {}));
  CHECK(readers.may_read(0, {}));
  CHECK(readers_with(0604, "").may_read(kOther, {}));
  CHECK(!readers_with(0604, "").may_read(kOther, {kFileGroup}));  // a member of the group is not everybody
}

TEST_CASE("an ACL names users and groups, the mask bounds them, and the mode shows the mask for the group") {
  auto acl = [](unsigned mask) {
    return acl_bytes(
        {{0x01, 6, ~0U}, {0x02, 4, kOther}, {0x04, 0, ~0U}, {0x08, 4, kNamedGroup}, {0x10, mask, ~0U}, {0x20, 0, ~0U}});
  };
  FileReaders readers = readers_with(0640, acl(4));
  CHECK(!readers.by_group);
  CHECK(readers.may_read(kOther, {}));
  CHECK(readers.may_read(kOther + 1, {kNamedGroup}));
  CHECK(!readers.may_read(kOther + 1, {kFileGroup}));
  CHECK(readers.may_read(kOther + 1, {kFileGroup, kNamedGroup}));
  CHECK(!readers.may_read(kOther + 1, {}));
  FileReaders masked = readers_with(0600, acl(0));
  CHECK(!masked.may_read(kOther, {}));
  CHECK(!masked.may_read(kOther + 1, {kNamedGroup}));
}

TEST_CASE("an ACL that is cut off is read as far as it goes") {
  std::string whole = acl_bytes({{0x02, 4, kOther}, {0x10, 4, ~0U}});
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    FileReaders readers = readers_with(0600, whole.substr(0, size));
    CHECK(readers.may_read(kOther, {}) == (size >= 12));
  }
}

}  // namespace pforte::kerberos

#include "contact/ring.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "contact/record.h"
#include "contact/segment.h"

using namespace pforte;
using namespace pforte::contact;
using namespace std::chrono_literals;

namespace {

// A folder that goes again.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pforte-contacts-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

Contact numbered(std::uint64_t id) {
  return {.id = id,
          .begin = Time(1'800'000'000s + std::chrono::seconds(id)),
          .client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, 7}, 4711),
          .ending = Ending::ClientAlert,
          .client_alert = 48,
          .server_name = "crm.example.com"};
}

std::vector<std::uint64_t> ids_in(const std::string& file) {
  std::vector<std::uint64_t> ids;
  auto outline = read_ring(file, [&](const Contact& contact) { ids.push_back(contact.id); });
  REQUIRE(outline.has_value());
  CHECK(outline->contacts == ids.size());
  return ids;
}

std::unique_ptr<Ring> opened(const std::string& file, std::uint64_t size = 128UZ * 1024) {
  auto ring = Ring::open(file, size);
  REQUIRE(ring.has_value());
  return *std::move(ring);
}

void fill(Ring& ring, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t id = from; id < to; ++id) REQUIRE(ring.add({numbered(id)}).has_value());
}

void overwrite(const std::string& file, std::streamoff place, const std::string& bytes) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(place);
  stream << bytes;
}

}  // namespace

TEST_CASE("a ring gives back what was written, in its order, and has its size from the beginning") {
  Folder folder;
  std::string file = folder.file("contacts");
  auto ring = opened(file);
  CHECK(std::filesystem::file_size(file) == 128UZ * 1024);
  struct stat about{};
  REQUIRE(stat(file.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(ids_in(file).empty());
  fill(*ring, 1, 4);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("a new process goes on where the last one ended") {
  Folder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file), 1, 3);
  fill(*opened(file), 3, 5);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{1, 2, 3, 4});
}

TEST_CASE("in a ring that is full the newest take the place of the oldest, and the size stays") {
  Folder folder;
  std::string file = folder.file("contacts");
  auto ring = opened(file);
  fill(*ring, 1, 5001);
  std::vector<std::uint64_t> ids = ids_in(file);
  CHECK(std::filesystem::file_size(file) == 128UZ * 1024);
  CHECK(ids.size() > 500);
  CHECK(ids.back() == 5000);
  CHECK(ids.front() == 5001 - ids.size());
}

TEST_CASE("a torn record ends its segment, and what follows is written in its place") {
  Folder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file), 1, 4);
  std::size_t record = framed(to_record(numbered(1)), 1).size();
  overwrite(file, std::streamoff(kSegmentHeaderBytes + 3 * record - 5), "torn");
  CHECK(ids_in(file) == std::vector<std::uint64_t>{1, 2});
  fill(*opened(file), 7, 8);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{1, 2, 7});
}

TEST_CASE("what an earlier round left behind in a segment does not count") {
  std::string bytes = segment_header(9) + framed(to_record(numbered(2)), 9) + framed(to_record(numbered(1)), 7);
  std::vector<std::uint64_t> ids;
  read_segment(bytes, [&](const Contact& contact) { ids.push_back(contact.id); });
  CHECK(ids == std::vector<std::uint64_t>{2});
}

TEST_CASE("a ring of another size takes the newest of the old one along") {
  Folder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file, 1024UZ * 1024), 1, 5001);
  std::size_t before = ids_in(file).size();
  opened(file);
  std::vector<std::uint64_t> ids = ids_in(file);
  CHECK(ids.size() < before);
  CHECK(ids.back() == 5000);
  CHECK(std::filesystem::file_size(file) == 128UZ * 1024);
}

TEST_CASE("what is too old is overwritten, not only left out") {
  Folder folder;
  std::string file = folder.file("contacts");
  auto ring = opened(file);
  fill(*ring, 1, 4);
  REQUIRE(ring->forget_before(numbered(3).begin).has_value());
  CHECK(ids_in(file).size() == 3);
  REQUIRE(ring->forget_before(numbered(4).begin).has_value());
  CHECK(ids_in(file).empty());
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(stream), {});
  CHECK(bytes.find("crm.example.com") == std::string::npos);
  fill(*ring, 4, 6);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{4, 5});
}

TEST_CASE("a ring is not written through a link, nor where it cannot be") {
  Folder folder;
  std::filesystem::create_symlink(folder.file("elsewhere"), folder.file("link"));
  CHECK(!Ring::open(folder.file("link"), 1 << 20));
  CHECK(!Ring::open(folder.file("none/contacts"), 1 << 20));
  auto missing = read_ring(folder.file("none"), [](const Contact&) {});
  REQUIRE(!missing);
  CHECK(missing.error().kind() == Kind::NotFound);
}

TEST_CASE("a record is the contact that it was made of") {
  Contact all = numbered(77);
  all.lasted = 1234ms;
  all.times = 0;
  all.sender = net::Address(std::array<std::uint8_t, 4>{10, 0, 0, 1}, 99);
  all.told = net::Address(std::array<std::uint8_t, 16>{0x20, 1}, 0);
  all.point = Point::Answered;
  all.our_alert = 0;
  all.reason = "no shared cipher";
  all.resumed = true;
  all.requests = 70000;
  all.last_status = 502;
  all.path = "/webclient";
  all.selftest = "ABCD";
  all.sign_ins = {{.mark = 7, .code = "ticket.too-old", .reference = "r1"},
                  {.succeeded = true, .login = "anna", .method = "kerberos"}};
  auto read = read_record(to_record(all));
  REQUIRE(read.has_value());
  CHECK(*read == all);
}

TEST_CASE("long texts are cut, and a record stays within its bound") {
  Contact contact = numbered(1);
  contact.path = std::string(100'000, 'a');
  contact.sign_ins.assign(100, {.login = std::string(1000, 'b')});
  std::string record = to_record(contact);
  CHECK(record.size() < 16UZ * 1024);
  auto read = read_record(record);
  REQUIRE(read.has_value());
  CHECK(read->path.size() == Contact::kMostText);
  CHECK(read->sign_ins.size() == Contact::kMostSignIns);
}

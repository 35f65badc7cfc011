#include "contact/ring.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/testing.h"
#include "contact/record.h"
#include "contact/segment.h"

using namespace pforte;
using namespace pforte::contact;
using namespace std::chrono_literals;

namespace {

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

std::size_t occurrences(const std::string& text, const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(stream), {});
  std::size_t count = 0;
  for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++count;
  return count;
}

// No field has its default.
Contact with_everything() {
  return {.id = 77,
          .begin = Time(1'800'000'077s),
          .lasted = 1234ms,
          .times = 9,
          .client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, 7}, 4711),
          .sender = net::Address(std::array<std::uint8_t, 4>{10, 0, 0, 1}, 99),
          .told = net::Address(std::array<std::uint8_t, 16>{0x20, 1}, 0),
          .listener = net::Address(std::array<std::uint8_t, 4>{10, 0, 0, 2}, 443),
          .ending = Ending::NotPassed,
          .point = Point::Answered,
          .client_alert = 48,
          .our_alert = 0,
          .reason = "no shared cipher",
          .server_name = "crm.example.com",
          .offered = "h2,http/1.1",
          .protocol = "h2",
          .tls_version = "TLSv1.3",
          .cipher = "TLS_AES_128_GCM_SHA256",
          .resumed = true,
          .fingerprint = "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6",
          .by_doctor = true,
          .requests = 70000,
          .aborted = 3,
          .last_status = 502,
          .host = "crm.example.com:8443",
          .path = "/webclient",
          .user_agent = "curl/8",
          .agent = "anna",
          .backend = "crm",
          .findings = "cookie=yes",
          .selftest = "ABCD",
          .sign_ins = {{.mark = 7, .code = "ticket.too-old", .reference = "r1"},
                       {.succeeded = true, .login = "anna", .principal = "anna@X", .method = "kerberos"}},
          .sign_ins_before = 4};
}

void overwrite(const std::string& file, std::streamoff place, const std::string& bytes) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(place);
  stream << bytes;
}

}  // namespace

TEST_CASE("a ring gives back what was written, in its order, and has its size from the beginning") {
  TestFolder folder;
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
  TestFolder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file), 1, 3);
  fill(*opened(file), 3, 5);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{1, 2, 3, 4});
}

TEST_CASE("in a ring that is full the newest take the place of the oldest, and the size stays") {
  TestFolder folder;
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
  TestFolder folder;
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
  TestFolder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file, 1024UZ * 1024), 1, 5001);
  std::size_t before = ids_in(file).size();
  opened(file);
  std::vector<std::uint64_t> ids = ids_in(file);
  CHECK(ids.size() < before);
  CHECK(ids.back() == 5000);
  CHECK(std::filesystem::file_size(file) == 128UZ * 1024);
}

TEST_CASE("what is too old is overwritten, each record by itself, and what is not stays in its order") {
  TestFolder folder;
  std::string file = folder.file("contacts");
  auto ring = opened(file);
  fill(*ring, 1, 4);
  REQUIRE(ring->forget_before(numbered(3).begin).has_value());
  CHECK(ids_in(file) == std::vector<std::uint64_t>{3});
  CHECK(occurrences("crm.example.com", file) == 1);
  fill(*ring, 4, 6);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{3, 4, 5});
  REQUIRE(ring->forget_before(numbered(6).begin).has_value());
  CHECK(ids_in(file).empty());
  CHECK(occurrences("crm.example.com", file) == 0);
  fill(*ring, 6, 8);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{6, 7});
}

TEST_CASE("what an earlier process has written grows old as well") {
  TestFolder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file), 1, 4);
  auto ring = opened(file);
  REQUIRE(ring->forget_before(numbered(3).begin).has_value());
  CHECK(ids_in(file) == std::vector<std::uint64_t>{3});
}

TEST_CASE("a contact that lasted is as old as its end") {
  TestFolder folder;
  std::string file = folder.file("contacts");
  auto ring = opened(file);
  Contact contact = numbered(1);
  contact.lasted = 1h;
  REQUIRE(ring->add({contact}).has_value());
  REQUIRE(ring->forget_before(contact.begin + 1h).has_value());
  CHECK(ids_in(file).size() == 1);
  REQUIRE(ring->forget_before(contact.begin + 1h + 1ms).has_value());
  CHECK(ids_in(file).empty());
}

TEST_CASE("a segment that is begun anew has nothing more of its earlier round") {
  TestFolder folder;
  std::string file = folder.file("contacts");
  auto ring = opened(file);
  fill(*ring, 1, 5001);
  CHECK(occurrences("crm.example.com", file) == ids_in(file).size());
}

TEST_CASE("what nobody can read any more is wiped when the ring is taken up") {
  TestFolder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file), 1, 4);
  std::size_t record = framed(to_record(numbered(1)), 1).size();
  overwrite(file, std::streamoff(kSegmentHeaderBytes + record + 3), "torn");
  overwrite(file, std::streamoff(kSegmentBytes + 5000), "crm.example.com");
  opened(file);
  CHECK(ids_in(file) == std::vector<std::uint64_t>{1});
  CHECK(occurrences("crm.example.com", file) == 1);
}

TEST_CASE("a ring of another size comes into its place only with its records, and what was left half made goes") {
  TestFolder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file, 1024UZ * 1024), 1, 10);
  std::ofstream(folder.file("contacts.new")) << "half";
  int old = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  opened(file);
  CHECK(ids_in(file).size() == 9);
  CHECK(!std::filesystem::exists(folder.file("contacts.new")));
  // Whoever had the old one open sees it as it was: it was not the one that was filled.
  CHECK(::lseek(old, 0, SEEK_END) == 1024 * 1024);
  ::close(old);
  std::ofstream(folder.file("contacts.new")) << "half";
  opened(file);
  CHECK(!std::filesystem::exists(folder.file("contacts.new")));
}

TEST_CASE("a ring that cannot be carried over stays as it was") {
  TestFolder folder;
  std::string file = folder.file("contacts");
  fill(*opened(file, 1024UZ * 1024), 1, 10);
  struct rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  struct rlimit little{.rlim_cur = 2 * kSegmentBytes, .rlim_max = before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &little) == 0);
  auto larger = Ring::open(file, 2048UZ * 1024);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK(!larger);
  CHECK(ids_in(file).size() == 9);
  CHECK(!std::filesystem::exists(folder.file("contacts.new")));
}

// Whether a new ring is read as one until its first contact is written.
bool is_read_meanwhile(const std::string& file) {
  std::filesystem::remove(file);
  std::unique_ptr<Ring> ring = opened(file);
  std::atomic<bool> written = false;
  std::jthread gate([&] {
    (void)ring->add({numbered(1)});
    written = true;
  });
  bool well = true;
  while (well && !written) well = read_ring(file, [](const Contact&) {}).has_value();
  return well;
}

TEST_CASE("a ring is read as one while its first contact is written") {
  TestFolder folder;
  int well = 0;
  for (int round = 0; round < 300; ++round) well += is_read_meanwhile(folder.file("contacts")) ? 1 : 0;
  CHECK(well == 300);
}

TEST_CASE("a ring is not written through a link, nor where it cannot be") {
  TestFolder folder;
  std::filesystem::create_symlink(folder.file("elsewhere"), folder.file("link"));
  CHECK(!Ring::open(folder.file("link"), 1 << 20));
  CHECK(!Ring::open(folder.file("none/contacts"), 1 << 20));
  auto missing = read_ring(folder.file("none"), [](const Contact&) {});
  REQUIRE(!missing);
  CHECK(missing.error().kind() == Kind::NotFound);
}

TEST_CASE("a record is the contact that it was made of, in every field") {
  Contact all = with_everything();
  auto read = read_record(to_record(all));
  REQUIRE(read.has_value());
  CHECK(*read == all);
  CHECK(*read_record(to_record({})) == Contact());
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

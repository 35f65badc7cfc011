#include "kerberos/keytab_records.h"

#include <doctest/doctest.h>

#include "crypto/testing.h"
#include "kerberos/keytab.h"
#include "kerberos/keytab_change.h"
#include "kerberos/testing.h"

namespace pforte::kerberos {
namespace {

const Principal http_crm{{"HTTP", "crm.example.com"}, "EXAMPLE.COM"};

KeytabRecord aes_key(std::uint32_t version, char letter = 'k') {
  return keytab_record(http_crm, 1'700'000'000, version, 18, std::string(32, letter));
}

std::vector<KeytabRecord> two_keys() {
  std::vector<KeytabRecord> records;
  records.push_back(aes_key(3));
  records.push_back(aes_key(300));
  return records;
}

// A record as ktpass writes it: no time, no version of 32 bits behind the key.
std::string by_ktpass() {
  std::string record(
      "\0\x02\0\x0b"
      "EXAMPLE.COM\0\x04HTTP\0\x0f"
      "crm.example.com\0\0\0\x01\0\0\0\0\x05\0\x12\0\x20",
      51);
  record += std::string(32, 'w');
  return std::string("\x05\x02\0\0\0", 5) + char(record.size()) + record;
}

}  // namespace

TEST_CASE("the library reads what is written, byte for byte as it writes it itself") {
  crypto::testing::Folder folder;
  std::string ours = folder.path() + "/ours", theirs = folder.path() + "/theirs";
  REQUIRE(write_keytab(ours, two_keys()));
  testing::add_key(theirs, http_crm.to_text(), 3);
  testing::add_key(theirs, http_crm.to_text(), 300);
  std::string other = testing::read_file(theirs);
  std::optional<KeytabRecords> read = parse_keytab(other);
  REQUIRE(read);
  std::vector<KeytabRecord> same_time;
  for (const KeytabRecord& record : read->records)
    same_time.push_back(
        keytab_record(record.principal, record.written, record.key_version, record.encryption, record.key.reveal()));
  CHECK(keytab_bytes(same_time).reveal() == other);
  KeytabContent seen = read_keytab(ours);
  REQUIRE(seen.entries.size() == 2);
  CHECK(seen.entries[0].principal == http_crm);
  CHECK(seen.entries[1].key_version == 300);
}

TEST_CASE("a record of ktpass, without time and long version, is read and kept as it is") {
  std::string bytes = by_ktpass();
  std::optional<KeytabRecords> read = parse_keytab(bytes);
  REQUIRE(read);
  REQUIRE(read->records.size() == 1);
  CHECK(read->records[0].written == 0);
  CHECK(read->records[0].key_version == 5);
  CHECK(read->records[0].principal == http_crm);
  CHECK(keytab_bytes(read->records).reveal() == bytes);
}

TEST_CASE("a long version of 0 leaves the short one in force") {
  std::string bytes = by_ktpass() + std::string(4, '\0');
  bytes[5] = char(bytes[5] + 4);
  std::optional<KeytabRecords> read = parse_keytab(bytes);
  REQUIRE(read->records.size() == 1);
  CHECK(read->records[0].key_version == 5);
}

TEST_CASE("holes are counted and not written again") {
  std::string bytes(keytab_bytes(two_keys()).reveal());
  std::string holed = bytes.substr(0, 2) + std::string("\xff\xff\xff\xfbholes", 9) + bytes.substr(2);
  std::optional<KeytabRecords> read = parse_keytab(holed);
  REQUIRE(read);
  CHECK(read->holes == 1);
  CHECK(keytab_bytes(read->records).reveal() == bytes);
}

TEST_CASE("a keytab that is cut anywhere is not taken for a whole one") {
  std::string bytes(keytab_bytes(two_keys()).reveal());
  std::size_t first = 2 + 4 + aes_key(3).bytes.reveal().size();
  for (std::size_t size = bytes.size(); size-- > 0;) {
    CAPTURE(size);
    std::optional<KeytabRecords> read = parse_keytab(std::string_view(bytes).substr(0, size));
    if (size < 2) {
      CHECK(!read);
      continue;
    }
    CHECK(read->flaw.has_value() == (size != 2 && size != first));
    CHECK(read->records.size() == (size >= first ? 1 : 0));
  }
}

TEST_CASE("a record whose lengths contradict each other is damaged, not cut off") {
  std::string bytes(keytab_bytes(two_keys()).reveal());
  bytes[2 + 4 + 2] = '\x7f';  // of the realm
  std::optional<KeytabRecords> read = parse_keytab(bytes);
  REQUIRE(read->flaw);
  CHECK(!read->flaw->cut_off);
  CHECK(read->flaw->at == 2);
}

TEST_CASE("a file of format 1 becomes one of format 2") {
  std::string record(
      "\x03\0\x0b\0"
      "EXAMPLE.COM\x04\0HTTP\x0f\0"
      "crm.example.com\0\0\0\0\x05\x12\0\x20\0",
      47);
  record += std::string(32, 'k');
  std::string bytes = std::string("\x05\x01", 2) + char(record.size()) + std::string(3, '\0') + record;
  std::optional<KeytabRecords> read = parse_keytab(bytes);
  REQUIRE(read);
  CHECK(read->format == 1);
  REQUIRE(read->records.size() == 1);
  CHECK(read->records[0].principal == http_crm);
  CHECK(parse_keytab(keytab_bytes(read->records).reveal())->records[0].key.reveal() == std::string(32, 'k'));
}

TEST_CASE("keys are added beside those of other versions, and once") {
  crypto::testing::Folder folder;
  std::string file = folder.path() + "/a.keytab";
  std::vector<KeytabRecord> first, second;
  first.push_back(aes_key(1, 'a'));
  second.push_back(aes_key(1, 'a'));
  second.push_back(aes_key(2, 'b'));
  REQUIRE(add_to_keytab(file, first));
  auto change = add_to_keytab(file, second);
  REQUIRE(change);
  CHECK(change->was_there == std::vector<bool>{true, false});
  CHECK(change->records == 2);
  CHECK(read_keytab_records(file)->records.size() == 2);
}

TEST_CASE("another key of the same version is refused, and nothing changes") {
  crypto::testing::Folder folder;
  std::string file = folder.path() + "/a.keytab";
  std::vector<KeytabRecord> first, second;
  first.push_back(aes_key(1, 'a'));
  second.push_back(aes_key(1, 'b'));
  REQUIRE(add_to_keytab(file, first));
  std::string before = testing::read_file(file);
  auto change = add_to_keytab(file, second);
  REQUIRE(!change);
  CHECK(change.error().code == "keytab.conflict");
  CHECK(testing::read_file(file) == before);
}

TEST_CASE("a keytab that is cut off is not added to: what stands behind would be lost") {
  crypto::testing::Folder folder;
  std::string file = folder.path() + "/a.keytab";
  REQUIRE(write_keytab(file, two_keys()));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  std::vector<KeytabRecord> added;
  added.push_back(aes_key(4));
  auto change = add_to_keytab(file, added);
  REQUIRE(!change);
  CHECK(change.error().code == "kerberos.keytab-cut");
}

TEST_CASE("merged keytabs have each key once, by name; a conflict names both files") {
  auto source = [](std::string file, std::vector<KeytabRecord> records) {
    KeytabSource one{std::move(file), {}};
    one.content.records = std::move(records);
    return one;
  };
  std::vector<KeytabSource> sources;
  sources.push_back(source("b", two_keys()));
  std::vector<KeytabRecord> more = two_keys();
  more.push_back(keytab_record({{"HTTP", "app.example.com"}, "EXAMPLE.COM"}, 1, 1, 18, "key"));
  sources.push_back(source("a", std::move(more)));
  auto merged = merge_keytabs(sources);
  REQUIRE(merged);
  REQUIRE(merged->size() == 3);
  CHECK((*merged)[0].principal.components[1] == "app.example.com");
  CHECK((*merged)[1].key_version == 3);
  std::vector<KeytabRecord> other;
  other.push_back(aes_key(3, 'x'));
  sources.push_back(source("c", std::move(other)));
  auto refused = merge_keytabs(sources);
  REQUIRE(!refused);
  CHECK(refused.error().what.en.starts_with("b and c have different keys of HTTP/crm.example.com@EXAMPLE.COM"));
}

}  // namespace pforte::kerberos

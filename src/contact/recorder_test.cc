#include "contact/recorder.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

using namespace pforte;
using namespace pforte::contact;
using namespace std::chrono_literals;

namespace {

constexpr Time kMorning = Time(1'800'000'000s);

std::string new_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pforte-recorder-XXXXXX").string();
  return mkdtemp(pattern.data());
}

Contact from_port(std::uint16_t port) {
  return {.begin = kMorning,
          .client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, std::uint8_t(port)}, port),
          .ending = Ending::TimedOut};
}

std::vector<Contact> written(const std::string& file) {
  std::vector<Contact> all;
  auto outline = read_ring(file, [&](Contact contact) { all.push_back(std::move(contact)); });
  if (!outline) all.clear();
  return all;
}

}  // namespace

TEST_CASE("contacts of all workers come into one file") {
  std::string folder = new_folder();
  Recorder recorder;
  Recorder::Lane& one = recorder.lane();
  Recorder::Lane& two = recorder.lane();
  recorder.follow({.file = folder + "/contacts"});
  one.tell(from_port(1));
  two.tell(from_port(2));
  recorder.write(kMorning);
  CHECK(written(folder + "/contacts").size() == 2);
  CHECK(recorder.kept() == 2);
  std::filesystem::remove_all(folder);
}

TEST_CASE("where they are not kept, nothing is written") {
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  recorder.follow({});
  CHECK(lane.off());
  lane.tell(from_port(1));
  recorder.write(kMorning);
  CHECK(recorder.kept() + recorder.lost() + recorder.counted() == 0);
}

TEST_CASE("more than may wait is dropped and counted, and the ring tells how many") {
  std::string folder = new_folder();
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  recorder.follow({.file = folder + "/contacts", .size = 4UZ << 20});
  for (std::size_t i = 0; i < Recorder::Lane::kMostWaiting + 10; ++i) lane.tell(from_port(std::uint16_t(i)));
  CHECK(recorder.lost() == 10);
  recorder.write(kMorning);
  CHECK(written(folder + "/contacts").back().ending == Ending::Lost);
  CHECK(written(folder + "/contacts").back().times == 10);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a folder that is not there costs contacts, is tried again after a pause, and the loss is told") {
  std::string folder = new_folder();
  std::string file = folder + "/later/contacts";
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  recorder.follow({.file = file});
  lane.tell(from_port(1));
  recorder.write(kMorning);
  CHECK(recorder.lost() == 1);
  std::filesystem::create_directory(folder + "/later");
  lane.tell(from_port(2));
  recorder.write(kMorning + 1s);
  CHECK(recorder.lost() == 2);
  lane.tell(from_port(3));
  recorder.write(kMorning + 31s);
  std::vector<Contact> all = written(file);
  REQUIRE(all.size() == 2);
  CHECK(all[0].client.port() == 3);
  CHECK(all[1].ending == Ending::Lost);
  CHECK(all[1].times == 2);
  std::filesystem::remove_all(folder);
}

TEST_CASE("at the end what was counted is written down as well") {
  std::string folder = new_folder();
  {
    Recorder recorder;
    Recorder::Lane& lane = recorder.lane();
    recorder.follow({.file = folder + "/contacts"});
    for (int i = 0; i < 100; ++i) lane.tell(from_port(1));
  }
  std::uint64_t told = 0;
  for (const Contact& one : written(folder + "/contacts")) told += one.times;
  CHECK(told == 100);
  std::filesystem::remove_all(folder);
}

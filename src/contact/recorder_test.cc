#include "contact/recorder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/testing.h"

using namespace pforte;
using namespace pforte::contact;
using namespace std::chrono_literals;

namespace {

constexpr Time kMorning = Time(1'800'000'000s);

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
  TestFolder folder;
  Recorder recorder;
  Recorder::Lane& one = recorder.lane();
  Recorder::Lane& two = recorder.lane();
  recorder.follow({.file = folder.file("contacts")});
  one.tell(from_port(1));
  two.tell(from_port(2));
  recorder.write(kMorning);
  CHECK(written(folder.file("contacts")).size() == 2);
  CHECK(recorder.kept() == 2);
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
  TestFolder folder;
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  recorder.follow({.file = folder.file("contacts"), .size = 4UZ << 20});
  for (std::size_t i = 0; i < Recorder::Lane::kMostWaiting + 10; ++i) lane.tell(from_port(std::uint16_t(i)));
  CHECK(recorder.lost() == 10);
  recorder.write(kMorning);
  CHECK(written(folder.file("contacts")).back().ending == Ending::Lost);
  CHECK(written(folder.file("contacts")).back().times == 10);
}

TEST_CASE("who floods while the disk is slow leaves half of the room to the others") {
  TestFolder folder;
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  recorder.follow({.file = folder.file("contacts")});
  for (std::size_t i = 0; i < 3 * Recorder::Lane::kMostWaiting; ++i) lane.tell(from_port(1));
  CHECK(recorder.lost() == 2.5 * Recorder::Lane::kMostWaiting);
  lane.tell(from_port(2));
  CHECK(recorder.lost() == 2.5 * Recorder::Lane::kMostWaiting);
  recorder.write(kMorning);
  auto all = written(folder.file("contacts"));
  CHECK(std::ranges::count_if(all, [](const Contact& one) { return one.client.port() == 2; }) == 1);
  lane.tell(from_port(1));
  CHECK(recorder.lost() == 2.5 * Recorder::Lane::kMostWaiting);
}

TEST_CASE(
    "what is too old goes though nothing new comes, also when the clock was set back or the time is shorter now") {
  TestFolder folder;
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  Settings settings{.file = folder.file("contacts"), .retention = 1h};
  auto left = [&] { return written(settings.file).size(); };
  auto add = [&](Time at) {
    Contact contact = from_port(1);
    contact.begin = at;
    lane.tell(contact);
    recorder.write(at);
  };
  recorder.follow(settings);
  add(kMorning);
  add(kMorning + 30min);
  recorder.write(kMorning + 50min);
  CHECK(left() == 2);
  recorder.write(kMorning + 1h + 1min);
  CHECK(left() == 1);
  add(kMorning - 48h);
  recorder.write(kMorning - 46h);
  CHECK(left() == 1);
  recorder.write(kMorning + 31min);
  settings.retention = 1min;
  recorder.follow(settings);
  recorder.write(kMorning + 32min);
  CHECK(left() == 0);
}

TEST_CASE("where they are switched off, what was kept goes as well") {
  TestFolder folder;
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  recorder.follow({.file = folder.file("contacts")});
  lane.tell(from_port(1));
  recorder.write(kMorning);
  recorder.follow({.file = folder.file("contacts"), .off = true});
  CHECK(lane.off());
  recorder.write(kMorning);
  CHECK(!std::filesystem::exists(folder.file("contacts")));
}

TEST_CASE("whoever tells first after a writing rings, and new settings do, and nobody else") {
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  int rings = 0;
  recorder.on_news([&] { ++rings; });
  lane.tell(from_port(1));
  CHECK(rings == 0);
  TestFolder folder;
  recorder.follow({.file = folder.file("contacts")});
  CHECK(rings == 1);
  for (int i = 0; i < 10; ++i) lane.tell(from_port(1));
  CHECK(rings == 2);
  recorder.write(kMorning);
  CHECK(rings == 2);
  lane.tell(from_port(1));
  CHECK(rings == 3);
}

TEST_CASE("a folder that is not there costs contacts, is tried again after a pause, and the loss is told") {
  TestFolder folder;
  std::string file = folder.file("later/contacts");
  Recorder recorder;
  Recorder::Lane& lane = recorder.lane();
  recorder.follow({.file = file});
  lane.tell(from_port(1));
  recorder.write(kMorning);
  CHECK(recorder.lost() == 1);
  std::filesystem::create_directory(folder.file("later"));
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
}

TEST_CASE("at the end what was counted is written down as well") {
  TestFolder folder;
  {
    Recorder recorder;
    Recorder::Lane& lane = recorder.lane();
    recorder.follow({.file = folder.file("contacts")});
    for (int i = 0; i < 100; ++i) lane.tell(from_port(1));
  }
  CHECK(written(folder.file("contacts")).back().times == 100 - Sifter::kMostTelling);
}

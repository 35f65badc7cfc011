#include "doctor/fetch_shelf.h"

#include <chrono>
#include <utility>

#include "base/text.h"

namespace pforte::doctor {
namespace {

constexpr std::chrono::milliseconds kLookAgain(20);

// Who signs in at it, and at which of its addresses, decides too what it lets through.
std::string text_of_way(const Proxy& proxy) {
  return cat(to_text(proxy), ' ', proxy.user, ' ', proxy.at ? proxy.at->ip_text() : "");
}

}  // namespace

// Ends when its task is cancelled as well, so that the next one tries.
class FetchShelf::Turn {
 public:
  explicit Turn(File& file) : file_(file) { file_.under_way = true; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { file_.under_way = false; }

 private:
  File& file_;
};

net::Task<std::shared_ptr<const Fetched>> FetchShelf::take(const Setting& setting, const FetchWay& way,
                                                           FetchQuestion question) {
  File& file = files_[key_of(way, question)];
  while (file.under_way) co_await setting.loop.sleep_for(kLookAgain);
  if (file.fetched) co_return file.fetched;
  Turn turn(file);
  Fetched fetched = co_await fetch(setting, way, std::move(question));
  make_room_for(fetched.bytes.size());
  file.fetched = std::make_shared<const Fetched>(std::move(fetched));
  co_return file.fetched;
}

FetchShelf::Key FetchShelf::key_of(const FetchWay& way, const FetchQuestion& question) {
  return {question, way.to_this_machine, way.proxy ? text_of_way(way.proxy->proxy) : ""};
}

// Whoever still reads a file that is cleared away keeps it.
void FetchShelf::make_room_for(std::size_t bytes) {
  kept_bytes_ += bytes;
  if (kept_bytes_ <= most_bytes_) return;
  for (auto& [key, file] : files_) file.fetched = nullptr;
  kept_bytes_ = bytes;
}

}  // namespace pforte::doctor

#include "gate/session_log.h"

#include <utility>

namespace pforte::gate {

void SessionLog::began(session::Record record) {
  std::scoped_lock lock(mutex_);
  if (news_.began.size() < kMostWaiting) news_.began.push_back(std::move(record));
}

void SessionLog::seen(const std::string& id, session::Time at) {
  std::scoped_lock lock(mutex_);
  if (news_.seen.size() < kMostWaiting) news_.seen.push_back({id, at});
}

bool SessionLog::has_news() const {
  std::scoped_lock lock(mutex_);
  return !news_.began.empty() || !news_.seen.empty();
}

Result<> SessionLog::write() {
  std::scoped_lock one_at_a_time(writing_);
  News news;
  {
    std::scoped_lock lock(mutex_);
    news = std::exchange(news_, {});
  }
  if (news.began.empty() && news.seen.empty()) return {};
  Result<> written = store_.transact([&]() -> Result<> {
    for (const session::Record& record : news.began) TRY(session::add_record(store_, record));
    for (const Seen& one : news.seen) TRY(session::touch_record(store_, one.id, one.at));
    return {};
  });
  if (written) return {};
  std::scoped_lock lock(mutex_);
  for (session::Record& record : news_.began) news.began.push_back(std::move(record));
  for (Seen& one : news_.seen) news.seen.push_back(std::move(one));
  if (news.began.size() > kMostWaiting) news.began.resize(kMostWaiting);
  if (news.seen.size() > kMostWaiting) news.seen.resize(kMostWaiting);
  news_ = std::move(news);
  return written;
}

}  // namespace pforte::gate

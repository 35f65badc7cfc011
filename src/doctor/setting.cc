#include "doctor/setting.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/text.h"
#include "net/signal.h"
#include "net/together.h"

namespace pforte::doctor {
namespace {

constexpr Check kOutOfTime{.id = "doctor.out-of-time",
                           .source = "",
                           .why = {"what answers so slowly looks to people as if it did not answer at all",
                                   "was so langsam antwortet, ist für Menschen wie gar keine Antwort"}};
constexpr Check kUnfinished{.id = "doctor.unfinished",
                            .source = "",
                            .why = {"what comes behind was not looked at", "was danach kommt, wurde nicht untersucht"}};

std::size_t last_reached(const Path& path) {
  std::size_t last = 0;
  for (std::size_t hop = 0; hop < path.hops().size(); ++hop) {
    if (path.hops()[hop].reached) last = hop;
  }
  return last;
}

void tell_failure(Path& path, const Error& error, net::Duration limit) {
  std::size_t hop = last_reached(path);
  if (error.kind() == Kind::Timeout) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
    path.tell({.check = kOutOfTime,
               .level = Level::Error,
               .hop = hop,
               .seen = {cat("the examination had not ended after ", seconds, " s and was stopped"),
                        cat("die Untersuchung war nach ", seconds, " s nicht zu Ende und wurde abgebrochen")},
               .remedy = {"examine this path alone, and look at what it waits for",
                          "diesen Pfad allein untersuchen und ansehen, worauf er wartet"}});
    return;
  }
  path.tell({.check = kUnfinished,
             .level = Level::Error,
             .hop = hop,
             .seen = {"the examination did not go on from here", "die Untersuchung ging von hier nicht weiter"},
             .remedy = {"mend the cause first, then examine the path again",
                        "zuerst die Ursache beheben, dann erneut untersuchen"},
             .evidence = {{.name = {"cause", "Ursache"}, .value = error.text()}}});
}

net::Task<> one_examination(const Setting& setting, Examination& examination) {
  net::Task<> work = examination.work(*examination.path);
  Result<> ended = co_await outcome(net::within(setting.loop, setting.whole, std::move(work)));
  if (!ended) tell_failure(*examination.path, ended.error(), setting.whole);
  co_return {};
}

// Takes the next one as long as there is any.
net::Task<> examine_in_turn(const Setting& setting, std::deque<Examination*>& waiting,
                            const std::function<void(const Path&)>& on_end) {
  while (!waiting.empty()) {
    Examination* next = waiting.front();
    waiting.pop_front();
    co_await one_examination(setting, *next);
    on_end(*next->path);
  }
  co_return {};
}

}  // namespace

net::Task<> examine(const Setting& setting, std::vector<Examination>& examinations, std::size_t at_once,
                    std::function<void(const Path&)> on_end) {
  std::deque<Examination*> waiting;
  for (Examination& one : examinations) waiting.push_back(&one);
  net::Signal news;
  std::size_t lanes = std::min(at_once, waiting.size());
  std::size_t ended = 0;
  std::deque<net::Beside> running;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    running.emplace_back(examine_in_turn(setting, waiting, on_end), [&] {
      ++ended;
      news.ring();
    });
  }
  while (ended < lanes) co_await news;
  co_return {};
}

}  // namespace pforte::doctor

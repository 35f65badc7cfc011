#include "doctor/http_examination.h"

#include <utility>
#include <vector>

#include "base/time.h"
#include "doctor/all_ended.h"
#include "doctor/http_answer.h"
#include "doctor/http_fields.h"
#include "doctor/http_gate.h"
#include "doctor/http_heads.h"
#include "doctor/http_paths.h"
#include "doctor/http_redirects.h"
#include "doctor/http_status.h"
#include "doctor/http_upgrades.h"
#include "doctor/http_wire.h"

namespace pforte::doctor {

net::Task<> examine_http(const Setting& setting, const HttpSubject& subject, Path& path) {
  HttpTeller teller(subject, path);
  path.reach(subject.hop);
  HttpQuestion question{.path = subject.destination.path, .fields = {{"Accept", "text/html, */*;q=0.5"}}};
  std::optional<HttpAnswer> first = co_await first_answer(setting, teller, question);
  if (!first) co_return {};
  tell_whether_gate(teller, *first);
  if (subject.leads_to_https) {
    tell_whether_to_https(teller, *first);
    co_return {};
  }
  tell_framing(teller, *first);
  tell_fields(teller, *first, now_in_seconds());
  tell_health(teller, *first);
  std::optional<HttpAnswer> last;
  if (is_redirect(first->status)) last = co_await follow_redirects(setting, teller, *first);
  const HttpAnswer& shown = last ? *last : *first;
  if (!is_redirect(shown.status)) tell_status(teller, shown);
  if (shown.status == 401) tell_challenges(teller, shown);

  std::vector<net::Task<>> tasks;
  tasks.reserve(6);
  tasks.push_back(examine_head_sizes(setting, teller, *first));
  if (!subject.destination.http2_clear) {
    tasks.push_back(examine_websocket(setting, teller, *first));
    tasks.push_back(examine_http2(setting, teller, *first));
    tasks.push_back(examine_keep_alive(setting, teller));
  }
  tasks.push_back(examine_continue(setting, teller));
  tasks.push_back(examine_context_paths(setting, teller));
  co_await all_ended(std::move(tasks));
  co_return {};
}

}  // namespace pforte::doctor

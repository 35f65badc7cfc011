#include "gate/stored_answer.h"

#include <algorithm>

#include "base/text.h"
#include "cache/storing.h"
#include "gate/worker.h"
#include "http/compose.h"
#include "http/date.h"

namespace pforte::gate {

using cache::StoredResponse;
using http::Field;
using http::FieldName;
using http::Framing;

namespace {

// About a body that a 304 does not have (RFC 9110, 15.4.5).
bool describes_body(const Field& field) {
  return field.known == FieldName::ContentType || field.known == FieldName::ContentEncoding;
}

// The texts of a head that are not in what is stored.
struct HeadTexts {
  std::string age;
  std::string date;
  std::string length;
};

void compose(const StoredResponse& stored, CacheTurn& turn, bool known, HeadTexts& words, http::ResponseHead& head) {
  head.status = known ? 304 : stored.status();
  head.reason = http::reason_of(head.status);
  head.fields = stored.fields();
  if (known) std::erase_if(head.fields, describes_body);
  if (!head.find(FieldName::Date)) {
    words.date = http::date_text(stored.freshness().date);
    head.fields.push_back({"Date", words.date, FieldName::Date});
  }
  words.age = cat(stored.freshness().age(turn.now()).count());
  head.fields.push_back({"Age", words.age, FieldName::Other});
  head.fields.push_back({"Cache-Status", turn.status(), FieldName::Other});
  if (known || !http::has_body(head.status, http::Method::Get)) return;
  head.body = {Framing::Kind::Length, stored.body().size()};
}

}  // namespace

net::Task<> give_stored(Recipient to, CacheTurn& turn) {
  const StoredResponse& stored = *turn.answer();
  const http::RequestHead& request = to.exchange.request();
  net::Spare<http::ResponseHead> head;
  head.take();
  HeadTexts words;
  compose(stored, turn, cache::is_known(stored, request.fields), words, *head);
  bool bare = !http::has_body(head->status, request.method);
  if (bare && head->body.kind == Framing::Kind::Length) {
    // What a GET would have brought (RFC 9110, 9.3.2).
    words.length = cat(stored.body().size());
    head->fields.push_back({"Content-Length", words.length, FieldName::ContentLength});
    head->body = {};
  }
  add_to_answer(to.additions, *head);
  to.record.status = head->status;
  to.record.aborted = true;  // until it is complete
  Answer answer(to.worker, to.exchange, to.terms, to.record);
  co_await net::ok(answer.begin(*head, to.privacy));
  co_await answer.write(bare ? std::string_view() : stored.body(), http::More::Ends);
  to.record.aborted = false;
  co_return {};
}

}  // namespace pforte::gate

#include "app/capturing.h"

#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/log.h"
#include "base/printable.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "gate/form.h"
#include "net/together.h"

namespace pforte::app {
namespace {

using capture::Ended;
using Json = nlohmann::ordered_json;

constexpr net::Duration kLook = std::chrono::milliseconds(20);
constexpr std::size_t kMostOfName = 128;

// How long a command may take nothing beyond the capture's own time, and how long for what is left at the end; an
// HTTP server waits for nobody longer than http::kAnswerPatience.
constexpr net::Duration kCommandPatience = std::chrono::seconds(5);
constexpr net::Duration kCommandPatienceAtEnd = std::chrono::seconds(30);

std::string_view ending_word(Ended why) {
  switch (why) {
    case Ended::Time:
      return "time";
    case Ended::Limit:
      return "limit";
    case Ended::Asked:
      return "asked";
    case Ended::CommandGone:
      return "command-gone";
    case Ended::GateStops:
      break;
  }
  return "gate-stops";
}

std::unexpected<Error> unreadable_terms(std::string_view what) {
  return fail(Kind::Invalid, "capture.terms", cat("the capture cannot be begun: ", what));
}

Result<std::uint64_t> number_in(const gate::Form& form, std::string_view name) {
  std::string text = form.text(name);
  std::uint64_t number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return unreadable_terms(cat(name, " is no number"));
  return number;
}

Result<capture::Terms> read_terms(std::string_view query) {
  if (query.starts_with('?')) query.remove_prefix(1);
  gate::Form form = TRY(gate::Form::read(query));
  capture::Terms terms;
  terms.by = printable(form.text("by").substr(0, kMostOfName));
  std::uint64_t lasts = TRY(number_in(form, "for"));
  terms.lasts = std::chrono::milliseconds(std::min<std::uint64_t>(lasts, capture::Recording::kLongest.count() + 1));
  if (lasts == 0 || terms.lasts > capture::Recording::kLongest) return unreadable_terms("it lasts 15 minutes at most");
  terms.limit = TRY(number_in(form, "limit"));
  if (terms.limit < capture::Recording::kLeastLimit) return unreadable_terms("the limit is too small");
  if (std::string client = form.text("client"); !client.empty()) terms.filter.client = TRY(net::parse_network(client));
  terms.filter.site = form.text("site");
  terms.secrets = form.text("secrets") != "no";
  return terms;
}

http::Page page_of(int status, const Json& document) {
  http::Page page;
  page.status = status;
  page.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  page.body = document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  return page;
}

void tell_refused(const Result<capture::Terms>& terms, std::string_view reason) {
  log::warning("capture.refused", {{"by", terms ? terms->by : "-"}, {"reason", reason}});
}

// Of a file that other people may read one day: nothing is left of it in our memory.
net::Task<> send(http::Exchange& exchange, std::string bytes) {
  WipedBytes held(std::move(bytes));
  if (held.text.empty()) co_return {};
  const http::Fields no_trailers;
  co_await exchange.write(held.text, http::More::Follows, no_trailers);
  co_return {};
}

}  // namespace

std::optional<http::Page> Capturing::refusal(const Result<capture::Terms>& terms) const {
  if (!terms) {
    tell_refused(terms, terms.error().text());
    return page_of(400, {{"code", terms.error().code()}, {"reason", terms.error().text()}});
  }
  const std::string& site = terms->filter.site;
  if (!site.empty() && !gate_.knows(site)) {
    tell_refused(terms, "no site has this host");
    return page_of(404, {{"code", "capture.no-site"}, {"site", site}});
  }
  if (!recording_) return std::nullopt;
  tell_refused(terms, "another one is under way");
  return page_of(409, {{"code", "capture.under-way"},
                       {"by", recording_->terms().by},
                       {"filter", recording_->terms().filter.to_text()},
                       {"until", rfc3339(recording_->until())}});
}

net::Task<> Capturing::serve(http::Exchange& exchange) {
  Result<capture::Terms> terms = read_terms(exchange.request().query);
  std::optional<http::Page> refused = refusal(terms);
  if (refused) {
    co_await http::answer(exchange, *refused);
    co_return {};
  }
  recording_ = std::make_shared<capture::Recording>(*std::move(terms), std::chrono::system_clock::now());
  ++number_;
  asked_to_end_ = false;
  auto begin = [recording = recording_](gate::Worker& worker) { worker.capture(recording); };
  co_await gate_.on_workers(begin);
  const capture::Terms& in_force = recording_->terms();
  log::info("capture.began", {{"by", in_force.by},
                              {"filter", in_force.filter.to_text()},
                              {"until", rfc3339(recording_->until())},
                              {"limit", in_force.limit},
                              {"secrets", in_force.secrets ? "yes" : "no"},
                              {"left_out", recording_->tally().left_out}});

  Result<Ended> carried = co_await outcome(carry(exchange));
  Ended why = carried.value_or(Ended::CommandGone);
  co_await gate_.on_workers([](gate::Worker& worker) { worker.capture(nullptr); });
  std::string rest = recording_->take();
  rest += recording_->end(std::chrono::system_clock::now(), cat("ended: ", ending_word(why)));
  rest += capture::told(told_end(why));
  if (why == Ended::CommandGone) explicit_bzero(rest.data(), rest.size());
  net::Task<> sending = send(exchange, why == Ended::CommandGone ? std::string() : std::move(rest));
  Result<> sent = co_await outcome(net::within(loop_, kCommandPatienceAtEnd, std::move(sending)));
  if (!sent) why = Ended::CommandGone;

  capture::Tally tally = recording_->tally();
  auto lasted = std::chrono::system_clock::now() - recording_->begun();
  log::info("capture.ended", {{"by", in_force.by},
                              {"filter", in_force.filter.to_text()},
                              {"why", ending_word(why)},
                              {"seconds", std::chrono::duration_cast<std::chrono::seconds>(lasted).count()},
                              {"connections", tally.connections},
                              {"packets", tally.packets},
                              {"dropped", tally.dropped},
                              {"bytes", tally.bytes},
                              {"secrets", in_force.secrets ? "yes" : "no"}});
  recording_.reset();
  const http::Fields no_trailers;
  co_await exchange.write({}, http::More::Ends, no_trailers);
  co_return {};
}

std::optional<Ended> Capturing::ended(net::Instant deadline) const {
  if (stopping_) return Ended::GateStops;
  if (asked_to_end_) return Ended::Asked;
  if (recording_->full()) return Ended::Limit;
  if (loop_.now() >= deadline) return Ended::Time;
  return std::nullopt;
}

// Fails when the command has gone.
net::Task<Ended> Capturing::carry(http::Exchange& exchange) {
  net::Instant deadline = loop_.now() + recording_->terms().lasts;
  http::ResponseHead head;
  head.status = 200;
  head.reason = "OK";
  head.fields.push_back({.name = "Content-Type", .value = "application/octet-stream"});
  head.body = {http::Framing::Kind::Chunked, 0};
  exchange.begin(head);
  co_await send(exchange, capture::told(told_beginning()));
  for (;;) {
    if (std::optional<Ended> why = ended(deadline)) co_return *why;
    co_await loop_.sleep_for(kLook);
    if (exchange.broken()) co_return fail(Kind::Closed, "capture.command-gone", "the command has gone");
    net::Duration left = std::max(deadline - loop_.now(), net::Duration(0)) + kCommandPatience;
    net::Task<> sending = send(exchange, recording_->take());
    co_await net::within(loop_, left, std::move(sending));
  }
}

void Capturing::end(std::uint64_t number) {
  if (number == number_) asked_to_end_ = true;
}

std::string Capturing::told_beginning() const {
  return Json{{"number", number_},
              {"filter", recording_->terms().filter.to_text()},
              {"until", rfc3339(recording_->until())},
              {"left_out", recording_->tally().left_out}}
      .dump();
}

std::string Capturing::told_end(Ended why) const {
  capture::Tally tally = recording_->tally();
  return Json{{"ended", ending_word(why)},
              {"begun", rfc3339(recording_->begun())},
              {"filter", recording_->terms().filter.to_text()},
              {"connections", tally.connections},
              {"left_out", tally.left_out},
              {"given_up", tally.given_up},
              {"packets", tally.packets},
              {"dropped", tally.dropped},
              {"bytes", tally.bytes},
              {"secrets", recording_->terms().secrets}}
      .dump();
}

std::optional<admin::CaptureStatus> Capturing::status() const {
  if (!recording_) return std::nullopt;
  capture::Tally tally = recording_->tally();
  return admin::CaptureStatus{.by = recording_->terms().by,
                              .filter = recording_->terms().filter.to_text(),
                              .begun = recording_->begun(),
                              .until = recording_->until(),
                              .secrets = recording_->terms().secrets,
                              .connections = tally.connections,
                              .bytes = tally.bytes};
}

}  // namespace pforte::app

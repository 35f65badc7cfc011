#include "doctor/http_heads.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "doctor/all_ended.h"
#include "doctor/http_answerer.h"
#include "doctor/http_line.h"
#include "doctor/http_status.h"

namespace pforte::doctor {
namespace {

constexpr auto kKibibytes = std::to_array<std::size_t>({4, 8, 16, 32, 64});

// Tickets come in Authorization, for which servers, Pforte among them, have a limit of its own. Nobody knows the
// scheme, so that nobody takes it for a sign-in that fails.
constexpr std::string_view kField = "Authorization";
constexpr std::string_view kScheme = "Pforte-Doctor ";

constexpr Check kHttpHeadsHold{.id = "http.heads", .source = "", .why = {"", ""}};
constexpr Check kHttpHeadLimit{
    .id = "http.head-limit",
    .source = "RFC 9110, 5.4; RFC 6585, 5; Microsoft, MaxTokenSize",
    .why = {"a ticket with the groups of its owner is that long: who is in many cannot sign in",
            "ein Ticket enthält die Gruppen seines Besitzers: Wer in vielen ist, kann sich nicht "
            "anmelden"}};

struct HeadAttempt {
  std::size_t kibibytes = 0;
  bool asked = false;  // an answer or its absence was seen
  HttpAnswer answer;
  std::string fault;  // instead of an answer
};

// These say that the head was too long; others may be about something else, but are not what the same request without
// the field gets. nginx has 494 of its own, which it shows as 400.
bool is_refusal_of_length(int status) {
  return status == 400 || status == 413 || status == 414 || status == 431 || status == 494;
}

// As long as that, the scheme included.
std::string padded(std::size_t length) {
  std::string value(kScheme);
  value.append(length - value.size(), '0');
  return value;
}

// Sends the same field as the attempt did; any printf(1) pads so. Its name stands apart, so that no mask takes the rest
// for a secret.
std::string command_of(const HttpTeller& teller, std::size_t kibibytes) {
  std::size_t digits = kibibytes * 1024 - kScheme.size();
  return cat("printf '%s: ", kScheme, "%0", digits, "d\\n' ", kField, " 0 | ", teller.command_with({"-H", "@-"}));
}

net::Task<> try_head_size(const Setting& setting, const HttpSubject& subject, HeadAttempt& one) {
  HttpQuestion question{.path = subject.destination.path,
                        .fields = {{std::string(kField), padded(one.kibibytes * 1024)}}};
  Result<HttpAnswer> answer = co_await outcome(ask_alone(setting, subject, question));
  one.asked = true;
  if (!answer) {
    one.fault = answer.error().text();
    co_return {};
  }
  one.answer = *std::move(answer);
  co_return {};
}

// `usual` is what the subject is answered without the field, `brief` with a short one.
bool is_taken(const HeadAttempt& one, const HttpAnswer& usual, const HeadAttempt& brief) {
  if (!one.fault.empty()) return false;
  int status = one.answer.status;
  bool same = status == usual.status || status == brief.answer.status;
  return same || (!is_refusal_of_length(status) && status < 500);
}

Message remedy_of_limit(const std::optional<Answerer>& who) {
  std::string_view product = who ? who->product : "";
  if (product == "nginx" || product == "OpenResty")
    return {"nginx: large_client_header_buffers 4 64k;", "nginx: large_client_header_buffers 4 64k;"};
  if (product == "Apache")
    return {"Apache: LimitRequestFieldSize 65536 and LimitRequestLine 65536",
            "Apache: LimitRequestFieldSize 65536 und LimitRequestLine 65536"};
  if (product == "Tomcat")
    return {"Tomcat: maxHttpRequestHeaderSize=\"65536\" at the Connector",
            "Tomcat: maxHttpRequestHeaderSize=\"65536\" am Connector"};
  if (product == "IIS" || product == "HTTP.sys")
    return {"Windows: MaxFieldLength and MaxRequestBytes below HTTP\\Parameters in the registry",
            "Windows: MaxFieldLength und MaxRequestBytes unter HTTP\\Parameters in der Registry"};
  if (product == "Pforte")
    return {"Pforte: limits.head and limits.authorization", "Pforte: limits.head und limits.authorization"};
  if (product == "HAProxy") return {"HAProxy: tune.bufsize 65536", "HAProxy: tune.bufsize 65536"};
  return {
      "raise the limit of whoever answers: nginx large_client_header_buffers, Apache LimitRequestFieldSize, Tomcat "
      "maxHttpRequestHeaderSize, IIS MaxFieldLength, HAProxy tune.bufsize",
      "die Grenze dessen anheben, der antwortet: nginx large_client_header_buffers, Apache LimitRequestFieldSize, "
      "Tomcat maxHttpRequestHeaderSize, IIS MaxFieldLength, HAProxy tune.bufsize"};
}

// Where tickets are asked for, it matters; elsewhere only what cookies need as well.
Level level_of_limit(std::size_t kibibytes, bool tickets) {
  if (tickets) return kibibytes <= 8 ? Level::Error : Level::Warning;
  return kibibytes <= 4 ? Level::Warning : Level::Note;
}

void tell_limit(HttpTeller& teller, const HeadAttempt& broken, bool tickets) {
  std::optional<Answerer> who = who_answered(broken.answer);
  std::string how = broken.answer.status > 0 ? cat(broken.answer.status, ' ', broken.answer.reason) : broken.fault;
  std::vector<Evidence> evidence = {{.name = {"refused", "abgelehnt"}, .value = cat(broken.kibibytes, " KiB")},
                                    {.name = {"with", "mit"}, .value = how}};
  if (broken.kibibytes > kKibibytes.front())
    evidence.insert(evidence.begin(), {.name = {"taken", "angenommen"}, .value = cat(broken.kibibytes / 2, " KiB")});
  Message name = name_of(who);
  teller.tell_shown(kHttpHeadLimit, level_of_limit(broken.kibibytes, tickets),
                    {cat(kField, " of ", broken.kibibytes, " KiB is refused by ", name.en),
                     cat(kField, " mit ", broken.kibibytes, " KiB wird abgelehnt: ", name.de)},
                    remedy_of_limit(who), std::move(evidence), command_of(teller, broken.kibibytes));
}

}  // namespace

net::Task<> examine_head_sizes(const Setting& setting, HttpTeller& teller, const HttpAnswer& usual) {
  HeadAttempt brief{.kibibytes = 1, .asked = false, .answer = {}, .fault = {}};
  std::array<HeadAttempt, kKibibytes.size()> head_attempts;
  std::vector<net::Task<>> tasks;
  tasks.reserve(head_attempts.size() + 1);
  tasks.push_back(try_head_size(setting, teller.subject(), brief));
  for (std::size_t i = 0; i < head_attempts.size(); ++i) {
    head_attempts[i].kibibytes = kKibibytes[i];
    tasks.push_back(try_head_size(setting, teller.subject(), head_attempts[i]));
  }
  co_await all_ended(std::move(tasks));
  for (const HeadAttempt& one : head_attempts) {
    if (!one.asked) co_return {};
    if (is_taken(one, usual, brief)) continue;
    tell_limit(teller, one, offers_negotiate(usual));
    co_return {};
  }
  teller.tell(kHttpHeadsHold, Level::Ok,
              {cat(kField, " of 64 KiB is taken"), cat(kField, " mit 64 KiB wird angenommen")});
  co_return {};
}

}  // namespace pforte::doctor

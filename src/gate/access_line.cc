#include "gate/access_line.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/escape.h"

namespace pforte::gate {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

template <class N>
void append_number(std::string& out, N number) {
  std::array<char, 24> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

// Exactly `digits` of them, with leading zeros.
void append_digits(std::string& out, unsigned number, unsigned digits) {
  std::array<char, 8> text;
  for (unsigned i = digits; i-- > 0; number /= 10) text[i] = char('0' + number % 10);
  out.append(text.data(), digits);
}

void append_text(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  if (value.empty()) {
    out += "null";
  } else {
    http::append_json_text(out, value);
  }
}

template <class N>
void append_count(std::string& out, std::string_view key, N number) {
  out += key;
  append_number(out, number);
}

// From one instant to another, if both came.
void append_milliseconds(std::string& out, net::Instant from, net::Instant to) {
  if (from == net::kNever || to == net::kNever) {
    out += "null";
    return;
  }
  auto us = std::max<std::int64_t>(0, duration_cast<microseconds>(to - from).count());
  append_number(out, us / 1000);
  out += '.';
  append_digits(out, unsigned(us % 1000), 3);
}

void append_durations(std::string& out, const Record& record) {
  out += R"(,"durations":{"total_ms":)";
  append_milliseconds(out, record.begin, record.end);
  // Few have it, and all others should be no longer for it.
  if (record.queued != net::kNever) {
    out += R"(,"queue_ms":)";
    append_milliseconds(out, record.queued, record.placed);
  }
  out += R"(,"connect_ms":)";
  append_milliseconds(out, record.begin, record.connected);
  out += R"(,"first_byte_ms":)";
  append_milliseconds(out, record.connected, record.first_byte);
  out += R"(,"transfer_ms":)";
  append_milliseconds(out, record.first_byte, record.end);
  out += '}';
}

}  // namespace

void AccessLine::append(std::string& out, const Record& record) {
  out += R"({"time":")";
  append_time(out, record.time);
  out += '"';
  append_text(out, R"(,"reference":)", record.reference);
  append_client(out, record.client);
  append_text(out, R"(,"sni":)", record.server_name);
  append_text(out, R"(,"tls":)", record.tls_version);
  append_text(out, R"(,"protocol":)", record.protocol);
  append_text(out, R"(,"host":)", record.host);
  append_text(out, R"(,"method":)", record.method);
  append_text(out, R"(,"path":)", record.path);
  append_count(out, R"(,"status":)", record.status);
  out += R"(,"aborted":)";
  out += record.aborted ? "true" : "false";
  append_count(out, R"(,"bytes_in":)", record.bytes_in);
  append_count(out, R"(,"bytes_out":)", record.bytes_out);
  append_durations(out, record);
  append_text(out, R"(,"backend":)", record.backend);
  append_text(out, R"(,"server":)", record.server);
  append_count(out, R"(,"attempts":)", record.attempts);
  append_text(out, R"(,"decision":)", record.decision);
  out += R"(,"rule":)";
  if (record.rule_line == 0) {
    out += "null";
  } else {
    append_number(out, record.rule_line);
  }
  append_text(out, R"(,"agent":)", record.agent);
  append_text(out, R"(,"site":)", record.site);
  append_text(out, R"(,"user_agent":)", record.user_agent);
  out += "}\n";
}

// RFC 3339, in UTC.
void AccessLine::append_time(std::string& out, std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  sys_seconds second = floor<seconds>(time);
  if (second != second_ || second_text_.empty()) {
    second_ = second;
    sys_days day = floor<days>(second);
    year_month_day date(day);
    hh_mm_ss clock(second - day);
    second_text_.clear();
    append_digits(second_text_, unsigned(int(date.year())), 4);
    second_text_ += '-';
    append_digits(second_text_, unsigned(date.month()), 2);
    second_text_ += '-';
    append_digits(second_text_, unsigned(date.day()), 2);
    second_text_ += 'T';
    append_digits(second_text_, unsigned(clock.hours().count()), 2);
    second_text_ += ':';
    append_digits(second_text_, unsigned(clock.minutes().count()), 2);
    second_text_ += ':';
    append_digits(second_text_, unsigned(clock.seconds().count()), 2);
  }
  out.append(second_text_).append(".");
  append_digits(out, unsigned(duration_cast<milliseconds>(time - second).count()), 3);
  out += 'Z';
}

void AccessLine::append_client(std::string& out, const net::Address& client) {
  if (client != client_ || client_text_.empty()) {
    client_ = client;
    client_text_ = client.ip_text();
  }
  out.append(R"(,"client":")").append(client_text_).append("\"");
  append_count(out, R"(,"client_port":)", client.port());
}

}  // namespace pforte::gate

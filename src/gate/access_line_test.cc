#include "gate/access_line.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace pforte::gate {

namespace {

using namespace std::chrono_literals;

Record full_record() {
  Record record;
  record.time = std::chrono::sys_seconds(1790000000s) + 7ms;
  record.reference = "r-1";
  record.client = net::Address(std::array<std::uint8_t, 4>{192, 0, 2, 7}, 50123);
  record.server_name = "crm.example.com";
  record.tls_version = "TLSv1.3";
  record.host = "crm.example.com:8443";
  record.method = "POST";
  record.path = "/app/x";
  record.user_agent = "curl/7.88.1";
  record.agent = "susan";
  record.site = "crm.example.com";
  record.backend = "crm";
  record.server = "http://10.0.0.11:8080";
  record.decision = "allowed";
  record.rule_line = 42;
  record.attempts = 2;
  record.status = 200;
  record.bytes_in = 5;
  record.bytes_out = 18'446'744'073'709'551'615U;
  record.begin = net::Instant(1s);
  record.connected = net::Instant(1s + 1234us);
  record.first_byte = net::Instant(1s + 2234us);
  record.end = net::Instant(1s + 12'345'678us);
  return record;
}

std::string line_of(const Record& record) {
  std::string out;
  AccessLine line;
  line.append(out, record);
  return out;
}

}  // namespace

TEST_CASE("a line has all keys in their order") {
  CHECK(
      line_of(full_record()) ==
      R"({"time":"2026-09-21T14:13:20.007Z","reference":"r-1","client":"192.0.2.7","client_port":50123,)"
      R"("sni":"crm.example.com","tls":"TLSv1.3","protocol":"HTTP/1.1","host":"crm.example.com:8443",)"
      R"("method":"POST","path":"/app/x","status":200,"aborted":false,"bytes_in":5,)"
      R"("bytes_out":18446744073709551615,"durations":{"total_ms":12345.678,"connect_ms":1.234,)"
      R"("first_byte_ms":1.000,"transfer_ms":12343.444},"backend":"crm","server":"http://10.0.0.11:8080",)"
      R"("attempts":2,"decision":"allowed","rule":42,"agent":"susan","site":"crm.example.com","user_agent":"curl/7.88.1"})"
      "\n");
}

TEST_CASE("what a request did not have is null, and the keys stay") {
  nlohmann::json full = nlohmann::json::parse(line_of(full_record()));
  nlohmann::json empty = nlohmann::json::parse(line_of(Record()));
  CHECK(full.size() == empty.size());
  for (const auto& [key, value] : full.items()) CHECK(empty.contains(key));
  for (const char* key : {"sni", "tls", "backend", "server", "rule", "user_agent"}) CHECK(empty[key].is_null());
  CHECK(empty["durations"]["total_ms"].is_null());
  CHECK(empty["status"] == 0);
}

TEST_CASE("every line is one JSON document on one line, whatever bytes a client sends") {
  for (unsigned first = 0; first < 256; ++first) {
    for (std::string_view rest : {"", "\"", "\\", "\x80", "\xbf\xbf\xbf", "\n"}) {
      std::string strange(1, char(first));
      strange += rest;
      Record record = full_record();
      record.path = record.user_agent = record.host = record.server_name = record.method = strange;
      std::string line = line_of(record);
      CAPTURE(line);
      CHECK(line.find('\n') == line.size() - 1);
      CHECK(nlohmann::json::accept(line));
    }
  }
}

TEST_CASE("the second and the client that are kept from the last line are told anew when they change") {
  std::string out;
  AccessLine line;
  Record record;
  for (int i = 0; i < 3; ++i) {
    out.clear();
    record.time = std::chrono::sys_seconds(std::chrono::seconds(i * 86400)) + std::chrono::milliseconds(i);
    record.client = net::Address(std::array<std::uint8_t, 4>{10, 0, 0, std::uint8_t(i)}, 1);
    line.append(out, record);
    nlohmann::json read = nlohmann::json::parse(out);
    CHECK(read["time"] == "1970-01-0" + std::to_string(i + 1) + "T00:00:00.00" + std::to_string(i) + "Z");
    CHECK(read["client"] == "10.0.0." + std::to_string(i));
  }
}

TEST_CASE("time that runs backwards gives no negative duration") {
  Record record;
  record.begin = net::Instant(2s);
  record.end = net::Instant(1s);
  CHECK(line_of(record).find(R"("total_ms":0.000)") != std::string::npos);
}

}  // namespace pforte::gate

#include "doctor/proxy_verdict.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

Destination through_proxy(std::string_view url) {
  Destination destination = read_url(url).value();
  destination.via = read_proxy("http://anna:s3cret@proxy.example:3128").value();
  return destination;
}

ConnectAnswer answer_of(int status, std::string reason, std::string words = "") {
  ConnectAnswer answer{.state = ConnectState::Answered, .status = status, .reason = std::move(reason)};
  answer.words = std::move(words);
  return answer;
}

// The first error and its hop's name, after what a proxy answered.
std::string first_error(const ConnectAnswer& answer, std::string_view url = "https://m365.example/") {
  Path path("m365", {{.name = {"client", "Client"}}, {.name = {"proxy", "Proxy"}}, {.name = {"m365", "m365"}}});
  judge_proxy_answer(answer, through_proxy(url), 1, path);
  const Finding* error = path.first_error();
  if (error == nullptr) return "none";
  CHECK(!error->command.contains("s3cret"));
  return std::string(error->check.id) + " at " + path.hops()[error->hop].name.en;
}

TEST_CASE("what a proxy answers is told at the hop that it is about") {
  CHECK(first_error(answer_of(403, "Forbidden")) == "proxy.denied at proxy");
  CHECK(first_error(answer_of(403, "Forbidden"), "https://192.0.2.1/") == "proxy.address-denied at proxy");
  CHECK(first_error(answer_of(503, "Unavailable", "Unable to resolve host")) == "proxy.target-unresolved at m365");
  CHECK(first_error(answer_of(502, "Bad Gateway", "Connection refused")) == "proxy.target-refused at m365");
  CHECK(first_error(answer_of(504, "Gateway Timeout")) == "proxy.target-silent at m365");
  CHECK(first_error(answer_of(500, "Oops")) == "proxy.failure at proxy");
  CHECK(first_error({.state = ConnectState::Opened, .status = 200}) == "none");
}

TEST_CASE("a proxy behind the proxy gets a hop of its own") {
  ConnectAnswer answer = answer_of(403, "Forbidden");
  answer.via = {"1.1 parent.example (squid)", "1.1 proxy.example (squid)"};
  CHECK(first_error(answer) == "proxy.denied at parent proxy parent.example (squid)");
  answer.status = 504;
  CHECK(first_error(answer) == "proxy.target-silent at m365");
}

TEST_CASE("the words of a page are its title, or what it says first") {
  CHECK(words_of_page("<html><head><TITLE>Access\n denied</TITLE></head><body>x") == "Access denied");
  CHECK(words_of_page("<p>Blocked <b>by</b>  policy</p>") == "Blocked by policy");
  CHECK(words_of_page("") == "");
  CHECK(words_of_page(std::string(1000, 'x')).size() == 160);
}

}  // namespace
}  // namespace pforte::doctor

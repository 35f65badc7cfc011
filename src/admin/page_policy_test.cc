#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <array>
#include <string>

#include "base/text.h"
#include "http/page.h"

namespace pforte::admin {

TEST_CASE("the style of an error page is the one that its policy allows") {
  http::RequestHead request;
  request.fields.push_back({.name = "Accept", .value = "text/html", .known = http::FieldName::Accept});
  http::Page page = http::error_page(404, "", "r", request);
  std::size_t begin = page.body.find("<style>") + 7;
  std::string style = page.body.substr(begin, page.body.find("</style>") - begin);

  std::array<unsigned char, 32> hash;
  REQUIRE(EVP_Digest(style.data(), style.size(), hash.data(), nullptr, EVP_sha256(), nullptr) == 1);
  std::array<unsigned char, 64> base64;
  int length = EVP_EncodeBlock(base64.data(), hash.data(), int(hash.size()));
  std::string want = cat("'sha256-", std::string(base64.begin(), base64.begin() + length), "'");
  CAPTURE(want);
  bool found = false;
  for (const auto& [name, value] : page.fields) {
    if (name == "Content-Security-Policy") found = value.find(want) != std::string::npos;
  }
  CHECK(found);
}

}  // namespace pforte::admin

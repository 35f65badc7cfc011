#include "gate/answer_coding.h"

#include <doctest/doctest.h>

#include "coding/media_type.h"

namespace pforte::gate {
namespace {

using http::Field;
using http::Framing;
using http::known_field;

Field a_field(std::string_view name, std::string_view value) {
  return {name, value, known_field(name)};
}

struct CodedCase {
  CompressConfig config{.on = true, .types = {coding::kCompressibleTypes.begin(), coding::kCompressibleTypes.end()}};
  http::RequestHead request;
  http::ResponseHead head;
  Privacy privacy = Privacy::Anyone;
  std::unique_ptr<AnswerCoding> coding;

  CodedCase() {
    request.method = http::Method::Get;
    request.fields = {a_field("Accept-Encoding", "gzip")};
    head.status = 200;
    head.body = {Framing::Kind::Length, 5000};
    head.fields = {a_field("Content-Type", "text/html")};
  }
  // Whether the body is compressed.
  bool take() {
    coding = std::make_unique<AnswerCoding>(config);
    auto encoder = coding->take(request, privacy, head);
    REQUIRE(encoder);
    return *encoder != nullptr;
  }
  std::string_view value(std::string_view name) const {
    std::string_view found;
    for (const Field& field : head.fields) {
      if (equals_ignoring_case(field.name, name)) found = field.value;
    }
    return found;
  }
};

}  // namespace

TEST_CASE("the head of a compressed answer says so, and what no longer holds is gone") {
  CodedCase it;
  it.head.fields.insert(it.head.fields.end(), {a_field("ETag", "\"a\""), a_field("Accept-Ranges", "bytes")});
  CHECK(it.take());
  CHECK(it.value("Content-Encoding") == "gzip");
  CHECK(it.value("Vary") == "Accept-Encoding");
  CHECK(it.value("ETag") == "W/\"a\"");
  CHECK(it.value("Accept-Ranges").empty());
  CHECK(it.head.body.kind == Framing::Kind::Chunked);
}

TEST_CASE("a HEAD is answered like the GET, without its body") {
  CodedCase it;
  it.request.method = http::Method::Head;
  it.head.body = {};
  it.head.fields.push_back(a_field("Content-Length", "5000"));
  CHECK_FALSE(it.take());
  CHECK(it.value("Content-Encoding") == "gzip");
  CHECK(it.value("Content-Length").empty());
  CHECK(it.head.body.kind == Framing::Kind::None);

  CodedCase small;
  small.request.method = http::Method::Head;
  small.head.body = {};
  small.head.fields.push_back(a_field("Content-Length", "50"));
  CHECK_FALSE(small.take());
  CHECK(small.value("Content-Encoding").empty());
  CHECK(small.value("Content-Length") == "50");
}

TEST_CASE("a client that takes no coding is told by Vary that others might") {
  CodedCase it;
  it.request.fields.clear();
  CHECK_FALSE(it.take());
  CHECK(it.value("Vary") == "Accept-Encoding");
  CHECK(it.value("Content-Encoding").empty());
  CHECK(it.head.body.kind == Framing::Kind::Length);
}

TEST_CASE("Vary is not said twice") {
  for (std::string_view said : {"Origin, accept-encoding", "*"}) {
    CAPTURE(said);
    CodedCase it;
    it.head.fields.push_back(a_field("Vary", said));
    CHECK(it.take());
    CHECK(it.value("Vary") == said);
  }
}

TEST_CASE("what must stay as it is stays so, without a word") {
  const Field rows[] = {a_field("Content-Encoding", "br"),
                        a_field("Content-Range", "bytes 0-9/20"),
                        a_field("Cache-Control", "no-transform"),
                        a_field("Cache-Control", "public, No-Transform"),
                        a_field("Content-MD5", "x"),
                        a_field("Repr-Digest", "sha-256=:x:"),
                        a_field("Digest", "sha-256=x"),
                        a_field("Content-Digest", "sha-256=:x:")};
  for (const Field& row : rows) {
    CAPTURE(row.name);
    CodedCase it;
    it.head.fields.push_back(row);
    CHECK_FALSE(it.take());
    CHECK(it.value("Vary").empty());
    CHECK(it.head.body.kind == Framing::Kind::Length);
  }
  CodedCase part;
  part.head.status = 206;
  CHECK_FALSE(part.take());
  CodedCase picture;
  picture.head.fields = {a_field("Content-Type", "image/png")};
  CHECK_FALSE(picture.take());
  CodedCase typeless;
  typeless.head.fields.clear();
  CHECK_FALSE(typeless.take());
  CodedCase small;
  small.head.body.length = 1023;
  CHECK_FALSE(small.take());
  CodedCase asked;
  asked.request.fields.push_back(a_field("Cache-Control", "no-transform"));
  CHECK_FALSE(asked.take());
}

TEST_CASE("answers without a body are left alone") {
  for (int status : {204, 304}) {
    CAPTURE(status);
    CodedCase it;
    it.head.status = status;
    it.head.body = {};
    CHECK_FALSE(it.take());
    CHECK(it.head.fields.size() == 1);
  }
}

TEST_CASE("a 304 has the weak ETag under which its client got the answer") {
  CodedCase it;
  it.head.status = 304;
  it.head.body = {};
  it.head.fields = {a_field("ETag", "\"a\"")};
  it.request.fields.push_back(a_field("If-None-Match", "\"b\", W/\"a\""));
  CHECK_FALSE(it.take());
  CHECK(it.value("ETag") == "W/\"a\"");
  CHECK(it.value("Vary") == "Accept-Encoding");

  CodedCase strong;
  strong.head.status = 304;
  strong.head.fields = {a_field("ETag", "\"a\"")};
  strong.request.fields.push_back(a_field("If-None-Match", "\"a\""));
  CHECK_FALSE(strong.take());
  CHECK(strong.value("ETag") == "\"a\"");
}

TEST_CASE("what may hold somebody's secrets is not compressed, unless the administrator says so") {
  for (int row = 0; row < 5; ++row) {
    for (std::string_view type : {"text/html", "text/javascript"}) {
      CAPTURE(row);
      CAPTURE(type);
      CodedCase it;
      it.head.fields[0] = a_field("Content-Type", type);
      if (row == 0) it.privacy = Privacy::Agent;
      if (row == 1) it.request.fields.push_back(a_field("Cookie", "a=b"));
      if (row == 2) it.request.fields.push_back(a_field("Authorization", "Basic x"));
      if (row == 3) it.head.fields.push_back(a_field("Set-Cookie", "a=b"));
      if (row == 4) it.head.fields.push_back(a_field("Cache-Control", "max-age=60, private"));
      http::ResponseHead head = it.head;
      bool is_static = type != "text/html";
      CHECK(it.take() == (is_static && row == 1));

      it.head = head;
      it.head.fields.push_back(a_field("Cache-Control", "public"));
      CHECK(it.take() == (is_static && row <= 2));

      it.head = head;
      it.config.with_secrets = true;
      CHECK(it.take());
    }
  }
}

TEST_CASE("where the application is not told who asks, nobody's secrets can show") {
  CodedCase it;
  it.privacy = Privacy::Withheld;
  it.request.fields.push_back(a_field("Cookie", "a=b"));
  CHECK(it.take());
  CodedCase cookie;
  cookie.privacy = Privacy::Withheld;
  cookie.head.fields.push_back(a_field("Set-Cookie", "a=b"));
  CHECK_FALSE(cookie.take());
}

}  // namespace pforte::gate

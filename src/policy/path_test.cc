#include "policy/path.h"

#include <doctest/doctest.h>

#include <set>

namespace pforte::policy {
namespace {

constexpr PathProfile kProfiles[] = {PathProfile::Generic, PathProfile::Tomcat, PathProfile::Iis};

using enum PathProfile;

Permits all() {
  Permits permits;
  for (std::size_t i = 0; i < kOddityCount; ++i) permits.add(static_cast<Oddity>(i));
  return permits;
}

TEST_CASE("a plain path is passed as it is, without a copy") {
  for (std::string_view path : {"/", "/webclient", "/webclient/", "/webclient/static/app.js", "/.well-known/acme",
                                "/a/..b", "/a.b.c/..d/.e", "/x-y_z!$&'()*+,=@"}) {
    for (PathProfile profile : kProfiles) {
      CAPTURE(path);
      CAPTURE(profile_name(profile));
      std::string scratch;
      auto got = read_path(path, profile, Permits(), scratch);
      REQUIRE(got);
      CHECK(got->forward == path);
      CHECK(got->forward.data() == path.data());
      CHECK(got->decision == path);
      CHECK(got->certain == path.size());
      CHECK(got->doubt.code.empty());
    }
  }
}

TEST_CASE("benign forms are forwarded byte for byte and decided on by their meaning") {
  struct Row {
    PathProfile profile;
    std::string_view path, decision;
  };
  const Row rows[] = {
      {Tomcat, "/a%20b", "/a b"},
      {Generic, "/a%20b", "/a b"},
      {Iis, "/a%20b", "/a b"},
      {Tomcat, "/app/;jsessionid=ABC", "/app/"},
      {Tomcat, "/app/page.do;jsessionid=0A1B.node1", "/app/page.do"},
      {Tomcat, "/app;v=1/page;w=%20%C3%BC", "/app/page"},
      {Tomcat, "/m%C3%BCller", "/m\xc3\xbcller"},
      {Generic, "/m%C3%BCller", "/m\xc3\xbcller"},
      {Iis, "/m%C3%BCller", "/m\xc3\xbcller"},
      {Generic, "/m\xc3\xbcller", "/m\xc3\xbcller"},
      {Generic, "/%77ebclient", "/webclient"},
      {Tomcat, "/%77ebclient", "/webclient"},
      {Generic, "/app%2ejs", "/app.js"},
      {Tomcat, "/~user/a:b@c+d", "/~user/a:b@c+d"},
      {Generic, "/~user", "/~user"},
      {Generic, "/100%25", "/100%"},
      {Generic, "/100%25%20done", "/100% done"},
      {Generic, "/50%25off", "/50%off"},
      {Tomcat, "/a%3fb%23c", "/a?b#c"},
      {Tomcat, "/trailing.", "/trailing."},
      {Tomcat, "/%EF%BC%A1", "/\xef\xbc\xa1"},
      {Generic, "/[x]{y}|z^`", "/[x]{y}|z^`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CAPTURE(profile_name(row.profile));
    std::string scratch;
    auto got = read_path(row.path, row.profile, Permits(), scratch);
    REQUIRE(got);
    CHECK(got->forward == row.path);
    CHECK(got->decision == row.decision);
    CHECK(got->certain == row.decision.size());
    CHECK(got->doubt.code.empty());
  }
}

TEST_CASE("dot segments are resolved before the path is judged and forwarded") {
  struct Row {
    std::string_view path, forward;
  };
  const Row rows[] = {
      {"/a/./b", "/a/b"},
      {"/a/../b", "/b"},
      {"/a/b/..", "/a/"},
      {"/a/.", "/a/"},
      {"/.", "/"},
      {"/a/..", "/"},
      {"/a/../", "/"},
      {"/./a/", "/a/"},
      {"/a/b/../../c", "/c"},
      {"/a/%20/../b%20c", "/a/b%20c"},
      {"/a/b/./../c/.", "/a/c/"},
  };
  for (const Row& row : rows) {
    for (PathProfile profile : kProfiles) {
      CAPTURE(row.path);
      std::string scratch;
      auto got = read_path(row.path, profile, Permits(), scratch);
      REQUIRE(got);
      CHECK(got->forward == row.forward);
    }
  }
}

TEST_CASE("ambiguous paths are refused with their reason, by every profile") {
  struct Row {
    std::string_view path, code;
  };
  const Row rows[] = {
      {"", "path.not-absolute"},
      {"webclient", "path.not-absolute"},
      {"*", "path.not-absolute"},
      {"/a%2fb", "path.encoded-slash"},
      {"/a%2Fb", "path.encoded-slash"},
      {"/webclient%2f..%2fadmin", "path.encoded-slash"},
      {"/webclient/..%2fadmin", "path.encoded-slash"},
      {"/webclient/%2e%2e%2fadmin", "path.encoded-slash"},
      {"/webclient/..%5cadmin", "path.encoded-backslash"},
      {"/webclient/..\\admin", "path.backslash"},
      {"\\admin", "path.not-absolute"},
      {"/\\admin", "path.backslash"},
      {"/a%5Cb", "path.encoded-backslash"},
      {"/a%00", "path.nul"},
      {"/a%00.js", "path.nul"},
      {"/a;x=%00", "path.nul"},
      {"/a%0a", "path.control"},
      {"/a%0d%0aX:y", "path.control"},
      {"/..%09/admin", "path.control"},
      {"/a%7f", "path.control"},
      {"/a%c2%85", "path.control"},
      {"/a\x01", "path.control"},
      {"/a b", "path.character"},
      {"/a\"b", "path.character"},
      {"/a?b", "path.character"},
      {"/a#b", "path.character"},
      {"/%2e%2e/admin", "path.encoded-dots"},
      {"/webclient/%2e%2e/admin", "path.encoded-dots"},
      {"/webclient/.%2E/admin", "path.encoded-dots"},
      {"/webclient/%2e./admin", "path.encoded-dots"},
      {"/webclient/%2e/admin", "path.encoded-dots"},
      {"/webclient/..;/admin", "path.dot-segment-parameter"},
      {"/webclient/..;x=y/admin", "path.dot-segment-parameter"},
      {"/webclient/.;/admin", "path.dot-segment-parameter"},
      {"/webclient/%2e%2e;/admin", "path.encoded-dots"},
      {"/webclient/%2e%2e;x=y/admin", "path.encoded-dots"},
      {"/webclient/..%3b/admin", "path.encoded-semicolon"},
      {"/webclient/..%3bx/admin", "path.encoded-semicolon"},
      {"/a%3bb", "path.encoded-semicolon"},
      {"//admin", "path.empty-segment"},
      {"/webclient//admin", "path.empty-segment"},
      {"/webclient//", "path.empty-segment"},
      {"//", "path.empty-segment"},
      {"/a%zz", "path.malformed-escape"},
      {"/a%", "path.malformed-escape"},
      {"/a%2", "path.malformed-escape"},
      {"/a%%32%65", "path.malformed-escape"},
      {"/%c0%ae%c0%ae/admin", "path.overlong-utf8"},
      {"/..%c0%afadmin", "path.overlong-utf8"},
      {"/..%c1%9cadmin", "path.overlong-utf8"},
      {"/..%e0%80%afadmin", "path.overlong-utf8"},
      {"/..%f0%80%80%afadmin", "path.overlong-utf8"},
      {"/..%f8%80%80%80%afadmin", "path.overlong-utf8"},
      {"/..%c0/admin", "path.overlong-utf8"},
      {"/m%fcller", "path.invalid-utf8"},
      {"/m%c3", "path.invalid-utf8"},
      {"/m%ed%a0%80", "path.invalid-utf8"},
      {"/.%80./admin", "path.invalid-utf8"},
      {"/a%252fb", "path.double-encoding"},
      {"/webclient/%252e%252e/admin", "path.double-encoding"},
      {"/webclient/..%255cadmin", "path.double-encoding"},
      {"/webclient/..%253b/admin", "path.double-encoding"},
      {"/a%25%32%66b", "path.double-encoding"},
      {"/a%25252fb", "path.manifold-encoding"},
      {"/a%2500", "path.manifold-encoding"},
      {"/..", "path.above-root"},
      {"/../admin", "path.above-root"},
      {"/webclient/../../admin", "path.above-root"},
      {"/./../admin", "path.above-root"},
      {"/webclient/.../admin", "path.hidden-dot-segment"},
      {"/webclient/..%20/admin", "path.hidden-dot-segment"},
      {"/webclient/%20../admin", "path.hidden-dot-segment"},
  };
  for (const Row& row : rows) {
    for (PathProfile profile : kProfiles) {
      CAPTURE(row.path);
      CAPTURE(profile_name(profile));
      std::string scratch;
      auto got = read_path(row.path, profile, Permits(), scratch);
      REQUIRE(!got);
      CHECK(got.error().code == row.code);
    }
  }
}

TEST_CASE("what only some backends misread is refused for those") {
  struct Row {
    PathProfile profile;
    std::string_view path, code;
  };
  const Row rows[] = {
      {Tomcat, "/;/admin", "path.empty-segment"},
      {Tomcat, "/webclient/;x/../admin", "path.empty-segment"},
      {Tomcat, "/%u002e%u002e/admin", "path.percent-u"},
      {Generic, "/%u0041", "path.percent-u"},
      {Iis, "/%u00", "path.percent-u"},
      {Iis, "/%ud800", "path.percent-u"},
      {Iis, "/a%u002fb", "path.encoded-slash"},
      {Iis, "/a%u0000b", "path.nul"},
      {Iis, "/%u002e%u002e/admin", "path.hidden-dot-segment"},
      {Iis, "/a%uff0fb", "path.lookalike"},
      {Iis, "/web.config::$DATA", "path.stream"},
      {Iis, "/admin:$i30:$INDEX_ALLOCATION/x", "path.stream"},
      {Iis, "/admin%3a:$DATA", "path.stream"},
      {Generic, "/..:x/admin", "path.hidden-dot-segment"},
      {Generic, "/webclient/..%3f/admin", "path.hidden-dot-segment"},
      {Generic, "/..%ef%bc%8fadmin", "path.lookalike"},
      {Generic, "/%ef%bc%8e%ef%bc%8e/admin", "path.lookalike"},
      {Generic, "/%ef%bc%852e/admin", "path.lookalike"},
      {Generic, "/.%e2%80%8b./admin", "path.lookalike"},
      {Generic, "/a%25u002f", "path.manifold-encoding"},
      {Generic, "/a%25ef%25bc%258f", "path.manifold-encoding"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CAPTURE(profile_name(row.profile));
    std::string scratch;
    auto got = read_path(row.path, row.profile, Permits(), scratch);
    REQUIRE(!got);
    CHECK(got.error().code == row.code);
  }
}

TEST_CASE("no permit lets a hidden dot segment through") {
  for (std::string_view path :
       {"/webclient%2f..%2fadmin", "/webclient/..%2fadmin", "/webclient/..%5cadmin", "/webclient\\..\\admin",
        "/webclient/%2e%2e%2fadmin", "/webclient/..%3b/admin", "/webclient/%252e%252e/admin", "/a/%2e%252e/b",
        "/webclient/..%252fadmin", "/a/.%fc./b", "/a/..;%2f../b", "/a%2f.", "/a%2f..;x", "/a;%2f..%2fb", "/a/.%20/b"}) {
    for (PathProfile profile : kProfiles) {
      CAPTURE(path);
      std::string scratch;
      auto got = read_path(path, profile, all(), scratch);
      REQUIRE(!got);
      CHECK(got.error().code == "path.hidden-dot-segment");
    }
  }
}

TEST_CASE("dot segments that are permitted in disguise are resolved and never forwarded") {
  struct Row {
    std::string_view path, forward;
  };
  const Row rows[] = {
      {"/webclient/..;/management", "/management"},
      {"/webclient/%2e%2e/management", "/management"},
      {"/webclient/%2e%2e;x=y/management", "/management"},
      {"/webclient/.;x/management", "/webclient/management"},
      {"/webclient/..;x", "/"},
      {"/a//../b", "/a/b"},
  };
  for (const Row& row : rows) {
    for (PathProfile profile : kProfiles) {
      CAPTURE(row.path);
      std::string scratch;
      auto got = read_path(row.path, profile, all(), scratch);
      REQUIRE(got);
      CHECK(got->forward == row.forward);
      CHECK(got->decision == row.forward);
    }
  }
  std::string scratch;
  CHECK(read_path("/%2e%2e/x", Tomcat, all(), scratch).error().code == "path.above-root");
  CHECK(read_path("/a/..;/..;/x", Tomcat, all(), scratch).error().code == "path.above-root");
}

TEST_CASE("a doubt begins where readers begin to differ") {
  struct Row {
    std::string_view path, code;
    std::size_t certain;
    PathProfile profile;
    bool anything;
  };
  const Row rows[] = {
      {"/rest;x=1", "path.semicolon", 5, Generic, false},
      {"/rest/;x/y", "path.semicolon", 6, Generic, true},
      {"/rest/a;x", "path.semicolon", 7, Iis, false},
      {"/rest/a%2fb", "path.encoded-slash", 7, Tomcat, false},
      {"/rest/%2fb", "path.encoded-slash", 6, Tomcat, true},
      {"/rest//b", "path.empty-segment", 6, Tomcat, true},
      {"/rest/a%3bb", "path.encoded-semicolon", 7, Tomcat, false},
      {"/rest/a%2541", "path.double-encoding", 7, Tomcat, true},
      {"/rest/a%fcb", "path.invalid-utf8", 7, Tomcat, true},
      {"/rest.", "path.trailing-dot", 5, Generic, false},
      {"/rest.%20.", "path.trailing-dot", 5, Iis, false},
      {"/rest%20", "path.trailing-dot", 5, Iis, false},
      {"/admin:x", "path.stream", 6, Generic, false},
      {"/ADMINI~1", "path.short-name", 1, Iis, true},
      {"/%u0041dmin", "path.percent-u", 1, Iis, true},
      {"/rest.:x", "path.trailing-dot", 5, Iis, false},
      {"/admin%3fx", "path.encoded-delimiter", 6, Generic, false},
      {"/%ef%bd%81dmin", "path.lookalike", 1, Generic, true},
      {"/in%e2%84%aa", "path.lookalike", 3, Iis, true},
      {"/au%cc%88", "path.lookalike", 1, Generic, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CAPTURE(profile_name(row.profile));
    std::string scratch;
    auto got = read_path(row.path, row.profile, all(), scratch);
    REQUIRE(got);
    CHECK(got->forward == row.path);
    CHECK(got->certain == row.certain);
    CHECK(got->anything_may_follow == row.anything);
    CHECK(got->doubt.code == row.code);
  }
}

TEST_CASE("every refusal has a code of its own") {
  std::set<std::string_view> codes;
  for (const PathRefusal& refusal : path_refusals()) {
    CHECK(refusal.code.starts_with("path."));
    CHECK(!refusal.text.empty());
    codes.insert(refusal.code);
  }
  CHECK(codes.size() == path_refusals().size());
}

TEST_CASE("a profile is found by its name") {
  for (PathProfile profile : kProfiles) CHECK(profile_named(profile_name(profile)) == profile);
  CHECK(!profile_named("Tomcat"));
}

}  // namespace
}  // namespace pforte::policy

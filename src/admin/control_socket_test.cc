#include "admin/control_socket.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/testing.h"
#include "http/page.h"

namespace pforte::admin {

namespace {

class Silent final : public http::Service {
 public:
  net::Task<> serve(http::Exchange& exchange) override {
    http::Page page = http::text_page(200, "ok\n");
    co_await http::answer(exchange, page);
    co_return {};
  }
  net::Task<> refuse(http::Exchange& exchange, http::Refusal) override { return serve(exchange); }
};

// What a gate leaves that was killed: a socket that nobody listens at.
void leave_stale_socket(const std::string& path) {
  int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof name.sun_path - 1);
  REQUIRE(bind(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  close(descriptor);
}

}  // namespace

TEST_CASE("the control socket is for its owner alone, and gone with its gate") {
  TestFolder folder;
  net::Loop loop;
  Silent service;
  {
    auto control = ControlSocket::open(loop, folder.file("control.sock"), service);
    REQUIRE(control);
    struct stat about{};
    REQUIRE(lstat(folder.file("control.sock").c_str(), &about) == 0);
    CHECK(S_ISSOCK(about.st_mode));
    CHECK((about.st_mode & 07777) == 0600);
  }
  CHECK_FALSE(std::filesystem::exists(folder.file("control.sock")));
}

TEST_CASE("a second gate on the same state is refused, and harms the first in nothing") {
  TestFolder folder;
  net::Loop loop;
  Silent service;
  auto first = ControlSocket::open(loop, folder.file("control.sock"), service);
  REQUIRE(first);
  auto second = ControlSocket::open(loop, folder.file("control.sock"), service);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind() == Kind::Unavailable);
  CHECK(second.error().code() == "admin.control-taken");
  // Even when somebody has deleted the lock file.
  std::filesystem::remove(folder.file("control.sock") + ".lock");
  CHECK_FALSE(ControlSocket::open(loop, folder.file("control.sock"), service));
  CHECK(std::filesystem::exists(folder.file("control.sock")));
}

TEST_CASE("the socket of a crashed gate is taken away") {
  TestFolder folder;
  net::Loop loop;
  Silent service;
  leave_stale_socket(folder.file("control.sock"));
  CHECK(ControlSocket::open(loop, folder.file("control.sock"), service));
}

TEST_CASE("what is no socket is left alone") {
  TestFolder folder;
  net::Loop loop;
  Silent service;
  std::ofstream(folder.file("control.sock")) << "precious";
  auto control = ControlSocket::open(loop, folder.file("control.sock"), service);
  REQUIRE_FALSE(control);
  CHECK(control.error().text().find("move it away") != std::string::npos);
  CHECK(std::filesystem::file_size(folder.file("control.sock")) == 8);
}

TEST_CASE("a path that is too long, and a folder that is not there, are named") {
  net::Loop loop;
  Silent service;
  auto long_path = ControlSocket::open(loop, "/tmp/" + std::string(120, 'x'), service);
  REQUIRE_FALSE(long_path);
  CHECK(long_path.error().code() == "admin.control-path");
  auto nowhere = ControlSocket::open(loop, "/nowhere/control.sock", service);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().text().find("/nowhere/control.sock") != std::string::npos);
}

}  // namespace pforte::admin

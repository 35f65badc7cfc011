#include "app/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/text.h"

namespace pforte::app {

void tell_service_manager(std::string_view state) {
  const char* place = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  if (!place) return;
  std::string_view path(place);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return;
  std::ranges::copy(path, address.sun_path);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
  int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  auto size = socklen_t(offsetof(sockaddr_un, sun_path) + path.size());
  sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), size);
  close(descriptor);
}

std::string_view start_command(const std::string& root) {
  auto is_there = [&](std::string_view path) {
    std::error_code unknown;
    return std::filesystem::exists(cat(root, path), unknown);
  };
  constexpr auto kFolders = std::to_array<std::string_view>(
      {"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"});
  auto has_unit = [&](std::string_view folder) { return is_there(cat(folder, "/pforte.service")); };
  bool by_unit = is_there("/run/systemd/system") && std::ranges::any_of(kFolders, has_unit);
  return by_unit ? "systemctl start pforte" : "pforte serve";
}

}  // namespace pforte::app

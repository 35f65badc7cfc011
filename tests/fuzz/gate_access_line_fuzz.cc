#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gate/access_line.h"

// A line is one JSON document on one line, whatever a client sends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  pforte::gate::Record record;
  const std::array texts{&record.path, &record.host, &record.method, &record.user_agent, &record.server_name};
  for (std::string_view* text : texts) {
    std::size_t end = std::min(rest.find('\0'), rest.size());
    *text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::string out;
  pforte::gate::AccessLine line;
  line.append(out, record);
  if (out.find('\n') != out.size() - 1) std::abort();
  if (!nlohmann::json::accept(out)) std::abort();
  return 0;
}

#include "authority/qr_code.h"

#include <qrencode.h>

#include <cstddef>
#include <memory>

#include "base/text.h"

namespace pforte::authority {
namespace {

// Light modules around it, which readers need (ISO/IEC 18004, 6.3.8).
constexpr int kQuietZone = 4;

using Code = std::unique_ptr<QRcode, decltype([](QRcode* code) { QRcode_free(code); })>;

// One horizontal line of dark modules for each run of them.
std::string dark_runs(const QRcode& code) {
  auto is_dark = [&](int x, int y) { return (code.data[std::size_t(y * code.width + x)] & 1) != 0; };
  std::string path;
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      int begin = x;
      while (x < code.width && is_dark(x, y)) ++x;
      if (x > begin) path += cat('M', begin + kQuietZone, ' ', y + kQuietZone, 'h', x - begin, "v1h-", x - begin, 'z');
    }
  }
  return path;
}

}  // namespace

std::string qr_code_svg(std::string_view text) {
  std::string copy(text);
  Code code(QRcode_encodeString8bit(copy.c_str(), 0, QR_ECLEVEL_M));
  if (!code) return {};
  int side = code->width + 2 * kQuietZone;
  return cat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", side, ' ', side,
             "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h", side, 'v', side, 'H', 0,
             "z\"/><path d=\"", dark_runs(*code), "\"/></svg>\n");
}

}  // namespace pforte::authority

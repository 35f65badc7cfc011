#include "authority/qr_code.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::authority {
namespace {

TEST_CASE("an address becomes a picture, and a book does not") {
  std::string svg = qr_code_svg("https://crm.example.com/.pforte/ca/");
  CHECK(svg.starts_with("<svg xmlns="));
  CHECK(svg.ends_with("</svg>\n"));
  // Version 3 has 29 modules on each side. The finder pattern in its upper left corner begins with 7 dark ones.
  CHECK(svg.find("viewBox=\"0 0 37 37\"") != std::string::npos);
  CHECK(svg.find("d=\"M4 4h7v1h-7z") != std::string::npos);
  CHECK(qr_code_svg(std::string(5000, 'x')).empty());
}

}  // namespace
}  // namespace pforte::authority

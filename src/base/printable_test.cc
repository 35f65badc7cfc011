#include "base/printable.h"

#include <doctest/doctest.h>

namespace pforte {

TEST_CASE("what would turn a name around or hide in it is written out") {
  CHECK(printable("CN=moc.\u202eelpmaxe") == "CN=moc.\\u{202e}elpmaxe");
  CHECK(printable("pay\u200bpal\ufeff") == "pay\\u{200b}pal\\u{feff}");
  CHECK(printable("a\U000e0041") == "a\\u{e0041}");
  CHECK(printable("שלום") == "שלום");
}

TEST_CASE("what would command the terminal does not reach it") {
  CHECK(printable("Susan Öz €") == "Susan Öz €");
  CHECK(printable("a\x1b[31mb") == "a\xef\xbf\xbd[31mb");
  CHECK(printable("a\xc2\x9b"
                  "b\n") ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd");
  CHECK(printable("L\xfc"
                  "bke") ==
        "L\xef\xbf\xbd"
        "bke");
  CHECK(is_printable("Susan Öz"));
  CHECK(is_printable("a\u200db"));
  CHECK(!is_printable("a\tb"));
  CHECK(!is_printable("\xff"));
}

}  // namespace pforte

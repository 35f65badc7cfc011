#include "app/capture_text.h"

#include <doctest/doctest.h>

namespace pforte::app {
namespace {

const nlohmann::ordered_json of_everybody = {
    {"filter", "everything"}, {"until", "2026-12-01T08:00:00Z"}, {"left_out", 0}, {"by", "root"}};

TEST_CASE("a capture of everybody is told in the language that was asked for") {
  CHECK(capture_began_text(of_everybody, Language::English) ==
        "Capturing until 2026-12-01T08:00:00Z: everything. Ctrl-C ends it.\n");
  CHECK(capture_began_text(of_everybody, Language::German) ==
        "Aufgezeichnet wird bis 2026-12-01T08:00:00Z: alles. Strg-C beendet es.\n");
  Complaint under_way = capture_refused(409, of_everybody);
  CHECK(under_way.what.en == "a capture is under way already, of everything, asked for by root");
  CHECK(under_way.what.de == "es läuft schon eine Aufzeichnung (alles), verlangt von root");
}

}  // namespace
}  // namespace pforte::app

#include "base/shell_word.h"

#include <doctest/doctest.h>

namespace pforte {

TEST_CASE("a word for a shell stays one word") {
  CHECK(shell_word("crm.example.com:443") == "crm.example.com:443");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("$(x)") == "'$(x)'");
  CHECK(shell_word("[::1]") == "'[::1]'");
}

TEST_CASE("a word for PowerShell stays one word, whatever quotation marks are in it") {
  CHECK(powershell_word("svc-crm") == "svc-crm");
  CHECK(powershell_word("svc crm") == "'svc crm'");
  CHECK(powershell_word("x$(iex y)") == "'x$(iex y)'");
  CHECK(powershell_word("it's") == "'it''s'");
  CHECK(powershell_word("a\u2019; calc") == "'a\u2019\u2019; calc'");
  CHECK(powershell_word("HTTP/crm.example.com@EXAMPLE.COM") == "HTTP/crm.example.com@EXAMPLE.COM");
  CHECK(powershell_word("@{a=1}") == "'@{a=1}'");
  CHECK(powershell_word("-Force") == "'-Force'");
  CHECK(powershell_word("") == "''");
}

}  // namespace pforte

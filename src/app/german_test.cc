#include "base/german.h"

#include <doctest/doctest.h>
#include <netdb.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>

#include "app/complaint.h"
#include "authority/authority.h"
#include "base/testing.h"
#include "base/text.h"
#include "crypto/private_key.h"
#include "http/head_reader.h"
#include "identity/agents.h"
#include "identity/services.h"
#include "kerberos/principal.h"
#include "store/store.h"

namespace pforte::app {
namespace {

// What the modules say themselves, so that a sentence that changes there is missed here.
std::string german_of(const auto& result) {
  REQUIRE(!result);
  return Complaint(result.error()).what.de;
}

}  // namespace

TEST_CASE("what is wrong with an agent is said in German") {
  TestFolder folder;
  auto store = store::open_sqlite(folder.file("pforte.db")).value();
  identity::Agents agents(*store);
  identity::Agent agent;
  agent.login = "a:b";
  CHECK(german_of(agents.add(agent)) == "\"a:b\" kann kein Anmeldename sein");
  agent.login = "susan";
  agent.groups = {"a,b"};
  CHECK(german_of(agents.add(agent)) == "\"a,b\" kann keine Gruppe sein");
  agent.groups.clear();
  agent.name = "a\nb";
  CHECK(german_of(agents.add(agent)) == "\"a\nb\" kann kein Name und keine Adresse sein");
  agent.name.clear();
  agent.principals = {"susan"};
  CHECK(german_of(agents.add(agent)) == "dem Principal \"susan\" fehlt der Realm");
  agent.principals.clear();
  REQUIRE(agents.add(agent));
  CHECK(german_of(agents.add(agent)) ==
        "es gibt schon einen Bearbeiter \"susan\"; Anmeldenamen unterscheiden sich nicht nur in Groß- und "
        "Kleinschreibung");
  CHECK(german_of(agents.set_password("tom", nullptr)) == "es gibt keinen Bearbeiter \"tom\"");
  Secret empty("");
  CHECK(german_of(agents.set_password("susan", &empty)) == "ein Passwort hat 1 bis 1024 Bytes");
  CHECK(german_of(identity::set_service(*store, "radius", true)) ==
        "es gibt keinen Dienst \"radius\"; bekannt: database, kerberos, ldap");
}

TEST_CASE("what is wrong with a principal is said in German") {
  struct Row {
    std::string_view text, german;
  };
  const Row rows[] = {{"susan", "dem Principal \"susan\" fehlt der Realm"},
                      {"susan@", "der Realm im Principal \"susan@\" ist leer"},
                      {"a//b@R", "ein Teil des Principals \"a//b@R\" ist leer"},
                      {"a@R@S", "der Principal \"a@R@S\" hat zwei Realms"},
                      {"a@R/S", "im Realm des Principals \"a@R/S\" ist ein Schrägstrich"},
                      {"a@R\\", "der Principal \"a@R\\\" endet hinter einem Backslash"}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto read = kerberos::parse_principal(row.text);
    REQUIRE(!read);
    CHECK(in_german(read.error().text()) == row.german);
  }
}

TEST_CASE("what is wrong with a store is said in German, and so is what the system says of it") {
  TestFolder folder;
  CHECK(german_of(store::open_sqlite(folder.file("none/pforte.db"))) ==
        cat(folder.file("none/pforte.db"), " lässt sich nicht anlegen: Datei oder Ordner nicht gefunden"));
  std::ofstream(folder.file("text.db")) << std::string(4096, 'x');
  CHECK(german_of(store::open_sqlite(folder.file("text.db")))
            .starts_with(cat(folder.file("text.db"), " ist beschädigt oder keine Datenbank: ")));
}

TEST_CASE("common errors of the system are said in German, wherever a cause of them ends") {
  for (int number : {EPERM,      ENOENT,        EIO,          ENXIO,       ENOEXEC,      EAGAIN,     ENOMEM,
                     EACCES,     EBUSY,         EEXIST,       EXDEV,       ENODEV,       ENOTDIR,    EISDIR,
                     EINVAL,     ENFILE,        EMFILE,       ETXTBSY,     EFBIG,        ENOSPC,     EROFS,
                     EPIPE,      ENAMETOOLONG,  ENOSYS,       ENOTEMPTY,   ELOOP,        EOPNOTSUPP, EAFNOSUPPORT,
                     EADDRINUSE, EADDRNOTAVAIL, ENETDOWN,     ENETUNREACH, ECONNABORTED, ECONNRESET, ENOBUFS,
                     ENOTCONN,   ETIMEDOUT,     ECONNREFUSED, EHOSTDOWN,   EHOSTUNREACH, ESTALE,     EDQUOT}) {
    CAPTURE(number);
    CHECK(in_german(std::generic_category().message(number)));
  }
  for (int number : {EAI_NONAME, EAI_AGAIN, EAI_FAIL}) CHECK(in_german(gai_strerror(number)));
  CHECK(german_or_same("cannot listen on 0.0.0.0:443: Address already in use") ==
        "auf 0.0.0.0:443 lässt sich nicht lauschen: die Adresse ist schon belegt");
  CHECK(german_or_same("/a file/with blanks.pem: Permission denied") == "/a file/with blanks.pem: keine Berechtigung");
  CHECK(german_or_same("chain.pem: certificate 2 is damaged: wrong tag") ==
        "chain.pem: Zertifikat 2 ist beschädigt: ein anderes Feld als erwartet");
}

TEST_CASE("what check finds in the files of a configuration is said in German") {
  CHECK(german_or_same("/etc/ssl/trust: holds no certificate") == "/etc/ssl/trust: enthält kein Zertifikat");
  CHECK(german_or_same("app.example: the name has no address") == "app.example: der Name hat keine Adresse");
  CHECK(german_or_same("ldaps://dc1 refuses cn=x: Invalid credentials") ==
        "ldaps://dc1 weist cn=x ab: Invalid credentials");
  CHECK(german_or_same("10.0.0.1:80: Connection refused") == "10.0.0.1:80: die Verbindung wurde abgelehnt");
}

TEST_CASE("what is wrong with the head of an answer is said in German") {
  for (std::string_view head :
       {"SSH-2.0-x\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n a: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\na\r\n\r\n", "HTTP/1.1 200 OK\r\na : b\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: \x01\r\n\r\n", "HTTP/1.1 200 OK\na: b\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: a b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    CAPTURE(head);
    http::ResponseHead answer;
    auto read = http::parse_response_head(head, {}, http::Method::Get, answer);
    REQUIRE(!read);
    CHECK(in_german(read.error().text));
  }
}

TEST_CASE("what answers at the control socket and is no gate is said in German") {
  CHECK(german_or_same("/run/x: what answers is no gate") == "/run/x: was da antwortet, ist kein Tor");
  CHECK(german_or_same("/run/x: Is a directory") == "/run/x: ist ein Ordner");
}

TEST_CASE("what is wrong with a CA and its keys is said in German") {
  TestFolder folder;
  authority::Places places{folder.file("ca")};
  CHECK(german_of(authority::Authority::open(places, Secret("x"))) ==
        cat(places.intermediate(), ": es gibt noch keine Firmen-CA"));
  crypto::PrivateKey key = crypto::make_private_key().value();
  Secret sealed = crypto::encrypted_private_key_pem(*key, Secret("one")).value();
  CHECK(german_of(crypto::private_key_from_pem(sealed.reveal(), "k", Secret("other"))) ==
        "k: das Passwort öffnet den Schlüssel nicht, oder die Datei ist beschädigt");
}

TEST_CASE("of a sentence that is not known the German says at least what it is about") {
  CHECK(!in_german("something else"));
  Error strange(Kind::Unavailable, "store.unusable", "something else");
  CHECK(Complaint(strange).what.de == "der Speicher ist nicht benutzbar: something else");
}

}  // namespace pforte::app

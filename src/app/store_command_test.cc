#include "app/store_command.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/testing.h"
#include "base/text.h"
#include "identity/agents.h"
#include "session/records.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

struct CloseStream {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Stream = std::unique_ptr<std::FILE, CloseStream>;

// A stream whose text is read when it is over.
class Page {
 public:
  Page() : file_(open_memstream(&text_, &size_)) {}
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  ~Page() {
    file_.reset();
    std::free(text_);
  }
  std::FILE* file() { return file_.get(); }
  std::string text() {
    std::fflush(file_.get());
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  Stream file_;
};

// Behind the line that names the state folder.
constexpr const char* kSignIn = R"([[listener]]
address = "[::]:443"
[[backend]]
name = "crm"
servers = ["http://10.0.0.11:8080"]
[[site]]
hosts = ["crm.example.com"]
certificate = { chain = "crm.pem", key = "crm.key" }
backend = "crm"
allow = ["/"]
sign_in = "required"
[kerberos]
login_fallback_realms = ["EXAMPLE.COM"]
[kerberos.keytabs]
"HTTP/crm.example.com@EXAMPLE.COM" = "crm.keytab"
[sign_in]
providers = ["kerberos", "database"]
[[sign_in.map]]
pattern = '[a-z]\.([a-z]+)@EXAMPLE\.DE'
login = '\1'
)";

struct Outcome {
  int exit = -1;
  std::string out;
  std::string err;
};

// An administrator with a state folder of their own.
class Desk {
 public:
  Desk() { std::ofstream(config()) << "state_dir = \"" << folder() << "\"\n"; }

  Outcome run(std::vector<const char*> arguments, const std::string& input = {}) {
    std::string config_option = cat("--config=", config());
    arguments.push_back(config_option.c_str());
    auto line = read_command_line(arguments, Environment());
    if (!line) return {.exit = 2, .out = {}, .err = to_text(line.error())};
    Stream in(std::tmpfile());
    std::fwrite(input.data(), 1, input.size(), in.get());
    std::rewind(in.get());
    Page out, err;
    int exit = run_store_command(*line, {.in = in.get(), .out = out.file(), .err = err.file()});
    return {.exit = exit, .out = out.text(), .err = err.text()};
  }

  Json json(std::vector<const char*> arguments) {
    arguments.push_back("--json");
    Outcome outcome = run(std::move(arguments));
    CHECK(outcome.exit == 0);
    CHECK(outcome.err.empty());
    return Json::parse(outcome.out, nullptr, false);
  }

  std::string file(const std::string& name, const std::string& text) {
    std::string path = folder_.file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::unique_ptr<store::Store> store() { return store::open_sqlite(folder_.file("pforte.db")).value(); }
  const std::string& folder() const { return folder_.path(); }
  std::string config() const { return folder_.file("pforte.toml"); }

 private:
  TestFolder folder_;
};

void begin_session(Desk& desk, const std::string& id, const std::string& login) {
  auto store = desk.store();
  identity::Agents agents(*store);
  session::Record record;
  record.session.id = id;
  record.session.agent = agents.find_login(login).value()->number;
  record.session.login = login;
  record.session.method = "database";
  auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  record.session.began = record.session.seen = now;
  record.session.expires = now + std::chrono::hours(1);
  record.client = "10.0.0.7";
  REQUIRE(session::add_record(*store, record));
}

}  // namespace

TEST_CASE("an agent is added, shown, changed and removed") {
  Desk desk;
  Json added = desk.json({"agent", "add", "susan", "--name", "Susan Öz", "--mail=s@x.de", "--principal", "susan@A",
                          "--principal=susan@B", "--groups", "sales,crm"});
  CHECK(added["login"] == "susan");
  CHECK(added["principals"] == Json({"susan@A", "susan@B"}));
  CHECK(added["groups"] == Json({"crm", "sales"}));
  CHECK(added["disabled"] == false);
  CHECK(added["has_password"] == false);
  CHECK(desk.json({"agent", "show", "susan"}) == added);
  std::string shown = desk.run({"agent", "show", "SUSAN"}).out;
  CHECK(shown.contains("Name:       Susan Öz\n"));
  CHECK(shown.contains("Principals: susan@A, susan@B\n"));
  CHECK(desk.run({"agent", "show", "susan", "--lang=de"}).out.contains("Gruppen:    crm, sales\n"));

  CHECK(desk.run({"agent", "remove", "susan"}).out == "agent susan was removed; their sessions are over\n");
  CHECK(desk.run({"agent", "show", "susan"}).exit == 2);
}

TEST_CASE("agent set changes what is given and nothing else") {
  Desk desk;
  desk.json({"agent", "add", "susan", "--name", "Susan", "--principal", "susan@A", "--groups", "a,b"});
  Json now = desk.json({"agent", "set", "susan", "--mail", "s@x.de"});
  CHECK(now["name"] == "Susan");
  CHECK(now["mail"] == "s@x.de");
  now =
      desk.json({"agent", "set", "susan", "--add-principal", "susan@B", "--remove-groups", "a", "--add-groups", "c,d"});
  CHECK(now["principals"] == Json({"susan@A", "susan@B"}));
  CHECK(now["groups"] == Json({"b", "c", "d"}));
  now = desk.json({"agent", "set", "susan", "--principal", "s@C", "--groups", "", "--name="});
  CHECK(now["principals"] == Json({"s@C"}));
  CHECK(now["groups"] == Json::array());
  CHECK(now["name"] == "");
  CHECK(desk.json({"agent", "set", "susan", "--login", "sue"})["login"] == "sue");
  CHECK(desk.run({"agent", "set", "sue"}).err.starts_with("pforte: error: there is nothing to change\nhelp: "));
  Outcome mistyped = desk.run({"agent", "set", "sue", "--remove-principal", "s@c"});
  CHECK(mistyped.exit == 2);
  CHECK(mistyped.err == "pforte: error: the agent does not have the principal s@c\nhelp: they have: s@C\n");
}

TEST_CASE("an agent that there is not, or that there is already, is said in both languages") {
  Desk desk;
  desk.json({"agent", "add", "susan"});
  CHECK(desk.run({"agent", "show", "tom"}).err ==
        "pforte: error: there is no agent tom\nhelp: `pforte agent list` tells which there are\n");
  CHECK(desk.run({"agent", "disable", "tom", "--lang=de"})
            .err.starts_with("pforte: Fehler: es gibt keinen Bearbeiter tom\n"));
  Outcome again = desk.run({"agent", "add", "Susan", "--lang", "de"});
  CHECK(again.exit == 2);
  CHECK(again.err.starts_with("pforte: Fehler: es gibt schon einen Bearbeiter \"susan\";"));
  for (const char* login : {" susan", "a:b", "a\nb"}) {
    CAPTURE(login);
    CHECK(desk.run({"agent", "add", login}).exit == 2);
  }
  CHECK(desk.run({"agent", "add", "x", "--principal", "no-realm"}).exit == 2);
  CHECK(desk.json({"agent", "list"})["agents"].size() == 1);
}

TEST_CASE("a principal of two agents is warned of, since neither signs in by it") {
  Desk desk;
  desk.json({"agent", "add", "susan", "--principal", "s@A"});
  Outcome second = desk.run({"agent", "add", "sam", "--principal", "s@A"});
  CHECK(second.exit == 0);
  CHECK(second.err.starts_with("pforte: warning: several agents have the principal s@A"));
  CHECK(second.err.contains("susan"));
}

TEST_CASE("a password comes from a file or from standard input, and can be taken away") {
  Desk desk;
  std::string file = desk.file("password", "geheim\n");
  Json added = desk.json({"agent", "add", "susan", "--password-file", file.c_str()});
  CHECK(added["has_password"] == true);
  CHECK(desk.json({"agent", "passwd", "susan", "--none"})["has_password"] == false);
  CHECK(desk.run({"agent", "passwd", "susan"}, "neu\n").exit == 0);
  CHECK(desk.json({"agent", "show", "susan"})["has_password"] == true);
  CHECK(desk.run({"agent", "passwd", "susan"}, "").exit == 2);
  CHECK(desk.run({"agent", "passwd", "susan", "--none", "--password-file", "x"}).exit == 2);
  CHECK(desk.run({"agent", "passwd", "tom"}, "neu\n").exit == 2);
}

TEST_CASE("an agent whose password cannot be read is not added") {
  Desk desk;
  CHECK(desk.run({"agent", "add", "susan", "--password-file", "/nowhere/at-all"}).exit == 2);
  CHECK(desk.json({"agent", "list"})["agents"].empty());
}

TEST_CASE("a disabled agent is shown as such until enabled") {
  Desk desk;
  desk.json({"agent", "add", "susan"});
  CHECK(desk.json({"agent", "disable", "susan"})["disabled"] == true);
  CHECK(desk.run({"agent", "list"}).out.contains("susan  disabled"));
  CHECK(desk.run({"agent", "list", "--lang=de"}).out.contains("susan  gesperrt"));
  CHECK(desk.json({"agent", "enable", "susan"})["disabled"] == false);
}

TEST_CASE("a token is printed once, alone, and signs in its agent") {
  Desk desk;
  desk.json({"agent", "add", "robot"});
  std::string token = desk.run({"agent", "token", "robot", "--label", "reports"}).out;
  REQUIRE(token.size() == 44);
  token.pop_back();
  auto store = desk.store();
  CHECK(identity::Agents(*store).find_token(token).value()->login == "robot");

  Json timed = desk.json({"agent", "token", "robot", "--expires", "90d"});
  CHECK(timed["expires"].get<std::string>().ends_with("Z"));
  CHECK(timed["token"].get<std::string>().size() == 43);
  for (const char* wrong : {"0", "90", "tomorrow", "4000d"}) {
    CAPTURE(wrong);
    Outcome outcome = desk.run({"agent", "token", "robot", "--expires", wrong});
    CHECK(outcome.exit == 2);
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("lists are empty documents when there is nothing") {
  Desk desk;
  CHECK(desk.json({"agent", "list"}) == Json{{"agents", Json::array()}});
  CHECK(desk.json({"session", "list"}) == Json{{"sessions", Json::array()}});
}

TEST_CASE("agents of a file are added all at once") {
  Desk desk;
  std::string file = desk.file("a.csv", "login;name;principals\r\nsusan;Susan;susan@A|susan@B\r\ntom;Tom;\r\n");
  CHECK(desk.run({"agent", "import", file.c_str(), "--lang=de"}).out == "2 Bearbeiter angelegt\n");
  CHECK(desk.json({"agent", "show", "susan"})["principals"] == Json({"susan@A", "susan@B"}));
  Outcome piped = desk.run({"agent", "import", "-", "--json"}, "login\nkim\n");
  CHECK(Json::parse(piped.out) == Json{{"ok", true}, {"problems", Json::array()}, {"added", 1}});
}

TEST_CASE("a file with bad lines adds nobody and names each of them") {
  Desk desk;
  desk.json({"agent", "add", "susan"});
  std::string file = desk.file("a.csv", "login,principals\nann,\nSusan,\nkim,kim\nann,\na:b,\nlee\n");
  Outcome outcome = desk.run({"agent", "import", file.c_str()});
  CHECK(outcome.exit == 2);
  for (int line : {3, 4, 5, 6, 7}) {
    CAPTURE(line);
    CHECK(outcome.err.contains(cat("pforte: ", file, ':', line, ": error: ")));
  }
  CHECK(!outcome.err.contains(cat(file, ":2:")));
  CHECK(outcome.err.contains("there is an agent Susan already"));
  CHECK(outcome.err.contains("ann stands in line 2 already"));
  CHECK(desk.json({"agent", "list"})["agents"].size() == 1);
  Json document = Json::parse(desk.run({"agent", "import", file.c_str(), "--json"}).out);
  CHECK(document["ok"] == false);
  CHECK(document["added"] == 0);
  CHECK(document["problems"].size() == 5);
  CHECK(document["problems"][0]["code"] == "agent.taken");
}

TEST_CASE("services are listed, stopped and started") {
  Desk desk;
  Json services = desk.json({"service", "list"})["services"];
  REQUIRE(services.size() == 3);
  CHECK(services[1]["name"] == "kerberos");
  CHECK(services[1]["state"] == "running");
  CHECK(services[1]["changed"].is_null());
  CHECK(desk.run({"service", "stop", "kerberos"}).out == "kerberos is stopped\n");
  CHECK(desk.json({"service", "list"})["services"][1]["state"] == "stopped");
  CHECK(desk.run({"service", "list", "--lang=de"}).out.contains("kerberos  angehalten  20"));
  CHECK(desk.json({"service", "start", "kerberos"})["state"] == "running");
  Outcome typo = desk.run({"service", "stop", "kerberso"});
  CHECK(typo.exit == 2);
  CHECK(typo.err == "pforte: error: there is no service kerberso\nhelp: did you mean kerberos?\n");
}

TEST_CASE("sessions are listed, of all or of one agent") {
  Desk desk;
  desk.json({"agent", "add", "susan"});
  desk.json({"agent", "add", "tom"});
  begin_session(desk, "-bcdefghijklmnopqrstuv", "susan");
  begin_session(desk, "bbcdefghijklmnopqrstuv", "tom");
  CHECK(desk.json({"session", "list"})["sessions"].size() == 2);
  Json of_tom = desk.json({"session", "list", "--agent", "tom"})["sessions"];
  REQUIRE(of_tom.size() == 1);
  CHECK(of_tom[0]["id"] == "bbcdefghijklmnopqrstuv");
  CHECK(of_tom[0]["client"] == "10.0.0.7");
  CHECK(desk.run({"session", "list"}).out.contains("tom    database  10.0.0.7"));
  CHECK(desk.run({"session", "list", "--agent", "kim"}).exit == 2);
}

TEST_CASE("a session is ended by its id, by its agent, or with all") {
  Desk desk;
  desk.json({"agent", "add", "susan"});
  desk.json({"agent", "add", "tom"});
  for (const char* id : {"-bcdefghijklmnopqrstuv", "bbcdefghijklmnopqrstuv", "cbcdefghijklmnopqrstuv"})
    begin_session(desk, id, "susan");
  begin_session(desk, "dbcdefghijklmnopqrstuv", "tom");
  CHECK(desk.run({"session", "end", "-bcdefghijklmnopqrstuv"}).out == "1 session was ended\n");
  CHECK(desk.run({"session", "end", "-bcdefghijklmnopqrstuv"}).exit == 2);
  CHECK(desk.json({"session", "end", "--agent", "susan"})["ended"] == 2);
  CHECK(desk.run({"session", "end", "--all", "--lang=de"}).out == "1 Sitzung beendet\n");
  CHECK(desk.run({"session", "end"}).exit == 2);
  CHECK(desk.run({"session", "end", "--all", "--agent", "tom"}).exit == 2);
}

TEST_CASE("agent map tells by which step a principal becomes whom") {
  Desk desk;
  std::ofstream(desk.config(), std::ios::app) << kSignIn;
  desk.json({"agent", "add", "susan", "--principal", "s.sommer@EXAMPLE.COM"});
  desk.json({"agent", "add", "tom"});
  Json exact = desk.json({"agent", "map", "s.sommer@EXAMPLE.COM"});
  CHECK(exact["login"] == "susan");
  CHECK(exact["by"] == "principal");
  CHECK(exact["exists"] == true);
  CHECK(exact["rule"].is_null());
  CHECK(desk.json({"agent", "map", "tom@EXAMPLE.COM"})["by"] == "login-fallback");
  Json ruled = desk.json({"agent", "map", "t.tom@EXAMPLE.DE"});
  CHECK(ruled["login"] == "tom");
  CHECK(ruled["by"] == "rule");
  CHECK(ruled["rule"]["line"] == 19);
  CHECK(desk.run({"agent", "map", "t.tom@EXAMPLE.DE"}).out ==
        cat("t.tom@EXAMPLE.DE is agent tom: by the rule at ", desk.config(), ":19:1\n"));
}

TEST_CASE("agent map ends with 1 and the reason where a principal is nobody") {
  Desk desk;
  std::ofstream(desk.config(), std::ios::app) << kSignIn;
  desk.json({"agent", "add", "susan", "--principal", "susan@EXAMPLE.COM"});
  CHECK(desk.run({"agent", "add", "sue", "--principal", "susan@EXAMPLE.COM"}).exit == 0);
  struct Row {
    const char* principal;
    std::string_view code;
  };
  const Row rows[] = {{"susan@EXAMPLE.COM", "sign-in.conflict"},
                      {"susan@OTHER", "sign-in.unknown"},
                      {"pc01$@EXAMPLE.COM", "sign-in.machine"}};
  for (const Row& row : rows) {
    CAPTURE(row.principal);
    Outcome outcome = desk.run({"agent", "map", row.principal, "--json"});
    CHECK(outcome.exit == 1);
    Json document = Json::parse(outcome.out);
    CHECK(document["login"].is_null());
    CHECK(document["code"] == row.code);
    CHECK(!document["message"].get<std::string>().empty());
  }
  CHECK(desk.run({"agent", "map", "susan"}).exit == 2);
}

TEST_CASE("agent map gives the reason in both languages") {
  Desk desk;
  std::ofstream(desk.config(), std::ios::app) << kSignIn;
  desk.json({"agent", "add", "susan", "--principal", "susan@EXAMPLE.COM"});
  CHECK(desk.run({"agent", "add", "sue", "--principal", "susan@EXAMPLE.COM"}).exit == 0);
  desk.json({"agent", "add", "tom", "--principal", "tom@EXAMPLE.COM"});
  CHECK(desk.run({"agent", "disable", "tom"}).exit == 0);
  std::string rule = cat(desk.config(), ":19:1");
  struct Row {
    const char* principal;
    std::string en, de;
  };
  const Row rows[] = {
      {"susan@EXAMPLE.COM",
       R"(the principal susan@EXAMPLE.COM is claimed by more than one agent, so none signs in by it: "sue", "susan")",
       R"(mehrere Bearbeiter haben den Principal susan@EXAMPLE.COM, daher meldet er keinen davon an: "sue", "susan")"},
      {"susan@OTHER",
       "no agent has the principal susan@OTHER, no rule matches it, and its name alone is not enough in its realm",
       "kein Bearbeiter hat den Principal susan@OTHER, keine Regel passt auf ihn, und sein Name allein reicht in "
       "seinem Realm nicht"},
      {"eva@EXAMPLE.COM",
       R"(no agent has the principal eva@EXAMPLE.COM, and none without a principal has the login "eva")",
       R"(kein Bearbeiter hat den Principal eva@EXAMPLE.COM, und keiner ohne Principal hat den Anmeldenamen "eva")"},
      {"e.eva@EXAMPLE.DE",
       cat(R"(no agent has the principal e.eva@EXAMPLE.DE, and none has the login "eva" that the rule at )", rule,
           " gives"),
       cat(R"(kein Bearbeiter hat den Principal e.eva@EXAMPLE.DE, und keiner hat den Anmeldenamen "eva", den die )",
           "Regel in ", rule, " ergibt")},
      {"pc01$@EXAMPLE.COM", "pc01$@EXAMPLE.COM is a computer's account, and no agent has this principal",
       "pc01$@EXAMPLE.COM ist das Konto eines Rechners, und kein Bearbeiter hat diesen Principal"},
      {"tom@EXAMPLE.COM", R"(the agent "tom" is disabled)", R"(der Bearbeiter "tom" ist gesperrt)"}};
  for (const Row& row : rows) {
    CAPTURE(row.principal);
    Outcome english = desk.run({"agent", "map", row.principal});
    CHECK(english.exit == 1);
    CHECK(english.err.starts_with(cat("pforte: error: ", row.en, "\nhelp: ")));
    Outcome german = desk.run({"agent", "map", row.principal, "--lang=de"});
    CHECK(german.exit == 1);
    CHECK(german.err.starts_with(cat("pforte: Fehler: ", row.de, "\nHilfe: ")));
    Outcome document = desk.run({"agent", "map", row.principal, "--lang=de", "--json"});
    CHECK(Json::parse(document.out)["message"] == row.de);
  }
}

TEST_CASE("agent map says what is wrong with a configuration that cannot be read") {
  Desk desk;
  CHECK(desk.run({"agent", "map", "susan@EXAMPLE.COM"}).err.starts_with(cat("pforte: ", desk.config(), ":")));
  CHECK(desk.run({"agent", "map", "susan@EXAMPLE.COM"}).exit == 2);
}

TEST_CASE(
    "without a state folder a command ends with 3, at the line that names it, and without a configuration with 2") {
  Desk desk;
  std::ofstream(desk.config()) << "workers = 1\nstate_dir = \"/nowhere/at-all\"\n";
  for (const std::vector<const char*>& command : {std::vector{"agent", "list"}, std::vector{"session", "list"},
                                                  std::vector{"service", "list"}, std::vector{"cert", "list"}}) {
    Outcome outcome = desk.run(command);
    CHECK(outcome.exit == 3);
    CHECK(outcome.err ==
          cat("pforte: ", desk.config(),
              ":2:13: error: cannot use state_dir /nowhere/at-all: there is no such folder\nhelp: correct "
              "the path, or make it; its owner is the gate's user, usually pforte: sudo install -d -o "
              "pforte -g pforte -m 750 /nowhere/at-all\n"));
  }
  CHECK(
      desk.run({"agent", "list", "--lang=de"})
          .err.contains("Fehler: state_dir /nowhere/at-all ist nicht benutzbar: Einen solchen Ordner gibt es nicht\n"));
  std::filesystem::remove(desk.config());
  CHECK(desk.run({"agent", "list"}).exit == 2);
}

TEST_CASE("a state folder that can be none is a mistake of the configuration, told at its line") {
  Desk desk;
  for (const std::string& folder : {desk.file("file", "x"), std::string("/proc/pforte")}) {
    std::ofstream(desk.config()) << "state_dir = \"" << folder << "\"\n";
    Outcome outcome = desk.run({"agent", "list"});
    CHECK(outcome.exit == 2);
    CHECK(outcome.err.starts_with(cat("pforte: ", desk.config(), ":1:13: error: cannot use state_dir ", folder)));
    CHECK(outcome.err.contains("\nhelp: name a folder"));
  }
}

TEST_CASE("a store that cannot be opened is told once, at the line of its folder") {
  Desk desk;
  std::filesystem::create_directory(desk.folder() + "/pforte.db");
  Outcome outcome = desk.run({"agent", "list", "--lang=de"});
  CHECK(outcome.exit == 3);
  CHECK(outcome.err.starts_with(cat("pforte: ", desk.config(), ":1:13: Fehler: ", desk.folder(), "/pforte.db")));
  CHECK(std::ranges::count(outcome.err, '\n') == 2);
}

TEST_CASE("a misspelt state_dir is no guess where the store lies") {
  Desk desk;
  std::ofstream(desk.config()) << "sate_dir = \"" << desk.folder() << "\"\n[log]\nacces = \"-\"\n";
  Outcome outcome = desk.run({"agent", "list"});
  CHECK(outcome.exit == 2);
  CHECK(outcome.err ==
        cat("pforte: ", desk.config(),
            ":1:1: error: unknown key sate_dir at the top of the file\nhelp: did you mean state_dir?\n"));
  std::ofstream(desk.config()) << "state_dir = \"" << desk.folder() << "\"\n[log]\nacces = \"-\"\n";
  CHECK(desk.run({"agent", "list"}).exit == 0);
  std::ofstream(desk.config()) << "state_dir = [\"" << desk.folder() << "\"]\n";
  CHECK(desk.run({"agent", "list"}).exit == 2);
}

TEST_CASE("what answers at the control socket and is no gate is warned of, since the change is made") {
  Desk desk;
  std::filesystem::create_directory(desk.folder() + "/control.sock");
  Outcome outcome = desk.run({"agent", "add", "susan"});
  CHECK(outcome.exit == 0);
  CHECK((outcome.err.empty() || outcome.err.contains("within a second")));
}

}  // namespace pforte::app

#include "gate/ca_page.h"

#include <array>
#include <string_view>

#include "authority/distribution.h"
#include "authority/qr_code.h"
#include "base/text.h"
#include "base/time.h"
#include "gate/sign_in_style.h"
#include "http/escape.h"

namespace pforte::gate {

namespace {

struct Words {
  std::string_view en, de;
  std::string_view in(Language language) const { return language == Language::German ? de : en; }
};

constexpr Words kTitle = {"The company's root certificate", "Das Wurzelzertifikat der Firma"};
constexpr Words kCompare = {
    "Compare this with what you were told in another way, on paper or by telephone, before you install anything.",
    "Das mit dem vergleichen, was man auf anderem Weg erfahren hat, auf Papier oder am Telefon, und erst dann etwas "
    "installieren."};
constexpr Words kUntil = {"valid until", "gültig bis"};
constexpr Words kScan = {"This page for a phone", "Diese Seite fürs Telefon"};

// A file of the package, and for whom.
struct Offer {
  std::string_view file;
  Words who;
};
constexpr std::array kOffers = std::to_array<Offer>({
    {"company-root.crt", {"Windows, Android", "Windows, Android"}},
    {"windows/install-root.cmd", {"Windows: a script beside it", "Windows: ein Skript daneben"}},
    {"apple/company-root.mobileconfig", {"iPhone, iPad, Mac", "iPhone, iPad, Mac"}},
    {"company-root.pem", {"Linux, Firefox, curl", "Linux, Firefox, curl"}},
    {"java/company-root.p12", {"Java (password changeit)", "Java (Passwort changeit)"}},
    {"java/company-root.jks", {"old Java (password changeit)", "altes Java (Passwort changeit)"}},
    {"README.txt", {"what to do with it, in English", "was damit zu tun ist, auf Englisch"}},
    {"LIESMICH.txt", {"what to do with it, in German", "was damit zu tun ist"}},
});

constexpr std::string_view kCaStyle =
    "main{max-width:34rem}ul{padding-left:1.25rem}code{font-size:.875rem}svg{width:11rem;height:11rem;border-radius:"
    ".5rem}figure{margin:1.5rem 0 0}";

std::string escaped(std::string_view text) {
  std::string out;
  http::append_html_text(out, text);
  return out;
}

std::string offers(Language language) {
  std::string list = "<ul>\n";
  for (const Offer& offer : kOffers)
    list += cat("<li><a href=\"", offer.file, "\" download>", offer.file, "</a>: ", offer.who.in(language), "</li>\n");
  return list + "</ul>\n";
}

std::string body_of(const authority::CaCertificate& root, const std::string& address, Language language) {
  std::string until = rfc3339(*root.judged.not_after).substr(0, 10);
  return cat("<h1>", kTitle.in(language), "</h1>\n<p>", escaped(root.judged.subject.text()), ", ", kUntil.in(language),
             ' ', until, "</p>\n<p>SHA-256<br><code>", authority::sha256_fingerprint(root), "</code></p>\n<p>",
             kCompare.in(language), "</p>\n", offers(language), "<figure>", authority::qr_code_svg(address),
             "<figcaption>", kScan.in(language), ": ", escaped(address), "</figcaption></figure>\n");
}

}  // namespace

http::Page ca_page(const authority::CaCertificate& root, const std::string& address, Language language) {
  std::string_view code = language == Language::German ? "de" : "en";
  http::Page page;
  page.fields = {{"Content-Type", "text/html; charset=utf-8"},
                 {"Content-Language", std::string(code)},
                 {"Cache-Control", "no-store"},
                 {"Content-Security-Policy", sign_in_policy(kCaStyle)},
                 {"Referrer-Policy", "no-referrer"},
                 {"X-Content-Type-Options", "nosniff"},
                 {"X-Frame-Options", "DENY"}};
  page.body = cat("<!doctype html>\n<html lang=\"", code, "\">\n<head>\n<meta charset=\"utf-8\">\n",
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
                  "<meta name=\"robots\" content=\"noindex\">\n<title>", kTitle.in(language), "</title>\n<style>",
                  common_style(), "</style>\n<style>", kCaStyle, "</style>\n</head>\n<body>\n<main>\n",
                  body_of(root, address, language), "</main>\n</body>\n</html>\n");
  return page;
}

}  // namespace pforte::gate

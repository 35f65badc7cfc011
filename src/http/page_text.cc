#include "http/page_text.h"

#include <algorithm>
#include <array>

#include "http/refusal.h"

namespace pforte::http {

namespace {

// Read by people who want to work, not by administrators: no jargon, no blame, one thing to do.
constexpr std::array kExplanations{
    Explanation{
        400,
        true,
        {"This request could not be understood", "Diese Anfrage war nicht zu verstehen"},
        {"The address or another part of the request breaks a rule, so it was not passed on.",
         "Die Adresse oder ein anderer Teil der Anfrage verletzt eine Regel und wurde daher nicht weitergegeben."},
        {"Check the address for typing mistakes, or start again from the application's home page.",
         "Prüfen Sie die Adresse auf Tippfehler, oder beginnen Sie neu auf der Startseite der Anwendung."}},
    Explanation{
        401,
        true,
        {"Please sign in", "Bitte melden Sie sich an"},
        {"This address is only for people who have signed in.", "Diese Adresse ist nur für Angemeldete."},
        {"Sign in and try again. A program sends a ticket or a token with its request.",
         "Melden Sie sich an, und versuchen Sie es noch einmal. Ein Programm sendet ein Ticket oder ein Token mit."}},
    Explanation{403,
                false,
                {"You may not do this", "Das dürfen Sie nicht"},
                {"You do not have the right to do this, so the request was not passed on.",
                 "Ihnen fehlt das Recht dazu; die Anfrage wurde nicht weitergegeben."},
                {"If you need it for your work, give your administrator the reference below.",
                 "Brauchen Sie es für Ihre Arbeit, nennen Sie Ihrer Administration die Referenz unten."}},
    Explanation{404,
                false,
                {"There is nothing here", "Hier ist nichts"},
                {"This address does not exist.", "Diese Adresse gibt es nicht."},
                {"Check the address for typing mistakes, or start again from the application's home page.",
                 "Prüfen Sie die Adresse auf Tippfehler, oder beginnen Sie neu auf der Startseite der Anwendung."}},
    Explanation{
        405,
        true,
        {"This address cannot be used that way", "Diese Adresse lässt sich so nicht benutzen"},
        {"The method of the request is not one that this address answers.",
         "Die Methode der Anfrage gehört nicht zu denen, die diese Adresse beantwortet."},
        {"Start again from the application's home page.", "Beginnen Sie neu auf der Startseite der Anwendung."}},
    Explanation{408,
                true,
                {"The request took too long", "Die Anfrage dauerte zu lange"},
                {"The request did not arrive completely in time.", "Die Anfrage kam nicht rechtzeitig vollständig an."},
                {"Check your connection to the network and try again.",
                 "Prüfen Sie Ihre Verbindung zum Netz, und versuchen Sie es noch einmal."}},
    Explanation{413,
                true,
                {"Too much was sent", "Es wurde zu viel gesendet"},
                {"The file or form is larger than what is accepted here.",
                 "Die Datei oder das Formular ist größer, als hier angenommen wird."},
                {"Send less at once, or ask your administrator to allow more.",
                 "Senden Sie weniger auf einmal, oder bitten Sie Ihre Administration, mehr zuzulassen."}},
    Explanation{
        414,
        true,
        {"The address is too long", "Die Adresse ist zu lang"},
        {"The address is longer than what is accepted here.", "Die Adresse ist länger, als hier angenommen wird."},
        {"Start again from the application's home page; a shorter search may help.",
         "Beginnen Sie neu auf der Startseite der Anwendung; eine kürzere Suche kann helfen."}},
    Explanation{
        421,
        true,
        {"This address is not served on this connection", "Diese Adresse wird auf dieser Verbindung nicht bedient"},
        {"The connection was made for another name than the one that was asked for.",
         "Die Verbindung wurde für einen anderen Namen aufgebaut als den, der angefragt wurde."},
        {"Load the page again. If that does not help, close the browser and open it again.",
         "Laden Sie die Seite neu. Hilft das nicht, schließen und öffnen Sie den Browser."}},
    Explanation{429,
                true,
                {"Too many requests", "Zu viele Anfragen"},
                {"More requests came from you than are accepted in this time.",
                 "Von Ihnen kamen mehr Anfragen, als in dieser Zeit angenommen werden."},
                {"Wait a minute and try again.", "Warten Sie eine Minute, und versuchen Sie es noch einmal."}},
    Explanation{431,
                true,
                {"The request carries too much with it", "Die Anfrage bringt zu viel mit"},
                {"Its header fields, usually the cookies, are larger than what is accepted here.",
                 "Ihre Kopffelder, meist die Cookies, sind größer, als hier angenommen wird."},
                {"Delete the cookies of this address in your browser and try again.",
                 "Löschen Sie die Cookies dieser Adresse in Ihrem Browser, und versuchen Sie es noch einmal."}},
    Explanation{500,
                false,
                {"Something went wrong here", "Hier ist etwas schiefgegangen"},
                {"The gate made a mistake. It is not your fault.",
                 "Das Tor hat einen Fehler gemacht. Es liegt nicht an Ihnen."},
                {"Try again. If it happens again, give your administrator the reference below.",
                 "Versuchen Sie es noch einmal. Bleibt es dabei, nennen Sie Ihrer Administration die Referenz unten."}},
    Explanation{
        501,
        true,
        {"This is not supported", "Das wird nicht unterstützt"},
        {"The request asks for something that the gate does not do.",
         "Die Anfrage verlangt etwas, das das Tor nicht tut."},
        {"Tell your administrator the reference below.", "Nennen Sie Ihrer Administration die Referenz unten."}},
    Explanation{502,
                false,
                {"The application is not answering properly", "Die Anwendung antwortet nicht richtig"},
                {"The application could not be reached, or its answer was not usable.",
                 "Die Anwendung war nicht erreichbar, oder ihre Antwort war nicht zu gebrauchen."},
                {"Try again in a minute. If it stays so, give your administrator the reference below.",
                 "Versuchen Sie es in einer Minute noch einmal. Bleibt es dabei, nennen Sie Ihrer Administration die "
                 "Referenz unten."}},
    Explanation{
        503,
        false,
        {"The application is not available", "Die Anwendung ist nicht verfügbar"},
        {"It is out of order, overloaded or being worked on.", "Sie ist gestört, überlastet oder wird gewartet."},
        {"Try again in a few minutes.", "Versuchen Sie es in einigen Minuten noch einmal."}},
    Explanation{504,
                false,
                {"The application took too long", "Die Anwendung brauchte zu lange"},
                {"The application did not answer in time. What you did may have been done or not.",
                 "Die Anwendung hat nicht rechtzeitig geantwortet. Ob Ihre Eingabe ankam, ist ungewiss."},
                {"Look whether it was done before you try again.",
                 "Sehen Sie nach, ob es geschehen ist, bevor Sie es noch einmal versuchen."}},
    Explanation{505,
                true,
                {"This version of HTTP is not spoken here", "Diese Version von HTTP wird hier nicht gesprochen"},
                {"The program that sent the request is too old or too new for this gate.",
                 "Das Programm, das die Anfrage gesendet hat, ist zu alt oder zu neu für dieses Tor."},
                {"Use a current browser.", "Benutzen Sie einen aktuellen Browser."}},
};

constexpr Explanation kTicketTooLarge{
    431,
    true,
    {"What you sign in with is too large", "Ihr Anmeldenachweis ist zu groß"},
    {"Your browser sent a proof of who you are that is larger than what is accepted here. Usually it is a single "
     "sign-on ticket of somebody who is in very many groups.",
     "Ihr Browser hat einen Anmeldenachweis gesendet, der größer ist, als hier angenommen wird. Meist ist es ein "
     "Single-Sign-on-Ticket von jemandem, der zu sehr vielen Gruppen gehört."},
    {"Sign in with your user name and password instead, at /.pforte/login. Your administrator can raise the limit, "
     "which is authorization in [limits], or put you into fewer groups.",
     "Melden Sie sich stattdessen mit Benutzername und Passwort an, unter /.pforte/login. Ihre Administration kann die "
     "Grenze anheben (authorization in [limits]) oder die Zahl Ihrer Gruppen verringern."},
    "/.pforte/login"};

constexpr Explanation kClient{0,
                              false,
                              {"This did not work", "Das hat nicht geklappt"},
                              {"The request was refused.", "Die Anfrage wurde abgelehnt."},
                              {"If you think it should work, give your administrator the reference below.",
                               "Sollte es klappen, nennen Sie Ihrer Administration die Referenz unten."}};
constexpr Explanation kServer{0,
                              false,
                              {"This did not work", "Das hat nicht geklappt"},
                              {"The request could not be answered. It is not your fault.",
                               "Die Anfrage konnte nicht beantwortet werden. Es liegt nicht an Ihnen."},
                              {"Try again later. If it stays so, give your administrator the reference below.",
                               "Versuchen Sie es später noch einmal. Bleibt es dabei, nennen Sie Ihrer Administration "
                               "die Referenz unten."}};

}  // namespace

const Explanation& explanation_of(int status, std::string_view code) {
  if (code == refusal::kAuthorizationTooLarge.code) return kTicketTooLarge;
  const auto* found = std::ranges::find(kExplanations, status, &Explanation::status);
  if (found != kExplanations.end()) return *found;
  return status >= 500 ? kServer : kClient;
}

}  // namespace pforte::http

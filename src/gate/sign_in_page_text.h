#pragma once

#include "http/page_text.h"

// What the pages around signing in say, apart from problems.
namespace pforte::gate::sign_in_text {

using http::Wording;

inline constexpr Wording kSignIn{"Sign in", "Anmelden"};
inline constexpr Wording kNotSignedIn{"Not signed in", "Nicht angemeldet"};
inline constexpr Wording kUser{"User name", "Benutzername"};
inline constexpr Wording kPassword{"Password", "Passwort"};
inline constexpr Wording kOr{"or", "oder"};

inline constexpr Wording kSingleSignOn{"Use single sign-on", "Single Sign-on benutzen"};
inline constexpr Wording kSingleSignOnAgain{"Try single sign-on again", "Single Sign-on erneut versuchen"};
inline constexpr Wording kSingleSignOnHint{
    "No password: signs you in with the account you use on this computer.",
    "Ohne Passwort: meldet Sie mit dem Konto an, das Sie an diesem Computer benutzen."};
inline constexpr Wording kNoPasswords{"Here you sign in with the account you use on this computer.",
                                      "Hier melden Sie sich mit dem Konto an, das Sie an diesem Computer benutzen."};

inline constexpr Wording kNoWayIn{
    "Nobody can sign in right now. Please try again in a few minutes.",
    "Die Anmeldung ist gerade nicht möglich. Bitte versuchen Sie es in einigen Minuten noch einmal."};

// Followed by a name and a full stop.
inline constexpr Wording kSignedInAs{"You are signed in as ", "Sie sind angemeldet als "};
inline constexpr Wording kSwitch{"To continue as somebody else, sign in below.",
                                 "Um als jemand anderes weiterzuarbeiten, melden Sie sich unten an."};
inline constexpr Wording kStay{"Stay signed in", "Angemeldet bleiben"};

inline constexpr Wording kSignedOut{"Signed out", "Abgemeldet"};
inline constexpr Wording kSignedOutNote{
    "You are signed out. If others use this computer too, please close the browser as well.",
    "Sie sind abgemeldet. Wenn auch andere diesen Computer benutzen, schließen Sie bitte noch den Browser."};

inline constexpr Wording kSignOut{"Sign out", "Abmelden"};
inline constexpr Wording kSignOutQuestion{"Do you want to sign out?", "Möchten Sie sich abmelden?"};
inline constexpr Wording kSignOutEffect{
    "Once signed out, this browser does not sign you in on its own until you sign in again.",
    "Nach dem Abmelden meldet dieser Browser Sie nicht mehr von selbst an, bis Sie sich wieder anmelden."};

inline constexpr Wording kForbidden{"No access to this page", "Kein Zugriff auf diese Seite"};
inline constexpr Wording kForbiddenReason{"This account may not open the page.",
                                          "Dieses Konto darf die Seite nicht öffnen."};
inline constexpr Wording kForbiddenRemedy{
    "If you need it for your work, please ask your administrator, and tell them the reference below.",
    "Wenn Sie sie für Ihre Arbeit brauchen, wenden Sie sich bitte an Ihre Administration, und nennen Sie die Referenz "
    "unten."};
inline constexpr Wording kSignInAsAnother{"Sign in as somebody else", "Als jemand anderes anmelden"};
inline constexpr Wording kStartPage{"To the start page", "Zur Startseite"};

inline constexpr Wording kUnknown{"No access yet", "Noch kein Zugang"};
// Followed by a principal and a full stop.
inline constexpr Wording kUnknownIs{"Single sign-on worked, and says that you are ",
                                    "Single Sign-on hat geklappt: Sie sind "};
inline constexpr Wording kUnknownReason{"But this application has no account for you yet.",
                                        "In dieser Anwendung haben Sie aber noch kein Konto."};
// The same where the principal is not told.
inline constexpr Wording kUnknownNobody{
    "You have shown who you are, but this application has no account for you yet.",
    "Die Anmeldung hat geklappt, aber in dieser Anwendung haben Sie noch kein Konto."};
inline constexpr Wording kUnknownNobodyRemedy{
    "Please ask your administrator for one, and tell them the reference below.",
    "Bitte wenden Sie sich an Ihre Administration, und nennen Sie die Referenz unten."};
inline constexpr Wording kUnknownRemedy{
    "Please ask your administrator for one, and tell them this name and the reference below.",
    "Bitte wenden Sie sich an Ihre Administration, und nennen Sie diesen Namen und die Referenz unten."};
inline constexpr Wording kUnknownForm{"or with another account", "oder mit einem anderen Konto"};

inline constexpr Wording kSelfTest{"Connection test", "Verbindungstest"};
// Followed by the code and a full stop.
inline constexpr Wording kSelfTestCode{"Code for your administrator: ", "Code für Ihre Administration: "};
inline constexpr Wording kSelfTestCodeUse{"With it they see the same as you do below.",
                                          "Damit sieht sie dasselbe wie Sie hier unten."};
inline constexpr Wording kSelfTestNoCode{
    "This gate keeps no record of connections: tell your administrator what stands below.",
    "Dieses Tor zeichnet keine Verbindungen auf: Bitte Ihrer Administration sagen, was unten steht."};
inline constexpr Wording kSelfTestAgain{"Test again", "Noch einmal testen"};

inline constexpr Wording kReference{"Reference", "Referenz"};

}  // namespace pforte::gate::sign_in_text

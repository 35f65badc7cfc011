#include "app/capture_text.h"

#include "app/shown_json.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

// "1 connection", "2 connections".
std::string counted(std::int64_t count, const Message& one, const Message& many, Language language) {
  return cat(count, ' ', (count == 1 ? one : many).in(language));
}

std::string connections(std::int64_t count, Language language) {
  return counted(count, {"connection", "Verbindung"}, {"connections", "Verbindungen"}, language);
}

Message reason(std::string_view word) {
  if (word == "time") return {"its time was over", "die Zeit war um"};
  if (word == "limit") return {"the file is as large as it may be", "die Datei ist so groß, wie sie sein darf"};
  if (word == "gate-stops") return {"the gate stops", "das Tor wird beendet"};
  return {"you have ended it", "Sie haben sie beendet"};
}

// What is recorded, in the words of capture::Filter.
std::string filter_of(const Json& told, Language language) {
  std::string filter = shown_text(told, "filter");
  return language == Language::German && filter == "everything" ? "alles" : filter;
}

// Into such a file no keys have come either.
std::string nothing_came(const std::string& whom, Language language) {
  bool german = language == Language::German;
  std::string client = whom.empty() ? (german ? "ADRESSE" : "ADDRESS") : shell_word(whom);
  std::string_view asks = german ? "Nichts davon kam an. Was das Tor von dem Client weiß: "
                                 : "Nothing of that came. What the gate knows of the client: ";
  return cat(asks, "pforte doctor client ", client, '\n');
}

}  // namespace

std::string capture_began_text(const Json& beginning, Language language) {
  bool german = language == Language::German;
  std::string filter = filter_of(beginning, language), until = shown_text(beginning, "until");
  std::int64_t left_out = shown_number(beginning, "left_out");
  std::string text = german ? cat("Aufgezeichnet wird bis ", until, ": ", filter, ". Strg-C beendet es.\n")
                            : cat("Capturing until ", until, ": ", filter, ". Ctrl-C ends it.\n");
  if (left_out == 0) return text;
  std::string_view stay = left_out == 1 ? " was open before and stays out" : " were open before and stay out";
  std::string_view apart =
      left_out == 1 ? " bestand schon und bleibt außen vor" : " bestanden schon und bleiben außen vor";
  text += cat(connections(left_out, language), german ? apart : stay,
              german ? ": Was älter ist als die Aufzeichnung, ist nicht darin.\n"
                     : ": what is older than the capture is not in it.\n");
  return text;
}

std::string capture_ended_text(const Json& end, const std::string& file, const std::string& whom, Language language) {
  bool german = language == Language::German;
  std::int64_t came = shown_number(end, "connections");
  std::int64_t dropped = shown_number(end, "dropped"), given_up = shown_number(end, "given_up");
  std::string why = reason(shown_text(end, "ended")).in(language);
  std::string text =
      cat(printable(file), ": ", connections(came, language), ", ",
          counted(shown_number(end, "packets"), {"packet", "Paket"}, {"packets", "Pakete"}, language), ", ",
          shown_number(end, "bytes"), german ? " Bytes; beendet: " : " bytes; ended: ", why, ".\n");
  if (dropped > 0) {
    text += cat(
        german ? "Es fehlen " : "Missing: ", counted(dropped, {"packet", "Paket"}, {"packets", "Pakete"}, language),
        german ? ": die Datei wurde nicht schnell genug geschrieben.\n" : ": the file was not written fast enough.\n");
  }
  if (given_up > 0) {
    text += cat(german ? "Nicht aufgezeichnet, weil kein Platz war: " : "Not captured for want of room: ",
                connections(given_up, language), ".\n");
  }
  if (shown_text(end, "ended") == "limit")
    text += german ? "Was nicht mehr hineinpasste, fehlt: --limit größer wählen.\n"
                   : "What did not fit into it is missing: choose a larger --limit.\n";
  if (came == 0) return given_up > 0 ? text : text + nothing_came(whom, language);
  if (!is_true(end, "secrets")) return text;
  std::string source = file == "-" ? (german ? "DATEI" : "FILE") : shell_word(file);
  text += german ? "Die Schlüssel von TLS stehen darin: Wer die Datei hat, liest Passwörter und Tickets.\n"
                   "Ohne sie weitergeben: "
                 : "The keys of TLS are in it: who has the file reads passwords and tickets.\nTo pass it on without: ";
  return text += cat("editcap --discard-all-secrets ", source, german ? " NEUE-DATEI\n" : " NEW-FILE\n");
}

Complaint capture_refused(int status, const Json& answer) {
  if (status == 409) {
    std::string by = shown_text(answer, "by"), until = shown_text(answer, "until");
    return {kSystemRefused,
            {cat("a capture is under way already, of ", filter_of(answer, Language::English), ", asked for by ", by),
             cat("es läuft schon eine Aufzeichnung (", filter_of(answer, Language::German), "), verlangt von ", by)},
            {cat("it ends at ", until, " at the latest: ask again then"),
             cat("sie endet spätestens ", until, ": dann noch einmal")}};
  }
  if (status == 404) {
    std::string site = shown_text(answer, "site");
    return {kInvalidInput,
            {cat("there is no site ", site), cat("es gibt keine Site ", site)},
            {"`pforte status` tells which there are", "`pforte status` sagt, welche es gibt"}};
  }
  return {kSystemRefused,
          {cat("the gate answered with status ", status, ' ', shown_text(answer, "reason")),
           cat("das Tor antwortete mit Status ", status, ' ', shown_text(answer, "reason"))},
          {"it may be of another version than this command: restart it",
           "vielleicht ist es von anderer Version als dieser Befehl: neu starten"}};
}

Complaint capture_cut_off() {
  return {kSystemRefused,
          {"the gate has gone before the capture ended", "das Tor war weg, bevor die Aufzeichnung endete"},
          {"what is in the file can be read; look into the gate's log",
           "was in der Datei steht, ist lesbar; in das Protokoll des Tors sehen"}};
}

Complaint capture_left() {
  return {kSystemRefused,
          {"the capture was left before the gate had ended it",
           "die Aufzeichnung wurde verlassen, bevor das Tor sie beendet hatte"},
          {"what is in the file can be read; the gate ends it by itself",
           "was in der Datei steht, ist lesbar; das Tor beendet sie von selbst"}};
}

}  // namespace pforte::app

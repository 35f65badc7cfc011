#include "gate/sign_in_style.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace pforte::gate {

namespace {

constexpr Color kBlack{0, 0, 0};
constexpr Color kWhite{255, 255, 255};
constexpr Color kOurs{0x25, 0x63, 0xeb};

// What stands behind the form; as --card below.
constexpr Color kLightCard = kWhite;
constexpr Color kDarkCard{0x1b, 0x1e, 0x23};

// WCAG 2.2, 1.4.11: what one has to see of a control.
constexpr double kVisible = 3.0;

constexpr std::string_view kCommonStyle =
    ":root{color-scheme:light dark;--page:#eff1f4;--card:#ffffff;--text:#1b1e23;--muted:#555c68;--line:#d5d9df;"
    "--border:#737b88;--bad:#8c1a11;--bad-back:#fdeeec;--bad-line:#d93a2b;--note:#16472f;--note-back:#e9f6ef;"
    "--note-line:#2e8b5c}"
    "@media(prefers-color-scheme:dark){:root{--page:#111316;--card:#1b1e23;--text:#eceef1;--muted:#a7aeb9;"
    "--line:#363b43;--border:#7f8794;--bad:#ffc2ba;--bad-back:#3b1714;--bad-line:#f0685a;--note:#b5ecce;"
    "--note-back:#12301f;--note-line:#4cb782}"
    ".brand img{padding:.375rem .5rem;border-radius:.375rem;background:#fff}}"
    "*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:8vh 1rem 1.5rem;"
    "font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif;color:var(--text);"
    "background:var(--page);overflow-wrap:anywhere}"
    "main{width:100%;max-width:25.5rem;padding:2rem 2.25rem 2.25rem;background:var(--card);border:1px solid "
    "var(--line);"
    "border-radius:.875rem;box-shadow:0 1px 2px rgb(0 0 0/.05),0 12px 32px rgb(0 0 0/.07)}"
    ".brand{display:flex;flex-wrap:wrap;align-items:center;gap:.75rem;margin:0 0 1.75rem}"
    ".brand img{display:block;max-width:100%;max-height:3rem}"
    ".brand svg{flex:none;width:2.25rem;height:2.25rem;color:var(--accent)}"
    ".brand p{flex:1 1 8rem;margin:0;font-weight:600;font-size:1.0625rem;line-height:1.3}"
    "h1{margin:0 0 1.25rem;font-size:1.625rem;line-height:1.25;letter-spacing:-.01em;hyphens:auto}"
    "p{margin:0 0 1rem}"
    ".problem,.note{margin:0 0 1.25rem;padding:.75rem 1rem;border-left:.25rem solid;border-radius:.375rem;"
    "font-size:.9375rem;line-height:1.45}"
    ".problem{color:var(--bad);background:var(--bad-back);border-color:var(--bad-line)}"
    ".note{color:var(--note);background:var(--note-back);border-color:var(--note-line)}"
    ".note a{color:inherit;font-weight:600}"
    "form{margin:0}"
    "label{display:block;margin:0 0 .375rem;font-weight:600;font-size:.9375rem}"
    "input{display:block;width:100%;min-height:2.875rem;margin:0 0 1.125rem;padding:.5rem .75rem;font:inherit;"
    "color:inherit;background:var(--card);border:1px solid var(--border);border-radius:.5rem}"
    "input[aria-invalid]{border-color:var(--bad-line)}"
    "button,.button{display:block;width:100%;min-height:2.875rem;padding:.6875rem 1rem;font:inherit;font-weight:600;"
    "line-height:1.375;text-align:center;text-decoration:none;border:1px solid var(--edge);border-radius:.5rem;"
    "color:var(--on-brand);background:var(--brand);cursor:pointer}"
    "form button{margin-top:1.5rem}"
    ".second{color:var(--text);background:transparent;border-color:var(--border)}"
    "button+.button,form+.button,.button+.button{margin-top:.75rem}"
    "button:hover,.button:hover{text-decoration:underline;text-underline-offset:.2em}"
    "input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}"
    ".or{display:flex;align-items:center;gap:.75rem;margin:1.375rem 0;color:var(--muted);font-size:.875rem}"
    ".or::before,.or::after{content:'';flex:1;border-top:1px solid var(--line)}"
    ".hint{margin:.625rem 0 0;color:var(--muted);font-size:.875rem;line-height:1.45;text-align:center}"
    ".notice{margin:1.75rem 0 0;padding:1.125rem 0 0;border-top:1px solid var(--line);color:var(--muted);"
    "font-size:.9375rem;white-space:pre-line}"
    "footer{margin:1.25rem 0 0;color:var(--muted);font-size:.8125rem}"
    "code{font-family:ui-monospace,Consolas,'Liberation Mono',monospace;user-select:all}"
    "@media(max-width:30rem){body{padding:0;background:var(--card)}main{max-width:none;padding:1.75rem 1.25rem;"
    "border:0;border-radius:0;box-shadow:none}footer{align-self:flex-start;margin:0;padding:0 1.25rem 1.5rem}}";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// WCAG 2.2, definition of relative luminance: 0 (black) to 1 (white).
double luminance(Color color) {
  auto linear = [](std::uint8_t channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
}

std::string css_of(Color color) {
  const char bytes[] = {char(color.red), char(color.green), char(color.blue)};
  return cat('#', to_hex({bytes, 3}));
}

// What depends on whether the brand's color is seen on the card: the edge of a button, and what marks the focus.
std::string accents(Color brand, Color card) {
  bool seen = contrast(brand, card) >= kVisible;
  return cat(":root{--edge:", seen ? css_of(brand) : "var(--border)",
             ";--accent:", seen ? css_of(brand) : "var(--text)", "}");
}

std::string hash_source(std::string_view style) {
  crypto::Sha256 hash = crypto::sha256(style);
  return cat("'sha256-", to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()}), "'");
}

}  // namespace

Color color_of(std::string_view text) {
  if (text.size() != 7 || text[0] != '#') return kOurs;
  std::uint8_t channels[3];
  for (std::size_t i = 0; i < 3; ++i) {
    int high = hex_value(text[1 + 2 * i]);
    int low = hex_value(text[2 + 2 * i]);
    if (high < 0 || low < 0) return kOurs;
    channels[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return {channels[0], channels[1], channels[2]};
}

double contrast(Color a, Color b) {
  auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

Color text_on(Color background) {
  return contrast(kWhite, background) >= contrast(kBlack, background) ? kWhite : kBlack;
}

std::string_view common_style() {
  return kCommonStyle;
}

std::string brand_style(std::string_view brand_color) {
  Color brand = color_of(brand_color);
  return cat(":root{--brand:", css_of(brand), ";--on-brand:", css_of(text_on(brand)), "}", accents(brand, kLightCard),
             "@media(prefers-color-scheme:dark){", accents(brand, kDarkCard), "}");
}

std::string sign_in_policy(std::string_view brand_style) {
  static const std::string common_hash = hash_source(kCommonStyle);
  return cat("default-src 'none'; style-src ", common_hash, " ", hash_source(brand_style),
             "; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
}

}  // namespace pforte::gate

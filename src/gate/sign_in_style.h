#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pforte::gate {

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  bool operator==(const Color&) const = default;
};

// "#0b5fff", in either case; our own blue for anything else.
Color color_of(std::string_view text);

// How well one is read on the other: 1 (not at all) to 21. Source: WCAG 2.2, definition of contrast ratio.
double contrast(Color a, Color b);

// Black or white, whichever is read better on `background`. At least 4.58, whatever the color.
Color text_on(Color background);

// The style of the pages around signing in: what all have in common, and the colors that depend on the brand's.
// Each stands in a <style> of its own.
std::string_view common_style();
std::string brand_style(std::string_view brand_color);

// The Content-Security-Policy of a page with both: nothing but these styles, pictures of this site, and forms that are
// posted to it.
std::string sign_in_policy(std::string_view brand_style);

}  // namespace pforte::gate

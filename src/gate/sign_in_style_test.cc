#include "gate/sign_in_style.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>

#include "base/text.h"

namespace pforte::gate {

namespace {

// What WCAG 2.2 asks for: of text (1.4.3), and of what one has to see of a control (1.4.11).
constexpr double kReadable = 4.5;
constexpr double kVisible = 3.0;

// The colors that a block of the style gives names to.
std::map<std::string_view, Color> colors_in(std::string_view block) {
  std::map<std::string_view, Color> colors;
  while (true) {
    std::size_t name = block.find("--");
    std::size_t end = block.find(":#", name);
    if (end == std::string_view::npos) return colors;
    colors[block.substr(name + 2, end - name - 2)] = color_of(block.substr(end + 1, 7));
    block.remove_prefix(end + 8);
  }
}

std::string_view block_behind(std::string_view style, std::string_view selector) {
  std::string_view block = style.substr(style.find(selector) + selector.size());
  return block.substr(0, block.find('}'));
}

}  // namespace

TEST_CASE("contrast is what WCAG says it is") {
  CHECK(contrast({0, 0, 0}, {255, 255, 255}) == doctest::Approx(21));
  CHECK(contrast({255, 255, 255}, {0, 0, 0}) == doctest::Approx(21));
  CHECK(contrast({18, 52, 86}, {18, 52, 86}) == doctest::Approx(1));
  CHECK(contrast(color_of("#767676"), {255, 255, 255}) == doctest::Approx(4.54).epsilon(0.001));
  CHECK(contrast(color_of("#ff0000"), {255, 255, 255}) == doctest::Approx(3.998).epsilon(0.001));
}

TEST_CASE("a button can be read whatever color the brand has") {
  for (int red = 0; red < 256; red += 5) {
    for (int green = 0; green < 256; green += 5) {
      for (int blue = 0; blue < 256; blue += 5) {
        Color brand{std::uint8_t(red), std::uint8_t(green), std::uint8_t(blue)};
        REQUIRE(contrast(text_on(brand), brand) >= kReadable);
      }
    }
  }
}

TEST_CASE("a color is read in either case, and what is none is our own") {
  CHECK(color_of("#0b5fFF") == Color{0x0b, 0x5f, 0xff});
  Color ours = color_of("");
  for (std::string_view text : {"#fff", "0b5fff", "#0b5ff", "#0b5fff;", "#0b5fgg", "red", "}*{x:y}"}) {
    CAPTURE(text);
    CHECK(color_of(text) == ours);
  }
  CHECK(contrast(ours, {255, 255, 255}) >= kReadable);
}

TEST_CASE("all texts can be read, by day and by night") {
  for (std::string_view selector : {"light dark;", "@media(prefers-color-scheme:dark){:root{"}) {
    CAPTURE(selector);
    auto colors = colors_in(block_behind(common_style(), selector));
    REQUIRE(colors.size() == 12);
    for (std::string_view back : {"card", "page"}) {
      CHECK(contrast(colors["text"], colors[back]) >= kReadable);
      CHECK(contrast(colors["muted"], colors[back]) >= kReadable);
    }
    CHECK(contrast(colors["bad"], colors["bad-back"]) >= kReadable);
    CHECK(contrast(colors["note"], colors["note-back"]) >= kReadable);
    CHECK(contrast(colors["border"], colors["card"]) >= kVisible);
    CHECK(contrast(colors["bad-line"], colors["card"]) >= kVisible);
  }
}

TEST_CASE("a brand's color marks the focus only where it is seen") {
  struct Row {
    std::string_view brand;
    bool by_day, by_night;
  };
  const Row rows[] = {
      {"#0b5fff", true, true}, {"#ffffff", false, true}, {"#ffd400", false, true}, {"#101010", true, false}};
  for (const Row& row : rows) {
    CAPTURE(row.brand);
    std::string style = brand_style(row.brand);
    std::string marks = cat("--edge:", row.brand, ";--accent:", row.brand);
    CHECK((block_behind(style, "}:root{") == marks) == row.by_day);
    CHECK((block_behind(style, "dark){:root{") == marks) == row.by_night);
  }
}

TEST_CASE("nothing from the configuration comes into the style but a color") {
  CHECK(brand_style("#123456}body{display:none") == brand_style(""));
  CHECK(brand_style("#0B5FFF") == brand_style("#0b5fff"));
}

}  // namespace pforte::gate

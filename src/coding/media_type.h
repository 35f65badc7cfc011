#pragma once

#include <array>
#include <string_view>

namespace pforte::coding {

// What gets smaller: text, and formats that are not compressed in themselves.
inline constexpr std::array<std::string_view, 13> kCompressibleTypes = {"text/*",
                                                                        "application/javascript",
                                                                        "application/json",
                                                                        "application/xml",
                                                                        "application/*+json",
                                                                        "application/*+xml",
                                                                        "application/wasm",
                                                                        "image/svg+xml",
                                                                        "image/bmp",
                                                                        "image/x-icon",
                                                                        "font/ttf",
                                                                        "font/otf",
                                                                        "application/vnd.ms-fontobject"};

// Whether a Content-Type is of a kind: "text/html", "text/*", "application/*+json", in any case and whatever its
// parameters.
bool is_of_type(std::string_view content_type, std::string_view kind);

// Whether a text may stand for kinds in is_of_type().
bool is_type_kind(std::string_view text);

// What applications are shipped with, style sheets and scripts and fonts, rather than what they write for somebody.
bool is_static_type(std::string_view content_type);

}  // namespace pforte::coding

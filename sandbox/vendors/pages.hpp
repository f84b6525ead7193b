// The HTML of the pretend vendor pages: one button per way a session can end.
#pragma once

#include <string>
#include <string_view>

#include "vendors/product.hpp"
#include "wire/message.hpp"

namespace idswitch::sandbox {

[[nodiscard]] std::string escape_html(std::string_view text);

// A page with a heading and ready-made HTML under it.
[[nodiscard]] Reply html_page(unsigned status, std::string_view title, std::string_view body_html);

// The page a person would see: `link_prefix` ("?token=..&" or "?") is followed by
// "outcome=<code>&word=<word>" in each button's address.
[[nodiscard]] Reply outcome_page(Product product, std::string_view title,
                                 std::string_view link_prefix);

// What a vendor page says to a dead token (Lite document, page messages).
[[nodiscard]] Reply dead_link_page();

// Adds "name=value&..." to an address, before its fragment.
[[nodiscard]] std::string add_query(std::string_view url, std::string_view query);

// 303 to an absolute address.
[[nodiscard]] Reply redirect(std::string_view url);

// The parameters of a page request: its query, or its form body when POSTed.
struct PageChoice {
  std::string token;    // query parameter `token`
  std::string outcome;  // "" when nothing was chosen
  std::string word;
};

[[nodiscard]] PageChoice read_choice(const Request& request);

}  // namespace idswitch::sandbox

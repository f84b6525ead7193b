#pragma once

// NearestWord: which known word was probably meant by a misspelt one. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace idswitch {

// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word closest to word, or empty when none is close enough to be meant.
std::string_view nearest_word(std::string_view word, const std::vector<std::string>& known);

// `did you mean "listen"?`, or, with no word close enough, `known are: listen, threads`.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace idswitch

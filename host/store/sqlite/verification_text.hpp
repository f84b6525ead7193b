#pragma once

// The parts of a verification that are kept as one JSON text each: compact to write, and an
// operator can read them with the sqlite3 shell. An empty part is the empty text. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "idswitch/verification.hpp"

namespace idswitch::store {

// Each appends to out.
void write_action(std::string& out, const Action& action);
void write_scores(std::string& out, const std::vector<Pair>& scores);
void write_attempts(std::string& out, const std::vector<Attempt>& attempts);
void write_failure(std::string& out, const Problem& failure);

// False when text is not what the writer above makes; a member that is missing has its default.
bool read_action(std::string_view text, Action& action);
bool read_scores(std::string_view text, std::vector<Pair>& scores);
bool read_attempts(std::string_view text, std::vector<Attempt>& attempts);
bool read_failure(std::string_view text, Problem& failure);

}  // namespace idswitch::store

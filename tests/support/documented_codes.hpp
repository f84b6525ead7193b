#pragma once

// DocumentedCodes: a text file that lists every code of a vendor's documents as a person read them,
// and what must come of each. It is held against the plugin's table in both directions. Lines, `#`
// comments:
//
//   operation code[:WORD] outcome [reason] charge
//
// operation is "start", "result", "submit", "callback", "token", several joined by "+", or
// "device". outcome is a verdict with its reason, an error class, "ok", "pending" or "expired".
// charge is a word of the vocabulary or "unknown".

#include <filesystem>
#include <string>
#include <vector>

#include "support/plugin_driver.hpp"

namespace idswitch::test {

struct DocumentedCode {
  std::uint32_t operation = 0;  // IDSW_OP_*; 0 = only on the device
  std::string code;
  std::string word;
  std::string outcome;
  std::string reason;
  std::string charge;

  std::string name() const;  // for messages: "submit 216500"
};

// One entry for each operation of a line. Throws when the file is missing, empty or unreadable.
std::vector<DocumentedCode> read_documented_codes(const std::filesystem::path& file);

// Reports each code that the table lacks, each row that is not in the documents, and each row that
// says something else.
void expect_table(const std::vector<DocumentedCode>& documented, const idsw_product& product);

// How an operation ended, in the words of the file: "fail", "expired", "throttled", "ok".
std::string outcome_of(const OperationRun& run);
std::string reason_of(const OperationRun& run);

}  // namespace idswitch::test

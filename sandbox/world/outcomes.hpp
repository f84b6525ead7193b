// Every way a session can end, as the vendors' documents list them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vendors/product.hpp"

namespace idswitch::sandbox {

struct Outcome {
  std::string code;
  std::string word;  // result_message, or the message that goes with the code

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct DocumentedOutcome {
  std::string_view code;
  std::string_view word;
  bool billed = false;   // the document's rule; Jumdata: kept (true) or refunded (false)
  bool is_final = true;  // false: the session goes on (201, 9000)
};

[[nodiscard]] std::span<const DocumentedOutcome> documented_outcomes(Product product);

// The documented row of this code and word; nullptr for an undocumented one.
[[nodiscard]] const DocumentedOutcome* find_documented(Product product, const Outcome& outcome);

// Completes a code without a word with the first documented word, or "UNDOCUMENTED" when the code
// is in no document: inventing codes is how a client's tolerance is tested.
[[nodiscard]] Outcome complete_outcome(Product product, std::string_view code,
                                       std::string_view word);

[[nodiscard]] bool is_final(Product product, const Outcome& outcome);

// Reads a magic person: the first "sandbox:<code>" or "sandbox:<code>:<WORD>" anywhere in `text`,
// with <code> decimal and <WORD> of A-Z, 0-9 and "_".
[[nodiscard]] std::optional<Outcome> find_magic(Product product, std::string_view text);

}  // namespace idswitch::sandbox

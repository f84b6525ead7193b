#pragma once

// Reads whatever is not an answer: an `error` of the vendor and what comes from anything in
// between. Pure; any thread.

#include <optional>

#include "idswitch/sdk.hpp"

namespace idswitch::megvii {

// True for a reply that answers what was asked: HTTP 200 and a JSON object without `error`.
bool is_answer(const sdk::Reply& reply, const std::optional<sdk::Json>& json);

// The failure that any other reply means. What the vendor wrote is never copied, but for words that
// a document lists.
sdk::Result refusal(const sdk::Reply& reply, const std::optional<sdk::Json>& json);

// True when the vendor refuses the biz_token itself, as it may after the token's hour.
bool refuses_token(const std::optional<sdk::Json>& json);

// The vendor's number of this request; empty when it does not look like one.
std::string_view reference_of(const std::optional<sdk::Json>& json);

// A word that no document lists may be shown only when it cannot be somebody's data; else empty.
std::string_view showable(std::string_view word);

}  // namespace idswitch::megvii

#pragma once

// The words of an explanation: a route's condition, and why an account stands where it stands.
// Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "engine/explain/explanation.hpp"

namespace idswitch::engine {

// "12.5%"
std::string percent(std::uint32_t ppm);

template <class Items>
std::string joined(const Items& items, std::string_view between) {
  std::string text;
  for (const auto& item : items) {
    if (!text.empty()) text += between;
    text += item;
  }
  return text;
}

// inside: within another condition, where more than one part needs brackets.
std::string condition_text(const config::Tenant& tenant, const config::Condition& condition,
                           bool inside);

// Why the candidate of the decision stands where it stands. figures: of the account, where known.
std::string why_text(const Setup& setup, const config::Tenant& tenant, const Decision& decision,
                     const routing::Candidate& one, bool is_first,
                     const std::optional<Figures>& figures);

// Why the account is not asked, or only as a last resort.
std::string filter_text(const Setup& setup, const config::Tenant& tenant, const Decision& decision,
                        routing::Filter filter, std::uint32_t account);

}  // namespace idswitch::engine

#pragma once

// ComplaintCase: a piece of config and exactly the complaints it must get.

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sample_config.hpp"

namespace idswitch::config {

struct ComplaintCase {
  std::string_view sections;
  std::vector<std::string> complaints;
};

// Each case's sections stand between before and after.
inline void expect_complaints(std::span<const ComplaintCase> cases, std::string_view before = "",
                              std::string_view after = "") {
  const SampleConfig sample;
  for (const ComplaintCase& one : cases) {
    const std::string text = std::string(before) + std::string(one.sections) + std::string(after);
    EXPECT_EQ(sample.complaints(text), one.complaints) << one.sections;
  }
}

}  // namespace idswitch::config

#pragma once

// ComplaintCase: a piece of config and exactly the complaints it must get.

#include <gtest/gtest.h>

#include <span>
#include <string_view>
#include <vector>

#include "sample_config.hpp"

namespace idswitch::config {

struct ComplaintCase {
  std::string_view sections;
  std::vector<std::string> complaints;
};

inline void expect_complaints(std::span<const ComplaintCase> cases) {
  const SampleConfig sample;
  for (const ComplaintCase& one : cases) {
    EXPECT_EQ(sample.complaints(one.sections), one.complaints) << one.sections;
  }
}

}  // namespace idswitch::config

#pragma once

// RuleSample: loads one tenant's rules out of an otherwise valid config.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sample_config.hpp"

namespace idswitch::config {

// The text's sections with the sample's others; a test failure when anything is wrong with them.
inline Config load(const std::string& text) {
  const SampleConfig sample;
  EXPECT_EQ(sample.complaints(text), std::vector<std::string>()) << text;
  return sample.load(text).config;
}

// The tenant "shop" with these keys, each from its third column, and one route with these.
inline Tenant load_shop(const std::string& keys, const std::string& route = "use: main") {
  return load("tenants:\n shop:\n  api_keys: []\n" + keys +
              "  routes: [{method: h5, checks: [liveness], " + route + "}]\n")
      .tenants.at("shop");
}

}  // namespace idswitch::config

#pragma once

// Conditions of every kind over a text, a number and a truth, said shortly.

#include <cstdint>
#include <string>
#include <vector>

#include "config/rules.hpp"

namespace idswitch::routing {

using config::Condition;
using Kind = Condition::Kind;

enum : std::uint32_t { k_region, k_risk, k_vip, k_other };

inline Condition test(Kind kind, std::uint32_t attribute) {
  Condition out;
  out.kind = kind;
  out.attribute = attribute;
  return out;
}

inline Condition is_in(std::vector<std::string> texts) {
  Condition out = test(Kind::is_in, k_region);
  out.texts = std::move(texts);
  return out;
}

inline Condition numbers(std::vector<std::int64_t> values) {
  Condition out = test(Kind::is_in, k_risk);
  out.numbers = std::move(values);
  return out;
}

inline Condition prefix(std::vector<std::string> texts) {
  Condition out = test(Kind::prefix, k_region);
  out.texts = std::move(texts);
  return out;
}

inline Condition range(std::int64_t least, std::int64_t most) {
  Condition out = test(Kind::range, k_risk);
  out.least = least;
  out.most = most;
  return out;
}

inline Condition is(bool wanted) {
  Condition out = test(Kind::truth, k_vip);
  out.wanted = wanted;
  return out;
}

inline Condition of(Kind kind, std::vector<Condition> parts) {
  Condition out;
  out.kind = kind;
  out.parts = std::move(parts);
  return out;
}

}  // namespace idswitch::routing

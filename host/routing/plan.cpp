#include "routing/plan.hpp"

namespace idswitch::routing {

std::string_view word(Why why) {
  switch (why) {
    case Why::listed: return "listed";
    case Why::drawn: return "drawn";
    case Why::drawn_next: return "drawn_next";
    case Why::cheapest: return "cheapest";
    case Why::explored: return "explored";
    case Why::missed_limit: return "missed_limit";
    case Why::last_resort: return "last_resort";
  }
  return "unknown";
}

std::string_view word(Filter filter) {
  switch (filter) {
    case Filter::none: return "none";
    case Filter::not_allowed: return "not_allowed";
    case Filter::data_region: return "data_region";
    case Filter::budget: return "budget";
    case Filter::throttled: return "throttled";
    case Filter::full: return "full";
    case Filter::over_rate: return "over_rate";
    case Filter::open: return "open";
    case Filter::tripped: return "tripped";
    case Filter::ramping: return "ramping";
  }
  return "unknown";
}

std::string_view word(Exposure::Kind kind) {
  switch (kind) {
    case Exposure::Kind::counted: return "counted";
    case Exposure::Kind::not_covered: return "not_covered";
    case Exposure::Kind::no_person: return "no_person";
    case Exposure::Kind::paused: return "paused";
  }
  return "unknown";
}

}  // namespace idswitch::routing

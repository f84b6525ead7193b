#pragma once

// What reading a JSON body strictly begins with. Errors name the member. Pure; any thread.

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace idswitch::api {

// "a string", "an array": what was found.
std::string_view kind_word(const boost::json::value& value);

Result<const boost::json::object*> object_of(const boost::json::value& value,
                                             const std::string& field);

// Error: unknown_field, when the object has another member.
Result<void> only(const boost::json::object& object, const std::string& field,
                  std::span<const std::string_view> known);

// Empty when the member is missing or null.
Result<std::string> text_of(const boost::json::object& object, std::string_view name,
                            const std::string& field);

// Always an object.
Result<boost::json::value> parse_body(std::string_view body);

}  // namespace idswitch::api

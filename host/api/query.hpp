#pragma once

// The query of a URL. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace idswitch::api {

// The decoded value of the first parameter with this name; nothing when there is none.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// url with name=value pairs added to its query, before any fragment; values are percent-encoded.
std::string with_query(std::string_view url,
                       std::initializer_list<std::pair<std::string_view, std::string_view>> values);

}  // namespace idswitch::api

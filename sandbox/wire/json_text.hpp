// JSON as the vendors print it: Boost.JSON would write 83.23666 as 8.323666E1.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace idswitch::sandbox {

[[nodiscard]] std::string json_text(const boost::json::value& value);

}  // namespace idswitch::sandbox

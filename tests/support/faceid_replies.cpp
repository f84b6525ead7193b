#include "support/faceid_replies.hpp"

#include <boost/json.hpp>

namespace idswitch::test {

namespace json = boost::json;

std::string class_of(const Answer& answer) {
  if (answer.status == 413) return "invalid_request";
  return answer.status >= 500 ? "unavailable" : "protocol";
}

bool says_passed(const std::string& body) {
  boost::system::error_code failure;
  const json::value value = json::parse(body, failure);
  if (failure || !value.is_object()) return false;
  const json::object& object = value.get_object();
  const json::value* code = object.if_contains("result_code");
  const json::value* word = object.if_contains("result_message");
  const json::value* error = object.if_contains("error");
  const bool is_1000 = code != nullptr && (code->is_string() ? code->get_string() == "1000"
                                                             : json::serialize(*code) == "1000");
  return is_1000 && word != nullptr && word->is_string() && word->get_string() == "SUCCESS" &&
         (error == nullptr || error->is_null());
}

}  // namespace idswitch::test

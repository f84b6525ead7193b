#include "api/request_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <optional>
#include <span>

#include "api/json_body.hpp"
#include "base/text/base64.hpp"
#include "base/values/decimal.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::api {
namespace {

namespace json = boost::json;

Result<Person> person_of(const json::object& body) {
  static constexpr std::array<std::string_view, 3> k_members = {"id", "name", "id_number"};
  Person person;
  const json::value* value = body.if_contains("person");
  if (value == nullptr) return person;
  const auto object = object_of(*value, "/person");
  if (!object) return object.error();
  if (const auto checked = only(**object, "/person", k_members); !checked) return checked.error();
  std::string* const texts[] = {&person.id, &person.name, &person.id_number};
  for (std::size_t i = 0; i < k_members.size(); ++i) {
    auto text = text_of(**object, k_members[i], "/person");
    if (!text) return text.error();
    *texts[i] = std::move(*text);
  }
  return person;
}

Result<std::vector<Image>> images_of(const json::object& body) {
  static constexpr std::array<std::string_view, 2> k_members = {"base64", "media_type"};
  std::vector<Image> images;
  const json::value* value = body.if_contains("images");
  if (value == nullptr) return images;
  const auto object = object_of(*value, "/images");
  if (!object) return object.error();
  for (const auto& member : **object) {
    const std::string field = "/images/" + std::string(member.key()).substr(0, 64);
    const auto picture = object_of(member.value(), field);
    if (!picture) return picture.error();
    if (const auto checked = only(**picture, field, k_members); !checked) return checked.error();
    const auto text = text_of(**picture, "base64", field);
    if (!text) return text.error();
    const auto media_type = text_of(**picture, "media_type", field);
    if (!media_type) return media_type.error();
    std::optional<std::string> bytes = base64_decode(*text);
    if (!bytes || bytes->empty()) {
      return Error(Errc::invalid_field, "must be the picture in base64, without a data: prefix",
                   field + "/base64");
    }
    images.push_back({std::string(member.key()),
                      media_type->empty() ? "image/jpeg" : *media_type,
                      std::move(*bytes),
                      {}});
  }
  return images;
}

Result<std::uint32_t> method_in(const json::object& body) {
  const auto text = text_of(body, "method", "");
  if (!text) return text.error();
  if (text->empty()) {
    return Error(Errc::missing_field,
                 "say how the person proves presence: h5, sdk, mini_program or video_code",
                 "/method");
  }
  const std::uint32_t method = method_of(*text);
  if (method == 0) {
    return Error(Errc::invalid_field, "must be one of h5, sdk, mini_program, video_code",
                 "/method");
  }
  return method;
}

Result<std::uint32_t> checks_in(const json::object& body) {
  const json::value* value = body.if_contains("checks");
  if (value == nullptr) {
    return Error(Errc::missing_field,
                 "list what is to be proven: liveness, id_match, face_match, id_ocr", "/checks");
  }
  if (!value->is_array() || value->get_array().empty()) {
    return Error(Errc::invalid_field, "must be a list of checks, like [\"liveness\"]", "/checks");
  }
  std::uint32_t checks = 0;
  std::size_t index = 0;
  for (const json::value& item : value->get_array()) {
    const std::uint32_t check =
        item.is_string() ? check_of(std::string_view(item.get_string())) : 0;
    const std::string field = "/checks/" + std::to_string(index++);
    if (check == 0) {
      return Error(Errc::invalid_field, "must be one of liveness, id_match, face_match, id_ocr",
                   field);
    }
    if ((checks & check) != 0) return Error(Errc::invalid_field, "is listed twice", field);
    checks |= check;
  }
  return checks;
}

// Reads the member `attributes` of a body that is known to be one JSON object. A document would
// keep only the last of two equal names, and numbers only as what a double makes of them.
class AttributeHandler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  std::vector<RequestAttribute> attributes;
  std::optional<Error> error;  // the first

  // NOLINTBEGIN(readability-identifier-naming): Boost.JSON's names.
  bool on_document_begin(json::error_code&) { return true; }

  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code&) { return begin("an object"); }

  bool on_array_begin(json::error_code&) { return begin("an array"); }

  bool on_object_end(std::size_t, json::error_code&) { return end(); }

  bool on_array_end(std::size_t, json::error_code&) { return end(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return add(part); }

  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return add(part); }

  bool on_number_part(json::string_view part, json::error_code&) { return add(part); }

  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    add(part);
    if (depth_ == 1) {
      is_inside_ = text_ == "attributes";
      if (is_inside_ && seen_++ > 0) refuse("stands there twice: give it once", k_field);
    } else if (is_attribute()) {
      name_ = text_;
    }
    text_.clear();
    return true;
  }

  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    add(part);
    return take(RequestAttribute::Type::text);
  }

  bool on_int64(std::int64_t, json::string_view part, json::error_code&) { return number(part); }

  bool on_uint64(std::uint64_t, json::string_view part, json::error_code&) { return number(part); }

  bool on_double(double, json::string_view part, json::error_code&) { return number(part); }

  bool on_bool(bool value, json::error_code&) {
    text_ = value ? "true" : "false";
    return take(RequestAttribute::Type::truth);
  }

  bool on_null(json::error_code&) {
    if (is_attribute()) refuse_value("null");
    return true;
  }

  bool on_comment_part(json::string_view, json::error_code&) { return true; }

  bool on_comment(json::string_view, json::error_code&) { return true; }

  // NOLINTEND(readability-identifier-naming)

 private:
  static constexpr const char* k_field = "/attributes";

  // At a value of the member `attributes`.
  bool is_attribute() const { return is_inside_ && depth_ == 2; }

  bool add(json::string_view part) {
    if (depth_ == 1 || is_attribute()) text_.append(part.data(), part.size());
    return true;
  }

  bool begin(const char* kind) {
    if (is_attribute()) refuse_value(kind);
    ++depth_;
    text_.clear();
    return true;
  }

  bool end() {
    --depth_;
    return true;
  }

  bool number(json::string_view part) {
    add(part);
    if (is_attribute() && !parse_decimal(text_)) {
      refuse(
          "must be a plain decimal like 0.85, with at most twelve digits before the point, six "
          "behind it, and no exponent",
          field());
      text_.clear();
      return true;
    }
    return take(RequestAttribute::Type::number);
  }

  bool take(RequestAttribute::Type type) {
    if (is_attribute()) {
      const bool is_known =
          std::any_of(attributes.begin(), attributes.end(),
                      [&](const RequestAttribute& one) { return one.name == name_; });
      if (is_known) {
        refuse("stands there twice: give it once", field());
      } else {
        attributes.push_back({name_, type, text_});
      }
    }
    text_.clear();
    return true;
  }

  std::string field() const { return k_field + ("/" + name_.substr(0, 64)); }

  void refuse_value(const std::string& kind) {
    refuse("must be a string, a number or a boolean, found " + kind, field());
  }

  void refuse(std::string detail, std::string where) {
    if (!error) error = Error(Errc::invalid_field, std::move(detail), std::move(where));
  }

  std::size_t depth_ = 0;
  std::size_t seen_ = 0;    // members called `attributes`
  bool is_inside_ = false;  // the last member of the body is `attributes`
  std::string name_;
  std::string text_;  // of the value or key so far
};

// body: what value was read from.
Result<std::vector<RequestAttribute>> attributes_of(const json::object& value,
                                                    std::string_view body) {
  const json::value* member = value.if_contains("attributes");
  if (member == nullptr) return std::vector<RequestAttribute>();
  const auto object = object_of(*member, "/attributes");
  if (!object) return object.error();
  json::basic_parser<AttributeHandler> parser{json::parse_options()};
  json::error_code failure;
  parser.write_some(false, body.data(), body.size(), failure);
  AttributeHandler& handler = parser.handler();
  if (failure) return Error(Errc::malformed_json, "the body is not valid JSON");
  if (handler.error) return *handler.error;
  return std::move(handler.attributes);
}

Result<void> read_start(const json::object& body, std::string_view text, StartRequest& request) {
  const auto method = method_in(body);
  if (!method) return method.error();
  const auto checks = checks_in(body);
  if (!checks) return checks.error();
  auto person = person_of(body);
  if (!person) return person.error();
  auto images = images_of(body);
  if (!images) return images.error();
  auto attributes = attributes_of(body, text);
  if (!attributes) return attributes.error();
  auto reference = text_of(body, "reference", "");
  if (!reference) return reference.error();
  auto return_url = text_of(body, "return_url", "");
  if (!return_url) return return_url.error();
  request.method = *method;
  request.checks = *checks;
  request.person = std::move(*person);
  request.images = std::move(*images);
  request.attributes = std::move(*attributes);
  request.reference = std::move(*reference);
  request.return_url = std::move(*return_url);
  if (const json::value* options = body.if_contains("vendor_options"); options != nullptr) {
    const auto object = object_of(*options, "/vendor_options");
    if (!object) return object.error();
    request.vendor_options = json::serialize(**object);
  }
  return {};
}

}  // namespace

Result<StartRequest> parse_start(std::string_view body) {
  static constexpr std::array<std::string_view, 8> k_members = {
      "method",     "checks", "person",     "reference",
      "return_url", "images", "attributes", "vendor_options"};
  const auto value = parse_body(body);
  if (!value) return value.error();
  const json::object& object = value->get_object();
  if (const auto checked = only(object, "", k_members); !checked) return checked.error();
  StartRequest request;
  if (const auto read = read_start(object, body, request); !read) return read.error();
  return request;
}

Result<ResultRequest> parse_refresh(std::string_view body) {
  static constexpr std::array<std::string_view, 2> k_members = {"person", "images"};
  ResultRequest request;
  request.ask_vendor_now = true;
  if (body.empty()) return request;
  const auto value = parse_body(body);
  if (!value) return value.error();
  const json::object& object = value->get_object();
  if (const auto checked = only(object, "", k_members); !checked) return checked.error();
  auto person = person_of(object);
  if (!person) return person.error();
  auto images = images_of(object);
  if (!images) return images.error();
  request.person = std::move(*person);
  request.images = std::move(*images);
  return request;
}

}  // namespace idswitch::api

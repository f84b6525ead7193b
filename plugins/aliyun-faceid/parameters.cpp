#include "parameters.hpp"

#include <algorithm>
#include <charconv>

namespace idswitch::aliyun_faceid {
namespace {

// The picture's type when it can stand in a part's header as it is.
std::string_view part_type(const sdk::Blob& picture) {
  static constexpr std::string_view k_types[] = {"image/jpeg", "image/png", "image/webp",
                                                 "image/bmp"};
  const bool known =
      std::find(std::begin(k_types), std::end(k_types), picture.media_type) != std::end(k_types);
  return known ? std::string_view(picture.media_type) : "application/octet-stream";
}

// A number without an exponent, which JSON may have and the vendor need not read.
std::string plain_number(sdk::Json::Value value) {
  const std::string_view text = value.scalar();
  const auto number = value.decimal();
  if (!number || text.find_first_of("eE") == std::string_view::npos) return std::string(text);
  char digits[400];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, *number, std::chars_format::fixed).ptr;
  return std::string(digits, end);
}

}  // namespace

Parameters& Parameters::add(std::string_view name, std::string_view value) {
  parameters_.push_back({std::string(name), std::string(value), nullptr});
  return *this;
}

Parameters& Parameters::add_option(const sdk::Operation& operation, std::string_view name) {
  const sdk::Json::Value option = operation.option(name);
  return option ? add(name, plain_number(option)) : *this;
}

Parameters& Parameters::add_picture(std::string_view name, const sdk::Blob& picture) {
  parameters_.push_back({std::string(name), {}, &picture});
  return *this;
}

sdk::Form Parameters::form() const {
  sdk::Form form;
  for (const auto& [name, value, picture] : parameters_) {
    if (picture != nullptr) {
      form.blob_base64(name, picture->id);
    } else {
      form.field(name, value);
    }
  }
  return form;
}

std::vector<SignedParameter> Parameters::signed_parameters() const {
  std::vector<SignedParameter> all;
  for (const auto& [name, value, picture] : parameters_) {
    sdk::Rope rope(value);
    if (picture != nullptr) rope.blob(picture->id, {sdk::Encode::base64});
    all.emplace_back(name, std::move(rope));
  }
  return all;
}

sdk::Multipart Parameters::multipart(const sdk::Operation& operation) const {
  sdk::Multipart parts{std::span<const std::uint8_t>(operation.entropy)};
  for (const auto& [name, value, picture] : parameters_) {
    if (picture != nullptr) {
      parts.file(name, name, part_type(*picture), picture->id);
    } else {
      parts.field(name, value);
    }
  }
  return parts;
}

}  // namespace idswitch::aliyun_faceid

#include "vendors/faceid.hpp"

#include "wire/digest.hpp"
#include "wire/multipart.hpp"

namespace idswitch::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t photo_bytes_max = std::size_t{2} * 1024 * 1024;

bool looks_like_image(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.starts_with("\xFF\xD8\xFF"sv) || bytes.starts_with("\x89PNG\r\n\x1A\n"sv) ||
         bytes.starts_with("BM"sv) || bytes.starts_with("GIF8"sv);
}

json::object comparison(bool is_same) {
  return {{"confidence", is_same ? 83.23666 : 41.07253},
          {"thresholds",
           {{"1e-3", 62.168713}, {"1e-4", 69.31534}, {"1e-5", 74.39926}, {"1e-6", 78.038055}}}};
}

}  // namespace

Reply faceid_error(Sandbox& sandbox, unsigned status, std::string_view word) {
  return json_reply(status, {{"request_id", sandbox.identifiers.stamped_uuid(sandbox.clock.now())},
                             {"time_used", 4},
                             {"error", word}});
}

Reply argument_error(Sandbox& sandbox, const ArgumentFailure& failure, std::string_view separator) {
  std::string word =
      failure.kind == ArgumentFailure::Kind::missing ? "MISSING_ARGUMENTS" : "BAD_ARGUMENTS";
  word.append(separator).append(failure.key);
  return faceid_error(sandbox, 400, word);
}

Reply biz_token_reply(const Session& session) {
  return json_reply(
      200,
      {{"request_id", session.opening_request}, {"time_used", 5}, {"biz_token", session.token}});
}

Form read_any_form(const Request& request) {
  const std::string media = request.media_type();
  if (media == "multipart/form-data") {
    return parse_multipart(request.header("content-type"), request.body).value_or(Form());
  }
  if (media != "application/x-www-form-urlencoded") return {};
  return parse_urlencoded(request.body).value_or(Form());
}

json::object verification_of(const Session& session) {
  json::object verification;
  if (!session.result) return verification;
  const std::string& code = session.result->code;
  if (code != "1000" && code != "2000") return verification;
  if (session.with_registry) verification["idcard"] = comparison(code == "1000");
  if (session.with_reference_1) verification["ref1"] = comparison(code == "1000");
  if (session.with_reference_2) verification["ref2"] = comparison(code == "1000");
  return verification;
}

std::string invented_photo(std::string_view label) {
  return base64_encode("\xFF\xD8\xFF\xE0" + std::string(label) + "\xFF\xD9");
}

std::optional<std::string> photo_bytes(const Field& field) {
  auto bytes = field.is_file ? std::optional(field.value) : base64_decode(field.value);
  if (!bytes || !looks_like_image(*bytes)) return std::nullopt;
  return bytes;
}

std::optional<Reply> refuse_photos(Sandbox& sandbox, const Form& form,
                                   std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const Field* field = form.find(name);
    if (!field || field->value.empty()) continue;
    const auto bytes = photo_bytes(*field);
    std::string error;
    if (!bytes) {
      error = "IMAGE_ERROR_UNSUPPORTED_FORMAT:";
    } else if (bytes->size() > photo_bytes_max) {
      return too_large_reply();
    } else if (bytes->find("sandbox:NO_FACE_FOUND") != std::string::npos) {
      error = "NO_FACE_FOUND:";
    } else if (bytes->find("sandbox:INVALID_IMAGE_SIZE") != std::string::npos) {
      error = "INVALID_IMAGE_SIZE";  // the document prints no ":" here
    } else {
      continue;
    }
    return faceid_error(sandbox, 400, error.append(name));
  }
  return std::nullopt;
}

bool is_billed(const Settings& settings, Product product, const Outcome& outcome) {
  if (outcome.code == "3000" && outcome.word == "DATA_SOURCE_ERROR") {
    return product == Product::megvii ? settings.megvii_bills_data_source_error
                                      : settings.aliyun_bills_data_source_error;
  }
  if (const DocumentedOutcome* row = find_documented(product, outcome)) return row->billed;
  return outcome.code == "1000" || outcome.code == "2000" || outcome.code == "3000";
}

std::optional<Outcome> find_magic_field(Product product, const Form& form,
                                        std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (auto magic = find_magic(product, form.text(name))) return magic;
  }
  return std::nullopt;
}

}  // namespace idswitch::sandbox

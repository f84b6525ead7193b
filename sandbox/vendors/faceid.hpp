// What the three FaceID products (Megvii v5, Aliyun SDK v1.2, Aliyun Lite) have in common.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "wire/arguments.hpp"
#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox {

// {"request_id","time_used","error"}.
[[nodiscard]] Reply faceid_error(Sandbox& sandbox, unsigned status, std::string_view word);

// 400 "MISSING_ARGUMENTS<separator><key>" or "BAD_ARGUMENTS<separator><key>". The Megvii document
// prints ": ", the Aliyun ones ":".
[[nodiscard]] Reply argument_error(Sandbox& sandbox, const ArgumentFailure& failure,
                                   std::string_view separator);

// get_biz_token's answer: the session's token, and the request that opened it.
[[nodiscard]] Reply biz_token_reply(const Session& session);

// The fields of a body, urlencoded or multipart; none in any other form, or in a broken one.
[[nodiscard]] Form read_any_form(const Request& request);

// The `verification` object of a finished session (SDK v1.2 document, example).
[[nodiscard]] boost::json::object verification_of(const Session& session);

// Base64 of bytes that begin and end as a JPEG file does; nobody's photo.
[[nodiscard]] std::string invented_photo(std::string_view label);

// The error of the first unusable photo among `names` (SDK v1.2 document: image_ref1, image_ref2;
// 2 MB each), or nullopt. Text fields hold base64, file fields the bytes. A photo whose bytes
// contain "sandbox:NO_FACE_FOUND" or "sandbox:INVALID_IMAGE_SIZE" gets that error.
[[nodiscard]] std::optional<Reply> refuse_photos(Sandbox& sandbox, const Form& form,
                                                 std::initializer_list<std::string_view> names);

// Bytes of a photo field; nullopt when it is neither base64 nor an image.
[[nodiscard]] std::optional<std::string> photo_bytes(const Field& field);

// Whether the vendor charges for this end (the product's document, with the settings' switches for
// DATA_SOURCE_ERROR). Undocumented words count by their code.
[[nodiscard]] bool is_billed(const Settings& settings, Product product, const Outcome& outcome);

// The first magic person among these fields.
[[nodiscard]] std::optional<Outcome> find_magic_field(
    Product product, const Form& form, std::initializer_list<std::string_view> names);

}  // namespace idswitch::sandbox

// multipart/form-data bodies (RFC 7578), read strictly.
#pragma once

#include "wire/form.hpp"

namespace idswitch::sandbox {

// `content_type` is the whole header value, with its boundary parameter. nullopt when the boundary
// is missing, a part has no form-data name, or the closing boundary is absent.
[[nodiscard]] std::optional<Form> parse_multipart(std::string_view content_type,
                                                  std::string_view body);

}  // namespace idswitch::sandbox

// The sandbox's private certificate authority and server certificate.
#pragma once

#include <filesystem>

namespace idswitch::sandbox {

struct TlsFiles {
  std::filesystem::path ca;  // empty when the certificate was given from outside
  std::filesystem::path certificate;
  std::filesystem::path private_key;
};

// ca.pem, server.pem and server-key.pem in `folder`, made when any is absent or the certificate has
// expired: valid for localhost, 127.0.0.1 and ::1. The authority's own key is not kept, so nothing
// else can ever be signed with it. Throws std::runtime_error.
[[nodiscard]] TlsFiles prepare_tls_files(const std::filesystem::path& folder);

}  // namespace idswitch::sandbox

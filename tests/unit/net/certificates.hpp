#pragma once

// A certificate authority and server certificates, made at run time and written as PEM files into a
// temporary folder that goes with the object.

#include <chrono>
#include <memory>
#include <string>

namespace idswitch::net::test {

struct Identity {
  std::string certificate_file;
  std::string private_key_file;
};

class CertificateAuthority {
 public:
  CertificateAuthority();
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  const std::string& file() const { return file_; }

  // alternative_names as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1".
  Identity issue(const std::string& alternative_names,
                 std::chrono::seconds valid_for = std::chrono::hours(1));

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string folder_;
  std::string file_;
  int issued_ = 0;
};

// One for the whole test binary, and the identity of this machine under it.
CertificateAuthority& authority();
const Identity& loopback_identity();

}  // namespace idswitch::net::test

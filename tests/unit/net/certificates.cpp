#include "certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace idswitch::net::test {

namespace {

template <auto Function>
struct Call {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Call<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Call<X509_free>>;
using File = std::unique_ptr<std::FILE, Call<std::fclose>>;

void require(bool condition) {
  if (!condition) std::abort();
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  require(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(EVP_PKEY* key, const char* name, long serial, long valid_for_s,
                             X509* issuer) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_for_s);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(),
                       issuer == nullptr ? subject : X509_get_subject_name(issuer));
  return certificate;
}

void write_certificate(const std::string& path, X509* certificate) {
  const File file(std::fopen(path.c_str(), "wb"));
  require(file != nullptr && PEM_write_X509(file.get(), certificate) == 1);
}

}  // namespace

struct CertificateAuthority::Keys {
  Key key;
  Certificate certificate;
};

CertificateAuthority::CertificateAuthority() : keys_(std::make_unique<Keys>()) {
  folder_ = std::filesystem::temp_directory_path() / "idswitch-certificates-XXXXXX";
  require(mkdtemp(folder_.data()) != nullptr);
  keys_->key.reset(EVP_EC_gen("P-256"));
  keys_->certificate = make_certificate(keys_->key.get(), folder_.c_str(), 1, 86'400, nullptr);
  X509* const certificate = keys_->certificate.get();
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  require(X509_sign(certificate, keys_->key.get(), EVP_sha256()) > 0);
  file_ = folder_ + "/ca.pem";
  write_certificate(file_, certificate);
}

CertificateAuthority::~CertificateAuthority() {
  std::filesystem::remove_all(folder_);
}

Identity CertificateAuthority::issue(const std::string& alternative_names,
                                     std::chrono::seconds valid_for) {
  const Key key(EVP_EC_gen("P-256"));
  X509* const issuer = keys_->certificate.get();
  const Certificate certificate =
      make_certificate(key.get(), "idswitch test", 2 + issued_, valid_for.count(), issuer);
  add_extension(certificate.get(), issuer, NID_subject_alt_name, alternative_names);
  require(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0);

  const std::string stem = folder_ + "/" + std::to_string(issued_++);
  const Identity identity{stem + ".pem", stem + ".key"};
  write_certificate(identity.certificate_file, certificate.get());
  const File file(std::fopen(identity.private_key_file.c_str(), "wb"));
  require(PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return identity;
}

CertificateAuthority& authority() {
  static CertificateAuthority one;
  return one;
}

const Identity& loopback_identity() {
  static const Identity one = authority().issue("DNS:localhost,IP:127.0.0.1");
  return one;
}

}  // namespace idswitch::net::test

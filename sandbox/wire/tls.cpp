#include "wire/tls.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace idswitch::sandbox {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;

constexpr long days_valid = 3650;

void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("TLS files: cannot ") + what);
}

EVP_PKEY* generate_key() {
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
}

Certificate begin_certificate(EVP_PKEY* key, const char* common_name) {
  Certificate certificate(X509_new());
  require(certificate && X509_set_version(certificate.get(), 2) == 1, "make a certificate");
  unsigned char serial[16];
  require(RAND_bytes(serial, sizeof serial) == 1, "draw a serial number");
  serial[0] &= 0x7F;
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days_valid, 0, nullptr);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  return certificate;
}

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
}

Certificate make_authority(EVP_PKEY* key) {
  Certificate authority = begin_certificate(key, "idswitch sandbox CA");
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  add_extension(authority.get(), authority.get(), NID_basic_constraints,
                "critical,CA:TRUE,pathlen:0");
  add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(authority.get(), key, EVP_sha256()) > 0, "sign the authority");
  return authority;
}

Certificate make_server(EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key) {
  Certificate server = begin_certificate(key, "localhost");
  X509_set_issuer_name(server.get(), X509_get_subject_name(authority));
  add_extension(server.get(), authority, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(server.get(), authority, NID_key_usage, "critical,digitalSignature");
  add_extension(server.get(), authority, NID_ext_key_usage, "serverAuth");
  add_extension(server.get(), authority, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  add_extension(server.get(), authority, NID_subject_key_identifier, "hash");
  add_extension(server.get(), authority, NID_authority_key_identifier, "keyid");
  require(X509_sign(server.get(), authority_key, EVP_sha256()) > 0, "sign the certificate");
  return server;
}

// Written beside and renamed, so that nobody reads half a file.
void write_file(const std::filesystem::path& path, BIO* pem, int mode) {
  char* text = nullptr;
  const long length = BIO_get_mem_data(pem, &text);
  const std::string beside = path.string() + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  require(file >= 0, ("write " + path.string()).c_str());
  const bool is_written = ::write(file, text, static_cast<std::size_t>(length)) == length;
  ::close(file);
  require(is_written && ::rename(beside.c_str(), path.c_str()) == 0,
          ("write " + path.string()).c_str());
}

void write_certificate(const std::filesystem::path& path, X509* certificate) {
  const Bio pem(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(pem.get(), certificate) == 1, "encode a certificate");
  write_file(path, pem.get(), 0644);
}

void write_key(const std::filesystem::path& path, EVP_PKEY* key) {
  const Bio pem(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey(pem.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "encode a key");
  write_file(path, pem.get(), 0600);
}

bool is_current(const std::filesystem::path& path) {
  const Bio file(BIO_new_file(path.c_str(), "r"));
  if (!file) return false;
  const Certificate certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  return certificate && X509_cmp_current_time(X509_get0_notAfter(certificate.get())) > 0;
}

}  // namespace

TlsFiles prepare_tls_files(const std::filesystem::path& folder) {
  const TlsFiles files{folder / "ca.pem", folder / "server.pem", folder / "server-key.pem"};
  if (is_current(files.ca) && is_current(files.certificate) &&
      std::filesystem::exists(files.private_key)) {
    return files;
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  require(!error, ("create " + folder.string()).c_str());
  const Key authority_key(generate_key());
  const Key server_key(generate_key());
  require(authority_key && server_key, "generate keys");
  const Certificate authority = make_authority(authority_key.get());
  const Certificate server = make_server(server_key.get(), authority.get(), authority_key.get());
  write_key(files.private_key, server_key.get());
  write_certificate(files.certificate, server.get());
  write_certificate(files.ca, authority.get());
  return files;
}

}  // namespace idswitch::sandbox

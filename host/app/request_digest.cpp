#include "app/request_digest.hpp"

#include <string>

#include "base/digest.hpp"

namespace idswitch::app {
namespace {

// The canonical bytes of a request: every number in eight bytes, before every text its length and
// before every list its count, so that no two requests have the same bytes.
class Canonical {
 public:
  explicit Canonical(std::string_view domain) { text(domain); }

  Canonical& number(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(value >> shift & 0xFF);
    return *this;
  }

  Canonical& text(std::string_view value) {
    number(value.size());
    bytes_ += value;
    return *this;
  }

  // Pictures and videos are large: by their own digest.
  Canonical& media(std::string_view value) {
    const RequestDigest digest = sha256(value);
    return text({reinterpret_cast<const char*>(digest.data()), digest.size()});
  }

  RequestDigest digest(std::string_view key) const { return hmac_sha256(key, bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

RequestDigest request_digest(std::string_view key, const StartRequest& request) {
  Canonical canonical("idswitch start 1");
  canonical.number(request.method).number(request.checks);
  canonical.text(request.person.id).text(request.person.name).text(request.person.id_number);
  canonical.text(request.reference).text(request.return_url).text(request.vendor_options);
  canonical.number(request.attributes.size());
  for (const RequestAttribute& attribute : request.attributes) {
    canonical.text(attribute.name).text(attribute.value);
    canonical.number(static_cast<std::uint64_t>(attribute.type));
  }
  canonical.number(request.images.size());
  for (const Image& image : request.images) {
    canonical.text(image.name).text(image.media_type).media(image.bytes).text(image.url);
  }
  return canonical.digest(key);
}

RequestDigest request_digest(std::string_view key, const SubmitRequest& request) {
  Canonical canonical("idswitch submit 1");
  canonical.text(request.id).text(request.media_type).media(request.video);
  return canonical.digest(key);
}

}  // namespace idswitch::app

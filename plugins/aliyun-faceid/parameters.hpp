#pragma once

// Parameters: what a request says, once, in the three shapes that it is needed in: as an HTML form
// or query, as multipart/form-data, and as the signature wants it. One thread at a time.

#include <string>
#include <string_view>
#include <vector>

#include "signing.hpp"

namespace idswitch::aliyun_faceid {

class Parameters {
 public:
  Parameters& add(std::string_view name, std::string_view value);
  // Leaves the parameter out when the option is not set.
  Parameters& add_option(const sdk::Operation& operation, std::string_view name);
  Parameters& add_picture(std::string_view name, const sdk::Blob& picture);

  // Pictures as base64.
  sdk::Form form() const;
  std::vector<SignedParameter> signed_parameters() const;
  // Pictures as files.
  sdk::Multipart multipart(const sdk::Operation& operation) const;

 private:
  struct Parameter {
    std::string name, value;
    const sdk::Blob* picture;  // of the operation; else null
  };

  std::vector<Parameter> parameters_;
};

}  // namespace idswitch::aliyun_faceid

#include "engine/verification/request_check.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text/utf8.hpp"
#include "config/return_urls.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

Result<void> check_text(const std::string& text, std::size_t bytes_max, const std::string& field) {
  if (text.size() > bytes_max) {
    return Error(Errc::invalid_field,
                 "is longer than " + std::to_string(bytes_max) + " bytes; shorten it", field);
  }
  if (!utf8::is_valid(text)) return Error(Errc::invalid_field, "is not valid UTF-8", field);
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return Error(Errc::invalid_field, "contains a control character", field);
    }
  }
  return {};
}

Result<void> check_person(const Person& person) {
  const std::pair<const std::string&, const char*> texts[] = {
      {person.id, "/person/id"},
      {person.name, "/person/name"},
      {person.id_number, "/person/id_number"}};
  for (const auto& [text, field] : texts) {
    if (const auto checked = check_text(text, 128, field); !checked) return checked.error();
  }
  return {};
}

// Who is to be compared must be known at the start, or read from the card.
Result<void> check_identity(const StartRequest& request) {
  const bool by_document = (request.checks & IDSW_CHECK_ID_OCR) != 0;
  if ((request.checks & IDSW_CHECK_ID_MATCH) != 0 && !by_document) {
    const std::pair<const std::string&, const char*> needed[] = {
        {request.person.name, "/person/name"}, {request.person.id_number, "/person/id_number"}};
    for (const auto& [text, field] : needed) {
      if (text.empty()) {
        return Error(
            Errc::missing_field,
            "check id_match compares with the authority's photo and needs the person's name "
            "and ID number (or add the check id_ocr to read them from the card)",
            field);
      }
    }
  }
  return {};
}

Result<void> check_images(const std::vector<Image>& images) {
  for (const Image& image : images) {
    if (image.name != "ref1" && image.name != "ref2") {
      return Error(Errc::unknown_field, "pictures are named ref1 and ref2",
                   "/images/" + image.name);
    }
    if (image.bytes.empty()) {
      return Error(Errc::invalid_field, "is empty", "/images/" + image.name);
    }
  }
  return {};
}

Result<void> check_reference_picture(const StartRequest& request) {
  const bool has_first = std::any_of(request.images.begin(), request.images.end(),
                                     [](const Image& image) { return image.name == "ref1"; });
  if ((request.checks & IDSW_CHECK_FACE_MATCH) != 0 && !has_first) {
    return Error(Errc::missing_field,
                 "check face_match compares with a reference picture: give it here",
                 "/images/ref1");
  }
  return {};
}

Result<void> check_return_url(const config::Tenant& tenant, const StartRequest& request) {
  if (request.return_url.empty()) {
    if (request.method == IDSW_METHOD_H5 && tenant.default_return_url.empty()) {
      return Error(Errc::missing_field,
                   "method h5 sends the person's browser back: say where, or set "
                   "default_return_url in the tenant's config",
                   "/return_url");
    }
    return {};
  }
  if (!config::return_url_allowed(tenant, request.return_url)) {
    return Error(
        Errc::return_url_not_allowed,
        "add its origin or prefix to return_urls in the tenant's config, or use one that is "
        "there",
        "/return_url");
  }
  return {};
}

std::string escape_pointer(std::string_view step) {
  std::string out;
  for (const char c : step) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

// Null when no account of the route has that product.
const AccountRuntime* first_with(const Setup& setup, const config::Route& route,
                                 std::string_view product) {
  for (const std::string& name : route.accounts) {
    const AccountRuntime* account = setup.account(name);
    if (account != nullptr && account->config.product == product) return account;
  }
  return nullptr;
}

std::string products_of(const Setup& setup, const config::Route& route) {
  std::string products;
  for (const std::string& name : route.accounts) {
    const AccountRuntime* account = setup.account(name);
    if (account == nullptr) continue;
    products += (products.empty() ? "" : ", ") + account->config.product;
  }
  return products;
}

}  // namespace

Result<void> check_start(const config::Tenant& tenant, const StartRequest& request) {
  if (method_word(request.method) == "unknown") {
    return Error(Errc::invalid_field, "must be one of h5, sdk, mini_program, video_code",
                 "/method");
  }
  if (request.checks == 0) {
    return Error(Errc::invalid_field,
                 "must name at least one of liveness, id_match, face_match, id_ocr", "/checks");
  }
  if (const auto checked = check_person(request.person); !checked) return checked;
  if (const auto checked = check_text(request.reference, 128, "/reference"); !checked)
    return checked;
  if (const auto checked = check_identity(request); !checked) return checked;
  if (const auto checked = check_images(request.images); !checked) return checked;
  if (const auto checked = check_reference_picture(request); !checked) return checked;
  return check_return_url(tenant, request);
}

Result<void> check_result(const ResultRequest& request) {
  if (const auto checked = check_person(request.person); !checked) return checked;
  return check_images(request.images);
}

Result<MergedOptions> merged_options(const Setup& setup, const config::Route& route,
                                     const std::string& vendor_options) {
  MergedOptions options;
  options.setup_ = &setup;
  if (vendor_options.empty()) return options;
  boost::system::error_code failure;
  const boost::json::value parsed = boost::json::parse(vendor_options, failure);
  if (failure || !parsed.is_object()) {
    return Error(Errc::invalid_field, "must be an object by product id", "/vendor_options");
  }
  for (const auto& [product, given] : parsed.get_object()) {
    const std::string pointer = "/vendor_options/" + escape_pointer(product);
    const AccountRuntime* account = first_with(setup, route, product);
    if (account == nullptr) {
      return Error(
          Errc::unknown_field,
          "no account of this route has that product; it has: " + products_of(setup, route),
          pointer);
    }
    std::string text = boost::json::serialize(given);
    // The schema is the product's, so one account speaks for all of them.
    Result<std::string> merged = account->adapter->options(text);
    if (!merged) {
      return Error(merged.error().code(), merged.error().detail(),
                   pointer + merged.error().field());
    }
    options.merged_.emplace(account->config.name, std::move(*merged));
    options.given_.emplace(product, std::move(text));
  }
  return options;
}

std::string_view MergedOptions::at(const std::string& account) {
  const AccountRuntime* runtime = setup_->account(account);
  const auto given = given_.find(runtime->config.product);
  if (given == given_.end()) return runtime->adapter->settings();
  const auto merged = merged_.find(account);
  if (merged != merged_.end()) return merged->second;
  return merged_.emplace(account, runtime->adapter->options(given->second).value()).first->second;
}

}  // namespace idswitch::engine

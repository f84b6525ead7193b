#pragma once

// Catalog: every product that the loaded plugins offer, by its id. Filled at start-up, then
// immutable.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/library.hpp"

namespace idswitch::plugin {

// One product and the library it lives in.
struct Product {
  std::shared_ptr<const Library> library;
  const idsw_product* declared = nullptr;
  std::uint32_t index = 0;  // in the library's table

  std::string_view id() const { return view(declared->id); }

  bool offers(std::uint32_t operation) const {
    return (declared->operations >> operation & 1) != 0;
  }

  bool has_method(std::uint32_t method) const { return (declared->methods >> method & 1) != 0; }
};

class Catalog {
 public:
  // Loads `libidswitch_STEM.so` for each stem, in order. Error: plugin_refused, for the first file
  // that is missing or refused, and for a product id that two files claim.
  static Result<Catalog> load(const std::filesystem::path& directory,
                              const std::vector<std::string>& stems);

  Result<void> add(const std::shared_ptr<const Library>& library);

  // nullptr when no plugin offers it.
  const Product* find(std::string_view product_id) const;

  const std::map<std::string, Product, std::less<>>& products() const { return products_; }

 private:
  std::map<std::string, Product, std::less<>> products_;
};

}  // namespace idswitch::plugin

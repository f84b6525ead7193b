#include "plugin/catalog.hpp"

namespace idswitch::plugin {

Result<Catalog> Catalog::load(const std::filesystem::path& directory,
                              const std::vector<std::string>& stems) {
  Catalog catalog;
  for (const std::string& stem : stems) {
    const Result<std::shared_ptr<const Library>> library =
        Library::load(directory / ("libidswitch_" + stem + ".so"));
    if (!library) return library.error();
    if (const Result<void> added = catalog.add(*library); !added) return added.error();
  }
  return catalog;
}

Result<void> Catalog::add(const std::shared_ptr<const Library>& library) {
  for (std::uint32_t i = 0; i < library->table().product_count; ++i) {
    Product product{library, library->table().products[i], i};
    const auto [position, inserted] = products_.emplace(std::string(product.id()), product);
    if (!inserted) {
      return Error(Errc::plugin_refused, "plugin " + library->file() + ": product " +
                                             position->first + " is already offered by " +
                                             position->second.library->file() +
                                             "; take one of the two off plugins.allow");
    }
  }
  return {};
}

const Product* Catalog::find(std::string_view product_id) const {
  const auto found = products_.find(product_id);
  return found == products_.end() ? nullptr : &found->second;
}

}  // namespace idswitch::plugin

// The five vendor products the sandbox plays.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace idswitch::sandbox {

enum class Product { baidu, jumdata, megvii, aliyun_sdk, aliyun_lite };

inline constexpr std::array all_products = {Product::baidu, Product::jumdata, Product::megvii,
                                            Product::aliyun_sdk, Product::aliyun_lite};

// The names the control API uses.
[[nodiscard]] constexpr std::string_view name_of(Product product) {
  switch (product) {
    case Product::baidu: return "baidu";
    case Product::jumdata: return "jumdata";
    case Product::megvii: return "megvii";
    case Product::aliyun_sdk: return "aliyun_sdk";
    case Product::aliyun_lite: return "aliyun_lite";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<Product> find_product(std::string_view name) {
  for (const Product product : all_products) {
    if (name_of(product) == name) return product;
  }
  return std::nullopt;
}

}  // namespace idswitch::sandbox

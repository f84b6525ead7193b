#include "stub_setup.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <stdexcept>

#include "config/config_load.hpp"
#include "idswitch/sdk.hpp"
#include "plugin/library.hpp"

namespace idswitch::engine::test {
namespace {

using sdk::to_abi;

constexpr idsw_origin k_origins[] = {{to_abi("api"), to_abi("https://api.example.com")}};
constexpr idsw_slot k_slots[] = {{to_abi("key"), to_abi("the key"), IDSW_SLOT_REQUIRED, 0}};
constexpr idsw_sku k_skus[] = {{to_abi("check"), to_abi("a check"), to_abi("the contract"),
                                IDSW_BILLABLE_ON_ACCEPT, IDSW_CHARGE_RELEASED, 0, 0, nullptr, 0,
                                nullptr, 0}};
constexpr std::string_view k_schema = R"({"type":"object","additionalProperties":false})";

constexpr idsw_product product(std::string_view id, std::uint32_t method, std::uint32_t checks,
                               std::uint32_t second_operation) {
  return {sizeof(idsw_product),
          1u << method,
          checks,
          1u << IDSW_OP_START | 1u << second_operation,
          to_abi(id),
          to_abi("Thing"),
          to_abi("none"),
          7200,
          k_origins,
          std::size(k_origins),
          k_slots,
          std::size(k_slots),
          to_abi(k_schema),
          to_abi(k_schema),
          k_skus,
          std::size(k_skus),
          nullptr,
          0};
}

constexpr idsw_product k_sdk =
    product("stub/sdk", IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH, IDSW_OP_RESULT);
constexpr idsw_product k_page =
    product("stub/page", IDSW_METHOD_H5, IDSW_CHECK_LIVENESS, IDSW_OP_RESULT);
constexpr idsw_product k_video =
    product("stub/video", IDSW_METHOD_VIDEO_CODE, IDSW_CHECK_LIVENESS, IDSW_OP_SUBMIT);
constexpr const idsw_product* k_products[] = {&k_sdk, &k_page, &k_video};

std::unique_ptr<sdk::Account> open_account(const sdk::AccountConfig&) {
  return std::make_unique<sdk::Account>();
}

idsw_status IDSW_CALL entry(const idsw_hello* hello, const idsw_plugin** out) {
  static constexpr idsw_plugin k_plugin =
      sdk::plugin_table<open_account>("stub", "1.0.0", "Stub", k_products);
  return sdk::enter(hello, k_plugin, out);
}

std::shared_ptr<plugin::Account> adapter_of(const std::string& name,
                                            const config::Account& account) {
  static const auto library = plugin::Library::adopt(entry, "stub");
  if (!library) throw std::runtime_error(library.error().detail());
  for (std::uint32_t index = 0; index < std::size(k_products); ++index) {
    if (sdk::view(k_products[index]->id) != account.product) continue;
    auto opened = plugin::Account::open({*library, k_products[index], index},
                                        {name, account.settings, account.secrets, {""}});
    if (!opened) throw std::runtime_error(opened.error().detail());
    return *opened;
  }
  throw std::runtime_error("no product " + account.product);
}

}  // namespace

config::Config stub_config(const std::string& text) {
  config::LoadResult loaded = config::load_text(text, "test.yaml", "/", config::Secrets::left_out);
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << complaint.line();
  return std::move(loaded.config);
}

std::shared_ptr<Setup> stub_setup(config::Config config) {
  auto setup = std::make_shared<Setup>();
  setup->config = std::move(config);
  setup->version = 1;
  setup->budgets = billing::Budgets(setup->config.budgets, contract_times(setup->config));
  for (const auto& [name, account] : setup->config.accounts) {
    AccountRuntime runtime;
    runtime.config = account;
    runtime.adapter = adapter_of(name, account);
    runtime.tokens = std::make_unique<TokenGate>();
    runtime.skus = {"check"};
    routing::AccountFacts& facts = setup->facts[name];
    facts.name = name;
    facts.data_regions = account.data_regions;
    facts.prior = account.prior;
    facts.charged_prior_ppm[0].fill(config::k_all_ppm);
    setup->accounts.emplace(name, std::move(runtime));
  }
  for (const auto& [name, tenant] : setup->config.tenants) {
    setup->tables.try_emplace(name, tenant,
                              [&](const std::string& account) -> const routing::AccountFacts& {
                                return setup->facts.at(account);
                              });
  }
  return setup;
}

std::string replaced(std::string whole, std::string_view what, const std::string& with) {
  for (std::size_t at = 0; (at = whole.find(what, at)) != std::string::npos; at += with.size()) {
    whole.replace(at, what.size(), with);
  }
  return whole;
}

}  // namespace idswitch::engine::test

#pragma once

// BuiltPlugins: every plugin file of the build, and what the contract tests need to run it without
// knowing whose it is: an account that satisfies its schema, operations, and states that its
// products left in recorded fixtures. One thread, unless said otherwise.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/account.hpp"
#include "plugin/exchange.hpp"

namespace idswitch::test {

inline constexpr std::int64_t k_now = 1'750'000'000'000;
inline constexpr std::string_view k_person_name = "CanaryName";
inline constexpr std::string_view k_person_id_number = "110101199003070000";

// Names for gtest parameters: "libidswitch_baidu.so". Throws when nothing is built.
std::vector<std::string> built_plugins();
std::filesystem::path path_of(const std::string& name);

// Loaded once per process. Throws when it is refused.
std::shared_ptr<const plugin::Library> library_of(const std::string& name);
std::vector<plugin::Product> products_of(const std::string& name);

// An open account with a value in every slot, dynamic ones included. Any thread afterwards.
std::shared_ptr<plugin::Account> account_of(const plugin::Product& product);

// JSON settings with a value for each member that the schema requires.
std::string sample_settings(std::string_view schema);

// A complete operation of this kind; views of static text and of state. checks 0: the first of
// check_masks() that the product takes at START.
plugin::OperationInput operation_of(const plugin::Product& product, std::uint32_t kind,
                                    std::string_view state = {}, std::uint32_t checks = 0);

// Every set of checks that the product's mask holds.
std::vector<std::uint32_t> check_masks(const plugin::Product& product);

// What a product may find as its state: recorded ones of all vendors, and rubbish.
const std::vector<std::string>& states();

// Reply bodies that vendors are known to send; from the same fixtures.
const std::vector<std::string>& recorded_replies();

// ---- running -----------------------------------------------------------------------------------

struct Answer {
  int status = 200;
  std::string body;
  std::uint32_t transport = 0;  // IDSW_TRANSPORT_*, instead of a reply
};

struct VendorRun {
  std::vector<plugin::SendStep> sent;
  std::vector<Evidence> charges;
  plugin::Step end;

  const plugin::FinishStep* finish() const { return std::get_if<plugin::FinishStep>(&end); }

  const plugin::FailStep* fail() const { return std::get_if<plugin::FailStep>(&end); }
};

// Runs an operation to its end, giving the same answer to each of its requests. Throws when it does
// not end. Any thread.
VendorRun run(const std::shared_ptr<plugin::Account>& account, const plugin::OperationInput& input,
              const Answer& answer);

}  // namespace idswitch::test

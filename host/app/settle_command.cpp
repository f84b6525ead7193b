#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "api/order_json.hpp"
#include "app/closed_switch.hpp"
#include "app/commands.hpp"
#include "base/text/json_text.hpp"
#include "present/verification_json.hpp"

// idswitch ledger settle: a person's word about charges, one or a file of them, on a store that no
// switch has open.

namespace idswitch::app {
namespace {

int refuse(const std::string& why) {
  std::cerr << why << "\n";
  return 2;
}

// The body of POST /admin/charges:settle, so that both are read by the same rules.
std::string body_of(const SettleOptions& options) {
  std::string body;
  json_text::Object object(body);
  object.text("verification", options.verification)
      .text("account", options.account)
      .text("sku", options.sku)
      .text("key", options.key)
      .number("call", options.call)
      .text("amount", options.not_charged ? "not_charged" : options.amount)
      .text("why", options.why)
      .text_if("statement_line", options.statement_line)
      .text_if("vendor_reference", options.vendor_reference);
  object.close();
  return body;
}

// Nothing after a complaint: a file is taken as a whole or not at all.
std::optional<std::vector<engine::SettleOrder>> orders_of(const SettleOptions& options) {
  std::vector<engine::SettleOrder> orders;
  const auto add = [&](const std::string& body, const std::string& where) {
    auto order = api::parse_settlement(body, options.who);
    if (order) {
      orders.push_back(std::move(*order));
      return true;
    }
    const Error& error = order.error();
    std::cerr << where << (error.field().empty() ? "" : error.field().substr(1) + ": ")
              << error.detail() << "\n";
    return false;
  };
  if (options.from_file.empty()) {
    if (!add(body_of(options), "")) return {};
    return orders;
  }
  std::ifstream file(options.from_file, std::ios::binary);
  if (!file) {
    std::cerr << "cannot read " << options.from_file << "\n";
    return {};
  }
  bool is_whole = true;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    is_whole &= add(line, options.from_file + ":" + std::to_string(number) + ": ");
  }
  if (!is_whole) return {};
  return orders;
}

}  // namespace

int ledger_settle(const SettleOptions& options) {
  const auto orders = orders_of(options);
  if (!orders) return 2;
  auto opened = ClosedSwitch::open(options.config_file);
  if (!opened) return refuse(opened.error().detail());
  ClosedSwitch& closed = **opened;
  std::size_t settled_count = 0;
  std::size_t refused_count = 0;
  for (const engine::SettleOrder& order : *orders) {
    const auto settled = closed.run(engine::settle(closed.desk(), closed.setup(), order));
    if (!settled) {
      std::cerr << order.verification.text() << " " << order.charge.account << " "
                << order.charge.sku << ": " << settled.error().detail() << "\n";
      ++refused_count;
      continue;
    }
    settled_count += settled->is_changed ? 1 : 0;
    std::cout << api::settled_json(order.verification, *settled) << "\n";
  }
  std::cerr << "ledger settle: settled=" << settled_count
            << " unchanged=" << orders->size() - settled_count - refused_count
            << " refused=" << refused_count << "\n";
  return refused_count == 0 ? 0 : 1;
}

}  // namespace idswitch::app

// What the vendors would invoice: the other side of the customer's ledger, kept by their documents'
// charging chapters.
#pragma once

#include <boost/json/value.hpp>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "vendors/product.hpp"
#include "world/clock.hpp"
#include "world/money.hpp"

namespace idswitch::sandbox {

enum class ChargeState { held, captured, refunded };

[[nodiscard]] std::string_view name_of(ChargeState state);

struct Charge {
  Product product{};
  std::string sku;
  std::string reference;   // token, session id or, for a call without one, the request's own id
  std::string request_id;  // task number, log id or request id of the call that made it
  ChargeState state = ChargeState::captured;
  Micros unit_price = 0;
  TimePoint time;     // when it was made
  TimePoint settled;  // when it took its present state
};

// Price per "<product>.<sku>".
using Prices = std::map<std::string, Micros, std::less<>>;

// Defaults: invented or list prices, CNY.
[[nodiscard]] Prices default_prices();

class Charges {
 public:
  explicit Charges(Prices prices) : prices_(std::move(prices)) {}

  void capture(Product product, std::string_view sku, std::string reference, std::string request_id,
               TimePoint now);
  void hold(Product product, std::string_view sku, std::string reference, std::string request_id,
            TimePoint now);

  // Moves the held charge of that reference; no effect when there is none held.
  void settle(Product product, std::string_view reference, ChargeState state, TimePoint now);

  [[nodiscard]] bool has(Product product, std::string_view reference) const;

  [[nodiscard]] const std::deque<Charge>& all() const { return charges_; }

  // {"currency","charges":[...],"totals":{product:{state:{"count","amount"}}},"overall":{...}}.
  // `overall` counts what is captured.
  [[nodiscard]] boost::json::value to_json() const;

  // The vendor's statement: a header line, then one line a captured charge.
  [[nodiscard]] std::string to_csv() const;

  void clear();

  // For charges made from now on.
  void set_prices(Prices prices) { prices_ = std::move(prices); }

 private:
  void add(Charge charge);

  Prices prices_;
  std::deque<Charge> charges_;
  std::map<std::pair<Product, std::string>, Charge*, std::less<>> by_reference_;
};

}  // namespace idswitch::sandbox

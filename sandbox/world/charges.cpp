#include "world/charges.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace idswitch::sandbox {
namespace {

struct Total {
  std::uint64_t count = 0;
  Micros amount = 0;

  [[nodiscard]] boost::json::value to_json() const {
    return {{"count", count}, {"amount", format_amount(amount)}};
  }
};

}  // namespace

std::string_view name_of(ChargeState state) {
  switch (state) {
    case ChargeState::held: return "held";
    case ChargeState::captured: return "captured";
    case ChargeState::refunded: return "refunded";
  }
  return "";
}

Prices default_prices() {
  return {{"baidu.sessioncode", 10'000},          {"baidu.verify", 200'000},
          {"jumdata.life_check_v2", 300'000},     {"megvii.verify", 800'000},
          {"megvii.liveness", 800'000},           {"aliyun_sdk.verification", 1'000'000},
          {"aliyun_lite.verification", 1'200'000}};
}

void Charges::add(Charge charge) {
  const auto price = prices_.find(std::string(name_of(charge.product)) + '.' + charge.sku);
  charge.unit_price = price == prices_.end() ? 0 : price->second;
  Charge& kept = charges_.emplace_back(std::move(charge));
  by_reference_[{kept.product, kept.reference}] = &kept;
}

void Charges::capture(Product product, std::string_view sku, std::string reference,
                      std::string request_id, TimePoint now) {
  add({product, std::string(sku), std::move(reference), std::move(request_id),
       ChargeState::captured, 0, now, now});
}

void Charges::hold(Product product, std::string_view sku, std::string reference,
                   std::string request_id, TimePoint now) {
  add({product, std::string(sku), std::move(reference), std::move(request_id), ChargeState::held, 0,
       now, now});
}

void Charges::settle(Product product, std::string_view reference, ChargeState state,
                     TimePoint now) {
  const auto found = by_reference_.find(std::pair(product, std::string(reference)));
  if (found == by_reference_.end() || found->second->state != ChargeState::held) return;
  found->second->state = state;
  found->second->settled = now;
}

bool Charges::has(Product product, std::string_view reference) const {
  return by_reference_.contains(std::pair(product, std::string(reference)));
}

boost::json::value Charges::to_json() const {
  std::map<Product, std::array<Total, 3>> totals;
  Total overall;
  boost::json::array lines;
  std::uint64_t number = 0;
  for (const Charge& charge : charges_) {
    Total& total = totals[charge.product][static_cast<std::size_t>(charge.state)];
    ++total.count;
    total.amount += charge.unit_price;
    if (charge.state == ChargeState::captured) {
      ++overall.count;
      overall.amount += charge.unit_price;
    }
    lines.push_back({{"number", ++number},
                     {"product", name_of(charge.product)},
                     {"sku", charge.sku},
                     {"reference", charge.reference},
                     {"request_id", charge.request_id},
                     {"state", name_of(charge.state)},
                     {"unit_price", format_amount(charge.unit_price)},
                     {"time", format_time(charge.time)},
                     {"settled_time", format_time(charge.settled)}});
  }
  boost::json::object by_product;
  for (const Product product : all_products) {
    boost::json::object states;
    for (const ChargeState state :
         {ChargeState::captured, ChargeState::held, ChargeState::refunded}) {
      states[name_of(state)] = totals[product][static_cast<std::size_t>(state)].to_json();
    }
    by_product[name_of(product)] = std::move(states);
  }
  return {{"currency", "CNY"},
          {"charges", std::move(lines)},
          {"totals", std::move(by_product)},
          {"overall", overall.to_json()}};
}

std::string Charges::to_csv() const {
  std::string csv = "time,product,sku,reference,request_id,quantity,unit_price,amount,currency\n";
  for (const Charge& charge : charges_) {
    if (charge.state != ChargeState::captured) continue;
    const std::string price = format_amount(charge.unit_price);
    // FaceID tokens and request ids hold a comma.
    csv.append(format_time(charge.settled)).append(",").append(name_of(charge.product));
    csv.append(",").append(charge.sku).append(",\"").append(charge.reference);
    csv.append("\",\"").append(charge.request_id).append("\",1,");
    csv.append(price).append(",").append(price).append(",CNY\n");
  }
  return csv;
}

void Charges::clear() {
  by_reference_.clear();
  charges_.clear();
}

}  // namespace idswitch::sandbox

#include "store/sqlite/deliveries.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace idswitch::store {
namespace {

constexpr std::size_t k_usual_group = 64;

thread_local Deliveries* current_deliveries = nullptr;

}  // namespace

Deliveries::Deliveries() {
  current_deliveries = this;
}

Deliveries::~Deliveries() {
  current_deliveries = nullptr;
  for (Lane& lane : lanes_) post(std::move(lane));
}

Deliveries* Deliveries::current() {
  return current_deliveries;
}

void Deliveries::deliver(const boost::asio::any_io_executor& executor, Waiter waiter,
                         Written&& written) {
  Deliveries* group = current();
  if (group == nullptr) {
    Lane lane{executor, {}};
    lane.deliveries.emplace_back(std::move(waiter), std::move(written));
    return post(std::move(lane));
  }
  auto& lanes = group->lanes_;
  auto lane = std::find_if(lanes.begin(), lanes.end(),
                           [&](const Lane& l) { return l.executor == executor; });
  if (lane == lanes.end()) {
    lane = lanes.insert(lanes.end(), Lane{executor, {}});
    lane->deliveries.reserve(k_usual_group);
  }
  lane->deliveries.emplace_back(std::move(waiter), std::move(written));
}

void Deliveries::post(Lane lane) {
  boost::asio::post(lane.executor, [deliveries = std::move(lane.deliveries)]() mutable {
    for (Delivery& delivery : deliveries) delivery.waiter(std::move(delivery.written));
  });
}

}  // namespace idswitch::store

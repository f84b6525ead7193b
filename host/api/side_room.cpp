#include "api/side_room.hpp"

namespace idswitch::api {

Result<SideRoom::Place> SideRoom::Place::take(std::shared_ptr<Places> places, std::string caller) {
  const std::lock_guard lock(places->mutex);
  const auto found = places->inside.find(caller);
  if (found != places->inside.end() && found->second >= places->size.places_each) {
    return Error(Errc::too_many_requests,
                 "an earlier one of yours is still being worked on; wait for its answer first");
  }
  if (places->taken >= places->size.places) {
    return Error(Errc::overloaded,
                 "as many of these as the switch takes at a time are under way; try again");
  }
  ++places->inside[caller];
  ++places->taken;
  Place place;
  place.places_ = places;
  place.caller_ = std::move(caller);
  return place;
}

SideRoom::Place::~Place() {
  if (places_ == nullptr) return;  // moved from
  const std::lock_guard lock(places_->mutex);
  const auto found = places_->inside.find(caller_);
  if (--found->second == 0) places_->inside.erase(found);
  --places_->taken;
}

}  // namespace idswitch::api

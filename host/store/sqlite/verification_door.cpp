#include "store/sqlite/verification_door.hpp"

namespace idswitch::store {

Result<std::shared_ptr<VerificationRecord>> VerificationDoor::find(VerificationId id) {
  return opened_.readers.read([&](Reader& reader) { return reader.verifications.find(id); });
}

Result<std::vector<VerificationRecord>> VerificationDoor::list(const ListQuery& query) {
  return opened_.readers.read([&](Reader& reader) { return reader.verifications.list(query); });
}

Result<std::vector<VerificationRecord>> VerificationDoor::recorded(const RecordedQuery& query) {
  return opened_.readers.read([&](Reader& reader) { return reader.verifications.recorded(query); });
}

Result<std::vector<Image>> VerificationDoor::kept_images(VerificationId id) {
  return opened_.readers.read([&](Reader& reader) { return reader.images.of(id); });
}

Result<std::uint64_t> VerificationDoor::last_id() {
  return opened_.readers.read([](Reader& reader) { return reader.verifications.last_id(); });
}

Result<std::vector<DueVerification>> VerificationDoor::due(
    std::int64_t now_unix_ms, std::size_t limit, const std::optional<DueVerification>& after) {
  return opened_.readers.read(
      [&](Reader& reader) { return reader.work.due(now_unix_ms, limit, after); });
}

Result<std::int64_t> VerificationDoor::next_due() {
  return opened_.readers.read([](Reader& reader) { return reader.work.next_due(); });
}

Result<UnfinishedPage> VerificationDoor::unfinished(std::uint64_t after, std::size_t limit) {
  return opened_.readers.read([&](Reader& reader) { return reader.work.unfinished(after, limit); });
}

Result<std::uint64_t> VerificationDoor::finished_up_to() {
  return opened_.readers.read([](Reader& reader) { return reader.lane.finished_up_to(); });
}

Result<std::optional<ClaimResult>> VerificationDoor::find_claim(
    const ClaimName& name, const std::array<std::uint8_t, 32>& request_digest) {
  return opened_.readers.read(
      [&](Reader& reader) { return reader.claims.find(name, request_digest); });
}

Result<std::size_t> VerificationDoor::forget_claims_before(std::int64_t unix_ms) {
  const auto forgotten = opened_.perform(ForgetClaims{unix_ms});
  if (!forgotten) return forgotten.error();
  return static_cast<std::size_t>(*forgotten);
}

Result<std::uint64_t> VerificationDoor::retain(const Retain& step) {
  const auto done = opened_.perform(step);
  if (!done) return done.error();
  return static_cast<std::uint64_t>(*done);
}

Result<PersonPage> VerificationDoor::of_person(std::string_view tenant, std::string_view person_id,
                                               std::uint64_t after, std::size_t limit) {
  return opened_.readers.read(
      [&](Reader& reader) { return reader.retention.of_person(tenant, person_id, after, limit); });
}

Result<std::vector<ForgottenPerson>> VerificationDoor::forgotten(std::string_view tenant) {
  return opened_.readers.read([&](Reader& reader) { return reader.retention.forgotten(tenant); });
}

}  // namespace idswitch::store

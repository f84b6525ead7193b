#pragma once

// VerificationDoor: Verifications over one SQLite file. Any thread.

#include "store/sqlite/opened.hpp"
#include "store/verifications.hpp"

namespace idswitch::store {

class VerificationDoor final : public Verifications {
 public:
  // opened must outlive it.
  explicit VerificationDoor(Opened& opened) : opened_(opened) {}

  Result<std::shared_ptr<VerificationRecord>> find(VerificationId id) override;
  Result<std::vector<VerificationRecord>> list(const ListQuery& query) override;
  Result<std::vector<VerificationRecord>> recorded(const RecordedQuery& query) override;
  Result<std::vector<Image>> kept_images(VerificationId id) override;
  Result<std::uint64_t> last_id() override;
  Result<std::vector<DueVerification>> due(std::int64_t now_unix_ms, std::size_t limit,
                                           const std::optional<DueVerification>& after) override;
  Result<std::int64_t> next_due() override;
  Result<UnfinishedPage> unfinished(std::uint64_t after, std::size_t limit) override;
  Result<std::uint64_t> finished_up_to() override;
  Result<std::optional<ClaimResult>> find_claim(
      const ClaimName& name, const std::array<std::uint8_t, 32>& request_digest) override;
  Result<std::size_t> forget_claims_before(std::int64_t unix_ms) override;
  Result<std::uint64_t> retain(const Retain& step) override;
  Result<PersonPage> of_person(std::string_view tenant, std::string_view person_id,
                               std::uint64_t after, std::size_t limit) override;
  Result<std::vector<ForgottenPerson>> forgotten(std::string_view tenant) override;

 private:
  Opened& opened_;
};

}  // namespace idswitch::store

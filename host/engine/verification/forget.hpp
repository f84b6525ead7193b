#pragma once

// Forget: what names a person is erased from all verifications of this person at one tenant, one
// verification a commit; see store::ErasePerson. The ledger stays as it is, since its entries name
// nobody, and what was ordered, by whom and when is written down with the person's number in place
// of the id. A verification that is still open, or has a held charge, refuses the whole before
// anything is erased: its vendor is asked with what would be gone. On one lane.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/verification/desk.hpp"

namespace idswitch::engine {

struct ForgetOrder {
  std::string tenant;
  std::string person_id;
  std::string actor;  // who orders it
};

// Of the person, above an id.
struct PersonVerifications {
  std::vector<store::PersonPage::Found> found;
  std::uint64_t looked_up_to = 0;
};

// Reads all that the tenant has. [blocking]
Result<PersonVerifications> find_person(store::Store& store, const ForgetOrder& order,
                                        std::uint64_t after);

// find_person, where it holds up nobody.
using FindPerson = std::function<boost::asio::awaitable<Result<PersonVerifications>>(
    const ForgetOrder& order, std::uint64_t after)>;

struct Forgotten {
  std::int64_t verifications = 0;
};

// Again and again is the same as once; after an error in between, once more does the rest. Errors:
// invalid_field, not_found (a tenant that nobody knows), conflict (open, held, or somebody has
// worked on one; says which), storage_failed.
boost::asio::awaitable<Result<Forgotten>> forget(Desk& desk, std::shared_ptr<const Setup> setup,
                                                 ForgetOrder order, FindPerson find);

}  // namespace idswitch::engine

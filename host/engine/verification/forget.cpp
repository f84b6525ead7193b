#include "engine/verification/forget.hpp"

#include <vector>

#include "engine/traffic/person_number.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

constexpr std::size_t k_page = 2'000;   // looked at in one read
constexpr std::size_t k_named_max = 5;  // in an error

using Found = store::PersonPage::Found;

Result<void> check_all_over(const std::vector<Found>& all) {
  std::string open;
  std::size_t count = 0;
  for (const Found& one : all) {
    if (!one.is_open) continue;
    if (++count <= k_named_max) open += (open.empty() ? "" : ", ") + one.id.text();
  }
  if (count == 0) return {};
  if (count > k_named_max) open += " and " + std::to_string(count - k_named_max) + " more";
  return Error(Errc::conflict,
               "the person has verifications that are open or have a held charge, of which the "
               "vendor is still asked: " +
                   open + "; cancel them, and order it again when their charges have ended");
}

Error not_written(const store::Written& written, VerificationId id) {
  if (written.outcome != store::Outcome::lost_case) return written.error;
  return Error(Errc::conflict, "somebody has worked on " + id.text() +
                                   " meanwhile; order it again, and the rest is done");
}

}  // namespace

Result<PersonVerifications> find_person(store::Store& store, const ForgetOrder& order,
                                        std::uint64_t after) {
  PersonVerifications all;
  all.looked_up_to = after;
  for (;;) {
    const auto page =
        store.verifications().of_person(order.tenant, order.person_id, all.looked_up_to, k_page);
    if (!page) return page.error();
    all.found.insert(all.found.end(), page->found.begin(), page->found.end());
    all.looked_up_to = page->looked_up_to;
    if (page->is_last) return all;
  }
}

asio::awaitable<Result<Forgotten>> forget(Desk& desk, std::shared_ptr<const Setup> setup,
                                          ForgetOrder order, FindPerson find) {
  if (order.person_id.empty()) co_return Error(Errc::invalid_field, "say which person", "/person");
  if (order.actor.empty()) co_return Error(Errc::invalid_field, "say who orders it");
  store::ForgottenPerson note;
  note.tenant = order.tenant;
  note.person = person_number(order.tenant, order.person_id);
  note.begun_unix_ms = desk.now();
  note.actor = order.actor;
  Forgotten forgotten;
  // One that began meanwhile is found by another look.
  for (std::uint64_t after = 0;;) {
    const auto all = co_await find(order, after);
    if (!all) co_return all.error();
    if (all->found.empty()) break;
    if (const auto over = check_all_over(all->found); !over) co_return over.error();
    after = all->looked_up_to;
    for (const Found& one : all->found) {
      const InFlight::Guard guard = co_await desk.in_flight.wait(one.id.high);
      note.verifications = 1;
      store::Change change;
      change.emplace_back(store::ErasePerson{one.id, one.fence, note.person});
      change.emplace_back(note);
      const store::Written written = co_await desk.store.write(std::move(change));
      if (!written.committed()) co_return not_written(written, one.id);
      ++forgotten.verifications;
    }
  }
  // What is misspelt must not look as if it were done.
  if (forgotten.verifications == 0 && setup->tenant(order.tenant) == nullptr) {
    co_return Error(Errc::not_found,
                    "the configuration has no such tenant, and none of its "
                    "verifications is there",
                    "/tenant");
  }
  note.verifications = 0;
  note.ended_unix_ms = desk.now();
  store::Change change;
  change.emplace_back(note);
  const store::Written written = co_await desk.store.write(std::move(change));
  if (!written.committed()) co_return written.error;
  co_return forgotten;
}

}  // namespace idswitch::engine

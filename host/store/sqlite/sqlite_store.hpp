#pragma once

// SqliteStore: the Store over one SQLite file. Any thread.

#include <optional>

#include "store/sqlite/agreement_door.hpp"
#include "store/sqlite/file_lock.hpp"
#include "store/sqlite/ledger_door.hpp"
#include "store/sqlite/verification_door.hpp"
#include "store/sqlite/webhook_door.hpp"
#include "store/store.hpp"

namespace idswitch::store {

class SqliteStore final : public Store {
 public:
  // path: resolved; its lock is held.
  SqliteStore(FileLock lock, const std::string& path, const StoreKey& key,
              std::unique_ptr<GroupCommit> group_commit, const Options& options);

  // For reading alone.
  SqliteStore(const std::string& path, const StoreKey& key) : opened_(path, key) {}

  void end_reads() override { opened_.readers.end(); }

  using Store::write;
  void write(Change change, std::function<void(Written)> done) override;

  const StoreKey& key() const override { return opened_.key; }

  Verifications& verifications() override { return verifications_; }

  Ledger& ledger() override { return ledger_; }

  Webhooks& webhooks() override { return webhooks_; }

  Agreement& agreement() override { return agreement_; }

 private:
  void write_in_pass(Change change, std::function<void(Written)> done,
                     const boost::asio::any_io_executor& lane) override;

  std::optional<FileLock> lock_;  // first: held until the connections below are closed
  Opened opened_;
  VerificationDoor verifications_{opened_};
  LedgerDoor ledger_{opened_};
  WebhookDoor webhooks_{opened_};
  AgreementDoor agreement_{opened_};
};

}  // namespace idswitch::store

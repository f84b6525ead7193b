#pragma once

// What the store's tests share: a folder that goes away, invented records, and writing that waits.

#include <filesystem>
#include <string>

#include "store/sqlite/group_commit.hpp"
#include "store/store.hpp"

namespace idswitch::store {

// A fresh folder below the system's temporary one; removed with everything in it.
class Folder {
 public:
  Folder();
  ~Folder();

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path() const { return path_.string(); }

  std::string file(const std::string& name = "store.db") const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// The n-th of a row of ids that grow with n.
VerificationId sample_id(std::uint64_t n);

// As a request leaves it: starting, with nothing but what was asked for.
VerificationRecord sample_start(std::uint64_t n, const std::string& tenant = "acme");

// The same with every other member filled in.
VerificationRecord sample_progress(std::uint64_t n, const std::string& tenant = "acme");

LedgerEntry sample_entry(std::uint64_t n, EntryKind kind, const std::string& tenant = "acme");

// Of sample_start(n), in one and the same experiment.
Exposure sample_exposure(std::uint64_t n, const std::string& arm, std::uint64_t person);

ClaimName sample_name(const std::string& key);
Claim sample_claim(std::uint64_t n, const std::string& key, std::uint8_t digest = 1);

// Opens or fails the test.
std::unique_ptr<Store> open_store(const std::string& file);

// The writer's side of it alone; opens or fails the test.
std::unique_ptr<GroupCommit> open_group(const std::string& file);

// Whether the key of a claim that samples made stands for something.
Result<std::optional<ClaimResult>> find_claim(Store& store, const std::string& key,
                                              std::uint8_t digest = 1);

// Writes and waits for the answer; an error when nothing was written, unless a claim was made
// before.
Result<Written> write(Store& store, Change change);

// Every member as text, so that a difference can be read in a failure.
// Those in Status::starting, in the order of their ids.
Result<std::vector<VerificationRecord>> starting_of(Store& store);

std::string text_of(const VerificationRecord& record);
std::string text_of(const LedgerEntry& entry);  // without the sequence

}  // namespace idswitch::store

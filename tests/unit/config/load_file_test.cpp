#include <gtest/gtest.h>

#include <filesystem>

#include "config/config_load.hpp"
#include "temporary_folder.hpp"

namespace idswitch::config {
namespace {

TEST(ConfigFile, TakesRelativePathsFromItsFolder) {
  const TemporaryFolder folder;
  folder.make_folder("plugins");
  folder.write("secrets/key", "s3cret\r\n\n");
  folder.write(
      "idswitch.yaml",
      "server: {public_url: https://id.example}\n"
      "store: {path: var/idswitch.db}\n"
      "plugins: {directory: plugins, allow: []}\n"
      "accounts: {a: {product: p/q, contract: {currency: CNY, prices: {}},\n"
      "               secrets: {key: file:secrets/key}}}\n"
      "tenants: {t: {api_keys: [], routes: [{method: h5, checks: [liveness], accounts: [a]}]}}\n");
  const LoadResult result = load_file(folder.path("idswitch.yaml"));
  for (const Complaint& complaint : result.complaints) ADD_FAILURE() << complaint.line();
  EXPECT_EQ(result.config.store.path, folder.path("var/idswitch.db"));
  EXPECT_EQ(result.config.accounts.at("a").secrets.at("key").reveal(), "s3cret");
  EXPECT_EQ(result.config.accounts.at("a").where.file, folder.path("idswitch.yaml"));
}

TEST(ConfigFile, SaysWhyItCannotBeRead) {
  const TemporaryFolder folder;
  const auto line = [](const std::string& path) {
    const LoadResult result = load_file(path);
    return result.complaints.size() == 1 ? result.complaints[0].line() : "not one complaint";
  };
  EXPECT_EQ(line(folder.path()), folder.path() + ": cannot read the file: it is a folder");
  EXPECT_EQ(line(folder.path("no.yaml")),
            folder.path("no.yaml") + ": cannot read the file: No such file or directory");
  folder.write("empty.yaml", "");
  EXPECT_EQ(line(folder.path("empty.yaml")),
            folder.path("empty.yaml") + ":1:1: the file is empty: start from configs/minimal.yaml");
  folder.write("large.yaml", "");
  std::filesystem::resize_file(folder.path("large.yaml"), (64u << 20) + 1);
  EXPECT_EQ(line(folder.path("large.yaml")),
            folder.path("large.yaml") + ": cannot read the file: it is larger than 64MiB");
}

}  // namespace
}  // namespace idswitch::config

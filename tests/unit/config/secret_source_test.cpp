#include "config/yaml/secret_source.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_folder.hpp"

namespace idswitch::config {
namespace {

class SecretSource : public testing::Test {
 protected:
  Result<Secret> read(std::string_view source) const {
    return read_secret(source, [this](std::string_view path) { return folder_.path(path); });
  }

  std::string fault(std::string_view source) const {
    const auto secret = read(source);
    return secret ? "no fault" : secret.error().detail();
  }

  TemporaryFolder folder_;
};

TEST_F(SecretSource, DropsOnlyTheLineEndsAtTheEnd) {
  folder_.write("one", "a b\n");
  folder_.write("windows", "a b\r\n");
  folder_.write("none", " a b ");
  folder_.write("two-lines", "a\nb\n\n");
  EXPECT_EQ(read("file:one")->reveal(), "a b");
  EXPECT_EQ(read("file:windows")->reveal(), "a b");
  EXPECT_EQ(read("file:none")->reveal(), " a b ");
  EXPECT_EQ(read("file:two-lines")->reveal(), "a\nb");
}

TEST_F(SecretSource, RefusesFilesThatOthersCanRead) {
  for (const mode_t mode : {0604, 0644, 0666, 0777}) {
    folder_.write("key", "s3cret", mode);
    EXPECT_EQ(fault("file:key"), folder_.path("key") + " can be read by every user: chmod 600 it");
  }
  for (const mode_t mode : {0400, 0600, 0640}) {
    folder_.write("private-key", "s3cret", mode);
    EXPECT_TRUE(read("file:private-key")) << mode;
    ::chmod(folder_.path("private-key").c_str(), 0600);
  }
}

TEST_F(SecretSource, RefusesWhatIsNoFile) {
  folder_.make_folder("folder");
  ::mkfifo(folder_.path("pipe").c_str(), 0600);
  EXPECT_EQ(fault("file:folder"), folder_.path("folder") + " is not a file");
  EXPECT_EQ(fault("file:pipe"), folder_.path("pipe") + " is not a file");
  EXPECT_EQ(fault("file:none"),
            "cannot open " + folder_.path("none") + ": No such file or directory");
}

TEST_F(SecretSource, RefusesWhatIsEmptyOrTooLarge) {
  folder_.write("empty", "");
  folder_.write("line-ends", "\r\n\n");
  folder_.write("large", std::string(100'000, 'x'));
  EXPECT_EQ(fault("file:empty"), folder_.path("empty") + " is empty");
  EXPECT_EQ(fault("file:line-ends"), folder_.path("line-ends") + " is empty");
  EXPECT_EQ(fault("file:large"), folder_.path("large") + " is larger than 64KiB: no secret is");
}

TEST_F(SecretSource, NeverRepeatsALiteralSecret) {
  for (const char* source : {"hunter2", "ENV:hunter2", "$hunter2", "${hunter2}", "env hunter2",
                             "vault:hunter2", "env:hunter2!", "env:2hunter2"}) {
    EXPECT_EQ(fault(source).find("hunter2"), std::string::npos) << source;
    EXPECT_NE(fault(source), "no fault") << source;
  }
}

}  // namespace
}  // namespace idswitch::config

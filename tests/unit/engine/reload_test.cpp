// When a changed file becomes the running configuration, and that it does in the end. What the
// engine, the store and the plugins do is said by the test: a text with "fault" in it is refused.

#include "engine/verification/reload.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/log.hpp"

namespace idswitch::engine {
namespace {

using std::chrono::seconds;

class ReloadTest : public testing::Test {
 protected:
  ReloadTest() {
    std::string name = (std::filesystem::temp_directory_path() / "idswitch-reload-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    write("first");
    auto setup = std::make_shared<engine::Setup>();
    setup->version = 1;
    setup->text = "first";
    running_ = std::move(setup);
    reload_ = std::make_unique<Reload>(steps(), (folder_ / "switch.yaml").string());
    log::set_level(log::Level::info);
  }

  ~ReloadTest() override {
    std::filesystem::remove_all(folder_);
    log::set_level(log::Level::info);
  }

  ReloadSteps steps() {
    ReloadSteps steps;
    steps.running = [this] { return running_; };
    steps.prepare = [this](config::LoadResult loaded, Reloaded& result) {
      prepared_.push_back(loaded.text);
      if (while_prepared_) std::exchange(while_prepared_, {})();
      auto setup = std::make_shared<engine::Setup>();
      setup->text = loaded.text;
      setup->config.log_level = log_level_;
      if (loaded.text.find("fault") == std::string::npos) return setup;
      result.complaints.push_back({{"switch.yaml", 1, 1}, "", "has a fault"});
      return std::shared_ptr<engine::Setup>();
    };
    steps.adopt = [this](std::shared_ptr<engine::Setup> setup) -> Result<std::int64_t> {
      ++adoptions_;
      if (refusals_ > 0) {
        --refusals_;
        return Error(Errc::storage_failed, store_says_);
      }
      setup->version = running_->version + (setup->text == running_->text ? 0 : 1);
      running_ = std::move(setup);
      return running_->version;
    };
    steps.now = [this] { return now_; };
    return steps;
  }

  void write(const std::string& text) { std::ofstream(folder_ / "switch.yaml") << text; }

  // How often the work wrote a line of this event.
  template <class Work>
  static int logged(const std::string& event, Work work) {
    testing::internal::CaptureStderr();
    work();
    const std::string text = testing::internal::GetCapturedStderr();
    int count = 0;
    for (auto at = text.find('"' + event + '"'); at != std::string::npos;
         at = text.find('"' + event + '"', at + 1)) {
      ++count;
    }
    return count;
  }

  std::filesystem::path folder_;
  std::shared_ptr<const engine::Setup> running_;
  std::vector<std::string> prepared_;
  std::function<void()> while_prepared_;
  int adoptions_ = 0;
  int refusals_ = 0;  // by the store, from now on
  std::string store_says_ = "another program holds a lock";
  log::Level log_level_ = log::Level::info;
  std::chrono::steady_clock::time_point now_{};
  std::unique_ptr<Reload> reload_;
};

TEST_F(ReloadTest, TakesAChangedFileOnce) {
  reload_->look();
  EXPECT_TRUE(prepared_.empty());
  write("second");
  reload_->look();
  reload_->look();
  EXPECT_EQ(running_->text, "second");
  EXPECT_EQ(prepared_.size(), 1U);
}

TEST_F(ReloadTest, AVersionThatTheStoreRefusedIsAdoptedLater) {
  write("second");
  refusals_ = 1;
  reload_->look();
  EXPECT_EQ(running_->text, "first");
  now_ += seconds(2);
  reload_->look();
  EXPECT_EQ(running_->text, "second");
}

TEST_F(ReloadTest, TriesAgainAfterAPauseThatDoublesUpToAMinute) {
  write("second");
  refusals_ = 100;
  std::vector<std::int64_t> seconds_between;
  auto last = now_;
  for (int second = 0; second < 300; ++second, now_ += seconds(1)) {
    const int before = adoptions_;
    reload_->look();
    if (adoptions_ == before) continue;
    seconds_between.push_back(std::chrono::duration_cast<seconds>(now_ - last).count());
    last = now_;
  }
  EXPECT_EQ(seconds_between, (std::vector<std::int64_t>{0, 2, 4, 8, 16, 32, 60, 60, 60}));
}

TEST_F(ReloadTest, AnotherFileNeedNotWaitForTheFailureOfTheLast) {
  write("second");
  refusals_ = 1;
  reload_->look();
  write("third");
  reload_->look();
  EXPECT_EQ(running_->text, "third");
}

TEST_F(ReloadTest, GoesBackToTheFileThatRunsWithoutAnotherTry) {
  write("second");
  refusals_ = 1;
  reload_->look();
  write("first");
  reload_->look();
  EXPECT_EQ(running_->version, 1);
  now_ += seconds(100);
  reload_->look();
  EXPECT_EQ(adoptions_, 2);
}

TEST_F(ReloadTest, LogsAFailureOnceHoweverOftenItRepeats) {
  write("second");
  refusals_ = 100;
  const auto look_twenty_times = [this] {
    for (int i = 0; i < 20; ++i, now_ += seconds(60)) reload_->look();
  };
  EXPECT_EQ(logged("config_not_adopted", look_twenty_times), 1);
  store_says_ = "the disk is full";
  EXPECT_EQ(logged("config_not_adopted", look_twenty_times), 1);
  // Who asks is told each time.
  EXPECT_EQ(logged("config_not_adopted", [this] { EXPECT_FALSE(reload_->run("admin ops")); }), 1);
}

TEST_F(ReloadTest, WhatWasAskedForAndFailedIsTriedAgainAlthoughTheFileIsTheSame) {
  refusals_ = 1;
  EXPECT_FALSE(reload_->run("reload"));  // a secret has changed, say
  now_ += seconds(2);
  reload_->look();
  EXPECT_EQ(adoptions_, 2);
  now_ += seconds(100);
  reload_->look();
  EXPECT_EQ(adoptions_, 2);
}

TEST_F(ReloadTest, ARefusedFileIsLoadedAgainOnlyWhenItChanges) {
  write("second fault");
  EXPECT_EQ(logged("config_refused",
                   [this] {
                     for (int i = 0; i < 5; ++i, now_ += seconds(60)) reload_->look();
                   }),
            1);
  EXPECT_EQ(prepared_.size(), 1U);
  write("second");
  reload_->look();
  EXPECT_EQ(running_->text, "second");
}

TEST_F(ReloadTest, AFileWhoseWritingEndsWhileItIsRefusedIsLoaded) {
  for (const bool is_asked : {false, true}) {
    write("half of it: fault");
    const std::string whole = is_asked ? "asked" : "noticed";
    while_prepared_ = [&] { write(whole); };
    if (is_asked)
      EXPECT_FALSE(reload_->run("reload")->complaints.empty());
    else
      reload_->look();
    EXPECT_NE(running_->text, whole);
    reload_->look();
    EXPECT_EQ(running_->text, whole);
  }
}

TEST_F(ReloadTest, ReadsTheFileOnce) {
  write("second");
  while_prepared_ = [this] { write("third"); };
  reload_->look();
  EXPECT_EQ(running_->text, "second");
  reload_->look();
  EXPECT_EQ(running_->text, "third");
}

TEST_F(ReloadTest, ChangesTheLogLevelWithTheAdoption) {
  write("second");
  log_level_ = log::Level::error;
  refusals_ = 1;
  reload_->look();
  EXPECT_TRUE(log::enabled(log::Level::info));
  now_ += seconds(2);
  reload_->look();
  EXPECT_FALSE(log::enabled(log::Level::info));
}

TEST_F(ReloadTest, SaysOnceThatTheFileIsGone) {
  std::filesystem::remove(folder_ / "switch.yaml");
  EXPECT_EQ(logged("config_not_read", [this] { reload_->look(); }), 0) << "being replaced, perhaps";
  EXPECT_EQ(logged("config_not_read",
                   [this] {
                     for (int i = 0; i < 5; ++i) reload_->look();
                   }),
            1);
  write("second");
  reload_->look();
  EXPECT_EQ(running_->text, "second");
}

}  // namespace
}  // namespace idswitch::engine

// The loader: one file for each defect (stubs/defective_plugin.c), each refused with the file's
// name, what was found and what to do about it.

#include "plugin/library.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "plugin/catalog.hpp"
#include "plugin/file_trust.hpp"

namespace idswitch::test {
namespace {

namespace fs = std::filesystem;
using plugin::Catalog;
using plugin::Library;

fs::path stub(const std::string& defect) {
  return fs::path(IDSWITCH_STUB_DIR) / ("libidswitch_defective_" + defect + ".so");
}

// A folder of its own for each test, beside the stubs: no plugin is taken from a folder like /tmp.
class LibraryFile : public testing::Test {
 protected:
  LibraryFile() {
    std::string name = (fs::path(IDSWITCH_STUB_DIR) / "library-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }

  ~LibraryFile() override { fs::remove_all(folder_); }

  fs::path written(const std::string& name, std::string_view content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }

  fs::path copied(const fs::path& from, const std::string& name) {
    fs::copy_file(from, folder_ / name);
    return folder_ / name;
  }

  fs::path folder_;
};

std::string refusal(const fs::path& file) {
  const auto library = Library::load(file);
  if (library) return "";
  EXPECT_EQ(library.error().code(), Errc::plugin_refused);
  EXPECT_NE(library.error().detail().find(file.string()), std::string::npos) << "names no file";
  return library.error().detail();
}

struct Defect {
  std::string_view name;
  std::vector<std::string_view> says;
};

const Defect k_defects[] = {
    {"no_export", {"does not export idswitch_plugin_v1", "is it an idswitch plugin?"}},
    {"wrong_major", {"ABI major 2", "major 1", "rebuild"}},
    {"undefined_symbol", {"cannot be loaded", "ldd -r"}},
    {"refuses_hello", {"ABI 1.0", "rebuild"}},
    {"null_table", {"ABI 1.0", "rebuild"}},
    {"magic", {"magic", "rebuild"}},
    {"needs_newer_host", {"ABI 1.7", "ABI 1.0", "update the host"}},
    {"table_size", {"152 bytes instead of 144", "rebuild"}},
    {"table_short", {"16 bytes", "rebuild"}},
    {"bad_id", {"id must be"}},
    {"null_function", {"lacks a required function"}},
    {"no_product", {"no product"}},
    {"null_product", {"product 0 is null"}},
    {"short_product", {"shorter than ABI 1.0"}},
    {"bad_product_id", {"other/thing"}},
    {"trailing_garbage_id", {"defective/thing!"}},
    {"bad_methods", {"methods mask"}},
    {"bad_operations", {"operations mask"}},
    {"no_start", {"lacks START"}},
    {"no_end", {"neither RESULT nor SUBMIT"}},
    {"callback_without_result", {"CALLBACK without RESULT"}},
    {"token_without_dynamic", {"TOKEN without one"}},
    {"dynamic_without_token", {"dynamic slot without the TOKEN"}},
    {"slot_twice", {"repeated name"}},
    {"no_origin", {"no origin"}},
    {"plain_http", {"not https"}},
    {"bad_schema", {"schema is not a JSON object"}},
    {"no_sku", {"no SKU"}},
    {"sku_never_billed", {"when it is billed"}},
    {"code_without_meaning", {"1000", "no meaning"}},
    {"init_fails", {"init failed"}},
};

TEST(Library, RefusesEachDefectAndSaysWhich) {
  for (const Defect& defect : k_defects) {
    const std::string why = refusal(stub(std::string(defect.name)));
    for (const std::string_view part : defect.says) {
      EXPECT_NE(why.find(part), std::string::npos)
          << defect.name << ": \"" << why << "\" lacks " << part;
    }
  }
}

TEST(Library, LoadsASoundFile) {
  const auto library = Library::load(stub("nothing"));
  ASSERT_TRUE(library) << library.error().detail();
  EXPECT_EQ((*library)->id(), "defective");
  EXPECT_EQ((*library)->version(), "1.0.0");
}

// A switch may be opened twice in one process; the plugin's init is still called once.
TEST(Library, InitialisesAFileOncePerProcess) {
  EXPECT_EQ(refusal(stub("init_twice_fails")), "");
  EXPECT_EQ(refusal(stub("init_twice_fails")), "");
}

TEST_F(LibraryFile, ThatIsMissingIsRefused) {
  const std::string why = refusal(folder_ / "libidswitch_absent.so");
  EXPECT_NE(why.find("no such file"), std::string::npos) << why;
  EXPECT_NE(why.find("plugins.allow"), std::string::npos) << why;
}

TEST_F(LibraryFile, ThatIsAFolderIsRefused) {
  EXPECT_NE(refusal(folder_).find("not a regular file"), std::string::npos);
}

TEST_F(LibraryFile, ThatOthersMayWriteIsRefused) {
  for (const mode_t mode : {0664, 0646, 0777}) {
    const fs::path file = copied(stub("nothing"), "mode" + std::to_string(mode) + ".so");
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    EXPECT_NE(refusal(file).find("chmod go-w"), std::string::npos) << mode;
  }
}

TEST_F(LibraryFile, InAFolderThatOthersMayWriteIsRefused) {
  fs::create_directories(folder_ / "above" / "below");
  const fs::path file = copied(stub("nothing"), "above/below/plugin.so");
  EXPECT_EQ(refusal(file), "");
  for (const mode_t mode : {0775, 0757}) {
    ASSERT_EQ(::chmod((folder_ / "above").c_str(), mode), 0);
    const std::string why = refusal(file);
    EXPECT_NE(why.find((folder_ / "above").string() + " can be written by others"),
              std::string::npos)
        << why;
    EXPECT_NE(why.find("chmod go-w"), std::string::npos) << why;
  }
}

// Nobody else can replace the file there, but anybody can be the first to make it.
TEST_F(LibraryFile, InAStickyFolderIsRefused) {
  ASSERT_EQ(::chmod(folder_.c_str(), 01777), 0);
  const std::string why = refusal(copied(stub("nothing"), "plugin.so"));
  EXPECT_NE(why.find("everybody may put files into"), std::string::npos) << why;
}

TEST_F(LibraryFile, BelowAStickyFolderIsTrustedWhileTheNextOneIsOurs) {
  fs::create_directories(folder_ / "ours");
  const fs::path file = copied(stub("nothing"), "ours/plugin.so");
  ASSERT_EQ(::chmod(folder_.c_str(), 01777), 0);
  EXPECT_EQ(refusal(file), "");
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  EXPECT_NE(refusal(file), "");
}

TEST_F(LibraryFile, IsAsTrustedAsEveryFolderThatItsLinksLeadThrough) {
  fs::create_directories(folder_ / "open");
  fs::create_directories(folder_ / "closed");
  const fs::path file = copied(stub("nothing"), "closed/plugin.so");
  fs::create_symlink("../closed/plugin.so", folder_ / "open" / "link.so");
  fs::create_symlink(folder_ / "open" / "link.so", folder_ / "closed" / "far.so");
  fs::create_symlink("plugin.so", folder_ / "closed" / "near.so");
  EXPECT_EQ(refusal(folder_ / "closed" / "far.so"), "");
  ASSERT_EQ(::chmod((folder_ / "open").c_str(), 0777), 0);
  EXPECT_NE(refusal(folder_ / "open" / "link.so"), "");
  EXPECT_NE(refusal(folder_ / "closed" / "far.so"), "") << "by way of the open folder";
  EXPECT_EQ(refusal(folder_ / "closed" / "near.so"), "");
}

TEST_F(LibraryFile, OfAnotherUserIsRefused) {
  const fs::path file = copied(stub("nothing"), "plugin.so");
  const uid_t user = ::geteuid(), other = user + 12'345;
  EXPECT_EQ(plugin::distrust(file, user), "");
  if (user == 0) {
    EXPECT_EQ(plugin::distrust(file, other), "") << "root's are everybody's";
    ASSERT_EQ(::chown(file.c_str(), other, 0), 0);
    EXPECT_EQ(plugin::distrust(file, other), "");
    EXPECT_NE(refusal(file).find("belongs to another user"), std::string::npos);
  } else {
    EXPECT_NE(plugin::distrust(file, other).find("belongs to another user"), std::string::npos);
  }
}

TEST_F(LibraryFile, ThatIsNoElfFileIsRefused) {
  EXPECT_NE(refusal(written("text.so", "#!/bin/sh\necho no\n")).find("no ELF header"),
            std::string::npos);
  EXPECT_NE(refusal(written("empty.so", "")).find("no ELF header"), std::string::npos);
}

TEST_F(LibraryFile, ForAnotherMachineIsRefused) {
  std::ifstream in(stub("nothing"), std::ios::binary);
  std::string content(std::istreambuf_iterator<char>(in), {});
  std::string other = content;
  other[18] = 0x28;  // e_machine: 32-bit ARM
  EXPECT_NE(refusal(written("arm.so", other)).find("rebuild it here"), std::string::npos);
  other = content;
  other[4] = 1;  // 32-bit
  EXPECT_NE(refusal(written("small.so", other)).find("64-bit"), std::string::npos);
}

TEST_F(LibraryFile, ThatIsCutShortIsRefused) {
  std::ifstream in(stub("nothing"), std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(in), {});
  for (const std::size_t size :
       {std::size_t{64}, std::size_t{500}, content.size() / 2, content.size() - 8}) {
    EXPECT_NE(refusal(written("cut" + std::to_string(size) + ".so", content.substr(0, size))), "")
        << size;
  }
}

// Distributions strip what they install.
TEST(Library, LoadsAStrippedFile) {
  const auto library = Library::load(stub("stripped"));
  EXPECT_TRUE(library) << library.error().detail();
}

TEST(Catalog, FindsProductsById) {
  const auto catalog = Catalog::load(IDSWITCH_STUB_DIR, {"defective_nothing"});
  ASSERT_TRUE(catalog);
  ASSERT_NE(catalog->find("defective/thing"), nullptr);
  EXPECT_TRUE(catalog->find("defective/thing")->offers(IDSW_OP_START));
  EXPECT_FALSE(catalog->find("defective/thing")->offers(IDSW_OP_TOKEN));
  EXPECT_EQ(catalog->find("defective/thin"), nullptr);
}

TEST(Catalog, RefusesAProductThatTwoFilesClaim) {
  const auto catalog =
      Catalog::load(IDSWITCH_STUB_DIR, {"defective_nothing", "defective_stripped"});
  ASSERT_FALSE(catalog);
  EXPECT_NE(catalog.error().detail().find("already offered by"), std::string::npos);
  EXPECT_NE(catalog.error().detail().find("plugins.allow"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::test

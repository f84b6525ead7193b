// Every built plugin file: what it exports, how it shakes hands, what it declares, how it takes
// nonsense.

#include <dlfcn.h>
#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "built_plugins.hpp"

namespace idswitch::test {
namespace {

class BuiltPlugin : public testing::TestWithParam<std::string> {};

// Names of the symbols that the file defines for others, from its dynamic symbol table.
std::vector<std::string> exported_symbols(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(in), {});
  const auto read = [&]<class T>(T& to, std::uint64_t at) {
    ASSERT_LE(at + sizeof to, content.size());
    std::memcpy(&to, content.data() + at, sizeof to);
  };
  std::vector<std::string> names;
  Elf64_Ehdr header{};
  read(header, 0);
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section{};
    Elf64_Shdr strings{};
    read(section, header.e_shoff + i * sizeof section);
    if (section.sh_type != SHT_DYNSYM) continue;
    read(strings, header.e_shoff + section.sh_link * sizeof strings);
    for (std::uint64_t at = 0; at < section.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol{};
      read(symbol, section.sh_offset + at);
      const bool defined = symbol.st_shndx != SHN_UNDEF && symbol.st_name != 0;
      if (defined && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
        names.emplace_back(content.data() + strings.sh_offset + symbol.st_name);
      }
    }
  }
  return names;
}

idsw_entry_v1 entry_of(const std::string& name) {
  void* handle = ::dlopen(path_of(name).c_str(), RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(handle, nullptr) << ::dlerror();
  return handle == nullptr ? nullptr
                           : reinterpret_cast<idsw_entry_v1>(::dlsym(handle, IDSW_ENTRY_SYMBOL));
}

TEST_P(BuiltPlugin, ExportsItsEntryAndNothingElse) {
  EXPECT_EQ(exported_symbols(path_of(GetParam())), std::vector<std::string>{IDSW_ENTRY_SYMBOL});
}

TEST_P(BuiltPlugin, IsLoadedByTheHost) {
  EXPECT_NO_THROW((void)library_of(GetParam()));
}

TEST_P(BuiltPlugin, ShakesHandsOnlyWithAHostItCanWorkWith) {
  const idsw_entry_v1 entry = entry_of(GetParam());
  ASSERT_NE(entry, nullptr);
  const idsw_hello good{sizeof(idsw_hello), IDSW_MAGIC, IDSW_ABI_MINOR, 0, 64, 0};
  const idsw_plugin* table = nullptr;
  ASSERT_EQ(entry(&good, &table), IDSW_OK);
  const idsw_plugin* again = nullptr;
  ASSERT_EQ(entry(&good, &again), IDSW_OK);
  EXPECT_EQ(table, again) << "the table is static";

  idsw_hello newer = good;
  newer.abi_minor = 1000;
  EXPECT_EQ(entry(&newer, &again), IDSW_OK) << "a newer host is no reason to refuse";

  idsw_hello wrong[] = {good, good, good, good};
  wrong[0].magic = 0x49445357;
  wrong[1].min_plugin_minor = IDSW_ABI_MINOR + 1000;
  wrong[2].pointer_bits = 32;
  wrong[3].magic = 0;
  for (const idsw_hello& hello : wrong) {
    const idsw_plugin* none = nullptr;
    EXPECT_EQ(entry(&hello, &none), IDSW_E_ABI);
    EXPECT_EQ(none, nullptr);
  }
}

TEST_P(BuiltPlugin, SaysWhatPeopleNeedToKnow) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const idsw_product& declared = *product.declared;
    SCOPED_TRACE(product.id());
    EXPECT_NE(plugin::view(declared.title), "");
    EXPECT_NE(plugin::view(declared.document), "") << "which document was it written from?";
    EXPECT_GT(declared.token_lifetime_s, 0u);
    for (std::uint64_t i = 0; i < declared.slot_count; ++i) {
      EXPECT_NE(plugin::view(declared.slots[i].meaning), "") << "slot " << i;
    }
    for (std::uint64_t i = 0; i < declared.sku_count; ++i) {
      EXPECT_NE(plugin::view(declared.skus[i].meaning), "") << "SKU " << i;
      EXPECT_NE(plugin::view(declared.skus[i].source), "") << "SKU " << i;
    }
    EXPECT_NO_THROW((void)account_of(product));
  }
}

TEST_P(BuiltPlugin, ListsNoCodeTwice) {
  for (const plugin::Product& product : products_of(GetParam())) {
    const idsw_product& declared = *product.declared;
    for (std::uint64_t i = 0; i < declared.code_count; ++i) {
      for (std::uint64_t j = i + 1; j < declared.code_count; ++j) {
        const idsw_code& a = declared.codes[i];
        const idsw_code& b = declared.codes[j];
        const bool same = plugin::view(a.code) == plugin::view(b.code) &&
                          plugin::view(a.word) == plugin::view(b.word) &&
                          ((a.operations & b.operations) != 0 || a.operations == b.operations);
        EXPECT_FALSE(same) << product.id() << " " << plugin::view(a.code) << " "
                           << plugin::view(a.word);
      }
    }
  }
}

// A host in good order never does this, a fuzzer does.
TEST_P(BuiltPlugin, AnswersNullArgumentsWithAnError) {
  const idsw_plugin& table = library_of(GetParam())->table();
  const idsw_account_config config{sizeof(idsw_account_config), 0, {"{}", 2}, 0, nullptr, 0};
  idsw_account* account = nullptr;
  EXPECT_NE(table.account_open(nullptr, nullptr, &account), IDSW_OK);
  EXPECT_NE(table.account_open(&config, nullptr, nullptr), IDSW_OK);
  idsw_exchange* exchange = nullptr;
  const idsw_operation operation{};
  EXPECT_NE(table.exchange_open(nullptr, &operation, &exchange), IDSW_OK);
  for (const plugin::Product& product : products_of(GetParam())) {
    const auto opened = account_of(product);
    EXPECT_NE(table.exchange_open(opened->handle(), nullptr, &exchange), IDSW_OK);
    EXPECT_NE(table.exchange_open(opened->handle(), &operation, nullptr), IDSW_OK);
  }
  const idsw_event event{sizeof(idsw_event), IDSW_EVENT_START, k_now, 0, 0, nullptr};
  const idsw_sink sink{};
  EXPECT_NE(table.exchange_step(nullptr, &event, &sink), IDSW_OK);
  table.exchange_close(nullptr);
  table.account_close(nullptr);
}

// The host checks settings against the schema first; the plugin must survive what gets past a
// schema.
TEST_P(BuiltPlugin, RefusesSettingsThatAreNotJson) {
  const idsw_plugin& table = library_of(GetParam())->table();
  for (const std::string_view settings : {"", "{", "[]", "\xFF", "{\"a\":1,\"a\":2}"}) {
    idsw_account_config config{};
    config.struct_size = sizeof config;
    config.settings = {settings.data(), settings.size()};
    idsw_account* account = nullptr;
    const idsw_status status = table.account_open(&config, nullptr, &account);
    if (status == IDSW_OK) table.account_close(account);
    SUCCEED();
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param.substr(0, info.param.rfind('.')))
    name += std::isalnum(c) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Contract, BuiltPlugin, testing::ValuesIn(built_plugins()), test_name);

}  // namespace
}  // namespace idswitch::test

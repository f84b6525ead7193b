#define BOOST_DLL_USE_STD_FS
#include "plugin/library.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <fstream>
#include <mutex>
#include <set>

#include "base/log.hpp"
#include "plugin/descriptor_check.hpp"
#include "plugin/file_trust.hpp"

namespace idswitch::plugin {
namespace {

constexpr std::uint32_t k_oldest_plugin_minor = 0;

Error refuse(const std::string& file, const std::string& what) {
  return Error(Errc::plugin_refused, "plugin " + file + ": " + what);
}

std::string abi(std::uint32_t minor) {
  return "ABI " + std::to_string(IDSW_ABI_MAJOR) + "." + std::to_string(minor);
}

Result<void> check_path(const std::filesystem::path& file) {
  struct stat status {};

  if (::stat(file.c_str(), &status) != 0) {
    return refuse(file.string(), "no such file; build it, or take it off plugins.allow");
  }
  if (!S_ISREG(status.st_mode)) return refuse(file.string(), "is not a regular file");
  if (const std::string why = distrust(file, ::geteuid()); !why.empty()) {
    return refuse(file.string(), why);
  }
  return {};
}

// Reads the ELF header only.
Result<void> check_format(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Elf64_Ehdr header{};
  if (!in.read(reinterpret_cast<char*>(&header), sizeof header) ||
      !std::equal(header.e_ident, header.e_ident + SELFMAG, ELFMAG)) {
    return refuse(file.string(), "is not a shared library (no ELF header)");
  }
#if defined(__x86_64__)
  constexpr Elf64_Half machine = EM_X86_64;
#elif defined(__aarch64__)
  constexpr Elf64_Half machine = EM_AARCH64;
#else
#error "name this machine's ELF number"
#endif
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != machine || header.e_type != ET_DYN) {
    return refuse(file.string(),
                  "is not a 64-bit shared library for this machine; rebuild it here");
  }
  return {};
}

Result<void> check_symbols(const std::filesystem::path& file) {
  std::vector<std::string> symbols;
  try {
    symbols = boost::dll::library_info(file).symbols();
  } catch (const std::exception&) {
    return refuse(file.string(), "its symbol table cannot be read; the file is damaged");
  }
  if (std::find(symbols.begin(), symbols.end(), IDSW_ENTRY_SYMBOL) != symbols.end()) return {};
  for (const std::string& symbol : symbols) {
    if (symbol.starts_with("idswitch_plugin_v")) {
      return refuse(file.string(), "is built for ABI major " + symbol.substr(17) +
                                       ", this host speaks major " +
                                       std::to_string(IDSW_ABI_MAJOR) +
                                       "; rebuild the plugin with this host's plugin-api");
    }
  }
  return refuse(file.string(), "does not export idswitch_plugin_v1 (found " +
                                   std::to_string(symbols.size()) +
                                   " other symbols); is it an idswitch plugin?");
}

// ---- services lent to plugins ----------------------------------------------------------------

void IDSW_CALL host_log(void*, std::uint32_t level, const idsw_str* text) {
  if (text == nullptr || text->len > 1024) return;
  const log::Level to = level >= IDSW_LOG_ERROR  ? log::Level::error
                        : level == IDSW_LOG_WARN ? log::Level::warn
                        : level == IDSW_LOG_INFO ? log::Level::info
                                                 : log::Level::debug;
  log::write(to, "plugin", {{"text", view(*text)}});
}

const void* IDSW_CALL host_extension(void*, const idsw_str*) {
  return nullptr;
}

const idsw_host& host_services() {
  static const idsw_host services{sizeof(idsw_host),
                                  IDSW_ABI_MINOR,
                                  nullptr,
                                  {"idswitch", 8},
                                  {IDSWITCH_VERSION, sizeof IDSWITCH_VERSION - 1},
                                  host_log,
                                  host_extension};
  return services;
}

Result<const idsw_plugin*> shake_hands(idsw_entry_v1 entry, const std::string& name) {
  const idsw_hello hello{sizeof(idsw_hello),    IDSW_MAGIC, IDSW_ABI_MINOR,
                         k_oldest_plugin_minor, 64,         0};
  const idsw_plugin* table = nullptr;
  const idsw_status status = entry(&hello, &table);
  if (status != IDSW_OK || table == nullptr) {
    return refuse(name, "will not work with this host (" + abi(IDSW_ABI_MINOR) + ", status " +
                            std::to_string(status) +
                            "); rebuild it with this host's plugin-api, or update the host");
  }
  if (table->magic != IDSW_MAGIC) return refuse(name, "its table has no magic number; rebuild it");
  if (table->min_host_minor > IDSW_ABI_MINOR) {
    return refuse(name, "needs a host with " + abi(table->min_host_minor) + ", this one has " +
                            abi(IDSW_ABI_MINOR) + "; update the host");
  }
  // For a minor this host knows the size is known too: anything else is a table changed in the
  // middle.
  if (table->abi_minor == IDSW_ABI_MINOR ? table->struct_size != sizeof(idsw_plugin)
                                         : table->struct_size < sizeof(idsw_plugin)) {
    return refuse(name, "says " + abi(table->abi_minor) + " but its table has " +
                            std::to_string(table->struct_size) + " bytes instead of " +
                            std::to_string(sizeof(idsw_plugin)) +
                            "; it was built with altered headers, rebuild it");
  }
  return table;
}

// A plugin's init is called once per process, however many switches are opened in it.
bool initialise(const idsw_plugin& table) {
  static std::mutex mutex;
  static std::set<const idsw_plugin*> initialised;
  const std::lock_guard lock(mutex);
  if (initialised.contains(&table)) return true;
  if (table.init(&host_services()) != IDSW_OK) return false;
  initialised.insert(&table);
  return true;
}

}  // namespace

Result<std::shared_ptr<const Library>> Library::load(const std::filesystem::path& file) {
  for (const auto check : {check_path, check_format, check_symbols}) {
    if (const Result<void> result = check(file); !result) return result.error();
  }
  std::error_code failure;
  // Kept for the life of the process: unloading code that threads may still run helps nobody.
  constexpr auto no_delete = static_cast<boost::dll::load_mode::type>(RTLD_NODELETE);
  boost::dll::shared_library loaded;
  loaded.load(std::filesystem::absolute(file), failure,
              boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local | no_delete);
  if (failure || !loaded.is_loaded()) {
    return refuse(file.string(),
                  "cannot be loaded: " + failure.message() +
                      "; it needs a library or symbol that is not here (see: ldd -r)");
  }
  const auto entry = reinterpret_cast<idsw_entry_v1>(
      &loaded.get<std::remove_pointer_t<idsw_entry_v1>>(IDSW_ENTRY_SYMBOL));
  return adopt(entry, file.string());
}

Result<std::shared_ptr<const Library>> Library::adopt(idsw_entry_v1 entry,
                                                      const std::string& name) {
  const Result<const idsw_plugin*> table = shake_hands(entry, name);
  if (!table) return table.error();
  if (const std::string wrong = wrong_with(**table); !wrong.empty()) return refuse(name, wrong);
  if (!initialise(**table)) return refuse(name, "its init failed; see the log");
  auto library = std::shared_ptr<Library>(new Library);
  library->file_ = name;
  library->table_ = *table;
  return std::shared_ptr<const Library>(std::move(library));
}

std::string_view Library::id() const {
  return view(table_->id);
}

std::string_view Library::version() const {
  return view(table_->version);
}

}  // namespace idswitch::plugin

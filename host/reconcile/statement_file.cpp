#include "reconcile/statement_file.hpp"

#include <iconv.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/values/byte_size.hpp"

namespace idswitch::engine {
namespace {

constexpr std::size_t k_piece_bytes = 64 * k_kib;
constexpr char k_no_text = '\xFF';

// GB18030 into UTF-8 by the C library's tables.
class Decoder {
 public:
  Decoder() : handle_(iconv_open("UTF-8", "GB18030")) {}

  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  ~Decoder() {
    if (is_open()) iconv_close(handle_);
  }

  bool is_open() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

  // A character that is cut off at the end waits for the next piece, unless this is the last one.
  std::string decode(std::string_view piece, bool is_last) {
    rest_ += piece;
    std::string out;
    char* in = rest_.data();
    std::size_t in_left = rest_.size();
    std::vector<char> buffer(k_piece_bytes);
    while (in_left > 0) {
      char* to = buffer.data();
      std::size_t to_left = buffer.size();
      const std::size_t done = iconv(handle_, &in, &in_left, &to, &to_left);
      const int why = errno;
      out.append(buffer.data(), buffer.size() - to_left);
      if (done != std::size_t(-1) || why == E2BIG) continue;
      if (why == EINVAL && !is_last) break;
      out += k_no_text;
      ++in;
      --in_left;
    }
    rest_.erase(0, rest_.size() - in_left);
    return out;
  }

 private:
  iconv_t handle_;
  std::string rest_;
};

Error unreadable(const std::string& path, const char* why) {
  return Error(Errc::invalid_field, "cannot read the statement " + path + ": " + why);
}

}  // namespace

Result<void> read_statement_file(const std::string& path, billing::StatementEncoding encoding,
                                 const std::function<Result<void>(std::string_view)>& piece) {
  const bool is_gb18030 = encoding == billing::StatementEncoding::gb18030;
  Decoder decoder;
  if (is_gb18030 && !decoder.is_open()) {
    return unreadable(path, "this system has no tables for GB18030: convert it to UTF-8 first");
  }
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return unreadable(path, std::strerror(errno));
  std::vector<char> buffer(k_piece_bytes);
  while (true) {
    stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    if (stream.bad()) return unreadable(path, "reading it failed");
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    const bool is_last = stream.eof();
    const auto given = is_gb18030 ? piece(decoder.decode(bytes, is_last)) : piece(bytes);
    if (!given) return given.error();
    if (is_last) return {};
    if (bytes.empty()) return unreadable(path, "it holds no text: is it a folder?");
  }
}

}  // namespace idswitch::engine

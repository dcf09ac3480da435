// Packs with one liblzma and unpacks with the other, in one process: the decoder of ours and the one of libarchive.
#include <archive.h>
#include <archive_entry.h>
#include <lzma.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

std::vector<unsigned char> packed(const std::string& text) {
  std::vector<unsigned char> bytes(text.size() + 1024);
  std::size_t used = 0;
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  const lzma_ret done =
      lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr, from, text.size(), bytes.data(), &used, bytes.size());
  bytes.resize(done == LZMA_OK ? used : 0);
  return bytes;
}

std::string unpacked(const std::vector<unsigned char>& bytes) {
  archive* reader = archive_read_new();
  archive_read_support_filter_xz(reader);
  archive_read_support_format_raw(reader);
  archive_entry* entry = nullptr;
  std::string text(1024, '\0');
  la_ssize_t length = -1;
  if (archive_read_open_memory(reader, bytes.data(), bytes.size()) == ARCHIVE_OK &&
      archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    length = archive_read_data(reader, text.data(), text.size());
  }
  archive_read_free(reader);
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return text;
}

}  // namespace

int main() {
  const std::string text = "the same text";
  std::printf("ours %s, %s\n", lzma_version_string(), archive_version_details());
  return unpacked(packed(text)) == text ? 0 : 1;
}

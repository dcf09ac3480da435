// What a keyring holds, read without trusting a byte of it: packet heads, key fingerprints, user IDs and the digests
// that bind them. Nothing is verified here; the package managers do that. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cudnn_install {

enum class KeyringForm {
  empty,
  binary,
  armored,
  keybox,  // GnuPG's own database, which apt does not read
  other,
};

struct OpenPgpKey {
  std::string fingerprint{};  // lower case; "" for a key of a version that is not known
  std::vector<std::string> users{};
  // Each self-signature on its names is by SHA-1 or MD5: today's verifiers take the key for unbound.
  bool bound_by_sha1 = false;
  // Its packets within the binary keyring, those of its subkeys and signatures included.
  std::size_t begin = 0;
  std::size_t end = 0;

  // The last 8 or 16 digits, as people name keys.
  [[nodiscard]] bool is(std::string_view id) const { return !id.empty() && fingerprint.ends_with(id); }
};

struct Keyring {
  KeyringForm form = KeyringForm::empty;
  std::string binary{};  // without its armor
  std::vector<OpenPgpKey> keys{};
  bool whole = true;  // every byte belongs to a packet
};

// At most 1 MiB is read and 1000 keys are listed; what is damaged ends the list.
Keyring keyring_in(std::string_view bytes);

// The same keys as apt wants them under a name that ends in .asc.
std::string armored(std::string_view binary);

}  // namespace cudnn_install

#include "packages/openpgp.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

// A version 4 key packet, a user ID and a self-signature by `digest`, whose issuer is the key.
std::string key_with(char digest) {
  const std::string body = std::string("\x04\x60\x00\x00\x00\x16", 6) + "material";
  const std::string key = std::string("\xc6", 1) + static_cast<char>(body.size()) + body;
  const std::string print = keyring_in(key).keys.at(0).fingerprint;
  std::string id;
  for (std::size_t at = 24; at < 40; at += 2) {
    id += static_cast<char>(std::stoi(print.substr(at, 2), nullptr, 16));
  }
  const std::string area = std::string("\x09\x10", 2) + id;
  const std::string signature =
      std::string("\x04\x13\x16", 3) + digest + std::string("\x00\x00\x00", 3) + static_cast<char>(area.size()) + area;
  return key + std::string("\xcd\x04", 2) + "name" + std::string("\xc2", 1) + static_cast<char>(signature.size()) +
         signature;
}

}  // namespace

TEST_CASE("a key is bound by SHA-1 where no self-signature has a better digest", "[openpgp_test]") {
  CHECK(keyring_in(key_with('\x02')).keys.at(0).bound_by_sha1);
  CHECK_FALSE(keyring_in(key_with('\x08')).keys.at(0).bound_by_sha1);
  CHECK(keyring_in(key_with('\x08')).keys.at(0).users == std::vector<std::string>{"name"});
}

TEST_CASE("armor is taken off and put on without loss, several blocks in one file too", "[openpgp_test]") {
  const std::string binary = key_with('\x08');
  const Keyring once = keyring_in(armored(binary));
  CHECK(once.form == KeyringForm::armored);
  CHECK(once.binary == binary);
  CHECK(keyring_in(armored(binary) + armored(binary)).keys.size() == 2);
}

TEST_CASE("damaged bytes end the list and are never read beyond", "[openpgp_test]") {
  const std::string binary = key_with('\x08') + key_with('\x02');
  for (std::size_t length = 0; length < binary.size(); ++length) {
    const Keyring cut = keyring_in(binary.substr(0, length));
    CHECK(cut.keys.size() <= 2);
    for (std::size_t at = 0; at < length; at += 3) {
      std::string damaged = binary.substr(0, length);
      damaged[at] = static_cast<char>(damaged[at] ^ '\xff');
      const Keyring other = keyring_in(damaged);
      for (const OpenPgpKey& key : other.keys) {
        CHECK(key.end <= damaged.size());
        CHECK(key.begin <= key.end);
      }
    }
  }
  CHECK(keyring_in("").form == KeyringForm::empty);
  CHECK(keyring_in("<html>").form == KeyringForm::other);
  CHECK(keyring_in(std::string("\0\0\0\x20\x01\x01\0\x02KBXf\0\0", 14)).form == KeyringForm::keybox);
}

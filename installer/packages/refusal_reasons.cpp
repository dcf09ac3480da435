#include "packages/refusal_reasons.h"

#include <array>

namespace cudnn_install {

namespace {

constexpr std::string_view wait = "wait until it has ended, then run the command again";
constexpr std::string_view key_hint =
    "get the key from its publisher by another way and compare the fingerprints; nothing was taken from this source";
constexpr std::string_view bytes_hint = "nothing was installed from it; try again later or from another mirror";
constexpr std::string_view expired_hint =
    "install the publisher's new keyring, and see that the machine's clock is right";
constexpr std::string_view room = "make room, then run the command again";
constexpr std::string_view reach =
    "see whether the address can be reached from this machine, then run the command again";
constexpr std::string_view held_hint = "see 'apt-mark showhold'; 'apt-mark unhold PACKAGE' lets it go";
constexpr std::string_view locked_hint = "see 'dnf versionlock list' and the excludes of its configuration";
constexpr std::string_view half_hint = "run 'dpkg --configure -a', then the command again";

constexpr std::array reasons = {
    // --- another one is at work
    RefusalReason{"Unable to acquire the dpkg frontend lock", Fault::busy, "another package manager is at work", wait},
    RefusalReason{"Could not get lock", Fault::busy, "another package manager is at work", wait},
    RefusalReason{"lock was locked by another process", Fault::busy, "another package manager is at work", wait},
    RefusalReason{"is locked by another process", Fault::busy, "another package manager is at work", wait},
    RefusalReason{"System management is locked", Fault::busy, "another package manager is at work", wait},
    RefusalReason{"t create transaction lock", Fault::busy, "another package manager is at work", wait},
    RefusalReason{"Another app is currently holding the yum lock", Fault::busy, "another package manager is at work",
                  wait},
    RefusalReason{"Failed to obtain the transaction lock", Fault::busy, "another package manager is at work", wait},
    RefusalReason{"Waiting for process with pid", Fault::busy, "another package manager is at work", wait},
    // --- no room
    RefusalReason{"No space left on device", Fault::storage, "no room is left", room},
    RefusalReason{"have enough free space", Fault::storage, "no room is left", room},
    RefusalReason{"more space needed on", Fault::storage, "no room is left", room},
    RefusalReason{"needed on the", Fault::storage, "no room is left", room, "needs"},
    RefusalReason{"more space on the", Fault::storage, "no room is left", room},
    RefusalReason{"t hardlink/copy", Fault::storage, "what is fetched cannot be written", room},
    RefusalReason{"Failed writing received data", Fault::storage, "what is fetched cannot be written", room},
    RefusalReason{"Disk quota exceeded", Fault::storage, "the quota is used up", room},
    RefusalReason{"Read-only file system", Fault::storage, "the file system is read-only"},
    RefusalReason{"Input/output error", Fault::storage, "the disk fails"},
    // --- keys and signatures
    RefusalReason{"NO_PUBKEY", Fault::integrity, "it is signed by a key that its keyring does not have", key_hint},
    RefusalReason{"Missing key", Fault::integrity, "it is signed by a key that its keyring does not have", key_hint},
    RefusalReason{"BADSIG", Fault::integrity, "it was changed after it was signed", bytes_hint},
    RefusalReason{"has been manipulated", Fault::integrity, "it was changed after it was signed", bytes_hint},
    RefusalReason{"EXPKEYSIG", Fault::integrity, "the key that signed it has expired", expired_hint},
    RefusalReason{"EXPSIG", Fault::integrity, "its signature has expired", expired_hint},
    RefusalReason{"KEYEXPIRED", Fault::integrity, "the key that signed it has expired", expired_hint},
    RefusalReason{"key is expired", Fault::integrity, "the key that signed it has expired", expired_hint},
    RefusalReason{"has expired.", Fault::integrity, "the key that signed it has expired", expired_hint},
    RefusalReason{"REVKEYSIG", Fault::integrity, "the key that signed it was revoked", key_hint},
    RefusalReason{"Failed to parse keyring", Fault::integrity, "its keyring cannot be read", "copy the keyring again"},
    RefusalReason{"is not valid yet", Fault::integrity, "it comes from the future",
                  "see that the machine's clock is right"},
    RefusalReason{"Release file expired", Fault::integrity, "it is out of date",
                  "see that the machine's clock is right"},
    RefusalReason{"is no longer signed", Fault::integrity, "nobody has signed it", key_hint},
    RefusalReason{"GPG signature is not available", Fault::integrity, "nobody has signed it", key_hint},
    RefusalReason{"is not signed", Fault::integrity, "nobody whose key is known here has signed it", key_hint},
    RefusalReason{"is unsigned", Fault::integrity, "nobody has signed it", key_hint},
    RefusalReason{"unauthenticated packages", Fault::integrity, "nobody whose key is known here has signed it",
                  key_hint},
    RefusalReason{"wrong key(s)", Fault::integrity, "it is signed by another key than its source names", key_hint},
    RefusalReason{"Bad GPG signature", Fault::integrity,
                  "it was changed, or signed by another key than its source names, or by one that has expired",
                  key_hint},
    RefusalReason{"Failed to retrieve GPG key", Fault::integrity, "the key that its source names cannot be had", reach},
    RefusalReason{"don't have any GPG public keys", Fault::integrity, "no key is known for it", key_hint, "No key"},
    RefusalReason{"Public key for", Fault::integrity, "it is signed by a key that is not installed", key_hint},
    RefusalReason{"New repository or package signing key received", Fault::integrity,
                  "it is signed by a key that is not installed", key_hint, "Key Fingerprint"},
    RefusalReason{"GPG check FAILED", Fault::integrity, "its signature is not good", key_hint},
    RefusalReason{"GPG signature verification error", Fault::integrity, "its signature is not good", key_hint},
    RefusalReason{"Signature verification failed", Fault::integrity, "its signature is not good", key_hint},
    RefusalReason{"signatures were invalid", Fault::integrity, "its signature is not good", key_hint},
    RefusalReason{"signature verification", Fault::integrity, "its signature is not good", key_hint},
    RefusalReason{"NOKEY", Fault::integrity, "it is signed by a key that is not installed", key_hint},
    // --- bytes
    RefusalReason{"Hash Sum mismatch", Fault::integrity, "its bytes are not those that the index promises", bytes_hint,
                  "Failed to fetch"},
    RefusalReason{"File has unexpected size", Fault::integrity, "its bytes are not those that the index promises",
                  bytes_hint},
    RefusalReason{"checksum doesn't match", Fault::integrity, "its bytes are not those that the index promises",
                  bytes_hint},
    RefusalReason{"Package does not match intended download", Fault::integrity,
                  "its bytes are not those that the index promises", bytes_hint},
    RefusalReason{"incorrect checksum", Fault::integrity, "its bytes are not those that the index promises",
                  bytes_hint},
    RefusalReason{"Digest verification failed", Fault::integrity, "its bytes are not those that the index promises",
                  bytes_hint},
    RefusalReason{"digest mismatch", Fault::integrity, "its bytes are damaged", bytes_hint},
    RefusalReason{"NOT OK", Fault::integrity, "its bytes or its signature are damaged", bytes_hint},
    // --- what others want
    RefusalReason{"Held packages were changed", Fault::conflict, "a package is held in another version", held_hint,
                  "will be"},
    RefusalReason{"need to be removed but remove is disabled", Fault::conflict, "other packages would have to go", "",
                  "will be REMOVED"},
    RefusalReason{"dependency problems prevent removal", Fault::conflict, "another package needs it", "", "depends on"},
    RefusalReason{"is needed by (installed)", Fault::conflict, "another package needs it"},
    RefusalReason{"trying to overwrite", Fault::conflict, "a file of another package is in the way"},
    RefusalReason{"conflicts with file from package", Fault::conflict, "a file of another package is in the way"},
    RefusalReason{"filtered out by exclude", Fault::conflict, "a lock or an exclude keeps the version away",
                  locked_hint},
    RefusalReason{"matches only packages excluded by", Fault::conflict, "a lock or an exclude keeps the version away",
                  locked_hint},
    RefusalReason{"remove lock to allow", Fault::conflict, "a lock holds a package in another version",
                  "see 'zypper locks'; 'zypper removelock PACKAGE' lets it go"},
    RefusalReason{"protected packages", Fault::conflict, "a protected package would have to go"},
    RefusalReason{"modular filtering", Fault::conflict, "a module hides the package"},
    // --- the net
    RefusalReason{"Could not resolve", Fault::network, "the name of its server cannot be resolved", reach},
    RefusalReason{"resolve host", Fault::network, "the name of its server cannot be resolved", reach},
    RefusalReason{"Temporary failure resolving", Fault::network, "the name of its server cannot be resolved", reach},
    RefusalReason{"onnection refused", Fault::network, "its server cannot be reached", reach},
    RefusalReason{"t connect to", Fault::network, "its server cannot be reached", reach},
    RefusalReason{"nable to connect", Fault::network, "its server cannot be reached", reach},
    RefusalReason{"imed out", Fault::network, "its server does not answer", reach},
    RefusalReason{"ertificate", Fault::network, "its server does not prove who it is",
                  "see that the machine's clock and its certificates are right"},
    RefusalReason{"no longer has a Release file", Fault::network, "its server has no index there",
                  "see whether the source names the right distribution and architecture"},
    RefusalReason{"does not have a Release file", Fault::network, "its server has no index there",
                  "see whether the source names the right distribution and architecture"},
    RefusalReason{"Status code: 4", Fault::network, "its server does not have it", reach},
    RefusalReason{"  404  ", Fault::network, "its server does not have it", reach},
    RefusalReason{"not found on medium", Fault::network, "its server does not have it", reach},
    RefusalReason{"Curl error", Fault::network, "it cannot be fetched", reach},
    RefusalReason{"Failed to fetch", Fault::network, "it cannot be fetched", reach},
    RefusalReason{"Download (curl) error", Fault::network, "it cannot be fetched", reach},
    RefusalReason{"Failed to download metadata", Fault::network, "it cannot be fetched", reach},
    RefusalReason{"Cannot download", Fault::network, "it cannot be fetched", reach},
    RefusalReason{"Valid metadata not found", Fault::network, "its server has no index there", reach},
    // --- the request, and the system's state
    RefusalReason{"dpkg was interrupted", Fault::package_manager, "dpkg was interrupted earlier", half_hint},
    RefusalReason{"' was not found", Fault::package_manager, "no source has that version",
                  "see 'apt-cache madison PACKAGE'"},
    RefusalReason{"Unable to locate package", Fault::package_manager, "no source has that package"},
    RefusalReason{"has no installation candidate", Fault::package_manager, "no source has that package"},
    RefusalReason{"Unable to find a match", Fault::package_manager, "no source has that version",
                  "see 'dnf --showduplicates list PACKAGE'"},
    RefusalReason{"No match for argument", Fault::package_manager, "no source has that version"},
    RefusalReason{"No package ", Fault::package_manager, "no source has that version",
                  "see 'yum --showduplicates list PACKAGE'"},
    RefusalReason{"No provider of", Fault::package_manager, "no source has that version",
                  "see 'zypper search -s PACKAGE'"},
    RefusalReason{"failed loading '", Fault::package_manager, "its source file cannot be read"},
    RefusalReason{"contains garbage", Fault::package_manager, "its source file cannot be read"},
    RefusalReason{"Unknown repo", Fault::package_manager, "the manager does not know that source"},
    RefusalReason{"not found by its alias", Fault::package_manager, "the manager does not know that source"},
    RefusalReason{"Malformed entry", Fault::package_manager, "its source file cannot be read"},
    RefusalReason{"Conflicting values set for option Signed-By", Fault::package_manager,
                  "two source files name different keys for the same address"},
    RefusalReason{"subprocess returned error", Fault::package_manager, "a script of a package failed"},
    RefusalReason{"scriptlet failed", Fault::package_manager, "a script of a package failed"},
    RefusalReason{"scriptlet in rpm package", Fault::package_manager, "a script of a package failed"},
    RefusalReason{"Unmet dependencies", Fault::package_manager, "packages on this machine lack what they depend on",
                  "run 'apt-get --fix-broken install', then the command again", "epends: "},
    RefusalReason{"held broken packages", Fault::package_manager, "it depends on what no source has", "", "epends: "},
    RefusalReason{"problems prevent configuration", Fault::package_manager, "it depends on what is not installed", "",
                  " depends on "},
    RefusalReason{"nothing provides", Fault::package_manager, "it depends on what no source has"},
    RefusalReason{"Failed dependencies", Fault::package_manager, "it depends on what is not installed", "",
                  "is needed by"},
    RefusalReason{"this requirement cannot be provided", Fault::package_manager,
                  "it does not go with what is installed"},
    RefusalReason{"conflicting requests", Fault::package_manager, "it does not go with what is installed"},
};

}  // namespace

std::span<const RefusalReason> refusal_reasons() {
  return reasons;
}

}  // namespace cudnn_install

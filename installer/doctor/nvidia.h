// What is NVIDIA's: addresses, local repositories and keys. Everything else is not doctor's to touch.
#pragma once

#include <string>
#include <string_view>

namespace cudnn_install {

// Withdrawn in April 2022; packages and indices are no longer signed by it.
inline constexpr std::string_view retired_key = "ae09fe4bbd223a84b2ccfce3f60f4b3d7fa2af80";
inline constexpr std::string_view current_deb_key = "eb693b3035cd5710e231e123a4b469963bf863cc";
inline constexpr std::string_view current_rpm_key = "610c7b14e068a878070da4e99cd0a493d42d0685";

// An address of NVIDIA's repositories, of a mirror of their tree, or of a local repository that an installer unpacked.
bool is_nvidias(std::string_view address);
// The folder of a file: address, or "".
std::string local_folder(std::string_view address);
// The same address in one spelling.
std::string plain_address(std::string_view address);
// The word of the address that names the distribution: ubuntu2204; "" if there is none.
std::string distro_in(std::string_view address);
// Whether both distributions' repositories are signed by the same key.
bool share_a_key(std::string_view one, std::string_view other);

}  // namespace cudnn_install

#include "compat/activation.h"

#include "base/text.h"

namespace cudnn_install {

namespace {

std::string replaced(std::string text, const std::string& name, const std::string& value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
  return text;
}

std::string filled(const char* form, const Activation& activation, const std::string& directory) {
  std::string branches;
  for (const int branch : activation.branches) {
    branches += (branches.empty() ? "" : " ") + std::to_string(branch);
  }
  std::string text = replaced(form, "@DIRECTORY@", directory);
  text = replaced(text, "@DRIVER@", activation.driver.text());
  text = replaced(text, "@CUDA@", activation.cuda.text());
  return replaced(text, "@BRANCHES@", branches);
}

// Numbers are compared by test, which takes 08 for eight; the text stays what every shell of the Bourne family reads.
constexpr const char* shell_form =
    R"sh(# CUDA @CUDA@ by forward compatibility. Written by cudnn-install; source it: . FILE
# Asks the machine first: the library is put before the driver's own only where it is newer than the kernel driver, takes
# its branch, and no GPU is of a kind that it refuses. CUDA_COMPAT_STATE tells what was chosen: compat or system.
__compat_loaded() {
  __compat_version=
  [ -r /proc/driver/nvidia/version ] || return 0
  while read -r __compat_line || [ -n "$__compat_line" ]; do
    case $__compat_line in
    *"Kernel Module"*) __compat_line="${__compat_line#*Kernel Module} " ;;
    *) continue ;;
    esac
    while [ -n "$__compat_line" ]; do
      __compat_word=${__compat_line%% *}
      __compat_line=${__compat_line#* }
      case $__compat_word in
      *[!0-9.]* | "" | .* | *.) ;;
      *.*) __compat_version=$__compat_word && return 0 ;;
      esac
    done
  done </proc/driver/nvidia/version
  return 0
}
__compat_newer() { # ONE OTHER: is the first version newer?
  __compat_one=$1. __compat_other=$2.
  while [ -n "$__compat_one$__compat_other" ]; do
    __compat_left=${__compat_one%%.*} __compat_right=${__compat_other%%.*}
    __compat_one=${__compat_one#*.} __compat_other=${__compat_other#*.}
    [ "${__compat_left:-0}" -gt "${__compat_right:-0}" ] && return 0
    [ "${__compat_left:-0}" -lt "${__compat_right:-0}" ] && return 1
  done
  return 1
}
__compat_refused_gpu() {
  for __compat_file in /proc/driver/nvidia/gpus/*/information; do
    [ -r "$__compat_file" ] || continue
    while read -r __compat_line || [ -n "$__compat_line" ]; do
      case $__compat_line in
      Model:*GeForce* | Model:*TITAN*) return 0 ;;
      esac
    done <"$__compat_file"
  done
  return 1
}
__compat_reason() {
  __compat_loaded
  if [ -z "$__compat_version" ]; then
    __compat_why="no NVIDIA driver is loaded"
    return 1
  fi
  if [ ! -e "$__compat_directory/libcuda.so.1" ]; then
    __compat_why="$__compat_directory holds no libcuda.so.1"
    return 1
  fi
  if ! __compat_newer "@DRIVER@" "$__compat_version"; then
    __compat_why="kernel driver $__compat_version is not older than the library's @DRIVER@"
    return 1
  fi
  case $__compat_branches in
  *" ${__compat_version%%.*} "*) ;;
  *) __compat_why="the library does not take driver branch ${__compat_version%%.*}" && return 1 ;;
  esac
  if __compat_refused_gpu; then
    __compat_why="a GeForce or TITAN is in this machine, on which forward compatibility fails"
    return 1
  fi
  __compat_why="library @DRIVER@ serves kernel driver $__compat_version"
}
__compat_directory=@DIRECTORY@ __compat_branches=" @BRANCHES@ "
__compat_path=":${LD_LIBRARY_PATH-}:"
while case $__compat_path in *":$__compat_directory:"*) true ;; *) false ;; esac do
  __compat_path=${__compat_path%%":$__compat_directory:"*}:${__compat_path#*":$__compat_directory:"}
done
__compat_path=${__compat_path#:} __compat_path=${__compat_path%:}
if __compat_reason; then
  CUDA_COMPAT_STATE=compat
  __compat_path=$__compat_directory${__compat_path:+:$__compat_path}
else
  CUDA_COMPAT_STATE=system
fi
CUDA_COMPAT_REASON=$__compat_why
export CUDA_COMPAT_STATE CUDA_COMPAT_REASON
if [ -n "$__compat_path" ]; then
  export LD_LIBRARY_PATH="$__compat_path"
else
  unset LD_LIBRARY_PATH
fi
[ "$CUDA_COMPAT_STATE" = compat ] || echo "cuda-compat @CUDA@: the system's driver is used: $__compat_why" >&2
unset -f __compat_loaded __compat_newer __compat_refused_gpu __compat_reason
unset __compat_directory __compat_branches __compat_path __compat_why __compat_version __compat_line __compat_word \
  __compat_one __compat_other __compat_left __compat_right __compat_file
)sh";

constexpr const char* tcl_form = R"tcl(#%Module1.0
# CUDA @CUDA@ by forward compatibility. Written by cudnn-install.
# Asks the machine at each load: the library is put before the driver's own only where it fits.
set directory "@DIRECTORY@"
module-whatis "CUDA @CUDA@ on an older driver, by forward compatibility (libcuda @DRIVER@)"
conflict cuda-compat

proc compatText {file} {
    set text ""
    if {![catch {open $file r} channel]} {
        catch {set text [read $channel]}
        catch {close $channel}
    }
    return $text
}
proc compatKernelDriver {} {
    foreach line [split [compatText /proc/driver/nvidia/version] "\n"] {
        set at [string first "Kernel Module" $line]
        if {$at >= 0 && [regexp {\s(\d+(?:\.\d+)+)(?:\s|$)} [string range $line $at end] all version]} {
            return $version
        }
    }
    return ""
}
proc compatNewer {one other} {
    set left [split $one .]
    set right [split $other .]
    for {set i 0} {$i < [llength $left] || $i < [llength $right]} {incr i} {
        set a 0
        set b 0
        scan [lindex $left $i] %d a
        scan [lindex $right $i] %d b
        if {$a != $b} {
            return [expr {$a > $b}]
        }
    }
    return 0
}
proc compatRefusal {directory} {
    set kernel [compatKernelDriver]
    if {$kernel eq ""} {
        return "no NVIDIA driver is loaded"
    }
    if {![file exists "$directory/libcuda.so.1"]} {
        return "$directory holds no libcuda.so.1"
    }
    if {![compatNewer @DRIVER@ $kernel]} {
        return "kernel driver $kernel is not older than the library's @DRIVER@"
    }
    set branch [lindex [split $kernel .] 0]
    if {[lsearch -exact {@BRANCHES@} $branch] < 0} {
        return "the library does not take driver branch $branch"
    }
    foreach file [glob -nocomplain /proc/driver/nvidia/gpus/*/information] {
        if {[regexp {Model:[^\n]*(GeForce|TITAN)} [compatText $file]]} {
            return "a GeForce or TITAN is in this machine, on which forward compatibility fails"
        }
    }
    return ""
}

set mode [module-info mode]
set refusal [compatRefusal $directory]
if {$mode eq "load" && $refusal ne ""} {
    puts stderr "cuda-compat @CUDA@: the system's driver is used: $refusal"
}
if {$mode ne "load" || $refusal eq ""} {
    prepend-path LD_LIBRARY_PATH $directory
}
setenv CUDA_COMPAT_STATE [expr {$refusal eq "" ? "compat" : "system"}]
setenv CUDA_COMPAT_REASON [expr {$refusal eq "" ? "library @DRIVER@ is newer than the kernel driver" : $refusal}]
)tcl";

constexpr const char* lua_form = R"lua(-- CUDA @CUDA@ by forward compatibility. Written by cudnn-install.
-- Asks the machine at each load: the library is put before the driver's own only where it fits.
local directory = "@DIRECTORY@"
whatis("CUDA @CUDA@ on an older driver, by forward compatibility (libcuda @DRIVER@)")
conflict("cuda-compat")

local function text_of(name)
  local file = io.open(name, "r")
  if not file then
    return ""
  end
  local text = file:read("*a") or ""
  file:close()
  return text
end

local function kernel_driver()
  for line in text_of("/proc/driver/nvidia/version"):gmatch("[^\n]+") do
    local _, at = line:find("Kernel Module", 1, true)
    for word in (at and line:sub(at + 1) or ""):gmatch("%S+") do
      if word:match("^%d+%.[%d.]*%d$") then
        return word
      end
    end
  end
  return nil
end

local function is_newer(one, other)
  local next_left, next_right = one:gmatch("%d+"), other:gmatch("%d+")
  while true do
    local left, right = next_left(), next_right()
    if not left and not right then
      return false
    end
    local a, b = tonumber(left or "0", 10), tonumber(right or "0", 10)
    if a ~= b then
      return a > b
    end
  end
end

local function refusal()
  local kernel = kernel_driver()
  if not kernel then
    return "no NVIDIA driver is loaded"
  end
  if not isFile(directory .. "/libcuda.so.1") then
    return directory .. " holds no libcuda.so.1"
  end
  if not is_newer("@DRIVER@", kernel) then
    return "kernel driver " .. kernel .. " is not older than the library's @DRIVER@"
  end
  local branch = kernel:match("^%d+")
  if not (" @BRANCHES@ "):find(" " .. branch .. " ", 1, true) then
    return "the library does not take driver branch " .. branch
  end
  local gpus = capture("cat /proc/driver/nvidia/gpus/*/information 2>/dev/null") or ""
  for line in gpus:gmatch("[^\n]+") do
    if line:match("^Model:.*GeForce") or line:match("^Model:.*TITAN") then
      return "a GeForce or TITAN is in this machine, on which forward compatibility fails"
    end
  end
  return nil
end

local refused = refusal()
if mode() == "load" and refused then
  LmodMessage("cuda-compat @CUDA@: the system's driver is used: " .. refused)
end
if mode() ~= "load" or not refused then
  prepend_path("LD_LIBRARY_PATH", directory)
end
setenv("CUDA_COMPAT_STATE", refused and "system" or "compat")
setenv("CUDA_COMPAT_REASON", refused or "library @DRIVER@ is newer than the kernel driver")
)lua";

// Inside double quotes of Tcl and Lua nothing of a path may mean anything.
std::string quoted_inside(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$' || c == '[' || c == ']') {
      safe += '\\';
    }
    safe += c;
  }
  return safe;
}

std::string lua_inside(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      safe += '\\';
    }
    safe += c;
  }
  return safe;
}

}  // namespace

Activation activation_of(const CompatTables& tables, const CompatLibrary& library, const std::string& directory) {
  Activation activation{
      .directory = directory, .driver = library.driver.value_or(Version()), .cuda = cuda_of_library(tables, library)};
  if (library.note && !library.note->branches.empty()) {
    activation.branches = library.note->branches;
    return activation;
  }
  for (const Branch& branch : tables.branches) {
    // The last driver of the branch stands for all of it; whether the library is newer is asked at each load.
    const Version last = Version::parse(std::to_string(branch.number) + ".0").value_or(Version());
    const Package* package = find_package(tables, activation.cuda);
    if (package != nullptr && branch.number < package->branch &&
        matrix_answer(tables, *package, Version::parse(last.first(1) + ".9999").value_or(last)).cell ==
            Cell::compatible) {
      activation.branches.push_back(branch.number);
    }
  }
  return activation;
}

std::string shell_activation(const Activation& activation) {
  return filled(shell_form, activation, shell_word(activation.directory));
}

std::string tcl_activation(const Activation& activation) {
  return filled(tcl_form, activation, quoted_inside(activation.directory));
}

std::string lua_activation(const Activation& activation) {
  return filled(lua_form, activation, lua_inside(activation.directory));
}

std::string rpath_advice(const std::string& directory) {
  return "Link with the checked link, not with the package's directory, so that a deactivation reaches the program "
         "too:\n"
         "  nvcc … -Xlinker --disable-new-dtags -Xlinker -rpath -Xlinker " +
         directory +
         "\n"
         "--disable-new-dtags writes DT_RPATH. It is asked before LD_LIBRARY_PATH, and also where libcudart opens "
         "libcuda;\n"
         "DT_RUNPATH is asked only for what the program itself opens, and would be passed over there.\n"
         "Where the link is missing the loader goes on to the system's driver.\n";
}

}  // namespace cudnn_install

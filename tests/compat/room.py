"""A machine to try things in: the running system's files below, changes in memory above, its own /proc/driver/nvidia."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
TOOL = Path(os.environ.get("CUDNN_INSTALL", SOURCE / "build/release/cudnn-install"))
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cudnn-install-build" / "roots"
SCRATCH = next((place for place in ("/dev/shm",) if os.access(place, os.W_OK)), None)
ENTER = ('mount -t overlay overlay -olowerdir=/,upperdir="$1/upper",workdir="$1/work" "$1/merged" && '
         'mount --bind /dev "$1/merged/dev" && room=$1 && shift && exec chroot "$room/merged" "$@"')
PROC_FORMS = {
    "proprietary": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {}  Thu Sep 29 05:30:25 UTC 2022\nGCC version:  12\n",
    "open": "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {}  Release Build  (builder@host)\nGCC version: 12\n",
    "Tegra": "NVRM version: NVIDIA UNIX Kernel Module for aarch64  {}  Release Build  (builder@host)",
}


class Room:
    def __init__(self, *layers):
        self.scratch = Path(tempfile.mkdtemp(prefix="cudnn-room-", dir=SCRATCH))
        for name in ("upper", "work", "merged"):
            (self.scratch / name).mkdir()
        os.chmod(self.scratch / "upper", 0o755)
        for layer in layers:
            subprocess.run(["cp", "-a", f"{layer}/.", self.scratch / "upper"], check=True)
        self.put("opt/tool/cudnn-install", TOOL.read_bytes(), 0o755)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def put(self, name, text, mode=0o644):
        path = self.scratch / "upper" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)

    def kernel(self, driver, form="open"):
        """The kernel driver that is loaded, or None."""
        self.put("proc/driver/nvidia/version", PROC_FORMS[form].format(driver) if driver else "")

    def gpu(self, model):
        self.put("proc/driver/nvidia/gpus/0000:01:00.0/information", f"Model: \t\t {model}\nIRQ:   \t\t 16\n")

    def run(self, *command, check=True, **variables):
        environment = {"PATH": "/opt/tool:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", **variables}
        done = subprocess.run(["unshare", "-m", "sh", "-c", ENTER, "room", self.scratch, *command],
                              capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def tool(self, *arguments, **more):
        return self.run("cudnn-install", "compat", *arguments, **more)


def compiled(source, out, *options):
    subprocess.run(["cc", "-O1", "-o", str(out), str(HERE / source), *options], check=True)


def stand_in(out, cuda, note=None, soname="libcuda.so.1"):
    """A libcuda of CUDA `cuda` at the path `out`."""
    major, minor = cuda.split(".")
    options = ["-shared", "-fPIC", f"-Wl,-soname,{soname}", f"-DCUDA={int(major) * 1000 + int(minor) * 10}"]
    if note is not None:
        options.append("-DNOTE=" + '"' + '\\"' + note.replace('"', '\\\\\\"') + '\\"' + '"')
    compiled("libcuda.c", out, *options)


# The files of the guide's example, with their links; {} is the driver.
GUIDE_FILES = ("libcuda.so.{}", "libcudadebugger.so.{}", "libnvidia-nvvm.so.{}", "libnvidia-ptxjitcompiler.so.{}")
GUIDE_LINKS = {"libcuda.so": "libcuda.so.1", "libcuda.so.1": "libcuda.so.{}", "libcudadebugger.so.1": "libcudadebugger.so.{}",
               "libnvidia-nvvm.so": "libnvidia-nvvm.so.4", "libnvidia-nvvm.so.4": "libnvidia-nvvm.so.{}",
               "libnvidia-ptxjitcompiler.so.1": "libnvidia-ptxjitcompiler.so.{}"}


def compat_tree(root, cuda, driver, note=None):
    """The files of a package cuda-compat-X-Y as the guide's example lists them, with stand-ins for NVIDIA's libraries."""
    place = Path(root, f"usr/local/cuda-{cuda}/compat")
    place.mkdir(parents=True)
    for file in GUIDE_FILES:
        stand_in(place / file.format(driver), cuda, note)
    for link, target in GUIDE_LINKS.items():
        (place / link).symlink_to(target.format(driver))
    for path in (Path(root), *Path(root).rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    return [path.relative_to(root) for path in sorted(place.iterdir())]


def compat_package(out, cuda, driver, note=None):
    """That package as a .deb, with the digests that dpkg -V goes by."""
    name = "cuda-compat-" + cuda.replace(".", "-")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, name)
        files = [path for path in compat_tree(root, cuda, driver, note) if not (root / path).is_symlink()]
        control = root / "DEBIAN"
        control.mkdir(mode=0o755)
        (control / "control").write_text(
            f"Package: {name}\nVersion: {driver}-1\nArchitecture: amd64\nMaintainer: tests <tests@localhost>\n"
            "Description: stand-in for a forward-compatibility package\n")
        digests = [f"{hashlib.md5((root / path).read_bytes()).hexdigest()}  {path}\n" for path in files]
        (control / "md5sums").write_text("".join(digests))
        for path in control.iterdir():
            path.chmod(0o644)
        file = Path(out, f"{name}_{driver}-1_amd64.deb")
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", root, file], check=True, capture_output=True)
    return file


def unpacked(package):
    """A layer with a Debian package and what it needs beyond this system, kept from run to run."""
    installed = subprocess.run(["dpkg-query", "-W"], check=True, capture_output=True).stdout
    kept = CACHE / f"{package}-{hashlib.sha256(installed).hexdigest()[:16]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{package}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                archives, tree = Path(folder, "archives"), Path(folder, "tree")
                (archives / "partial").mkdir(parents=True)
                tree.mkdir(mode=0o755)
                fetch = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "--download-only", "--reinstall",
                         "-o", f"Dir::Cache::archives={archives}", "-o", "DPkg::Lock::Timeout=300", package]
                environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
                if subprocess.run(fetch, capture_output=True, env=environment, check=False).returncode != 0:
                    subprocess.run(["apt-get", "-qq", "update"], check=True, capture_output=True, env=environment)
                    subprocess.run(fetch, check=True, env=environment)
                for archive in archives.glob("*.deb"):
                    subprocess.run(["dpkg-deb", "-x", archive, tree], check=True)
                for name in ("bin", "lib", "lib64", "sbin"):  # links to those below /usr, which a directory would hide
                    if (tree / name).is_dir():
                        subprocess.run(["cp", "-a", f"{tree}/{name}", tree / "usr"], check=True)
                        shutil.rmtree(tree / name)
                tree.rename(kept)
            for older in CACHE.glob(f"{package}-*"):
                if older != kept:
                    shutil.rmtree(older, ignore_errors=True)
    return kept

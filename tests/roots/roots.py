"""Throw-away systems: made once, kept as a tarball in the cache, unpacked beside it, copied by overlay for each test.

    with roots.open_root("bookworm") as root:
        root.must("apt-get", "update")

Everything is mounted in namespaces that end with the process that opened the root, however it ends.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

from definitions import FOREIGN, ROLLING, ROOTS

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "cudnn-install-build", "roots")
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}
UNNEEDED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt/archives", "var/lib/apt/lists")
NAMESPACES = ("--mount", "--pid", "--fork", "--uts", "--kill-child", "--propagation", "private")
# The shell stays the first process of the namespaces and waits for the end of its input.
HOLD = r"""
cd "$ROOT"
mkdir -p .outside proc sys dev
mount --rbind /sys sys
mount --rbind /dev dev
mount -t proc proc proc
while [ $# -gt 0 ]; do
  mkdir -p ".$2"
  mount --bind "$1" ".$2"
  shift 2
done
pivot_root . .outside
cd /
umount -l /.outside
echo ready
read -r _ || true
"""
OVERLAY = 'mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$UPPER,workdir=$WORK" "$ROOT"\n'


def need_root():
    if os.geteuid() != 0:
        sys.exit("this needs root, to make and enter other roots")
    missing = [program for program in ("mmdebstrap", "zstd", "unshare", "nsenter") if shutil.which(program) is None]
    if missing:
        sys.exit(f"this needs {', '.join(missing)}: scripts/test installs it")


def mirror(suite):
    """sources.list lines for `suite`, from the machine's own Debian mirror, which is asked for each time."""
    listing = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                              "Created-By: Packages"], check=True, capture_output=True, text=True).stdout
    rows = sorted({tuple(line.split()) for line in listing.splitlines() if line.count(" ") == 2})
    own = [(uri, release) for uri, release, component in rows if component == "main" and re.fullmatch("[a-z]+", release)]
    if not own:
        sys.exit("the machine's apt sources name no Debian mirror to take packages from: run apt-get update")
    uri, release = own[0]
    if release == suite:  # with its updates
        return [f"deb {uri} {name} main" for uri, name, component in rows if component == "main" and name.startswith(suite)]
    return [f"deb {uri} {suite} main"]


class Running:
    """A root that is mounted; see open_root()."""

    def __init__(self, first):
        self._first = first

    def path(self, name):
        """Where `name` of the root is to be found from outside; links to absolute names lead astray there."""
        return os.path.join(f"/proc/{self._first}/root", name.lstrip("/"))

    def command(self, *command, environment=()):
        """The arguments that run `command` in the root, for those who start processes themselves."""
        words = [f"{name}={value}" for name, value in {**ENVIRONMENT, **dict(environment)}.items()]
        return ["nsenter", "--target", str(self._first), "--mount", "--pid", "--uts", "--root",
                "--wd", "env", "-i", *words, *command]

    def run(self, *command, environment=(), timeout=300, **more):
        """Runs it without a terminal and without asking; answers the finished process with its output as text."""
        return subprocess.run(self.command(*command, environment=environment), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout, check=False, **more)

    def must(self, *command, **more):
        done = self.run(*command, **more)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def listing(self, *places):
        """Type, mode, name and link target of all that is there, for a comparison of before and after."""
        found = self.must("find", *places, "-printf", "%y %m %p %l\\n")
        return sorted(found.splitlines())


def _hold(script, environment, binds):
    command = ["unshare", *NAMESPACES, "bash", "-c", script, "hold", *binds]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, **environment})
    if process.stdout.readline() != "ready\n":
        process.kill()
        process.wait()
        raise AssertionError("the root could not be mounted")
    return process


def _first_process(process):
    """The shell inside: the last of the chain of only children."""
    pid = process.pid
    while True:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = file.read().split()
        if not children:
            return pid
        pid = int(children[0])


@contextlib.contextmanager
def _running(script, environment, binds):
    process = _hold("set -e\n" + script + HOLD, environment, binds)
    try:
        yield Running(_first_process(process))
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()


@contextlib.contextmanager
def open_root(name, binds=()):
    """A fresh copy of the root `name`; `binds` is (path here, path there) pairs."""
    lower = tree_of(name)
    with tempfile.TemporaryDirectory(prefix=f"root-{name}-", dir=_scratch()) as scratch:
        places = {key: os.path.join(scratch, key.lower()) for key in ("ROOT", "UPPER", "WORK")}
        for place in places.values():
            os.mkdir(place)
        os.chmod(scratch, 0o755)
        with _running(OVERLAY, {**places, "LOWER": lower}, [word for pair in binds for word in pair]) as root:
            yield root


def _scratch():
    """Not on an overlay, which cannot carry another one."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", tempfile.gettempdir()], capture_output=True, text=True, check=True)
    return "/dev/shm" if kind.stdout.strip() == "overlayfs" else None


def _key(name):
    definition = ROOTS[name]
    base = _key(definition.base) if definition.base else ""
    return hashlib.sha256((repr((definition, base)) + FOREIGN.get(name, "")).encode()).hexdigest()[:16]


def tree_of(name):
    """The unpacked root `name`, which nobody may change; made where the cache lacks it."""
    need_root()
    os.makedirs(CACHE, exist_ok=True)
    stem = os.path.join(CACHE, f"{name}-{_key(name)}")
    with open(f"{stem}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(f"{stem}.tar.zst"):
            _make(name, stem)
        if not os.path.exists(stem):
            unpack(name, f"{stem}.part", f"{stem}.tar.zst")
            os.rename(f"{stem}.part", stem)
    return stem


def unpack(name, folder, tarball=None):
    """An own copy of the root `name` in `folder`, without overlay."""
    tarball = tarball or f"{tree_of(name)}.tar.zst"
    subprocess.run(["rm", "-rf", "--one-file-system", folder], check=True)
    os.makedirs(folder)
    subprocess.run(["tar", "--zstd", "--numeric-owner", "--xattrs", "-xpf", tarball, "-C", folder], check=True)


def _make(name, stem):
    definition, tree = ROOTS[name], f"{stem}.making"
    print(f"roots: making '{name}'", file=sys.stderr)
    subprocess.run(["rm", "-rf", "--one-file-system", tree], check=True)
    sources = mirror(definition.suite)
    if name in FOREIGN:  # small and without updates: every package takes its time under emulation
        sources = [line for line in sources if line.split()[2] == definition.suite]
    if definition.base:
        unpack(definition.base, tree)
    else:
        how = [f"--arch={FOREIGN[name]}", "--variant=apt", "--include=mount"] if name in FOREIGN else ["--variant=minbase"]
        if definition.suite in ROLLING:
            how.append('--aptopt=Acquire::Check-Valid-Until "false"')
        subprocess.run(["mmdebstrap", "--quiet", *how, "--mode=root", "--dpkgopt=force-unsafe-io", definition.suite, tree, "-"],
                       input="\n".join(sources) + "\n", text=True, check=True)
    _furnish(tree, definition, sources)
    subprocess.run(["tar", "--zstd", "--numeric-owner", "--xattrs", "-cf", f"{stem}.tar.part", "-C", tree, "."], check=True)
    os.rename(f"{stem}.tar.part", f"{stem}.tar.zst")
    subprocess.run(["rm", "-rf", "--one-file-system", tree], check=True)


def _furnish(tree, definition, sources):
    with open(os.path.join(tree, "etc/apt/sources.list"), "w", encoding="utf-8") as file:
        file.write("\n".join(sources) + "\n")
    shutil.copy("/etc/resolv.conf", os.path.join(tree, "etc/resolv.conf"))
    bind = 'mount --bind "$ROOT" "$ROOT"\n'
    with _running(bind, {"ROOT": tree}, []) as root:
        if definition.packages:
            root.must("apt-get", "-qq", "update", timeout=600)
            root.must("apt-get", "-qq", "install", "-y", *definition.packages, timeout=1200)
        root.must("bash", "-ec", definition.script)
    # Left to itself, a test's refresh asks its own repositories alone.
    with open(os.path.join(tree, "etc/apt/sources.list"), "w", encoding="utf-8"):
        pass
    for place in UNNEEDED:
        folder = os.path.join(tree, place)
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            inside = os.path.join(folder, name)
            shutil.rmtree(inside) if os.path.isdir(inside) and not os.path.islink(inside) else os.unlink(inside)
    for place in ("var/cache/apt/archives/partial", "var/lib/apt/lists/partial", ".outside"):
        os.makedirs(os.path.join(tree, place), exist_ok=True)

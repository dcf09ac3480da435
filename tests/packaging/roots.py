"""Throwaway roots for the real dpkg and rpm of this machine. Maintainer scripts of debs run outside the root with DPKG_ROOT
set, as dpkg offers it; those of rpms run inside, with a shell, update-alternatives and ldconfig copied there."""

import os
import re
import shutil
import subprocess

from factory import text_of


class Root:
    def __init__(self, path):
        self.path = path
        os.makedirs(path)
        self.prepare()

    def prepare(self):
        raise NotImplementedError

    def run(self, *command):
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=clean,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def inside(self, path):
        return self.path + path

    def end_of(self, path):
        """Where a chain of links ends, absolute ones taken as inside the root."""
        for _ in range(16):
            if not os.path.islink(self.inside(path)):
                return path if os.path.exists(self.inside(path)) else None
            target = os.readlink(self.inside(path))
            path = target if target.startswith("/") else os.path.normpath(os.path.join(os.path.dirname(path), target))
        return None

    def tree(self, *but):
        """Every path but the databases of the tools, and what is in it."""
        found = {}
        for place, folders, files in os.walk(self.path):
            for name in folders + files:
                path = os.path.join(place, name)
                inner = path[len(self.path):]
                if not inner.startswith(("/var/lib/dpkg", "/var/lib/rpm", "/var/log", *but)):
                    found[inner] = os.readlink(path) if os.path.islink(path) else os.path.isdir(path) or os.path.getsize(path)
        return found


class DpkgRoot(Root):
    admin = "/var/lib/dpkg"

    def prepare(self):
        for folder in ("info", "updates", "triggers", "alternatives"):
            os.makedirs(self.inside(f"{self.admin}/{folder}"))
        for folder in ("/etc/alternatives", "/var/log", "/usr/include", "/usr/lib", "/usr/src", "/usr/share"):
            os.makedirs(self.inside(folder), exist_ok=True)
            # dpkg removes empty directories that nobody owns.
            open(self.inside(f"{folder}/kept"), "w", encoding="ascii").close()
        for name in ("status", "available", "diversions", "statoverride"):
            open(self.inside(f"{self.admin}/{name}"), "w", encoding="ascii").close()

    def dpkg(self, *arguments):
        # What packages depend on (libc6, zlib1g) is not in an empty root.
        return self.run("dpkg", f"--root={self.path}", "--force-script-chrootless", "--force-depends", "--force-confold",
                        *arguments)

    def state(self):
        said = text_of("dpkg-query", f"--admindir={self.inside(self.admin)}", "-W", "-f",
                       "${db:Status-Abbrev}${binary:Package} ${Version}\n")
        return sorted(said.splitlines())

    def alternatives(self, *arguments):
        return self.run("update-alternatives", "--root", self.path, *arguments)


class RpmRoot(Root):
    def prepare(self):
        for folder in ("bin", "sbin", "usr/bin", "usr/sbin", "etc/alternatives", "var/lib/rpm", "var/lib/dpkg/alternatives",
                       "var/log", "usr/lib64", "usr/include", "usr/src", "usr/share/licenses", "tmp", "var/tmp"):
            os.makedirs(os.path.join(self.path, folder), exist_ok=True)
        for program in ("/bin/sh", shutil.which("update-alternatives"), "/sbin/ldconfig"):
            self.copy(os.path.realpath(program), program)
        self.copy(shutil.which("update-alternatives"), "/usr/sbin/update-alternatives")
        self.rpm("--initdb")

    def copy(self, program, place):
        os.makedirs(os.path.dirname(self.inside(place)), exist_ok=True)
        shutil.copy(program, self.inside(place))
        said = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
        for library in re.findall(r"(/\S+\.so\S*)", said):
            os.makedirs(os.path.dirname(self.inside(library)), exist_ok=True)
            if not os.path.exists(self.inside(library)):
                shutil.copy(os.path.realpath(library), self.inside(library))

    def rpm(self, *arguments):
        return self.run("rpm", "--root", self.path, "--define", "_dbpath /var/lib/rpm", *arguments)

    def install(self, *packages, how="-i"):
        # What packages require is not in an empty root; the architecture is the machine's own business.
        return self.rpm(how, "--nodeps", "--ignorearch", "--nosignature", *packages)

    def state(self):
        return sorted(self.rpm("-qa", "--qf", "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\n").split())

    def alternatives(self, *arguments):
        return self.run("chroot", self.path, "/usr/sbin/update-alternatives", *arguments)

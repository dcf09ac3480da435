"""Archives that no publisher would make: the demo archive taken apart, changed and packed again."""

import hashlib
import io
import os
import tarfile

import rig

TOP = "cudnn-linux-x86_64-8.9.6.50_cuda12-archive"


class Members:
    """The members of a small demo archive, to be changed; save() packs them."""

    def __init__(self):
        self.members = []
        with tarfile.open(rig.Archive("8.9.6.50", "12", "--size", "0.3").path) as tar:
            for info in tar:
                self.members.append([info, tar.extractfile(info).read() if info.isreg() else b""])

    def find(self, name):
        return next(member for member in self.members if member[0].name == f"{TOP}/{name}")

    def add(self, name, kind=tarfile.REGTYPE, data=b"", target=""):
        """`name` as it will stand in the archive: nothing is put before it."""
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size, info.mode = kind, target, len(data), 0o644
        self.members.append([info, data])

    def drop(self, name):
        self.members.remove(self.find(name))

    def replace(self, name, data):
        member = self.find(name)
        member[0].size, member[1] = len(data), data

    def save(self, folder, after=b"", keep=1.0):
        """Path and digest. `after` is appended to the compressed file; `keep` is the share of it that is kept."""
        path = os.path.join(folder, TOP + ".tar.xz")
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w:xz", format=tarfile.GNU_FORMAT, preset=0) as tar:
            for info, data in self.members:
                tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
        whole = made.getvalue() + after
        rig.write(path, whole[:int(len(whole) * keep)])
        with open(path, "rb") as file:
            return path, hashlib.sha256(file.read()).hexdigest()


def options(made):
    path, digest = made
    return ["install", "--method", "tar", "--archive", path, "--sha256", digest, "--cuda", "12", "--yes"]


def device(members):
    members.add(f"{TOP}/lib/libcudnn_spare.so.8", tarfile.CHRTYPE)


def setuid(members):
    members.find("lib/libcudnn.so.8.9.6")[0].mode = 0o4755


def twice(members):
    members.members.append(members.find("lib/libcudnn.so.8.9.6"))


def to_passwd(members):
    members.find("lib/libcudnn.so.8")[0].linkname = "/etc/passwd"


def out_by_link(members):
    members.find("lib/libcudnn.so.8")[0].linkname = "../../../../etc/passwd"


def to_nothing(members):
    members.find("lib/libcudnn.so.8")[0].linkname = "libcudnn.so.8.9.5"


def hard_link(members):
    members.drop("lib/libcudnn.so.8")
    members.add(f"{TOP}/lib/libcudnn.so.8", tarfile.LNKTYPE, target="/etc/passwd")


def other_version(members):
    text = members.find("include/cudnn_version.h")[1]
    members.replace("include/cudnn_version.h", text.replace(b"CUDNN_PATCHLEVEL 6", b"CUDNN_PATCHLEVEL 5"))


# Name of the case: (what is done to the members, what the message must hold).
CASES = {
    "a name that climbs out": (lambda members: members.add("../../evil.h", data=b"x"), "'../../evil.h'"),
    "a name that climbs out below the top": (lambda members: members.add(f"{TOP}/include/../../cudnn.h", data=b"x"),
                                             f"'{TOP}/include/../../cudnn.h'"),
    "an absolute name": (lambda members: members.add("/tmp/evil.h", data=b"x"), "'/tmp/evil.h'"),
    "a second top directory": (lambda members: members.add("other/include/cudnn.h", data=b"x"),
                               "'other/include/cudnn.h'"),
    "a name that no product has": (lambda members: members.add(f"{TOP}/lib/evil.sh", data=b"x"), "lib/evil.sh'"),
    "a link to a file of the system": (to_passwd, "'/etc/passwd'"),
    "a link that climbs out": (out_by_link, "'../../../../etc/passwd'"),
    "a link to a file that is not there": (to_nothing, "is a link that leads to no file"),
    "a hard link": (hard_link, "libcudnn.so.8"),
    "a device": (device, "libcudnn_spare.so.8"),
    "a pipe": (lambda members: members.add(f"{TOP}/lib/libcudnn_spare.so.8", tarfile.FIFOTYPE), "libcudnn_spare.so.8"),
    "a setuid library": (setuid, "libcudnn.so.8.9.6"),
    "a name twice": (twice, "libcudnn.so.8.9.6"),
    "text in place of a library": (lambda members: members.replace("lib/libcudnn.so.8.9.6", b"not an ELF file\n" * 99),
                                   "libcudnn.so.8.9.6"),
    "headers of another version": (other_version, "8.9.5"),
    "no front library": (lambda members: members.drop("lib/libcudnn.so.8.9.6"), "is a link that leads to no file"),
    "no headers": (lambda members: [members.drop(f"include/cudnn{end}.h") for end in ("", "_v8")], "include/cudnn"),
    "a name with a line break": (lambda members: members.add(f"{TOP}/lib/libcudnn\n\033[2Jevil.so", data=b"x"),
                                 "libcudnn\\x0a\\x1b[2Jevil.so"),
    "nothing at all": (lambda members: members.members.clear(), "the archive has no members"),
}

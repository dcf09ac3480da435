"""The metadata of a yum repository: repodata from createrepo_c, repomd.xml signed."""

import os
import shutil
import tempfile

from .programs import moment, run

# yum of RHEL 7 reads gzip alone, and newer createrepo_c would take zstd.
CREATEREPO = ("createrepo_c", "--quiet", "--general-compress-type=gz", "--compress-type=gz", "--checksum=sha256",
              "--no-database", "--set-timestamp-to-revision")


def make_repodata(folder, files, known=None):
    """A new folder `repodata` below a scratch folder in `folder`, whose path is the answer. What the metadata in `known`
    tells of packages with the same name, size and time is taken from there, and the packages are not read."""
    scratch = tempfile.mkdtemp(prefix=".repodata-", dir=folder)
    listing = os.path.join(scratch, "packages")
    with open(listing, "w", encoding="utf-8") as file:
        file.write("".join(f"{name}\n" for name in sorted(files)))
    reuse = ["--update", "--update-md-path", known] if known else []
    run(*CREATEREPO, "--revision", str(moment()), "--pkglist", listing, "--outputdir", scratch, *reuse, folder)
    return scratch


def write_repository(folder, key):
    """Metadata for all packages in `folder`, for a repository that never changes."""
    scratch = make_repodata(folder, [file for file in os.listdir(folder) if file.endswith(".rpm")])
    repodata = os.path.join(folder, "repodata")
    os.rename(os.path.join(scratch, "repodata"), repodata)
    shutil.rmtree(scratch)
    repomd = os.path.join(repodata, "repomd.xml")
    key.sign(repomd, f"{repomd}.asc", ["--armor", "--detach-sign"])
    key.write_public(f"{repomd}.key", armored=True)


def repository_file(section, title, url, key_url, distro):
    """The .repo file. A repository that cannot be read is an error, not something to pass over; tdnf knows signatures of
    metadata by a plug-in alone and zypper refreshes by itself where it is told to."""
    lines = [f"[{section}]", f"name={title}", f"baseurl={url}", "enabled=1", "gpgcheck=1", f"gpgkey={key_url}"]
    lines += [] if distro.family == "tdnf" else ["repo_gpgcheck=1"]
    lines += ["autorefresh=1", "type=rpm-md"] if distro.family == "zypper" else ["skip_if_unavailable=0"]
    return "\n".join(lines) + "\n"

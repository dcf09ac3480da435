"""The systems that tests run in: real Debian ones, and relatives of others made to look like them.

A look-alike has the real package manager of its family (rpm, dnf, zypper), built for Debian, and another system's names,
paths and configuration. It shows how that package manager treats a package or repository, not what else the other system
has. The comments say what each trick is for.
"""

from typing import NamedTuple, Optional, Tuple

# What all of them share: no syncs (nothing here has to survive), no services, no questions, nothing but what is asked for.
PREPARE = r"""
printf 'force-unsafe-io\n' >/etc/dpkg/dpkg.cfg.d/unsafe
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
printf 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n' >/etc/apt/apt.conf.d/90tests
"""

# rpm's database where the other system has it, and one virtual package for what its base system would provide: the
# library versions are those that this root really has.
RPM_BASE = r"""
mkdir -p /etc/rpm /usr/lib64 /etc/yum.repos.d /tmp/base
printf '%s\n' '%_dbpath /var/lib/rpm' >/etc/rpm/macros.zz-look-alike
printf '/usr/lib64\n' >/etc/ld.so.conf.d/lib64.conf  # Debian's ldconfig does not look there
ldconfig
for name in update-alternatives alternatives; do ln -sf ../bin/update-alternatives "/usr/sbin/$name"; done
libraries=$(ldconfig -p | sed -nE 's#.*=> (/.*/(libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s|libz|ld-linux-x86-64)\.so\..*)#\1#p')
{
  printf 'Name: base-system\nVersion: 1\nRelease: 1\nSummary: What the base system provides\nLicense: none\nBuildArch: noarch\n'
  for name in /bin/sh /usr/bin/sh /bin/bash /sbin/ldconfig /usr/sbin/ldconfig /usr/sbin/update-alternatives \
    /usr/sbin/alternatives bash coreutils glibc libstdc++ libstdc++6 libgcc libgcc_s1 zlib libz1 alternatives chkconfig \
    update-alternatives system-release redhat-release 'rtld(GNU_HASH)'; do
    printf 'Provides: %s\n' "$name"
  done
  printf '%s\n' $libraries | xargs -n 1 /usr/lib/rpm/elfdeps --provides | sort -u | sed 's/^/Provides: /'
  printf '%%description\nWhat the base system provides.\n%%files\n'
} >/tmp/base/base.spec
rpm --initdb
rpmbuild -bb --quiet -D '_topdir /tmp/base' /tmp/base/base.spec
rpm -i /tmp/base/RPMS/noarch/*.rpm 2>/dev/null  # Debian's rpm always warns; asked for by name, so that nobody removes it
rpm -q base-system >/dev/null
rm -r /tmp/base
"""

RHEL = RPM_BASE + r"""
ln -sf dnf-3 /usr/bin/yum
ln -sf /usr/libexec/dnf-utils-3 /usr/bin/yum-config-manager
mkdir -p /etc/dnf/vars
echo 9 >/etc/dnf/vars/releasever
printf '%s\n' '%dist .el9' '%rhel 9' >>/etc/rpm/macros.zz-look-alike
printf '[main]\nenabled=0\n' >/etc/dnf/plugins/local.conf  # its repository has no key, and every install would fail
printf '%s\n' '[main]' gpgcheck=1 installonly_limit=3 clean_requirements_on_remove=True best=True \
  skip_if_unavailable=False >/etc/dnf/dnf.conf
rm -f /etc/os-release
printf '%s\n' 'NAME="Red Hat Enterprise Linux"' 'ID="rhel"' 'ID_LIKE="fedora"' 'VERSION_ID="9.4"' \
  'PLATFORM_ID="platform:el9"' >/etc/os-release
echo 'Red Hat Enterprise Linux release 9.4 (Plow)' >/etc/redhat-release
"""

# dnf5 has no plug-in for versionlock: it is one of its own commands.
FEDORA = RPM_BASE + r"""
mkdir -p /etc/dnf
printf '%s\n' '%dist .fc42' '%fedora 42' >>/etc/rpm/macros.zz-look-alike
printf '%s\n' '[main]' gpgcheck=1 best=True skip_if_unavailable=False >/etc/dnf/dnf.conf
for name in dnf yum; do ln -sf dnf5 "/usr/bin/$name"; done
sed -i 's/^enabled *=.*/enabled = 0/' /etc/dnf/libdnf5-plugins/local.conf  # its repository is not there
rm -f /etc/os-release
printf '%s\n' 'NAME="Fedora Linux"' 'ID=fedora' 'VERSION_ID=42' 'PLATFORM_ID="platform:f42"' >/etc/os-release
"""

SUSE = RPM_BASE + r"""
rm -f /etc/os-release
printf '%s\n' 'NAME="openSUSE Leap"' 'ID="opensuse-leap"' 'ID_LIKE="suse opensuse"' 'VERSION_ID="15.6"' >/etc/os-release
"""


class Definition(NamedTuple):
    suite: str
    base: Optional[str] = None  # the root that this one is made from
    packages: Tuple[str, ...] = ()
    script: str = ""


ROOTS = {
    "bullseye": Definition("bullseye", script=PREPARE),
    "bookworm": Definition("bookworm", script=PREPARE),
    "trixie": Definition("trixie", script=PREPARE),
    "forky": Definition("forky", script=PREPARE),
    "bookworm-arm64": Definition("bookworm", script=PREPARE),
    "bookworm-ppc64el": Definition("bookworm", script=PREPARE),
    # dnf-plugins-core and zypper break each other, so these are two.
    "rhel": Definition("bookworm", "bookworm", ("rpm", "dnf", "dnf-plugins-core"), RHEL),
    "rhel-ppc64el": Definition("bookworm", "bookworm-ppc64el", ("rpm", "dnf", "dnf-plugins-core"),
                               RHEL.replace("ld-linux-x86-64", "ld64")),
    "suse": Definition("bookworm", "bookworm", ("rpm", "zypper"), SUSE),
    # The first Debian with dnf5.
    "fedora": Definition("forky", "forky", ("rpm", "dnf5"), FEDORA),
}
# Debian's word for the architecture, where it is not the machine's: these run while emulation.Emulated stands.
FOREIGN = {"bookworm-arm64": "arm64", "bookworm-ppc64el": "ppc64el", "rhel-ppc64el": "ppc64el"}
# Suites that change every day: a mirror that stands still may serve an index whose date has passed. Its signature counts.
ROLLING = {"forky"}

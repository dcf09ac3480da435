"""Another machine, as far as what is made there can tell: one processor, another umask, time zone, language and user."""

import os
import subprocess

STRANGER = 65533
ENVIRONMENT = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
# dpkg-deb and rpm ask how many processors are online, liblzma on how many it may run.
ONE_PROCESSOR = r"""
online=$(mktemp)
echo "$1" >"$online"
chmod a+r "$online"
mount --bind "$online" /sys/devices/system/cpu/online
rm "$online"
umask 077
processor=$1 user=$2
shift 2
exec taskset -c "$processor" setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
"""


def before(readable):
    """What to put before a command; the stranger must be able to read the path `readable`."""
    if os.getuid() != 0:
        raise AssertionError("another user's build takes root: run the tests as root")
    words = ["unshare", "--mount", "sh", "-ec", ONE_PROCESSOR, "elsewhere", str(min(os.sched_getaffinity(0))), str(STRANGER)]
    if subprocess.run([*words, "test", "-r", readable], check=False).returncode != 0:
        raise AssertionError(f"others cannot read '{readable}': the build by another user cannot be tried")
    return words


def home(path):
    """A directory of the stranger's own."""
    os.makedirs(path)
    os.chown(path, STRANGER, STRANGER)
    return path

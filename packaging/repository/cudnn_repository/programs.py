"""Other programs, and the moment that everything made here carries."""

import calendar
import os
import shutil
import subprocess
import sys
import time


class Failure(Exception):
    """What went wrong, in one sentence for the user."""


def need(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise Failure(f"not installed: {', '.join(missing)}")


def run(*command, folder=None, may_fail=False):
    """The program's standard output. Another exit status than 0 is a Failure with the program's own words. What it writes
    depends on neither place, hour nor machine."""
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC", "SOURCE_DATE_EPOCH": str(moment()), "DPKG_DEB_THREADS_MAX": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True, capture_output=True,
                          check=False)
    if done.returncode != 0 and not may_fail:
        words = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise Failure(f"'{os.path.basename(command[0])}' ended with {done.returncode}: {' | '.join(words)}")
    return done.stdout


def moment():
    """SOURCE_DATE_EPOCH, else now: the date in all metadata, and the newest time that a file may carry."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return int(time.time())
    if not given.isdigit():
        raise Failure(f"SOURCE_DATE_EPOCH is '{given}', not a number of seconds")
    return int(given)


def mail_date(seconds):
    """The moment as changelogs and Release files write it, in UTC and without a locale."""
    at = time.gmtime(seconds)
    days, months = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), calendar.month_abbr
    return (f"{days[at.tm_wday]}, {at.tm_mday:02} {months[at.tm_mon]} {at.tm_year} "
            f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000")


def main_of(name, work):
    """Runs work() as a program: what fails is one line on stderr and exit 1; modes do not depend on the caller."""
    os.umask(0o022)
    try:
        work()
    except (Failure, OSError) as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        sys.exit(1)

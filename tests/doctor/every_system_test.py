#!/usr/bin/env python3
"""The mistakes on Debian 11 and 13 and with zypper, and the choice of a version there."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import apt_cases  # noqa: E402
import rpm_cases  # noqa: E402
import switch_test  # noqa: E402


class Bullseye(apt_cases.Cases):
    suite = "bullseye"


class Trixie(apt_cases.Cases):
    suite = "trixie"


class SwitchOnBullseye(switch_test.Switch):
    suite = "bullseye"


class SwitchOnTrixie(switch_test.Switch):
    suite = "trixie"


class SwitchOnLookAlikeOfRhel(switch_test.Switch):
    suite = "rhel"


class Zypper(rpm_cases.Zypper):
    pass


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Every mistake on Debian 12, and those of dnf; the tier has the other systems."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from apt_cases import Cases  # noqa: E402,F401
from rpm_cases import Dnf  # noqa: E402,F401

if __name__ == "__main__":
    unittest.main()

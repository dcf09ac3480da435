"""The guide's commands for a local installer on the Debians that the default run leaves out."""

import unittest

import local_test


class EveryDebian(local_test.Debian):
    def test_documented_commands_on_debian_11_and_the_way_back(self):
        self.removed_and_purged(self.documented("bullseye"))

    def test_documented_commands_on_debian_13_and_the_way_back(self):
        self.removed_and_purged(self.documented("trixie"))


def load_tests(loader, *_):
    """Not what is inherited: the default run has that."""
    own = [name for name in loader.getTestCaseNames(EveryDebian) if name not in dir(local_test.Debian)]
    return unittest.TestSuite(map(EveryDebian, own))


if __name__ == "__main__":
    unittest.main()

"""The Windows archive of the real 8.9.6.50: every file of the wheel's cuDNN with its digest, in the documented layout.

  windows_zip_test.py ARCHIVE WHEEL
"""

import hashlib
import os
import sys
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "windows_zip"))
import windows_zip_test  # noqa: E402

ARCHIVE, WHEEL = sys.argv[1:3] if len(sys.argv) == 3 else sys.exit(__doc__)


def digests(path, wanted):
    """name without folders → digest"""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = os.path.basename(info.filename)
            if wanted(name):
                with archive.open(info) as stream:
                    found[name.replace("License.txt", "LICENSE")] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


class RealWindowsZip(unittest.TestCase):
    maxDiff = None

    def test_the_layout_is_the_documented_one(self):
        with zipfile.ZipFile(ARCHIVE) as archive:
            self.assertEqual(windows_zip_test.LAYOUT, archive.namelist())

    def test_every_file_has_the_digest_of_the_wheels(self):
        def belongs(name):
            return name.endswith((".dll", ".lib", ".h")) or name == "License.txt"
        self.assertEqual(digests(WHEEL, belongs), digests(ARCHIVE, bool))


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main(defaultTest="RealWindowsZip")

"""Programs that start during install, change of version, rollback and uninstall; and the guide's commands beside it."""

import os
import unittest

import peers
import rig
import starts

STARTS = int(os.environ.get("CUDNN_INSTALL_STARTS", "10000"))


class Starts(unittest.TestCase):
    def test_ten_thousand_starts_see_old_new_or_nothing(self):
        kinds, examples, _ = starts.measured(peers.Tool.name, STARTS)
        print(dict(kinds))
        self.assertEqual((0, 0), (kinds["mixed"], kinds["torn"]), "\n".join(examples))
        self.assertEqual(STARTS, sum(kinds.values()) - kinds["changes"])
        self.assertGreater(kinds["changes"], STARTS // 500)
        for seen in ("8.9.6.50 for CUDA 11", "8.9.6.50 for CUDA 12", "8.9.7.29 for CUDA 12", "not found"):
            self.assertGreater(kinds[seen], 0, seen)

    def test_the_guides_commands_show_mixed_or_torn_ones_in_the_same_loop(self):
        kinds, _, _ = starts.measured(peers.Guide.name, STARTS // 5)
        print(dict(kinds))
        self.assertGreater(kinds["mixed"] + kinds["torn"], 0)


unittest.addModuleCleanup(rig.Archive.forget)

if __name__ == "__main__":
    for program in ("cc", "cp"):
        rig.need(program)
    unittest.main()

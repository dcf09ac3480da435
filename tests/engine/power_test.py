"""Power cuts on real file systems: afterwards the old files or the new ones, and the new ones once a run has ended with 0.

Every call in turn: power.py. The last tests show that this can fail, and what the guide's commands leave.
"""

import os
import unittest

import disk
import kill_sweep
import power
import rig
import ways


class Tool(unittest.TestCase):
    def test_forty_cuts_leave_the_old_files_or_the_new_ones_and_none_after_the_end_loses_anything(self):
        totals, complaints = power.measure_tool(cuts=40)
        self.assertEqual([], complaints)
        self.assertEqual(40, sum(sum(midst.values()) for midst, _ in totals.values()))
        self.assertEqual(24, sum(ended["new"] for _, ended in totals.values()))
        print("\n".join(power.table([("cudnn-install", power.row_of_tool(totals))])))

    def test_without_any_sync_the_same_cuts_lose_files(self):
        for kind in power.FILE_SYSTEMS:
            with self.subTest(kind):
                totals, complaints = power.measure_tool(cuts=2, kinds=(kind,), only=["install"],
                                                        beside="libeatmydata.so", jobs=1)
                self.assertNotEqual([], complaints)
                self.assertGreater(totals[("install", kind)][1]["wrong"], 0)


class HandMade(rig.Case):
    """Files that somebody laid down a moment ago and never synced are kept aside like any others."""

    def setUp(self):
        self.disk = disk.Disk("ext4")
        self.addCleanup(self.disk.close)
        self.rig = rig.Rig("power", within=self.disk.place)
        self.texts = {"include/cudnn.h": b"by hand " * 900, "lib64/libcudnn.so.8.9.6": b"by hand " * 90000}
        self.killer = kill_sweep.Killer()
        self.addCleanup(self.killer.close)

    def lay(self):
        for name, text in self.texts.items():
            rig.write(os.path.join(self.rig.prefix, name), text)

    def test_they_come_back_after_a_cut_in_the_midst_of_the_moves(self):
        install = ["install", *rig.Archive("8.9.6.50", "12").options()]
        self.disk.unmount()
        self.disk.save()
        self.disk.mount()
        self.lay()
        renames = [call for call in kill_sweep.calls_of(self.rig, install) if call[0] == "renameat"]
        for call in (renames[6], renames[len(renames) // 2], renames[-3]):
            with self.subTest(call):
                self.disk.unmount()
                self.disk.restore()
                self.disk.mount()
                self.lay()
                run = self.rig.stopped([*self.killer.stop_at(call), self.rig.tool, *install, "--prefix",
                                        self.rig.prefix])
                self.assertIsNone(run.returncode)
                self.disk.cut(committed=True)
                run.kill()
                run.wait()
                self.disk.unmount()
                self.disk.mount()
                self.assert_ends(0, self.rig.settle())
                self.rig.must("verify")
                self.rig.must("uninstall", "--yes")
                for name, text in self.texts.items():
                    with open(os.path.join(self.rig.prefix, name), "rb") as file:
                        self.assertEqual(text, file.read())


class BesideTheGuide(unittest.TestCase):
    def test_after_the_guides_commands_have_ended_a_cut_empties_the_files(self):
        row = power.measure_way(ways.Guide(), cuts=8)
        print("\n".join(power.table([(ways.Guide.name, row)])))
        self.assertEqual(4, sum(row["fresh"].values()))
        self.assertGreater(row["fresh"]["torn"], 0)
        self.assertLess(row["fresh"]["new"], 4)
        self.assertEqual(8, sum(row["midst"].values()))


if __name__ == "__main__":
    disk.need_programs(*power.FILE_SYSTEMS)
    rig.need("eatmydata")
    disk.private_mounts()
    unittest.main()

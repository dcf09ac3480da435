"""The few keys that the repository programs read from the recipes by themselves are what a YAML reader finds there."""

import glob
import os
import unittest

import workbench  # noqa: F401  # finds the programs
import yaml
from cudnn_repository import distros


class Distros(unittest.TestCase):
    def test_every_recipe_is_read_as_yaml_reads_it(self):
        read = 0
        for path in sorted(glob.glob(os.path.join(distros.RECIPES, "*.yaml"))):
            with open(path, encoding="utf-8") as file:
                recipe = yaml.safe_load(file)
            found = distros.named(recipe["distro"])
            word = recipe.get("repository", {}).get("word", recipe["distro"])
            self.assertEqual((recipe["family"], recipe.get("in_guide", False), recipe["arch"],
                              recipe.get("compression", []), word), found[1:], path)
            read += 1
        self.assertGreater(read, 15)

    def test_every_family_with_packages_is_known(self):
        self.assertEqual({"apt", "dnf", "yum", "tdnf", "zypper"}, {distro.family for distro in distros.all_distros()})


if __name__ == "__main__":
    unittest.main()

"""The targets that a CMake build gets by Repositories.cmake, in a project that is nothing else."""

import os
import unittest

import packs
import workbench

CMAKE = os.environ.get("CMAKE_COMMAND", "cmake")
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(packages NONE)
include("{folder}/Repositories.cmake" OPTIONAL)
"""


class Targets(workbench.Case):
    def build(self, *settings):
        """A build directory with the packages in it, configured with `settings`."""
        source, build = os.path.join(self.scratch, "source"), os.path.join(self.scratch, "build")
        packs.write(os.path.join(source, "CMakeLists.txt"), PROJECT.format(folder=workbench.PROGRAMS))
        os.makedirs(build)
        packs.debs(build)
        packs.run(CMAKE, "-S", source, "-B", build, *settings)
        return build

    def make(self, build, target):
        packs.run(CMAKE, "--build", build, "--target", target, environment=self.keyring.environment)

    def test_local_installers_and_a_network_repository_come_from_the_build_directory(self):
        build = self.build("-D", "CUDNN_DISTROS=debian12", "-D", f"CUDNN_SIGN_KEY={self.key}", "-D",
                           f"CUDNN_REPOSITORY_URL={workbench.URL}")
        self.make(build, "local-installers")
        self.make(build, "network-repository")
        self.assertEqual(["cudnn-local-repo-debian12-8.9.6.50_1.0-1_amd64.deb"],
                         os.listdir(os.path.join(build, "installers")))
        self.assertIn("InRelease", os.listdir(os.path.join(build, "repository/debian12/x86_64")))

    def test_a_network_repository_without_address_says_what_it_needs(self):
        build = self.build()
        with self.assertRaisesRegex(AssertionError, "needs CUDNN_DISTROS, CUDNN_REPOSITORY_URL and CUDNN_SIGN_KEY"):
            self.make(build, "network-repository")


if __name__ == "__main__":
    unittest.main()

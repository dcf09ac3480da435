"""The samples are built as their users build them, and run on an emulation of cuDNN that computes on the processor.

What a GPU answers is for tests/gpu/run to show; here it is shown that each sample passes where the numbers are right, that
each notices a wrong number and a failing call, and that all of them link with the real libraries.
"""

import json
import os
import re
import subprocess
import sys
import unittest

import rig

INCLUDE = os.path.join(rig.TOOLKIT, "include")
DATA = os.path.join(rig.SAMPLES, "mnistCUDNN", "data")
USED_BY = {
    "mnistCUDNN": ["cudnnConvolutionForward", "cudnnAddTensor", "cudnnPoolingForward", "cudnnActivationForward",
                   "cudnnSoftmaxForward"],
    "conv_sample": ["cudnnConvolutionForward", "cudnnConvolutionBackwardData", "cudnnConvolutionBackwardFilter"],
    "RNN": ["cudnnRNNForward"],
}


class Emulated(unittest.TestCase):
    @classmethod
    def headers(cls, _):
        return [INCLUDE]

    @classmethod
    def setUpClass(cls):
        cls.place = rig.Place()
        cls.addClassCleanup(cls.place.close)
        cls.cuda = rig.emulated_toolkit(cls.place, cls.headers(cls.place))
        for sample in rig.FOLDERS:
            cls.place.make(sample, f"CUDA_PATH={cls.cuda}", "NVCC=", "CXXFLAGS=-O2 -Wall -Wextra -Werror")

    def sample(self, name, *options, expected=0, **variables):
        return rig.run(self.place.program(name), *options, expected=expected, env=rig.environment(**variables), cwd="/")

    def test_each_sample_passes_where_the_numbers_are_right(self):
        for name in rig.FOLDERS:
            with self.subTest(name):
                self.assertEqual(self.sample(name).splitlines()[-1], "Test passed!")

    def test_mnist_names_the_digit_in_each_picture(self):
        text = self.sample("mnistCUDNN")
        found = re.findall(r"/data/digit-(\d)\.pgm: (\d) \(probability (\d\.\d+)\)$", text, re.M)
        self.assertEqual([(digit, digit) for digit in "0123456789"] * 2, [(file, answer) for file, answer, _ in found])
        self.assertEqual(text.count("Result of classification: 0 1 2 3 4 5 6 7 8 9\n"), 2)

    def test_each_wrong_number_is_noticed(self):
        for name, functions in USED_BY.items():
            for function in functions:
                with self.subTest(f"{name}, {function}"):
                    text = self.sample(name, expected=1, EMULATED_FAULT=function)
                    self.assertEqual(text.splitlines()[-1], "Test failed!")

    def test_a_failing_call_is_named_with_the_librarys_words(self):
        for name, functions in USED_BY.items():
            for function in functions:
                with self.subTest(f"{name}, {function}"):
                    text = self.sample(name, expected=1, EMULATED_STATUS=function)
                    self.assertRegex(text, rf"(?m)^{function}: CUDNN_STATUS_EXECUTION_FAILED")
                    self.assertEqual(text.splitlines()[-1], "Test failed!")

    def test_without_a_gpu_that_is_what_is_said(self):
        for name in rig.FOLDERS:
            with self.subTest(name):
                text = self.sample(name, expected=1, EMULATED_DEVICES="0")
                self.assertIn("\ncudaGetDeviceCount: cudaErrorNoDevice (no CUDA-capable device is detected)\n", text)

    def test_a_device_that_is_not_there_is_refused(self):
        text = self.sample("RNN", "device=3", expected=1)
        self.assertIn("\nthere is no device 3: 1 CUDA devices are here\n", text)
        for name in rig.FOLDERS:
            for word in ("", "first", "1x", "-1", "99999999999999999999"):
                with self.subTest(f"{name}, {word}"):
                    text = self.sample(name, f"device={word}", expected=1)
                    self.assertEqual(text, f"device= takes a number, and '{word}' is none\n\nTest failed!\n")

    def picture(self, content):
        path = self.place.path("own.pgm")
        with open(path, "wb") as out:
            out.write(content)
        return path

    def test_a_picture_of_the_users_own_is_read_with_comments_and_another_depth(self):
        with open(os.path.join(DATA, "digit-7.pgm"), "rb") as stream:
            pixels = stream.read()[-784:]
        path = self.picture(b"P5 # by hand\n# 28 wide\n28\t28\n# depth\n127\n" + bytes(pixel // 2 for pixel in pixels))
        self.assertIn(f"\n{path}: 7 (probability ", self.sample("mnistCUDNN", f"image={path}"))

    def test_what_is_no_picture_is_refused(self):
        for content, words in ((b"P2\n28 28\n255\n", "is not a binary PGM file"),
                               (b"P5\n29 28\n255\n" + bytes(784), "is not an 8-bit picture of 28x28 pixels"),
                               (b"P5\n28 28\n65535\n" + bytes(1568), "is not an 8-bit picture of 28x28 pixels"),
                               (b"P5\n28 28\n255\n" + bytes(783), "ends too early"),
                               (b"P5\n28 #", "is not an 8-bit picture of 28x28 pixels")):
            with self.subTest(words):
                path = self.picture(content)
                self.assertIn(f"\n'{path}' {words}\n", self.sample("mnistCUDNN", f"image={path}", expected=1))
        self.assertIn("\n'/not/there' cannot be opened\n", self.sample("mnistCUDNN", "image=/not/there", expected=1))

    def probe(self, *arguments):
        program = self.place.path("probe")
        if not os.path.exists(program):
            folder = os.path.join(rig.SAMPLES, "mnistCUDNN")
            rig.run("g++", "-std=c++11", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{folder}", f"-I{rig.SAMPLES}/include",
                    "-isystem", f"{self.cuda}/include", os.path.join(rig.HERE, "probe.cpp"), f"{folder}/network.cpp",
                    f"{folder}/files.cpp", self.place.path("half.o"), f"-L{self.cuda}/lib64", "-lcudnn", "-lcudart",
                    f"-Wl,-rpath,{self.cuda}/lib64", "-o", program)
        return rig.run(program, *arguments)

    def test_the_reference_network_gives_the_logits_that_were_recorded_with_it(self):
        with open(os.path.join(DATA, "expected.json"), encoding="utf-8") as stream:
            expected = json.load(stream)["digits"]
        text = self.probe("logits", os.path.join(DATA, "weights.f32"), *(os.path.join(DATA, one["file"]) for one in expected))
        for one, line in zip(expected, text.splitlines(), strict=True):
            for wanted, found in zip(one["logits"], map(float, line.split()), strict=True):
                self.assertAlmostEqual(wanted, found, delta=1e-2, msg=one["file"])

    def test_half_precision_is_the_compilers(self):
        self.assertEqual(self.probe("half"), "0 differ\n")


class Real(unittest.TestCase):
    """The toolkit of this machine: its compiler, its runtime, its cuDNN."""

    @classmethod
    def setUpClass(cls):
        cls.place = rig.Place()
        cls.addClassCleanup(cls.place.close)
        cls.soname = f"libcudnn.so.{rig.header_macro(INCLUDE, 'cudnn_version.h', 'CUDNN_MAJOR')}"

    def answer_without_a_gpu(self, program):
        """What a machine with the toolkit and without a GPU says; with one this is tests/gpu/run's matter."""
        done = subprocess.run([program], capture_output=True, text=True, env=rig.environment(), check=False)
        return done.stdout + done.stderr

    def assert_good(self, program):
        machine, needed = rig.facts_of(program)
        self.assertIn("X86-64", machine)
        self.assertIn(self.soname, needed)
        text = self.answer_without_a_gpu(program)
        self.assertRegex(text, r"^cuDNN \d+, compiled with the headers of \d+; CUDA runtime \d+\.\d+, ")
        self.assertRegex(text, r"Test passed!\n$|\ncudaGetDeviceCount: cudaError\w+ \(.*\)\n\nTest failed!\n$")

    def test_make_links_with_the_real_libraries_by_nvcc(self):
        for sample in rig.FOLDERS:
            with self.subTest(sample):
                self.assertIn("/bin/nvcc -ccbin g++ ", self.place.make(sample))
                self.assert_good(self.place.program(sample))

    def test_cmake_links_with_the_real_libraries(self):
        for sample, folder in rig.FOLDERS.items():
            with self.subTest(sample):
                out = self.place.path("cmake", sample)
                rig.run("cmake", "-S", os.path.join(self.place.samples, folder), "-B", out, env=rig.environment())
                rig.run("cmake", "--build", out, env=rig.environment())
                self.assert_good(os.path.join(out, sample))

    def test_cmake_says_what_it_did_not_find(self):
        text = rig.run("cmake", "-S", os.path.join(self.place.samples, "RNN_v8.0"), "-B", self.place.path("lost"),
                       "-DCMAKE_FIND_ROOT_PATH=/nowhere", "-DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY",
                       "-DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY", expected=1, env=rig.environment())
        self.assertIn("was not found: name the places by CUDA_PATH, CUDNN_INCLUDE_PATH and", " ".join(text.split()))


if __name__ == "__main__":
    sys.exit(unittest.main())

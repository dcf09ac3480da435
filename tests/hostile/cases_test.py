"""The table of cases and the tests agree: every number of the corpus is in it, and what it names is there."""

import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(TESTS, "engine")]

import hostile_test  # noqa: E402


def rows():
    with open(os.path.join(HERE, "cases.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                number, code, text, where = re.fullmatch(r"(\d{3}) (\d+) (.+) \| (.+)\n", line).groups()
                yield int(number), int(code), text, where


class Cases(unittest.TestCase):
    def test_numbers_rise_and_none_stands_twice(self):
        numbers = [number for number, *_ in rows()]
        self.assertEqual(sorted(set(numbers)), numbers)

    def test_the_corpus_is_the_rows_that_name_it(self):
        named = {number for number, _, _, where in rows() if where == "corpus"}
        self.assertEqual(named, {case.number for case in hostile_test.all_cases()})

    def test_the_code_of_a_row_is_one_of_its_cases(self):
        codes = {}
        for case in hostile_test.all_cases():
            codes.setdefault(case.number, set()).add(case.code)
        for number, code, text, where in rows():
            if where == "corpus":
                self.assertIn(code, codes[number], text)

    def test_the_corpus_has_some_two_thousand_archives_of_different_names(self):
        names = [case.name for case in hostile_test.all_cases()]
        self.assertEqual(len(set(names)), len(names))
        self.assertGreaterEqual(len(names), 2000)

    def test_a_slice_has_every_number(self):
        cases = hostile_test.all_cases()
        self.assertEqual({case.number for case in cases}, {case.number for case in hostile_test.slice_of(cases, 200)})

    def test_every_other_row_names_a_test_that_is_there(self):
        for number, _, text, where in rows():
            if where == "corpus":
                continue
            file, _, name = where.partition(": ")
            with self.subTest(number), open(os.path.join(TESTS, file), encoding="utf-8") as source:
                self.assertIn(name, source.read(), text)

    def test_every_numbered_test_has_its_row(self):
        known = {number for number, *_ in rows()}
        for folder, _, files in os.walk(TESTS):
            for name in files:
                if name.endswith("_test.py"):
                    with open(os.path.join(folder, name), encoding="utf-8") as source:
                        found = {int(number) for number in re.findall(r"def test_case_(\d{3})_", source.read())}
                    self.assertLessEqual(found, known, name)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Each rule on a small tree that breaks it: a rule that cannot fail proves nothing."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import rules  # noqa: E402
from cxx import functions_of  # noqa: E402


class Rules(unittest.TestCase):
    def complaints(self, rule, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return list(rule(Path(folder)))

    def test_an_arrow_that_points_back_is_found(self):
        self.assertEqual(
            self.complaints(rules.include_directions, {
                "installer/base/a.cpp": '#include "base/a.h"\n#include "plan/plan.h"\n',
                "installer/plan/b.h": '#include "recipe/recipe.h"\n#include <vector>\n',
                "installer/main.cpp": '#include "cli/commands.h"\n',
            }),
            ["installer/base/a.cpp:2: 'base' may not include 'plan/plan.h'"])

    def test_the_host_looks_at_the_machine_through_its_probe_alone(self):
        self.assertEqual(
            self.complaints(rules.include_directions, {
                "installer/host/probe.cpp": '#include "system/files.h"\n',
                "installer/host/driver.cpp": '#include "system/files.h"\n',
            }),
            ["installer/host/driver.cpp:1: 'host' may not include 'system/files.h'"])

    def test_a_folder_that_the_table_does_not_know_is_found(self):
        self.assertEqual(
            self.complaints(rules.include_directions, {"installer/extra/a.h": ""}),
            ["installer/extra/a.h: folder 'extra' is not in the table of layers (tests/architecture/rules.py)"])

    def test_a_third_party_header_outside_its_room_is_found(self):
        self.assertEqual(
            self.complaints(rules.third_party_walls, {
                "installer/base/document.cpp": "#include <yaml-cpp/yaml.h>\n",
                "installer/recipe/recipe.h": "#include <yaml-cpp/yaml.h>\n",
            }),
            ["installer/recipe/recipe.h: header 'yaml-cpp/yaml.h' of a third party in a header of ours",
             "installer/recipe/recipe.h: 'yaml-cpp/yaml.h' belongs in base alone",
             "'yaml-cpp/.*' is included by 2 files, at most 1 are allowed: base/document.cpp, recipe/recipe.h"])

    def test_names_that_say_nothing_are_found_and_package_managers_are_not(self):
        self.assertEqual(
            self.complaints(rules.telling_names, {
                "installer/base/string_utils.cpp": "", "installer/core/a.h": "", "installer/host/package_manager.h": "",
                "packaging/samples/samples_common.mk": ""}),
            ["installer/base/string_utils.cpp: 'util' says nothing about what is in it",
             "installer/core: 'core' says nothing about what is in it"])

    def test_long_files_and_functions_are_found_in_each_language(self):
        long_body = "  x();\n" * 60
        self.assertEqual(
            self.complaints(rules.small_pieces, {
                "installer/base/a.cpp": "namespace a {\nvoid f(int a = {}) {\n" + long_body + "}\n}\n",
                "installer/base/b.cpp": "// x\n" * 501,
                "tests/base/c_test.cpp": 'TEST_CASE("x {", "[c]") {\n' + long_body + "}\n",
                "scripts/d": "#!/bin/bash\nrun_it() {\n" + long_body + "}\n",
                "scripts/e.py": "def e():\n" + "    x()\n" * 60,
                "scripts/f.sh": "ok() {\n  x\n}\n",
            }),
            ["installer/base/a.cpp:2: 'f' has 62 lines, at most 60 are allowed",
             "installer/base/b.cpp: 501 lines, at most 500 are allowed",
             "scripts/d:2: 'run_it' has 62 lines, at most 60 are allowed",
             "scripts/e.py:1: 'e' has 61 lines, at most 60 are allowed",
             "tests/base/c_test.cpp:1: 'TEST_CASE' has 62 lines, at most 60 are allowed"])

    def test_a_suppressed_warning_without_a_reason_is_found(self):
        self.assertEqual(
            self.complaints(rules.reasoned_exceptions, {
                "installer/base/a.cpp": "f();  // NOLINT\ng();  // NOLINT(bugprone-x)\n"
                                        "h();  // NOLINT(bugprone-x): the C API wants it\n"}),
            ["installer/base/a.cpp:1: NOLINT wants (check): reason", "installer/base/a.cpp:2: NOLINT wants (check): reason"])

    def test_a_table_of_exit_codes_that_differs_from_the_enum_is_found(self):
        self.assertEqual(
            self.complaints(rules.exit_codes, {
                "installer/base/error.h": "enum class Fault : int {\n  usage = 2,  // x\n  needs_settling = 20,\n};\n",
                "README.md": "| 0 | ok | x |\n| 2 | usage | x |\n| 3 | other | x |\n"}),
            ["README.md: the table of exit codes lacks '| 20 | needs settling |'",
             "README.md: '| 3 | other |' is not in enum Fault"])

    def test_a_platform_that_the_readme_does_not_tell_of_is_found(self):
        self.assertEqual(
            self.complaints(rules.platforms, {
                "recipes/distros/debian12.yaml": "distro: debian12\ntitle: Debian 12\n",
                "recipes/distros/fedora.yaml": "distro: fedora\ntitle: Fedora\n",
                "README.md": "## Platforms\n| platform | recipe | run |\n| Debian 12 | debian12 | works fine |\n| Old | old | real |\n"
                             "## Other\n| a | b | c |\n"}),
            ["README.md: 'works fine' is not real, look-alike, plan only or not run",
             "README.md: the table of platforms lacks '| Fedora | fedora | … |'",
             "README.md: 'old' in the table of platforms is no recipe"])


class Functions(unittest.TestCase):
    def found(self, source):
        return list(functions_of(source))

    def test_braces_in_text_do_not_count(self):
        self.assertEqual(self.found('void f() {\n  g("}", \'}\', R"(}\n)");  // }\n}\n'), [("f", 1, 4)])

    def test_member_initialisers_belong_to_the_function(self):
        self.assertEqual(self.found("A::A(int b) : b_{b}, c_{b} {\n  d();\n}\n"), [("A::A", 1, 3)])

    def test_tables_and_types_are_no_functions(self):
        self.assertEqual(self.found("const std::array<int, 2> table = {\n  f(1),\n};\nstruct A {\n  int b{};\n};\n"), [])

    def test_operators_and_default_arguments_are_read_over(self):
        self.assertEqual(self.found("A& A::operator=(A&& a) noexcept {\n  if (b) {\n  }\n}\nvoid f(C c = {}) {\n}\n"),
                         [("A::operator=", 1, 4), ("f", 5, 6)])


if __name__ == "__main__":
    unittest.main()

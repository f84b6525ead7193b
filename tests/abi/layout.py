"""The layout gate of the adapter ABI.

`layout.py INCLUDE_DIR GOLDEN_DIR CC` lists every struct, field, constant and word of idswitch/abi with its
offset, size, type and value, and holds the list against GOLDEN_DIR/layout-1.*.txt. With `--write` it writes
the file of the current minor instead; with `--self-test` it breaks copies of the headers in many ways and
fails unless the gate notices each.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ADVICE = """
What may change in idswitch/abi:
  - a field at the END of a struct that begins with struct_size, and never in a FROZEN one;
  - a function at the END of idsw_plugin, idsw_sink or idsw_host;
  - a new constant, or a new word at the end of a list;
  each together with IDSW_ABI_MINOR raised by one and a new golden file:
      python3 tests/abi/layout.py plugin-api/include tests/abi cc --write
What may never change while the major is 1: order, type, offset or value of anything that is listed. Plugins
that people have built would read the wrong bytes. Existing golden files are never edited.
"""


def strip_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def headers(include):
    return sorted((include / "idswitch" / "abi").glob("*.h"))


def parse(include):
    """Returns {struct: [(field, type)]}, the names of constants and the names of word lists."""
    structs, constants, lists = {}, [], []
    for header in headers(include):
        text = strip_comments(header.read_text(encoding="utf-8"))
        for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, flags=re.S):
            fields = []
            for declaration in body.split(";"):
                declaration = " ".join(declaration.split())
                if not declaration:
                    continue
                function = re.search(r"\(IDSW_CALL\s*\*\s*(\w+)\)", declaration)
                plain = re.search(r"(\w+)(\[\w+\])?$", declaration)
                field = (function or plain).group(1)
                fields.append((field, declaration))
            structs[name] = fields
        without_lists = re.sub(r"#define \w+\(.*?[^\\]\n", "\n", text, flags=re.S)
        for body in re.findall(r"enum \{(.*?)\}", without_lists, flags=re.S):
            constants += re.findall(r"\b(IDSW_\w+)\s*=", body)
        constants += re.findall(r"^#define (IDSW_\w+) (?:0x)?[0-9A-Fa-f]+u?\s*$", text, flags=re.M)
        lists += re.findall(r"#define IDSW_(\w+)_LIST\(X\)", text)
    return structs, constants, lists


def listing(include, compiler):
    """The layout as {key: value} in file order."""
    structs, constants, lists = parse(include)
    program = ["#include <idswitch/abi.h>", "#include <stdio.h>", "#include <string.h>",
               "#define WORD(name, number, word, meaning) "
               "printf(\"word %s %s = %d\\n\", list, word, (int)(number));",
               "int main(void) {", "const char* list = \"\"; (void)list;"]
    for name, fields in structs.items():
        program.append(f'printf("struct {name} = size %zu\\n", sizeof({name}));')
        for field, declaration in fields:
            text = declaration.replace('"', '\\"').replace("%", "%%")
            program.append(f'printf("field {name}.{field} = %zu %zu {text}\\n", offsetof({name}, {field}), '
                           f"sizeof((({name}*)0)->{field}));")
    for constant in constants:
        program.append(f'printf("constant {constant} = %lld\\n", (long long)({constant}));')
    for name in lists:
        program.append(f'list = "{name.lower()}"; IDSW_{name}_LIST(WORD)')
    program += ["return 0; }", ""]
    with tempfile.TemporaryDirectory() as folder:
        source, binary = pathlib.Path(folder, "layout.c"), pathlib.Path(folder, "layout")
        source.write_text("\n".join(program), encoding="utf-8")
        subprocess.run([compiler, "-std=c11", f"-I{include}", str(source), "-o", str(binary)], check=True,
                       capture_output=True)
        output = subprocess.run([str(binary)], check=True, capture_output=True, text=True).stdout
    return read(output)


def read(text):
    rows = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            key, value = line.split(" = ", 1)
            rows[key] = value
    return rows


def fields_of(rows, struct):
    return [(key, value) for key, value in rows.items() if key.startswith(f"field {struct}.")]


def compare(old, new):
    """What in `new` breaks a plugin or host that was built with `old`."""
    wrong = []
    for key, value in old.items():
        if key == "constant IDSW_ABI_MINOR":
            continue
        if key.startswith(("field", "constant", "word")) and new.get(key) != value:
            wrong.append(f"{key}: was {value}, is {new.get(key, 'gone')}")
        if key.startswith("struct"):
            name = key.split()[1]
            before, after = fields_of(old, name), fields_of(new, name)
            growable = bool(before) and before[0][0].endswith(".struct_size")
            if after[:len(before)] != before:
                wrong.append(f"{name}: the fields of the old list are not the first fields of the new one")
            if not growable and (after != before or new.get(key) != value):
                wrong.append(f"{name}: is frozen, and changed")
    grown = [key for key in new if key not in old]
    minors = [int(rows["constant IDSW_ABI_MINOR"]) for rows in (old, new)]
    if grown and minors[1] <= minors[0]:
        wrong.append(f"new without a raised IDSW_ABI_MINOR: {', '.join(grown[:5])}")
    return wrong


def golden_file(folder, rows):
    return folder / f"layout-{rows['constant IDSW_ABI_MAJOR']}.{rows['constant IDSW_ABI_MINOR']}.txt"


def check(include, golden, compiler):
    rows = listing(include, compiler)
    wrong = []
    current = golden_file(golden, rows)
    if not current.exists():
        wrong.append(f"{current.name} is missing")
    for file in sorted(golden.glob("layout-*.txt")):
        old = read(file.read_text(encoding="utf-8"))
        wrong += [f"{file.name}: {line}" for line in compare(old, rows)]
        if file == current and list(old.items()) != list(rows.items()) and not wrong:
            wrong.append(f"{file.name}: the same things in another order, or fewer of them")
    return wrong


# Each changes one header; the gate must refuse it.
MUTANTS = [
    ("a function in the middle of the table", "plugin.h", "  void(IDSW_CALL* deinit)(void);",
     "  void(IDSW_CALL* dump)(void);\n  void(IDSW_CALL* deinit)(void);"),
    ("a field in the middle", "operation.h", "  idsw_str person_name;", "  idsw_str nick;\n  idsw_str person_name;"),
    ("two fields swapped", "operation.h", "  uint32_t method;", "  uint32_t method_;"),
    ("a removed field", "plugin.h", "  idsw_str vendor;", "  "),
    ("a widened field", "http.h", "  uint32_t timeout_hint_ms;", "  uint64_t timeout_hint_ms;"),
    ("a changed signature", "host.h", "void* ctx, uint32_t slot);", "void* ctx, uint64_t slot);"),
    ("a grown frozen struct", "rope.h", "  uint64_t length;", "  uint64_t length;\n  uint64_t extra;"),
    ("a renumbered constant", "base.h", "IDSW_E_ABI = -3", "IDSW_E_ABI = -10"),
    ("two codes swapped", "vocabulary.h", "X(FAIL, 2, ", "X(FAIL, 3, "),
    ("a renamed word", "vocabulary.h", '"liveness.attack"', '"liveness.spoof"'),
    ("a removed constant", "http.h", "IDSW_DELETE = 4", "IDSW_DELETE_ = 4"),
    ("a legal append without a raised minor", "plugin.h",
     "  void(IDSW_CALL* exchange_close)(idsw_exchange* exchange);",
     "  void(IDSW_CALL* exchange_close)(idsw_exchange* exchange);\n  void(IDSW_CALL* more)(void);"),
    ("a new word without a raised minor", "vocabulary.h", "X(TOKEN, 5,", 'X(AUDIT, 6, "audit", "x") X(TOKEN, 5,'),
]


def mutated(include, folder, header, before, after):
    """A copy of the headers with one change; asserts that there is one."""
    copy = pathlib.Path(folder, "include")
    shutil.copytree(include, copy)
    file = copy / "idswitch" / "abi" / header
    text = file.read_text(encoding="utf-8")
    if text.count(before) < 1 or before == after:
        raise SystemExit(f"the self-test no longer fits {header}: {before!r} is not in it")
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return copy


def self_test(include, golden, compiler):
    wrong = []
    for what, header, before, after in MUTANTS:
        with tempfile.TemporaryDirectory() as folder:
            copy = mutated(include, folder, header, before, after)
            if not check(copy, golden, compiler):
                wrong.append(f"the gate let this pass: {what}")
    # And what is legal must be judged legal, but for the golden file that has to come with it.
    with tempfile.TemporaryDirectory() as folder:
        close = "  void(IDSW_CALL* exchange_close)(idsw_exchange* exchange);"
        copy = mutated(include, folder, "plugin.h", close, close + "\n  void(IDSW_CALL* more)(void);")
        base = copy / "idswitch" / "abi" / "base.h"
        text = base.read_text(encoding="utf-8")
        minor = int(re.search(r"IDSW_ABI_MINOR (\d+)u", text).group(1))
        base.write_text(text.replace(f"IDSW_ABI_MINOR {minor}u", f"IDSW_ABI_MINOR {minor + 1}u"))
        found = check(copy, golden, compiler)
        if found != [f"layout-1.{minor + 1}.txt is missing"]:
            wrong.append(f"a legal append was judged: {found}")
    return wrong


def main():
    include, golden, compiler = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    if "--write" in sys.argv:
        rows = listing(include, compiler)
        text = "# Every struct, field (offset, size, declaration), constant and word of idswitch/abi. See layout.py.\n"
        text += "".join(f"{key} = {value}\n" for key, value in rows.items())
        golden_file(golden, rows).write_text(text, encoding="utf-8")
        return 0
    wrong = self_test(include, golden, compiler) if "--self-test" in sys.argv else check(include, golden, compiler)
    if wrong:
        print("\n".join(wrong) + "\n" + ADVICE)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

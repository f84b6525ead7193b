"""`headers.py INCLUDE_DIR CC CXX ...`: every ABI header compiles alone, in any pair order and all together, as
C11 and as C++20, without a warning and without implicit padding, and needs nothing but stdint and stddef."""

import pathlib
import re
import subprocess
import sys

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wpadded", "-Wundef", "-Werror", "-fsyntax-only"]


def compiles(compiler, standard, language, include, names):
    source = "".join(f"#include <{name}>\n" for name in names) + "typedef int idsw_not_empty;\n"
    result = subprocess.run([compiler, f"-std={standard}", *WARNINGS, f"-I{include}", "-x", language, "-"],
                            input=source, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        print(f"{compiler} -std={standard} with {', '.join(names)}:\n{result.stderr}")
    return result.returncode == 0


def main():
    include = pathlib.Path(sys.argv[1])
    files = [include / "idswitch" / "abi.h", *sorted((include / "idswitch" / "abi").glob("*.h"))]
    names = [str(file.relative_to(include)) for file in files]
    good = True
    for compiler in sys.argv[2:]:
        is_cxx = "++" in pathlib.Path(compiler).name
        standard, language = ("c++20", "c++") if is_cxx else ("c11", "c")
        for group in [[name] for name in names] + [names, names[::-1]]:
            good = compiles(compiler, standard, language, include, group) and good
    for file in files:
        for name in re.findall(r'#include ([<"][^>"]+[>"])', file.read_text(encoding="utf-8")):
            if name not in ("<stdint.h>", "<stddef.h>") and not name.startswith('"idswitch/abi/'):
                print(f"{file.name} includes {name}")
                good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

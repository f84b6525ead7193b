"""`ten_minutes.py README BUILD FOLDER CXX CXX_FLAGS`: does what plugin-api/README.md says, in FOLDER. Code blocks
that name a file are written (blocks of the same file after each other), blocks marked `run` are run, against
an installed copy of the build. ten_minutes_test.cpp then drives the plugin that comes out."""

import os
import pathlib
import re
import shutil
import subprocess
import sys


def main():
    readme, build, folder, compiler, flags = sys.argv[1:6]
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.umask(0o022)
    prefix = folder / "prefix"
    subprocess.run(["cmake", "--install", build, "--prefix", str(prefix)], check=True, stdout=subprocess.DEVNULL)

    blocks = re.findall(r"^```(\w+) ([^\n]+)\n(.*?)^```$", pathlib.Path(readme).read_text(encoding="utf-8"),
                        flags=re.S | re.M)
    written, ran = set(), 0
    for _, name, text in blocks:
        if name == "run":
            continue
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(text + "\n")
        written.add(name)
    environment = {**os.environ, "CMAKE_PREFIX_PATH": str(prefix), "CXX": compiler, "CXXFLAGS": flags,
                   "PATH": f"{prefix / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for _, name, text in blocks:
        if name == "run":
            subprocess.run(["sh", "-e", "-c", text], cwd=folder, env=environment, check=True)
            ran += 1
    if "acme/plugin.cpp" not in written or ran == 0 or not any("fixtures" in name for name in written):
        sys.exit("the README has lost its steps")
    return 0


if __name__ == "__main__":
    sys.exit(main())

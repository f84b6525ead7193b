"""`headers.py ROOT CACHE CXX FLAGS...`: every C++ header compiles alone. Where a source file of the same name
includes its header first, the build has shown it already. Others are looked at again only when they or something
they include has changed, so that the second run takes no time."""

import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys

import ladder


def digest(tree, header, command):
    seen, todo = {header}, [header]
    while todo:
        current = todo.pop()
        for include in tree.includes(current):
            file = tree.find(include, current)
            if file and file not in seen:
                seen.add(file)
                todo.append(file)
    hashed = hashlib.sha256(" ".join(command).encode())
    for file in sorted(seen):
        hashed.update(tree.text[file].encode())
    return hashed.hexdigest()


def shown_by_the_build(tree, header):
    source = header.with_suffix(".cpp")
    includes = tree.includes(source) if source in tree.text else []
    return bool(includes) and tree.find(includes[0], source) == header


def main():
    root, cache, compiler = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Werror", f"-I{root / 'host'}",
               f"-I{root / 'host/include'}", f"-I{root / 'plugin-api/include'}", f"-I{root / 'sandbox'}", *sys.argv[4:], "-x", "c++", "-"]
    tree = ladder.Tree(root)
    cache.mkdir(parents=True, exist_ok=True)
    # json_impl.hpp is the second half of json.hpp.
    headers = [path for path in tree.code("host", "plugins", "plugin-api", "sandbox")
               if path.suffix == ".hpp" and path.name != "json_impl.hpp" and not shown_by_the_build(tree, path)]

    def check(header):
        stamp = cache / digest(tree, header, command)
        if stamp.exists():
            return ""
        source = f'#include "{header}"\n#include "{header}"\n'
        result = subprocess.run([*command, f"-I{header.parent}"], input=source, capture_output=True, text=True,
                                check=False)
        if result.returncode == 0:
            stamp.touch()
            return ""
        return f"{tree.name(header)} does not compile alone:\n{result.stderr[:2000]}"

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [line for line in pool.map(check, headers) if line]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

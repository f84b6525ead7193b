"""`ladder.py ROOT` holds the shape of the code: which folder may include which, where the large libraries may be
mentioned, what files are called, how long they are, that sources are listed by hand, and that no money is a
floating-point number. `ladder.py ROOT --self-test` breaks each rule in a tree of its own and fails unless it is
noticed."""

import pathlib
import re
import sys
import tempfile

# What each folder of host/ may include besides itself. Arrows go one way; siblings do not see each other.
LOW = ["base", "model"]
PURE = LOW + ["config"]
PARTS = PURE + ["net", "store", "plugin", "routing", "billing"]
LEDGER = PURE + ["store", "billing"]
BELOW = {
    "base": [],
    "model": ["base"],
    "config": LOW,
    "net": LOW,
    "store": LOW,
    "plugin": LOW,
    "routing": PURE,
    "billing": PURE,
    "reconcile": LEDGER,
    "report": LEDGER,
    "engine": PARTS,
    "simulate": PARTS + ["engine"],
    "present": PARTS + ["reconcile", "report", "engine", "simulate"],
    "api": PARTS + ["reconcile", "report", "engine", "simulate", "present"],
    "app": PARTS + ["reconcile", "report", "engine", "simulate", "present", "api"],
}

# Folders inside a folder, by what they may see of each other; "" is the folder itself.
INSIDE = {
    "base": {"": ["text", "values"], "text": [], "values": ["", "text"]},
    "config": {"": ["sections", "yaml"], "yaml": [""], "sections": ["", "yaml"]},
}

# Public headers, by the folders that may use them. base and net know nothing of verifications.
PUBLIC = {
    "idswitch/verification.hpp": set(BELOW) - {"base", "net"},
    "idswitch/switch.hpp": {"engine", "simulate", "present", "api", "app"},
    "idswitch/abi/vocabulary.h": set(BELOW) - {"base", "net"},
    "idswitch/abi": {"plugin", "engine", "app"},  # everything else of the ABI
}

# Where a library may be mentioned: folders of host/, or "sandbox".
LIBRARIES = [
    (r"sqlite3\.h", {"store"}),
    (r"yaml-cpp/", {"config"}),
    (r"valijson/|boost/dll", {"plugin"}),
    (r"spdlog/", {"base"}),
    (r"CLI/", {"app", "sandbox"}),
    (r"openssl/(ssl|x509|bio|err)", {"net", "sandbox"}),
    (r"boost/beast", {"net", "sandbox"}),
    (r"boost/asio", {"net", "store", "engine", "api", "app", "sandbox"}),
    (r"boost/json", {"store", "plugin", "engine", "simulate", "present", "api", "sandbox"}),
]

# Asio for waiting is allowed where LIBRARIES says so; Asio for sockets and TLS only in net/, and what is outside
# must not see it through net's headers either: that is what keeps a build short.
STREAMS = r"boost/asio/(ip/|ssl|buffer|read|write|connect|basic_|generic|local|posix)|boost/beast|openssl/ssl"

# An adapter that includes one of these is about to do I/O, keep time or start a thread.
NOT_IN_PLUGINS = {"thread", "mutex", "atomic", "future", "condition_variable", "fstream", "iostream", "cstdio",
                  "stdio.h", "random", "ctime", "time.h", "filesystem", "csignal", "cstdlib", "locale",
                  "unistd.h", "fcntl.h", "dlfcn.h"}

BANNED_WORDS = {"util", "utils", "helper", "helpers", "common", "manager", "misc"}
LINES_MAX = 450
CODE = {".cpp", ".hpp", ".c", ".h"}
TREES = ["host", "plugins", "plugin-api", "sandbox", "tests", "examples", "bench", "cmake"]


def strip(text):
    """Without comments; strings stay."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


class Tree:
    def __init__(self, root):
        self.root = root
        self.files = sorted(path for tree in TREES for path in (root / tree).rglob("*") if path.is_file())
        self.text = {path: path.read_text(encoding="utf-8", errors="replace")
                     for path in self.files if path.suffix in CODE | {".py", ".cmake"} or path.name == "CMakeLists.txt"}

    def name(self, path):
        return str(path.relative_to(self.root))

    def code(self, *trees):
        return [path for path in self.files if path.suffix in CODE and path.relative_to(self.root).parts[0] in trees]

    def includes(self, path):
        return re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', strip(self.text[path]), flags=re.M)

    def find(self, include, start):
        """The file of this project that an include means, or None."""
        places = [start.parent, self.root / "host", self.root / "host/include", self.root / "plugin-api/include", self.root / "sandbox"]
        return next((place / include for place in places if (place / include) in self.text), None)

    def reached(self, path):
        """Every include below path, own files followed."""
        seen, names, todo = {path}, {}, [path]
        while todo:
            current = todo.pop()
            for include in self.includes(current):
                names.setdefault(include, current)
                file = self.find(include, current)
                if file and file not in seen:
                    seen.add(file)
                    todo.append(file)
        return names


def public_rule(include):
    if include in PUBLIC:
        return PUBLIC[include]
    if include.startswith("idswitch/abi"):
        return PUBLIC["idswitch/abi"]
    return set()


def host_includes(tree):
    for path in tree.code("host"):
        layer = path.relative_to(tree.root).parts[1]
        if layer == "include":
            for include in tree.includes(path):
                if "/" in include and not include.startswith("idswitch/"):
                    yield f"{tree.name(path)}: a public header includes {include}"
            continue
        if layer not in BELOW:
            yield f"{tree.name(path)}: {layer}/ is no rung of the ladder"
            continue
        for include in tree.includes(path):
            folder = include.split("/")[0]
            if folder == "idswitch" and layer not in public_rule(include):
                yield f"{tree.name(path)}: {layer} may not include {include}"
            if folder in BELOW and "/" in include and folder != layer and folder not in BELOW[layer]:
                yield f"{tree.name(path)}: {layer} may not see {folder} ({include})"


def libraries(tree):
    for path in tree.code("host", "sandbox"):
        parts = path.relative_to(tree.root).parts
        where = parts[1] if parts[0] == "host" else "sandbox"
        for include in tree.includes(path):
            for pattern, allowed in LIBRARIES:
                if re.match(pattern, include) and where not in allowed:
                    yield f"{tree.name(path)}: {include} belongs to {', '.join(sorted(allowed))}"
    for path in tree.code("host"):
        if path.relative_to(tree.root).parts[1] == "net":
            continue
        for include, through in tree.reached(path).items():
            if re.match(STREAMS, include):
                yield f"{tree.name(path)}: sees {include} through {tree.name(through)}"


def strangers(tree):
    """plugins know plugin-api alone, and themselves; the sandbox knows neither; plugin-api knows nobody."""
    for path in tree.code("plugins", "sandbox", "plugin-api"):
        where = path.relative_to(tree.root).parts[0]
        for include in tree.includes(path):
            own = (path.parent / include).exists() and "/" not in include
            if where == "plugins":
                good = own or include.startswith(("idswitch/sdk", "idswitch/abi")) or "/" not in include
                if include in NOT_IN_PLUGINS or include.startswith("sys/"):
                    yield f"{tree.name(path)}: an adapter does no I/O, keeps no time, starts no thread: {include}"
            elif where == "sandbox":
                good = not include.startswith("idswitch/") and include.split("/")[0] not in BELOW
            else:
                good = "/" not in include or include.startswith(("idswitch/abi", "idswitch/sdk"))
            if not good or ".." in include:
                yield f"{tree.name(path)}: {where} may not include {include}"


def files(tree):
    for path in tree.files:
        words = set(re.split(r"[_\-.]", path.stem.lower()))
        if words & BANNED_WORDS:
            yield f"{tree.name(path)}: name it after what is in it"
    for path, text in tree.text.items():
        lines = text.count("\n")
        if lines > LINES_MAX:
            yield f"{tree.name(path)}: {lines} lines, at most {LINES_MAX}: look for the second responsibility"
        if path.suffix == ".hpp" and not re.search(r"^#pragma once$", text, flags=re.M):
            yield f"{tree.name(path)}: has no #pragma once"


def builds(tree):
    lists = {path.parent: text for path, text in tree.text.items() if path.name == "CMakeLists.txt"}
    for path, text in tree.text.items():
        if path.suffix == ".cmake" or path.name == "CMakeLists.txt":
            if re.search(r"\bfile\s*\(\s*GLOB", text, flags=re.I):
                yield f"{tree.name(path)}: sources are listed by hand, not globbed"
    for path in tree.code("host", "plugins", "sandbox", "tests", "bench"):
        if path.suffix not in (".cpp", ".c"):
            continue
        folder, relative = path.parent, path.name
        while folder not in lists and folder != tree.root:
            relative = f"{folder.name}/{relative}"
            folder = folder.parent
        if not re.search(rf"(^|[\s/(]){re.escape(relative)}($|[\s)])", lists.get(folder, ""), flags=re.M):
            yield f"{tree.name(path)}: no CMakeLists.txt names it"


def money(tree):
    places = tree.code("host")
    for path in places:
        name = tree.name(path)
        about_money = name.startswith("host/billing/") or re.search(r"money|ledger|charge|contract", path.name)
        if about_money and re.search(r"\b(double|float)\b", strip(tree.text[path])):
            yield f"{name}: money is counted in whole micro-units"


RULES = [host_includes, libraries, strangers, files, builds, money]


def violations(root):
    tree = Tree(root)
    if not tree.files:
        return [f"{root} holds no code"]
    return [line for rule in RULES for line in rule(tree)]


# ---- the ladder itself, tested ----------------------------------------------------------------------

GOOD = {
    "host/base/CMakeLists.txt": "add_library(b STATIC error.cpp)\n",
    "host/base/error.cpp": '#include "base/error.hpp"\n',
    "host/base/error.hpp": "#pragma once\n#include <string>\n",
    "host/net/stream.hpp": "#pragma once\n#include <boost/asio/ip/tcp.hpp>\n",
    "host/net/client.hpp": "#pragma once\n#include <boost/asio/awaitable.hpp>\n",
    "host/engine/engine.hpp": '#pragma once\n#include "net/client.hpp"\n#include "idswitch/switch.hpp"\n',
    "host/include/idswitch/switch.hpp": "#pragma once\n#include <string>\n",
    "plugins/acme/request.hpp": "#pragma once\n#include <idswitch/sdk.hpp>\n#include <string>\n",
    "sandbox/acme.hpp": "#pragma once\n#include <boost/json.hpp>\n",
}

BROKEN = {
    "a lower folder sees a higher one": ("host/base/error.hpp", '#pragma once\n#include "engine/engine.hpp"\n'),
    "siblings see each other": ("host/store/x.hpp", '#pragma once\n#include "net/client.hpp"\n'),
    "routing sees the store": ("host/routing/x.hpp", '#pragma once\n#include "store/store.hpp"\n'),
    "a folder nobody knows": ("host/glue/x.hpp", "#pragma once\n"),
    "net knows verifications": ("host/net/x.hpp", '#pragma once\n#include "idswitch/verification.hpp"\n'),
    "config knows the plugin table": ("host/config/x.hpp", '#pragma once\n#include "idswitch/abi.h"\n'),
    "billing knows the embedding API": ("host/billing/x.hpp", '#pragma once\n#include "idswitch/switch.hpp"\n'),
    "a public header shows Boost": ("host/include/idswitch/x.hpp", "#pragma once\n#include <boost/json.hpp>\n"),
    "SQLite outside the store": ("host/engine/x.hpp", "#pragma once\n#include <sqlite3.h>\n"),
    "YAML outside the config": ("host/api/x.hpp", "#pragma once\n#include <yaml-cpp/yaml.h>\n"),
    "Asio in billing": ("host/billing/x.hpp", "#pragma once\n#include <boost/asio/post.hpp>\n"),
    "sockets in the engine": ("host/engine/x.hpp", "#pragma once\n#include <boost/asio/ip/tcp.hpp>\n"),
    "sockets through a header of net": ("host/engine/x.hpp", '#pragma once\n#include "net/stream.hpp"\n'),
    "a plugin sees the host": ("plugins/acme/x.hpp", '#pragma once\n#include "base/error.hpp"\n'),
    "a plugin sees another": ("plugins/acme/x.hpp", '#pragma once\n#include "../baidu/codes.hpp"\n'),
    "a plugin starts threads": ("plugins/acme/x.hpp", "#pragma once\n#include <thread>\n"),
    "a plugin sees Boost": ("plugins/acme/x.hpp", "#pragma once\n#include <boost/json.hpp>\n"),
    "the sandbox sees the ABI": ("sandbox/x.hpp", "#pragma once\n#include <idswitch/abi.h>\n"),
    "the SDK sees the host": ("plugin-api/include/idswitch/sdk/x.hpp", '#pragma once\n#include "base/error.hpp"\n'),
    "a banned name": ("host/base/text_utils.hpp", "#pragma once\n"),
    "a long file": ("host/base/long.hpp", "#pragma once\n" + "int x;\n" * 500),
    "no include guard": ("host/base/x.hpp", "int x;\n"),
    "a glob": ("host/net/CMakeLists.txt", "file(GLOB sources *.cpp)\n"),
    "a source nobody builds": ("host/base/dead.cpp", "int x;\n"),
    "money as double": ("host/base/money.hpp", "#pragma once\ndouble price;\n"),
    "a hold as float": ("host/billing/x.hpp", "#pragma once\nfloat hold;\n"),
}


def self_test():
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)

        def put(files_of):
            for file, text in files_of.items():
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                (root / file).write_text(text, encoding="utf-8")

        put(GOOD)
        wrong += [f"a good tree was blamed: {line}" for line in violations(root)]
        for what, (file, text) in BROKEN.items():
            put({file: text})
            if not violations(root):
                wrong.append(f"went unnoticed: {what}")
            (root / file).unlink()
            put({key: value for key, value in GOOD.items() if key == file})
    return wrong


def main():
    wrong = self_test() if "--self-test" in sys.argv else violations(pathlib.Path(sys.argv[1]))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

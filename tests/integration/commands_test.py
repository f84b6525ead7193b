"""The program's commands: what they print, where, and their exit codes."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import running
from running import PERSON, PHOTO

PRODUCTS = ("aliyun-faceid/sdk_v1_2", "aliyun-faceid/lite_v1", "baidu/voice_code", "jumdata/life_check_v2",
            "megvii/faceid_v5")


class Commands(running.SwitchTest):
    """The class's switch serves nothing here; its config file is what the commands read, its store is in use."""

    @classmethod
    def tearDownClass(cls):
        """Each `verify` has a store of its own, so there is no one ledger to hold against the vendors' books."""

    def run_command(self, *arguments, text="", environment=None):
        return subprocess.run(
            [running.program(), *arguments], input=text, capture_output=True, encoding="utf-8",
            timeout=running.WAIT_S, env=dict(os.environ, **running.SECRETS, **(environment or {})), check=False,
        )

    def written(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def other_config(self, name, change=None):
        """A config with a store of its own."""

        def all_changes(settings):
            settings["store"]["path"] = os.path.join(self.folder, name + ".db")
            if change:
                change(settings)

        return running.Switch(self.folder, self.sandbox, all_changes, name=name).configure().config_file

    def test_check_of_a_good_config(self):
        done = self.run_command("check", "-c", self.switch.config_file)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, self.switch.config_file + ": ok, 7 accounts, 2 tenants\n")

    def test_check_names_file_line_and_column_of_every_complaint(self):
        path = self.written("bad.yaml", "\n".join([
            "server:",
            "  listen: 127.0.0.1:0",
            "  public_url: http://127.0.0.1:1",
            "  body_bytes_maxx: 1MiB",
            "store:",
            "  path: x.db",
            "plugins:",
            f"  directory: {running.plugin_folder()}",
            "  allow: [baidu]",
            "accounts:",
            "  one:",
            "    product: baidu/voice_code",
            "    secrets: {api_key: 'env:NO_SUCH_VARIABLE', secret_key: 'env:BAIDU_SECRET'}",
            "    contract:",
            "      currency: CNY",
            "      prices: {sessioncode: cheap, verify: '0.2'}",
            "tenants: {}",
            "",
        ]))
        done = self.run_command("check", "-c", path)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertIn(path + ":4:3: ", done.stderr)
        self.assertIn("body_bytes_max", done.stderr)
        self.assertIn(path + ":13:24: ", done.stderr)
        self.assertIn("NO_SUCH_VARIABLE", done.stderr)
        self.assertIn(path + ":16:29: ", done.stderr)
        self.assertNotIn(running.SECRETS["BAIDU_SECRET"], done.stderr)

    def test_check_complains_about_what_only_the_plugins_know(self):
        def change(settings):
            settings["accounts"]["megvii"]["settings"]["liveness_id"] = 7
            settings["accounts"]["jumdata"]["product"] = "jumdata/life_check_v9"
            del settings["accounts"]["baidu"]["contract"]["prices"]["verify"]
            settings["tenants"]["bank"]["routes"][0]["accounts"] = ["baidu"]

        path = self.other_config("unfit", change)
        done = self.run_command("check", "-c", path)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        lines = done.stderr.splitlines()
        self.assertTrue(all(line.startswith(path + ":") for line in lines), lines)
        for words in ("liveness_id", "jumdata/life_check_v9", "SKU `verify` has no price", "does not offer method h5"):
            self.assertIn(words, done.stderr)

    def test_a_config_that_is_not_there_or_not_yaml(self):
        for path in (os.path.join(self.folder, "nowhere.yaml"), self.written("broken.yaml", "a: [1\nb: }")):
            tail = ("-t", "shop", "-r", "-")
            for command in (("check", "-c", path), ("serve", "-c", path), ("verify", "-c", path, *tail)):
                with self.subTest(command):
                    done = self.run_command(*command, text='{"method":"h5","checks":["liveness"]}')
                    self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                    self.assertIn(path, done.stderr)

    def test_verify_runs_one_to_its_end(self):
        request = {"method": "h5", "checks": ["liveness"],
                   "vendor_options": {"jumdata/life_check_v2": {"title": "sandbox:200"}}}
        done = self.run_command("verify", "-c", self.other_config("verify-1"), "-t", "shop", "-r", "-", "--wait", "20",
                                text=json.dumps(request))
        self.assertEqual(done.returncode, 0, done)
        first, last = (json.loads(line) for line in done.stdout.splitlines())
        self.assertEqual((first["status"], last["status"], last["verdict"]), ("awaiting_user", "completed", "pass"))
        self.assertEqual(last["charges"][0]["state"], "captured")

    def test_verify_submits_a_video(self):
        video = self.written("video.mp4", "sandbox:0:LOW_SCORE")
        request = self.written("request.json", json.dumps({"method": "video_code", "checks": ["liveness"]}))
        done = self.run_command("verify", "-c", self.other_config("verify-2"), "-t", "shop", "-r", request,
                                "--video", video)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["verdict"], "fail")

    def test_verify_says_what_went_wrong(self):
        config = self.other_config("verify-3")

        def verify(text, tenant="shop"):
            return self.run_command("verify", "-c", config, "-t", tenant, "-r", "-", text=text)

        done = verify('{"method":"h5"}')
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertTrue(done.stderr.startswith("/checks: "), done.stderr)
        done = verify('{"method":"h5","checks":["liveness"]}', "nobody")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nobody", done.stderr)
        self.sandbox.fault("vendor_error", "jumdata", "init", code="607", times=1)
        done = verify('{"method":"h5","checks":["liveness"]}')
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(json.loads(done.stdout)["failure"]["code"], "no_vendor_available")
        done = self.run_command("verify", "-c", self.switch.config_file, "-t", "shop", "-r", "-",
                                text='{"method":"h5","checks":["liveness"]}')
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertIn(self.switch.store_file, done.stderr)

    def test_verify_never_prints_whom_it_verifies(self):
        request = {"method": "sdk", "checks": ["liveness", "id_match"], "person": PERSON}
        done = self.run_command("verify", "-c", self.other_config("verify-4"), "-t", "shop", "-r", "-",
                                text=json.dumps(request))
        self.assertEqual(done.returncode, 0, done)
        for text in (PERSON["name"], PERSON["id_number"], *running.SECRETS.values()):
            self.assertNotIn(text, done.stdout + done.stderr)

    def test_plugin_list(self):
        done = self.run_command("plugin", "list", running.plugin_folder())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        listed = [line.split()[0] for line in done.stdout.splitlines()]
        self.assertEqual(listed, sorted(listed, key=lambda id: id.split("/")[0]))
        self.assertLessEqual(set(PRODUCTS), set(listed))
        self.assertIn("video_code  liveness", done.stdout)
        done = self.run_command("plugin", "list", os.path.join(self.folder, "nowhere"))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("nowhere", done.stderr)

    def test_plugin_list_goes_on_behind_a_file_that_is_no_plugin(self):
        scratch = tempfile.TemporaryDirectory(prefix="plugins-", dir=running.build)
        self.addCleanup(scratch.cleanup)
        folder = scratch.name
        with open(os.path.join(folder, "libidswitch_aaa.so"), "wb") as file:
            file.write(PHOTO)
        name = "libidswitch_baidu.so"
        os.symlink(os.path.join(running.plugin_folder(), name), os.path.join(folder, name))
        done = self.run_command("plugin", "list", folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("libidswitch_aaa.so", done.stderr)
        self.assertTrue(done.stdout.startswith("baidu/voice_code"), done)

    def test_plugin_inspect(self):
        files = [os.path.join(running.plugin_folder(), f"libidswitch_{name}.so") for name in ("baidu", "jumdata")]
        done = self.run_command("plugin", "inspect", *files)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for words in ("product baidu/voice_code", "secret api_key (required)", "216500", "SKU sessioncode",
                      "product jumdata/life_check_v2", "settings schema: {"):
            self.assertIn(words, done.stdout)
        done = self.run_command("plugin", "inspect", os.path.join(self.folder, "nowhere.so"))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("nowhere.so", done.stderr)

    def test_a_plugin_in_a_folder_that_others_may_write_is_refused(self):
        folder = os.path.join(self.folder, "plugins")
        os.mkdir(folder)
        os.chmod(folder, 0o1777)
        name = "libidswitch_baidu.so"
        shutil.copy(os.path.join(running.plugin_folder(), name), folder)
        path = self.other_config("open", lambda settings: settings["plugins"].update(directory=folder, allow=["baidu"]))
        done = self.run_command("check", "-c", path)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done)
        self.assertIn(name, done.stderr)
        self.assertIn("everybody may put files into", done.stderr)

    def core_limit(self, switch):
        with open(f"/proc/{switch.process.pid}/limits", encoding="ascii") as file:
            line = next(one for one in file if one.startswith("Max core file size"))
        return tuple(resource.RLIM_INFINITY if word == "unlimited" else int(word) for word in line.split()[4:6])

    def test_serve_leaves_no_core_dump_unless_told_to(self):
        self.assertEqual(self.core_limit(self.switch), (0, 0))
        switch = running.Switch(self.folder, self.sandbox, lambda settings: settings["store"].update(
            path=os.path.join(self.folder, "dumping.db")), name="dumping")
        switch.command.append("--core-dumps")
        self.addCleanup(switch.stop)
        switch.start()
        self.assertEqual(self.core_limit(switch), resource.getrlimit(resource.RLIMIT_CORE))

    def test_the_command_line_itself(self):
        done = self.run_command("--version")
        self.assertEqual((done.returncode, done.stdout.split()[0]), (0, "idswitch"))
        self.assertEqual(self.run_command("--help").returncode, 0)
        for wrong in ((), ("serve",), ("frobnicate",), ("check", "-x"), ("plugin",)):
            with self.subTest(wrong):
                self.assertNotEqual(self.run_command(*wrong).returncode, 0)


if __name__ == "__main__":
    running.main()

"""The systemd units, provider.toml and the handbook's configuration fit together. Standard library only."""

import re
import tomllib
import unittest
from pathlib import PurePosixPath

import options
from metrics import ROOT

UNITS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("scripts/systemd/*.service"))}
SAMPLE = (ROOT / "scripts/config/provider.toml").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HANDBOOK = re.search(r"\*\*Configure\.\*\*.*?```toml\n(.*?)```", README, re.DOTALL).group(1)


def setting(unit, key):
    """What a unit gives a key, which it has once."""
    (value,) = re.findall(rf"^{key}=(.*)$", UNITS[unit], re.MULTILINE)
    return value


def keys(table, prefix=""):
    """The keys of a configuration as the worker reads them: `listen` in the table `[p2p]` is `p2p-listen`."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from keys(value, f"{prefix}{key}-")
        else:
            yield f"{prefix}{key}"


class Units(unittest.TestCase):
    """lattice-node.service and lattice-worker.service."""

    def test_have_one_user_and_one_place_to_write(self):
        self.assertEqual(set(UNITS), {"lattice-node", "lattice-worker"})
        for key in ("User", "Group", "StateDirectory", "RuntimeDirectory", "ProtectSystem", "Environment"):
            node, worker = (setting(unit, key) for unit in UNITS)
            self.assertEqual(node, worker, key)
        self.assertEqual(setting("lattice-worker", "ProtectSystem"), "strict")
        runtime = setting("lattice-worker", "RuntimeDirectory")
        self.assertEqual(setting("lattice-worker", "Environment"), f"XDG_RUNTIME_DIR=/run/{runtime}")

    def test_say_how_that_user_is_made(self):
        for unit, text in UNITS.items():
            home, user = re.search(r"^#   useradd --system --home-dir (\S+) (\S+)$", text, re.MULTILINE).groups()
            self.assertEqual(user, setting(unit, "User"), unit)
            self.assertEqual(home, f"/var/lib/{setting(unit, 'StateDirectory').split()[0]}", unit)

    def test_say_how_their_programs_are_built_and_installed(self):
        workspace = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))
        for unit, text in UNITS.items():
            profile, packages = re.search(r"^#   cargo build --profile (\S+) --locked (.+)$", text, re.MULTILINE).groups()
            self.assertIn(profile, workspace["profile"], unit)
            folder, built, names = re.search(
                r'^#   sudo install -t (\S+) "\$CARGO_TARGET_DIR"/(\w+)/lattice\{(.*)\}$', text, re.MULTILINE
            ).groups()
            self.assertEqual(built, profile, unit)
            installed = {f"{folder}/lattice{name}" for name in names.split(",")}
            self.assertIn(setting(unit, "ExecStart").split()[0], installed)
            self.assertEqual(len(packages.split("-p ")) - 1, len(installed), unit)

    def test_name_the_files_that_are_installed(self):
        text = UNITS["lattice-worker"]
        installed = set(re.findall(r"^#   install -D .* (/\S+)$", text, re.MULTILINE))
        for path in (re.search(r"--config (\S+)", setting("lattice-worker", "ExecStart")).group(1), tomllib.loads(SAMPLE)["key-file"]):
            self.assertIn(path, installed)

    def test_start_programs_with_options_that_they_have(self):
        for unit, known in (("lattice-node", options.node()), ("lattice-worker", options.worker())):
            if known is None:
                self.skipTest("options of lattice-node: the sources of sc-cli are not in cargo's registry here")
            for option in options.given(setting(unit, "ExecStart")):
                self.assertIn(option, known, f"{unit}: --{option}")

    def test_give_the_worker_longer_than_it_takes_to_stop(self):
        for unit in UNITS:
            self.assertGreater(int(setting(unit, "TimeoutStopSec")), tomllib.loads(SAMPLE)["stop-patience"], unit)


class Configurations(unittest.TestCase):
    """scripts/config/provider.toml and the one in the README."""

    def setUp(self):
        self.both = [tomllib.loads(text) for text in (SAMPLE, HANDBOOK)]

    def test_write_only_where_both_units_let_them(self):
        for unit in UNITS:
            writable = [PurePosixPath("/var/lib", folder) for folder in setting(unit, "StateDirectory").split()]
            base = re.search(r"--base-path (\S+)", setting("lattice-node", "ExecStart")).group(1)
            self.assertEqual(PurePosixPath(base), writable[0])
            for configuration in self.both:
                for key in ("models", "data"):
                    # Made by systemd, so that it is there, and the user's, at the first start.
                    self.assertIn(PurePosixPath(configuration[key]), writable, f"{unit}: {key}")

    def test_agree_about_files_addresses_and_the_device(self):
        for key in ("chain", "key-file", "models", "data", "metrics", "device", "p2p"):
            sample, handbook = (configuration[key] for configuration in self.both)
            self.assertEqual(sample, handbook, key)

    def test_have_only_keys_that_the_worker_knows(self):
        for configuration in self.both:
            for key in keys(configuration):
                self.assertIn(key, options.worker())
        whole = tomllib.loads(re.sub(r"^#([a-z0-9-]+ = )", r"\1", SAMPLE, flags=re.MULTILINE))
        commented = set(keys(whole)) - set(keys(tomllib.loads(SAMPLE)))
        self.assertIn("p2p-external", commented)
        for key in commented:
            self.assertIn(key, options.worker())


if __name__ == "__main__":
    unittest.main()

"""Dockerfile, compose.yaml and chart fit the programs and the scripts. Needs PyYAML and curl for some of it."""

import http.server
import re
import shutil
import subprocess
import tempfile
import threading
import tomllib
import unittest

import chart
import options
from metrics import ROOT

DOCKER = ROOT / "scripts/docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
WORKSPACE = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))


class TheImage(unittest.TestCase):
    """Dockerfile."""

    def test_has_the_packages_that_setup_installs(self):
        setup = (ROOT / "scripts/setup.sh").read_text(encoding="utf-8")
        needed = set(re.search(r"^debian (build-essential .*)$", setup, re.MULTILINE).group(1).split())
        # The image of Rust has a C compiler.
        for package in needed - {"build-essential"}:
            self.assertRegex(DOCKERFILE, rf"[ \n]{re.escape(package)}[ \n]", package)

    def test_is_built_from_packages_profiles_and_features_that_there_are(self):
        profile = re.search(r"^ARG PROFILE=(\w+)$", DOCKERFILE, re.MULTILINE).group(1)
        self.assertIn(profile, WORKSPACE["profile"])
        packages = {}
        for member in WORKSPACE["workspace"]["members"]:
            manifest = tomllib.loads((ROOT / member / "Cargo.toml").read_text(encoding="utf-8"))
            packages[manifest["package"]["name"]] = manifest
        for package in re.findall(r"--package ([\w-]+)", DOCKERFILE):
            self.assertIn(package, packages)
        self.assertLessEqual({"cuda", "wgpu"}, set(packages["lattice-worker"]["features"]))

    def test_is_built_with_a_rust_that_is_new_enough(self):
        version = re.search(r"^ARG RUST_VERSION=([\d.]+)$", DOCKERFILE, re.MULTILINE).group(1)
        needed = WORKSPACE["workspace"]["package"]["rust-version"]
        self.assertGreaterEqual([int(n) for n in version.split(".")], [int(n) for n in needed.split(".")])

    def test_leaves_nothing_out_of_its_context_that_it_copies(self):
        ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        for kept in ("!scripts/env.sh", "!scripts/docker"):
            self.assertGreater(ignored.index(kept), ignored.index("scripts/*"))

    def test_runs_as_the_user_that_the_chart_names(self):
        user = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE).groups()
        values = (chart.CHART / "values.yaml").read_text(encoding="utf-8")
        for key, number in zip(("runAsUser", "runAsGroup", "fsGroup"), (user[0], user[1], user[1])):
            self.assertIn(f"{key}: {number}\n", values)

    def test_names_every_port_that_something_listens_at(self):
        exposed = set(re.search(r"^EXPOSE (.*)$", DOCKERFILE, re.MULTILINE).group(1).split())
        compose = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
        listened = set(re.findall(r"--(?:metrics|gateway)=0\.0\.0\.0:(\d+)", compose))
        listened |= set(re.findall(r"--p2p-listen=/ip4/0\.0\.0\.0/tcp/(\d+)", compose))
        for name in ("validator", "provider"):
            text = (chart.CHART / f"templates/{name}.yaml").read_text(encoding="utf-8")
            listened |= set(re.findall(r"containerPort: (\d+)", text))
        self.assertEqual(exposed, listened)

    def test_is_built_as_its_first_lines_say(self):
        given = set(re.findall(r"^#.*--build-arg (\w+)=", DOCKERFILE, re.MULTILINE))
        declared = set(re.findall(r"^ARG (\w+)", DOCKERFILE, re.MULTILINE))
        self.assertIn("RUNTIME_IMAGE", given)
        self.assertLessEqual(given, declared)

    def test_runs_a_provider_as_its_first_lines_say(self):
        run = re.search(r"^#   docker run .*?[^\\]$", DOCKERFILE, re.MULTILINE | re.DOTALL).group()
        docker, worker = run.split(" --entrypoint lattice-worker lattice ")
        for option in options.given(worker):
            self.assertIn(option, options.worker(), f"--{option}")
        for needed in ("chain", "key-file", "data", "models", "p2p-listen"):
            self.assertIn(needed, options.given(worker))
        # What is published is listened at, and asked by the health check where that is not peers.
        for published in re.findall(r"--publish (\S+)", docker):
            self.assertRegex(worker, rf"0\.0\.0\.0(:|/tcp/){published.rsplit(':')[-1]}\b")
        port = re.search(r"--metrics 0\.0\.0\.0:(\d+)", worker).group(1)
        asked = dict(re.findall(rf"--env (\w+)=http://127\.0\.0\.1:{port}(/\w+)", docker))
        self.assertEqual(asked, {"LATTICE_HEALTH_URL": "/health", "LATTICE_LIVE_URL": "/live"})
        self.assertIn("init", options.given(docker))
        # Who reads the key and writes the data is the image's user.
        user = re.search(r"^USER (\d+):", DOCKERFILE, re.MULTILINE).group(1)
        self.assertEqual(set(re.findall(r"^#   install .* -o (\d+) -g", DOCKERFILE, re.MULTILINE)), {user})


@unittest.skipUnless(shutil.which("curl"), "the image's health check: curl is not installed")
class TheHealthCheck(unittest.TestCase):
    """health.sh."""

    def setUp(self):
        pages = self.pages = {"/health": 200}
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = scratch.name

        class Worker(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(pages.get(self.path, 404))
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Worker)
        self.at = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def check(self, **urls):
        """Whether it is found to be well, and what is said; a signal is said, not sent."""
        script = DOCKER / "health.sh"
        run = subprocess.run(
            ["sh", "-c", 'kill() { echo "kill $*"; }; . "$0"', str(script)],
            env={"PATH": "/usr/bin:/bin", "TMPDIR": self.scratch, **urls}, capture_output=True, text=True, check=False,
        )
        return run.returncode == 0, run.stdout + run.stderr

    def test_finds_a_node_well_or_not(self):
        self.assertEqual(self.check(LATTICE_HEALTH_URL=f"{self.at}/health"), (True, ""))
        self.pages["/health"] = 503
        well, said = self.check(LATTICE_HEALTH_URL=f"{self.at}/health")
        self.assertFalse(well)
        self.assertIn("says 503", said)
        self.assertIn("says 000", self.check(LATTICE_HEALTH_URL="http://127.0.0.1:9/health")[1])

    def test_ends_a_worker_that_hangs_and_no_other(self):
        urls = {"LATTICE_HEALTH_URL": f"{self.at}/health", "LATTICE_LIVE_URL": f"{self.at}/live"}
        for live, health, well, ended in [(200, 200, True, False), (200, 503, False, False), (404, 200, True, False), (503, 503, False, True)]:
            self.pages.update({"/live": live, "/health": health})
            found, said = self.check(**urls)
            self.assertEqual((found, "kill -s TERM 1" in said), (well, ended), (live, health, said))
        silent = {**urls, "LATTICE_LIVE_URL": "http://127.0.0.1:9/live"}
        self.pages["/health"] = 200
        self.assertEqual(self.check(**silent), (True, ""))

    def test_ends_a_worker_that_falls_silent_and_none_that_starts(self):
        there = {"LATTICE_HEALTH_URL": f"{self.at}/health", "LATTICE_LIVE_URL": f"{self.at}/live"}
        silent = {name: url.replace(self.at, "http://127.0.0.1:9") for name, url in there.items()}
        self.pages["/live"] = 200

        def signals(checks):
            """Those of so many checks without an answer."""
            found = [self.check(**silent) for _ in range(checks)]
            self.assertFalse(any(well for well, _ in found))
            return ["".join(re.findall(r"kill -s (KILL|TERM)", said)) for _, said in found]

        self.assertEqual(signals(9), [""] * 9)
        for _ in range(2):
            self.assertEqual(self.check(**there), (True, ""))
            # An answer in between, and it begins anew.
            self.assertEqual(signals(7), [""] * 7)
        self.assertEqual(signals(2), ["TERM", "KILLTERM"])
        # A node has no such page: nothing of it is counted.
        self.assertIn("says 000", self.check(LATTICE_HEALTH_URL=silent["LATTICE_HEALTH_URL"])[1])


@unittest.skipUnless(chart.yaml, "compose.yaml: PyYAML is not installed")
class TheNetwork(unittest.TestCase):
    """compose.yaml."""

    def setUp(self):
        self.compose = chart.yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
        self.services = self.compose["services"]

    def test_has_three_validators_and_a_provider(self):
        validators = [name for name, service in self.services.items() if f"--{name}" in service.get("command", [])]
        self.assertEqual(validators, ["alice", "bob", "charlie"])
        # Those that `local` has; all have to be up for blocks to become final.
        presets = (ROOT / "runtime/src/genesis_config_presets.rs").read_text(encoding="utf-8")
        local = re.search(r"\nfn local_testnet\(\).*?\n}", presets, re.DOTALL).group()
        self.assertEqual([name.lower() for name in re.findall(r"authority\(Sr25519Keyring::(\w+)", local)], validators)
        for name in validators:
            self.assertIn("--chain=local", self.services[name]["command"])
        self.assertEqual(self.services["provider"]["entrypoint"], ["lattice-worker"])

    def test_keeps_state_in_volumes_and_mounts_only_what_there_is(self):
        for name, service in self.services.items():
            for mount in service.get("volumes", []):
                source = mount.split(":")[0]
                if source.startswith("."):
                    there = (DOCKER / source).exists() or source == "./models"
                    self.assertTrue(there, f"{name}: {source}")
                else:
                    self.assertIn(source, self.compose["volumes"], name)

    def test_is_reached_from_this_machine_only(self):
        for name, service in self.services.items():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), f"{name}: {port}")

    def test_asks_the_worker_for_pages_that_it_has(self):
        provider = self.services["provider"]
        (port,) = re.findall(r"--metrics=0\.0\.0\.0:(\d+)", " ".join(provider["command"]))
        for url in provider["environment"].values():
            self.assertRegex(url, rf"^http://127\.0\.0\.1:{port}/")
            self.assertIn(url.rsplit(port)[1], options.worker_pages())
        self.assertIn("LATTICE_LIVE_URL", provider["environment"])
        # Who is told to stop is process 1, which has to pass that on, and to be started again.
        self.assertTrue(provider["init"])
        self.assertEqual(provider["restart"], "unless-stopped")

    def test_takes_private_inputs_where_the_chain_says_that_the_provider_is(self):
        text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
        (external,) = re.findall(r"--p2p-external=(\S+)", " ".join(self.services["provider"]["command"]))
        self.assertRegex(external, "^/dns4/provider/tcp/")
        self.assertRegex(text, rf"(?m)^#   .*provider register .*--endpoint {external} ")
        # A requester's copy of the input outlives its container.
        state = self.services["cli"]["environment"]["XDG_STATE_HOME"]
        self.assertIn(f"cli:{state}", self.services["cli"]["volumes"])

    def test_is_watched_by_prometheus_where_it_listens(self):
        targets = chart.yaml.safe_load((DOCKER / "targets.yml").read_text(encoding="utf-8"))
        hosts = {target.split(":")[0] for group in targets for target in group["targets"]}
        self.assertEqual(hosts, {"alice", "bob", "charlie", "provider"})

    def test_gives_the_programs_options_that_they_have(self):
        known = {"lattice-node": options.node(), "lattice-worker": options.worker()}
        for name, service in self.services.items():
            if service["image"] != "lattice" or name == "cli":
                continue
            program = service.get("entrypoint", ["lattice-node"])[0]
            if known[program] is None:
                self.skipTest("options of lattice-node: the sources of sc-cli are not in cargo's registry here")
            for option in options.given(" ".join(service["command"])):
                self.assertIn(option, known[program], f"{name}: --{option}")


class TheChart(unittest.TestCase):
    """Its commands."""

    def command(self, name):
        text = (chart.CHART / f"templates/{name}.yaml").read_text(encoding="utf-8")
        return re.search(r"\n {10}args:\n((?: {12}.*\n)+) {10}env:", text.split("      containers:")[1]).group(1)

    def test_asks_the_worker_for_pages_that_it_has(self):
        text = (chart.CHART / "templates/provider.yaml").read_text(encoding="utf-8")
        probes = dict(re.findall(r"(\w+)Probe:\n +httpGet: \{ path: (\S+), port: metrics \}", text))
        self.assertEqual(probes, {"liveness": "/live", "readiness": "/health"})
        self.assertLessEqual(set(probes.values()), options.worker_pages())

    def test_gives_the_worker_options_that_it_has(self):
        given = options.given(self.command("provider"))
        self.assertIn("key-file", given)
        for option in given:
            self.assertIn(option, options.worker(), f"--{option}")

    def test_gives_the_node_options_that_it_has(self):
        known = options.node()
        if known is None:
            self.skipTest("options of lattice-node: the sources of sc-cli are not in cargo's registry here")
        given = options.given(self.command("validator"))
        self.assertIn("node-key-file", given)
        for option in given:
            self.assertIn(option, known, f"--{option}")


if __name__ == "__main__":
    unittest.main()

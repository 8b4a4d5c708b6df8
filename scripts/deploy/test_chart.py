"""The Helm chart says what it means. Needs PyYAML; rendering needs Helm, its check kubernetes-validate."""

import re
import tomllib
import unittest

import chart

try:
    import kubernetes_validate
except ImportError:
    kubernetes_validate = None

KUBERNETES = ("1.27", "1.30", "1.34")
PROVIDER_ALONE = {
    "validator": {"enabled": False},
    "provider": {"enabled": True, "chain": "wss://node.example:443"},
}
EVERYTHING = {
    "imagePullSecrets": [{"name": "registry"}],
    "chain": {"spec": "/chain/spec.json", "bootnodes": ["/dns/a.example/tcp/30333/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUj2kj6vnc6iDEp"]},
    "serviceAccount": {"annotations": {"a": "b"}},
    "validator": {
        "extraArgs": ["--pool-limit=9000"],
        "persistence": {"storageClass": "fast"},
        "nodeSelector": {"disk": "nvme"},
        "tolerations": [{"key": "chain", "operator": "Exists"}],
        "podAnnotations": {"a": "b"},
    },
    "provider": {
        "enabled": True,
        "device": "cuda:0",
        "gpu": {"enabled": True, "count": 2, "runtimeClassName": "nvidia"},
        "gateway": {"enabled": True, "type": "LoadBalancer"},
        "p2p": {"enabled": True},
        "config": 'max-parallel = 2\n\n[p2p]\nexternal = ["/dns/provider.example/tcp/30400"]\n',
        "extraArgs": ["--watch"],
    },
    "metrics": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}}},
    "networkPolicy": {"rpcFrom": [{"podSelector": {"matchLabels": {"app": "wallet"}}}]},
}
ALL_FETCHED = {**EVERYTHING, "provider": {**EVERYTHING["provider"], "modelsClaim": ""}}
CASES = {"as it is": {}, "a provider alone": PROVIDER_ALONE, "everything": EVERYTHING, "all models fetched": ALL_FETCHED}


@unittest.skipUnless(chart.yaml, "the chart's values: PyYAML is not installed")
class Files(unittest.TestCase):
    """Without Helm."""

    def setUp(self):
        self.values = chart.values_of_the_chart()

    def test_templates_take_only_values_that_there_are(self):
        for path in chart.referenced():
            at = self.values
            for key in path.split("."):
                # What is below an empty map or list is the user's.
                self.assertIn(key, at, path)
                at = at[key]

    def test_every_value_is_taken_by_a_template(self):
        taken = chart.referenced()
        # Handed to a helper or to toYaml as a whole.
        whole = {path for path in taken if isinstance(self.at(path), dict)} - {"validator", "provider"}
        placed = {f"{part}.{key}" for part in ("validator", "provider") for key in ("nodeSelector", "tolerations", "affinity")}
        for leaf in chart.leaves(self.values):
            covered = leaf in taken | placed or any(leaf.startswith(f"{path}.") for path in whole)
            self.assertTrue(covered, leaf)

    def at(self, path):
        at = self.values
        for key in path.split("."):
            at = at[key]
        return at

    def test_what_peers_send_fits_into_the_volume_with_room_for_what_must_not_be_lost(self):
        provider = self.values["provider"]
        number, unit = re.fullmatch(r"([0-9]+)([MG]i)", provider["persistence"]["size"]).groups()
        volume = int(number) * {"Mi": 1, "Gi": 1024}[unit]
        self.assertLessEqual(provider["p2p"]["storeQuotaMib"], volume - 1024)

    def test_every_value_is_in_the_schema(self):
        schema = chart.schema_of_the_chart()

        def walk(values, at, path):
            while "$ref" in at:
                at = schema["definitions"][at["$ref"].rsplit("/", 1)[1]]
            for key, value in values.items():
                if "properties" not in at:
                    return
                self.assertIn(key, at["properties"], f"{path}{key}")
                if isinstance(value, dict):
                    walk(value, at["properties"][key], f"{path}{key}.")

        walk(self.values, schema, "")

    def test_every_block_of_a_template_ends(self):
        for path in chart.TEMPLATES:
            text = path.read_text(encoding="utf-8")
            self.assertEqual(text.count("{{"), text.count("}}"), path.name)
            self.assertEqual(chart.blocks(text), 0, path.name)
        self.assertEqual(chart.blocks("{{- if .a }} {{ .b }}"), 1)
        self.assertEqual(chart.blocks("{{ end }}{{ if .a }}"), -1)


@unittest.skipUnless(chart.yaml and chart.has_helm(), "the rendered chart: helm is not installed")
class Rendered(unittest.TestCase):
    """By Helm."""

    def test_helm_has_nothing_to_say(self):
        self.assertEqual(chart.lint(), [])

    @unittest.skipUnless(kubernetes_validate, "the rendered objects: kubernetes-validate is not installed")
    def test_kubernetes_takes_every_object(self):
        for case, values in CASES.items():
            for item in chart.render(values):
                if item["apiVersion"].startswith("monitoring.coreos.com"):
                    continue
                for version in KUBERNETES:
                    with self.subTest(case=case, kind=item["kind"], version=version):
                        kubernetes_validate.validate(item, version, strict=True)

    def test_services_find_pods_and_ports(self):
        for case, values in CASES.items():
            items = chart.render(values)
            pods = [item["spec"]["template"] for item in items if item["kind"] == "StatefulSet"]
            for service in (item for item in items if item["kind"] == "Service"):
                selector = service["spec"]["selector"].items()
                chosen = [pod for pod in pods if selector <= pod["metadata"]["labels"].items()]
                self.assertEqual(len(chosen), 1, (case, service["metadata"]["name"]))
                ports = {port["name"] for port in chosen[0]["spec"]["containers"][0]["ports"]}
                for port in service["spec"]["ports"]:
                    self.assertIn(port["targetPort"], ports, case)

    def test_no_pod_is_root_or_writes_its_own_image(self):
        for values in CASES.values():
            for item in chart.render(values):
                if item["kind"] != "StatefulSet":
                    continue
                pod = item["spec"]["template"]["spec"]
                self.assertTrue(pod["securityContext"]["runAsNonRoot"])
                self.assertFalse(pod["automountServiceAccountToken"])
                for container in pod["initContainers"] + pod["containers"]:
                    self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
                    self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]})

    def test_secrets_are_named_and_never_written_down(self):
        for values in CASES.values():
            for item in chart.render(values):
                self.assertNotEqual(item["kind"], "Secret")
                self.assertNotIn("--suri=", str(item))
                self.assertNotIn("dev-seed", str(item))

    def test_an_accelerator_is_asked_for_beside_the_other_limits(self):
        items = chart.render(EVERYTHING)
        (provider,) = [i for i in items if i["metadata"]["name"] == "demo-lattice-provider" and i["kind"] == "StatefulSet"]
        resources = provider["spec"]["template"]["spec"]["containers"][0]["resources"]
        self.assertEqual(resources["limits"], {"memory": "8Gi", "nvidia.com/gpu": "2"})
        self.assertEqual(resources["requests"], {"cpu": "2", "memory": "1Gi"})

    @unittest.skipUnless(chart.helm_python, "the chart's notes: Helm's library is not installed")
    def test_an_accelerator_comes_with_a_word_about_the_image(self):
        def warned(**provider):
            return chart.notes({"provider": {"enabled": True, **provider}}).count("WARNING")

        self.assertEqual(warned(), 0)
        self.assertEqual(warned(device="cpu"), 0)
        self.assertEqual(warned(device="wgpu:0"), 1)
        self.assertEqual(warned(gpu={"enabled": True}), 1)
        self.assertEqual(warned(gpu={"enabled": True}, device="cpu"), 2)
        self.assertIn("WORKER_FEATURES=cuda", chart.notes(EVERYTHING))
        self.assertNotIn("WARNING", chart.notes({"provider": {"enabled": False, "gpu": {"enabled": True}}}))

    @unittest.skipUnless(chart.helm_python, "the chart's notes: Helm's library is not installed")
    def test_the_notes_make_the_secret_and_the_claim_that_the_provider_mounts(self):
        for values in (PROVIDER_ALONE, EVERYTHING):
            said = chart.notes(values)
            (provider,) = [i for i in chart.render(values) if i["metadata"]["name"] == "demo-lattice-provider" and i["kind"] == "StatefulSet"]
            pod = provider["spec"]["template"]["spec"]
            volumes = {volume["name"]: volume for volume in pod["volumes"]}
            secret, key = re.search(r"create secret generic (\S+) --namespace prod --from-file=(\S+)=provider.key", said).groups()
            self.assertEqual(secret, volumes["secret"]["secret"]["secretName"])
            self.assertIn(f"/secret/{key}", pod["initContainers"][0]["command"])
            # At the margin, so that the shell and YAML see their marks.
            made = list(chart.yaml.safe_load_all(re.search(r"<<'END'\n(.*?)\nEND\n", said, re.DOTALL).group(1)))
            claim, fill = made
            self.assertEqual(claim["metadata"]["name"], volumes["models"]["persistentVolumeClaim"]["claimName"])
            (volume,) = fill["spec"]["volumes"]
            self.assertEqual(volume["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"])
            self.assertIn(f"pod/{fill['metadata']['name']}\n", said)
            if kubernetes_validate:
                for item in made:
                    kubernetes_validate.validate(item, KUBERNETES[0], strict=True)

    @unittest.skipUnless(chart.helm_python, "the chart's notes: Helm's library is not installed")
    def test_without_a_claim_all_models_are_fetched(self):
        self.assertNotIn("persistentVolumeClaim", str(chart.render(ALL_FETCHED)))
        said = chart.notes(ALL_FETCHED)
        self.assertIn("All models", said)
        self.assertNotIn("kubectl cp", said)

    def test_what_hangs_is_restarted_after_two_minutes_of_silence(self):
        for item in chart.render(EVERYTHING):
            if item["kind"] == "StatefulSet":
                probe = item["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]
                self.assertEqual(probe["periodSeconds"] * probe["failureThreshold"], 120, item["metadata"]["name"])

    def test_more_configuration_is_a_file(self):
        (config,) = [i for i in chart.render(EVERYTHING) if i["kind"] == "ConfigMap"]
        said = tomllib.loads(config["data"]["worker.toml"])
        self.assertEqual(said, {"max-parallel": 2, "p2p": {"external": ["/dns/provider.example/tcp/30400"]}})
        (empty,) = [i for i in chart.render(PROVIDER_ALONE) if i["kind"] == "ConfigMap"]
        self.assertEqual(tomllib.loads(empty["data"]["worker.toml"]), {})

    def test_fetched_models_have_their_share_of_the_volume(self):
        self.assertIn("--store-quota-mib=8192", str(chart.render(EVERYTHING)))
        more = {**EVERYTHING, "provider": {**EVERYTHING["provider"], "p2p": {"enabled": True, "storeQuotaMib": 4194304}}}
        self.assertIn("--store-quota-mib=4194304", str(chart.render(more)))
        self.assertNotIn("--store-quota-mib", str(chart.render(PROVIDER_ALONE)))

    def test_a_worker_has_ten_seconds_more_than_it_takes_to_stop(self):
        self.assertIn("--stop-patience=50", str(chart.render(PROVIDER_ALONE)))

    def test_a_provider_follows_the_validators_of_its_release(self):
        alone = str(chart.render(PROVIDER_ALONE))
        self.assertIn("--chain=wss://node.example:443", alone)
        self.assertIn("--chain=ws://demo-lattice-validator:9944", str(chart.render(EVERYTHING)))
        self.assertNotIn("lattice-node", alone)


@unittest.skipUnless(chart.yaml and chart.has_helm(), "values that the chart refuses: helm is not installed")
class Refuse(unittest.TestCase):
    """Values that cannot be meant."""

    def test_values_that_there_are_not(self):
        for values, said in [
            ({"validators": {"replicas": 4}}, "validators"),
            ({"validator": {"replicas": 0}}, "replicas"),
            ({"validator": {"rpcMethods": "all"}}, "rpcMethods"),
            ({"chain": {"spec": "polkadot"}}, "spec"),
            ({"chain": {"bootnodes": ["12D3KooW"]}}, "bootnodes"),
            ({"provider": {"device": "tpu"}}, "device"),
            ({"provider": {"p2p": {"port": 80}}}, "port"),
            ({"provider": {"p2p": {"storeQuotaMib": 0}}}, "storeQuotaMib"),
            ({"provider": {"chain": "http://node"}}, "chain"),
            ({"provider": {"persistence": {"size": "plenty"}}}, "size"),
        ]:
            with self.subTest(values=values), self.assertRaisesRegex(chart.Refused, said):
                chart.render(values)

    def test_a_provider_without_models(self):
        with self.assertRaisesRegex(chart.Refused, "provider.modelsClaim is empty"):
            chart.render({"provider": {"enabled": True, "modelsClaim": ""}})

    def test_a_provider_without_a_node(self):
        with self.assertRaisesRegex(chart.Refused, "provider.chain is empty"):
            chart.render({"validator": {"enabled": False}, "provider": {"enabled": True}})


if __name__ == "__main__":
    unittest.main()

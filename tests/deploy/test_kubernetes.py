"""The manifests for Kubernetes, held against the bot they run and, where kubectl is at hand, built by it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import REFERENCE, load_settings, required_for_run

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
PARSED = [yaml.safe_load((FOLDER / name).read_text()) for name in KUSTOMIZATION["resources"]]
OBJECTS: dict[str, Any] = {one["kind"]: one for one in PARSED}
POD = OBJECTS["Deployment"]["spec"]["template"]
SPEC = POD["spec"]
(BOT,) = SPEC["containers"]
API = {
    "Namespace": "v1",
    "ServiceAccount": "v1",
    "ConfigMap": "v1",
    "Service": "v1",
    "Deployment": "apps/v1",
    "PodDisruptionBudget": "policy/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
}
LABELS = {"app.kubernetes.io/name": "greenlight"}


def test_every_file_is_applied_and_of_the_current_api() -> None:
    assert {one.name for one in FOLDER.glob("*.yaml")} == {"kustomization.yaml", *KUSTOMIZATION["resources"]}
    assert {kind: one["apiVersion"] for kind, one in OBJECTS.items()} == API


def test_everything_that_selects_the_bot_selects_its_pods() -> None:
    assert POD["metadata"]["labels"].items() >= LABELS.items()
    selectors = [
        OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"],
        OBJECTS["Service"]["spec"]["selector"],
        OBJECTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        OBJECTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        SPEC["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
    ]
    assert selectors == [LABELS] * 5


def test_the_pod_keeps_to_the_restricted_profile_that_its_namespace_enforces() -> None:
    enforced = OBJECTS["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
    assert enforced == "restricted"
    assert SPEC["securityContext"]["runAsNonRoot"] is True
    assert SPEC["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert BOT["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {next(iter(volume.keys() - {"name"})) for volume in SPEC["volumes"]} == {"secret", "emptyDir"}


def test_the_pod_runs_as_the_images_user_and_has_no_token_of_the_cluster() -> None:
    (user,) = re.findall(r"^USER (\d+):", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert SPEC["securityContext"]["runAsUser"] == int(user)
    assert SPEC["automountServiceAccountToken"] is False
    assert OBJECTS["ServiceAccount"]["automountServiceAccountToken"] is False


def test_the_probes_ask_what_the_bot_answers_and_redis_away_restarts_nobody() -> None:
    paths = {probe: BOT[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert {one["port"] for one in paths.values()} == {"http"}
    assert paths["readinessProbe"]["path"] == paths["startupProbe"]["path"] == "/readyz"
    assert paths["livenessProbe"]["path"] == "/healthz"
    ports = {port["name"]: port["containerPort"] for port in BOT["ports"]}
    assert ports == {"http": 3000}
    assert POD["metadata"]["annotations"]["prometheus.io/port"] == "3000"


def test_an_eviction_or_an_upgrade_leaves_somebody_to_answer_clicks() -> None:
    replicas = OBJECTS["Deployment"]["spec"]["replicas"]
    assert replicas > OBJECTS["PodDisruptionBudget"]["spec"]["minAvailable"] >= 1
    assert OBJECTS["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert SPEC["terminationGracePeriodSeconds"] > 10


def test_only_prometheus_comes_in_and_only_names_https_store_and_mail_go_out() -> None:
    policy = OBJECTS["NetworkPolicy"]["spec"]
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    (allowed,) = policy["ingress"]
    assert allowed["from"]
    assert [port["port"] for port in allowed["ports"]] == [3000]
    out = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    assert out == {53, 443, 465, 587, 6379}


def test_its_environment_is_enough_to_run_and_names_no_secret(tmp_path: Path) -> None:
    environ = dict(OBJECTS["ConfigMap"]["data"])
    secret = {row.name for row in REFERENCE if row.secret}
    assert not secret & set(environ)
    mount = next(one["mountPath"] for one in BOT["volumeMounts"] if one["name"] == "secrets")
    for entry in BOT["env"]:
        assert entry["name"].removesuffix("_FILE") in secret
        assert Path(entry["value"]).parent == Path(mount)
        value = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "REDIS_URL": "rediss://r:6379"}
        file = tmp_path / Path(entry["value"]).name
        file.write_text(value.get(entry["name"].removesuffix("_FILE"), "k1:AAAA"))
        environ[entry["name"]] = str(file)
    settings = load_settings(environ)
    assert required_for_run(settings) == []


def test_kubectl_builds_it() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed; the files were parsed all the same")
    done = subprocess.run([kubectl, "kustomize", str(FOLDER)], capture_output=True, text=True, check=True)
    built = list(yaml.safe_load_all(done.stdout))
    assert {one["kind"] for one in built} == set(OBJECTS)
    assert all(
        one["metadata"].get("namespace") == "greenlight" for one in built if one["kind"] != "Namespace"
    )

import { describe, expect, test } from "@jest/globals";
import { ALIASES, INPUT_VARIABLES, VARIABLES } from "../../../src/service/variables.ts";
import { readCompose, readManifest, readManifests, readYaml } from "../../builders/deployment.ts";
import { environmentOf, readDockerfile, usersOf } from "../../builders/dockerfile.ts";

const dockerfile = readDockerfile();
const manifests = readManifests();
const deployment = manifests.Deployment?.spec;
const pod = deployment.template.spec;
const [container] = pod.containers;
const LABELS = { "app.kubernetes.io/name": "agent-runner" };

describe("deploy/kubernetes", () => {
  test("has one manifest a file, each with the runner's label", () => {
    expect(Object.keys(manifests).sort()).toEqual([
      ...["ConfigMap", "Deployment", "NetworkPolicy", "PersistentVolumeClaim", "PodDisruptionBudget"],
      ...["Secret", "Service"],
    ]);
    for (const { metadata } of Object.values(manifests)) expect(metadata.labels).toEqual(LABELS);
  });

  test("selects the Deployment's pods wherever something selects", () => {
    expect(deployment.template.metadata.labels).toEqual(LABELS);
    expect(deployment.selector.matchLabels).toEqual(LABELS);
    expect(manifests.Service?.spec.selector).toEqual(LABELS);
    expect(manifests.NetworkPolicy?.spec.podSelector.matchLabels).toEqual(LABELS);
    expect(manifests.PodDisruptionBudget?.spec.selector.matchLabels).toEqual(LABELS);
  });

  test("names one port, the service's own, wherever a port is named", () => {
    expect(container.ports).toEqual([{ name: "http", containerPort: Number(VARIABLES.AGENT_PORT.fallback) }]);
    expect(manifests.Service?.spec.ports[0].targetPort).toBe("http");
    expect(manifests.NetworkPolicy?.spec.ingress).toEqual([{ ports: [{ protocol: "TCP", port: "http" }] }]);
    expect(container.livenessProbe.httpGet).toEqual({ path: "/healthz", port: "http" });
    expect(container.readinessProbe.httpGet).toEqual({ path: "/readyz", port: "http" });
  });

  test("lets nothing out but DNS and HTTPS", () => {
    const { policyTypes, egress } = manifests.NetworkPolicy?.spec ?? {};
    expect(policyTypes).toEqual(["Ingress", "Egress"]);
    const ports = (egress as { ports: { port: number }[] }[]).flatMap((rule) => rule.ports);
    expect(ports.map(({ port }) => port)).toEqual([53, 53, 443]);
  });

  test("reads settings and secrets that are there, by names that the service knows", () => {
    const { ConfigMap, Secret } = manifests;
    expect(container.envFrom).toEqual([
      { configMapRef: { name: ConfigMap?.metadata.name } },
      { secretRef: { name: Secret?.metadata.name } },
    ]);
    const known = [...Object.keys(VARIABLES), ...INPUT_VARIABLES.keys(), ...Object.keys(ALIASES)];
    const names = Object.keys({ ...ConfigMap?.data, ...Secret?.stringData });
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test("runs one pod at a time, and sets no variable for other services", () => {
    expect(deployment).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    expect(pod).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: false });
    const grace = Number(VARIABLES.AGENT_GRACE_SECONDS.fallback);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(grace + 30);
  });

  test("meets what the pod security standard «restricted» asks", () => {
    const uid = usersOf(dockerfile)["agent-runner"];
    expect(pod.securityContext).toMatchObject({
      ...{ runAsNonRoot: true, runAsUser: uid, runAsGroup: uid, fsGroup: uid },
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container.securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ["ALL"] },
    });
  });

  test("mounts every volume that it has, where the image writes", () => {
    const { AGENT_WORKSPACE, HOME } = environmentOf(dockerfile);
    type Mount = { name: string; mountPath: string };
    const mounts = container.volumeMounts as Mount[];
    expect(mounts.map(({ mountPath }) => mountPath)).toEqual([AGENT_WORKSPACE, HOME, "/tmp"]);
    const volumes = pod.volumes as { name: string }[];
    expect(volumes.map(({ name }) => name)).toEqual(mounts.map(({ name }) => name));
    const claim = manifests.PersistentVolumeClaim?.metadata.name;
    expect(pod.volumes[0].persistentVolumeClaim.claimName).toBe(claim);
  });

  test("lets a Prometheus of any namespace scrape the pods, by the Secret's token", () => {
    const monitor = readManifest("deploy/kubernetes/monitoring/podmonitor.yaml");
    expect([monitor.kind, monitor.metadata.labels]).toEqual(["PodMonitor", LABELS]);
    expect(monitor.spec.selector.matchLabels).toEqual(LABELS);
    const [endpoint] = monitor.spec.podMetricsEndpoints;
    expect(endpoint).toMatchObject({ port: container.ports[0].name, path: "/metrics" });
    const { name, key } = endpoint.authorization.credentials;
    expect(name).toBe(manifests.Secret?.metadata.name);
    expect(Object.keys(manifests.Secret?.stringData ?? {})).toContain(key);
    expect(manifests.NetworkPolicy?.spec.ingress[0].from).toBeUndefined();
  });

  test("isolates steps by the same user, variables and capabilities as Compose does", () => {
    const isolated = readCompose("deploy/compose/isolation-user.yml");
    // biome-ignore lint/suspicious/noExplicitAny: a part of a Deployment, whose shape Kubernetes checks.
    const patch = (readYaml("deploy/kubernetes/patches/isolation-user.yaml") as any).spec.template.spec;
    const [patched] = patch.containers;
    const variables = patched.env as { name: string; value: string }[];
    expect(Object.fromEntries(variables.map(({ name, value }) => [name, value]))).toEqual(
      isolated.environment,
    );
    expect(patched.securityContext.capabilities.add).toEqual(isolated.cap_add);
    const { runAsUser, runAsGroup } = patch.securityContext;
    expect(`${runAsUser}:${runAsGroup}`).toBe(isolated.user);
    expect(patched.name).toBe(container.name);
  });
});

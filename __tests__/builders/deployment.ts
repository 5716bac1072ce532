import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

const ROOT = new URL("../../", import.meta.url);

export interface ComposeService {
  build?: string;
  env_file?: string;
  user?: string;
  stop_grace_period?: string;
  read_only?: boolean;
  privileged?: boolean;
  ports?: string[];
  volumes?: string[];
  tmpfs?: string[];
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  environment?: Record<string, string>;
}

export interface Manifest {
  kind: string;
  metadata: { name: string; labels: Record<string, string> };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a shape of its own, which Kubernetes checks.
  spec: any;
}

/** The service of a Compose file of this project. */
export function readCompose(path: string): ComposeService {
  const { services } = readYaml(path) as { services: Record<string, ComposeService> };
  const found = services["agent-runner"];
  if (!found || Object.keys(services).length > 1) throw new Error(`${path} has other services.`);
  return found;
}

/** The manifests that are applied with the folder deploy/kubernetes/, by their kind, and the example of a Secret. */
export function readManifests(): Record<string, Manifest> {
  const folder = "deploy/kubernetes";
  const names = readdirSync(new URL(folder, ROOT)).filter((name) => /\.yaml(\.example)?$/.test(name));
  const manifests = names.map((name) => readManifest(`${folder}/${name}`));
  return Object.fromEntries(manifests.map((manifest) => [manifest.kind, manifest]));
}

export function readManifest(path: string): Manifest {
  return readYaml(path) as Manifest;
}

export function readYaml(path: string): unknown {
  return parse(readFileSync(new URL(path, ROOT), "utf8"));
}

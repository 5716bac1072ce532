import { describe, expect, test } from "@jest/globals";
import { INPUTS, readSettings } from "../../src/inputs.ts";
import { chooseIsolation } from "../../src/isolation.ts";

const APP = { "app-id": "1234", "app-private-key": "-----BEGIN RSA PRIVATE KEY-----" };

/** Reads inputs as the runner hands them over: what the workflow does not give has its default. */
function read(given: Record<string, string>) {
  const values: Record<string, string> = { token: "t0ken", ...given };
  return readSettings((name) => values[name] ?? INPUTS[name].fallback);
}

describe("a GitHub App", () => {
  test("is taken with both of its inputs, its id being a number or a client id", () => {
    expect(read(APP)).toMatchObject({ appId: "1234", appPrivateKey: APP["app-private-key"] });
    expect(read({ ...APP, "app-id": "Iv23liABCdef" }).appId).toBe("Iv23liABCdef");
  });

  test("is refused with one of them, which names the other", () => {
    expect(() => read({ "app-id": "1234" })).toThrow("Add `app-private-key`");
    expect(() => read({ "app-private-key": "a key" })).toThrow("Add `app-id`");
  });

  test("is refused beside a token for the same target, and says which to drop", () => {
    expect(() => read({ ...APP, "target-token": "ghp_1" })).toThrow("Drop `target-token`");
  });

  test("is refused under a name, and its key is never shown", () => {
    expect(() => read({ ...APP, "app-id": "my-app" })).toThrow("The input `app-id` is `my-app`");
  });
});

describe("signed commits", () => {
  test.each(["author", "committer"])("are refused with an own %s", (name) => {
    const given = { "sign-commits": "true", [name]: "Mona <mona@example.com>" };
    expect(() => read(given)).toThrow(`Drop \`${name}\``);
    expect(() => read({ ...given, "sign-commits": "false" })).not.toThrow();
  });

  test("are taken where author and committer are left as they are", () => {
    expect(read({ "sign-commits": "true" }).signCommits).toBe(true);
  });
});

describe("a callback", () => {
  const CALLBACK = { "callback-url": "https://backend.example/agent", "callback-secret": "s3cret" };

  test("takes an address and a secret, and is refused with one of them", () => {
    expect(read(CALLBACK).callbackUrl?.href).toBe("https://backend.example/agent");
    expect(() => read({ ...CALLBACK, "callback-secret": "" })).toThrow("Add `callback-secret`");
    expect(() => read({ ...CALLBACK, "callback-url": "" })).toThrow("Add `callback-url`");
  });

  test.each([
    "http://backend.example/agent",
    "http://127.0.0.1.backend.example/",
    "ftp://backend.example",
    "https://mona:pass@backend.example/",
    "backend.example/agent",
  ])("is refused at %s", (url) => {
    expect(() => read({ ...CALLBACK, "callback-url": url })).toThrow("The input `callback-url` is ");
  });

  test.each([
    "http://127.0.0.1:8080/x",
    "http://localhost/x",
    "http://[::1]:1/x",
  ])("is taken unencrypted on the machine itself: %s", (url) => {
    expect(read({ ...CALLBACK, "callback-url": url }).callbackUrl?.href).toBe(url);
  });
});

describe("an audit trail", () => {
  test("takes a token for the address that it is sent to, and is refused with a token for none", () => {
    const given = { "audit-url": "https://audit.example", "audit-token": "s3cret" };
    expect(read(given)).toMatchObject({ auditToken: "s3cret", auditRequired: false });
    expect(() => read({ ...given, "audit-url": "" })).toThrow("Add `audit-url`");
  });

  test("is required without an address too: then the file must be written", () => {
    expect(read({ "audit-required": "true" }).auditRequired).toBe(true);
  });

  test.each(["two words", "line\nend", "x".repeat(256), "käse"])("has no trace %j", (id) => {
    expect(() => read({ "trace-id": id })).toThrow("The input `trace-id` is ");
  });

  test("is no folder", () => {
    expect(() => read({ "audit-file": "/var/log/" })).toThrow("The input `audit-file` is ");
    expect(read({ "audit-file": "/var/log/agent.jsonl" }).auditFile).toBe("/var/log/agent.jsonl");
  });
});

describe("a trigger label", () => {
  test("is refused where a run would set it itself, unless it sets none", () => {
    expect(() => read({ "trigger-label": "Agent-Failed" })).toThrow("Choose another one");
    expect(read({ "trigger-label": "agent-failed", "state-labels": "false" }).triggerLabel).toBe(
      "agent-failed",
    );
    expect(read({ "trigger-label": "agent" }).triggerLabel).toBe("agent");
  });
});

describe("an isolation", () => {
  test.each([
    [{ isolation: "user" }, "`isolation: user` needs the input `isolation-user`"],
    [{ isolation: "container" }, "`isolation: container` needs the input `isolation-image`"],
    [
      { isolation: "bubblewrap", "isolation-user": "agent" },
      "`isolation-user` is only for `isolation: user`",
    ],
    [{ "isolation-image": "node:24" }, "`isolation-image` is only for `isolation: container`"],
    [
      { isolation: "user", "isolation-user": "agent", "isolation-network": "host" },
      "`isolation-network` is only for `isolation: bubblewrap` or `isolation: container`",
    ],
  ])("is refused where its inputs do not fit together: %j", (given, why) => {
    expect(() => read(given)).toThrow(`invalid-input: ${why}`);
  });

  test.each([
    [{ isolation: "firejail" }, "The input `isolation` is `firejail`"],
    [{ isolation: "user", "isolation-user": "-o" }, "The input `isolation-user` is `-o`"],
    [
      { isolation: "container", "isolation-image": "--privileged" },
      "The input `isolation-image` is `--privileged`",
    ],
  ])("is refused where a value does not fit: %j", (given, why) => {
    expect(() => read(given)).toThrow(why);
  });

  test.each([
    [{}, { level: "none" }],
    [
      { isolation: "user", "isolation-user": "agent" },
      { level: "user", user: "agent" },
    ],
    [{ isolation: "bubblewrap" }, { level: "bubblewrap", network: "none" }],
    [
      { isolation: "bubblewrap", "isolation-network": "host" },
      { level: "bubblewrap", network: "host" },
    ],
    [
      { isolation: "container", "isolation-image": "ghcr.io/a/b:1@sha256:00" },
      { level: "container", image: "ghcr.io/a/b:1@sha256:00", network: "none" },
    ],
  ])("is chosen with all that it needs: %j", (given, choice) => {
    expect(chooseIsolation(read(given))).toEqual(choice);
  });
});

import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { type AppTokens, createAppTokens } from "../../src/adapters/github/app-token.ts";
import { aClock, type StandingClock } from "../builders/clock.ts";
import { type Seen, type Turn, withScriptedGitHub } from "../builders/scripted-github.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const DATE = { date: "Fri, 02 Jan 2026 03:04:05 GMT" };
const INSTALLATION: Turn = { status: 200, headers: DATE, body: { id: 33 } };
const NEEDS = { contents: "write", pull_requests: "write" } as const;

function aToken(token: string, expires_at = "2026-01-02T04:04:05Z"): Turn {
  return { status: 201, headers: DATE, body: { token, expires_at } };
}

interface Scene {
  tokens: AppTokens;
  requests: Seen[];
  clock: StandingClock;
  warnings: string[];
  concealed: string[];
}

async function withApp(script: Turn[], act: (scene: Scene) => Promise<void>): Promise<void> {
  await withScriptedGitHub(script, async ({ url, requests }) => {
    const clock = aClock();
    const warnings: string[] = [];
    const log = { debug: () => {}, warning: (line: string) => warnings.push(line) };
    const redact = (text: string) => text;
    const concealed: string[] = [];
    const conceal = (secret: string) => void concealed.push(secret);
    const app = { appId: "1234", privateKey: PEM, conceal };
    const tokens = createAppTokens({ ...app, baseUrl: url, log, clock, redact });
    await act({ tokens, requests, clock, warnings, concealed });
  });
}

describe("a token of a GitHub App", () => {
  test("is made for one repository with the permissions that are asked for, by a signed request", async () => {
    await withApp([INSTALLATION, aToken("ghs_1")], async ({ tokens, requests }) => {
      expect(await tokens.tokenFor("your-org/target", NEEDS)).toBe("ghs_1");
      const [find, make] = requests;
      expect(`${find?.method} ${find?.path}`).toBe("GET /repos/your-org/target/installation");
      expect(`${make?.method} ${make?.path}`).toBe("POST /app/installations/33/access_tokens");
      expect(make?.body).toEqual({ repositories: ["target"], permissions: NEEDS });
      expect(make?.headers.authorization).toMatch(/^Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    });
  });

  test("is made once for all who ask for the same, together or later", async () => {
    await withApp([INSTALLATION, aToken("ghs_1")], async ({ tokens, requests }) => {
      const together = [tokens.tokenFor("o/r", NEEDS), tokens.tokenFor("o/r", NEEDS)];
      expect(await Promise.all(together)).toEqual(["ghs_1", "ghs_1"]);
      expect(await tokens.tokenFor("o/r", { pull_requests: "write", contents: "write" })).toBe("ghs_1");
      expect(requests).toHaveLength(2);
    });
  });

  test("is another one for another repository or other permissions", async () => {
    const script = [
      INSTALLATION,
      aToken("ghs_1"),
      INSTALLATION,
      aToken("ghs_2"),
      INSTALLATION,
      aToken("ghs_3"),
    ];
    await withApp(script, async ({ tokens }) => {
      expect(await tokens.tokenFor("o/r", NEEDS)).toBe("ghs_1");
      expect(await tokens.tokenFor("o/other", NEEDS)).toBe("ghs_2");
      expect(await tokens.tokenFor("o/r", { contents: "read" })).toBe("ghs_3");
    });
  });

  test("is renewed once, five minutes before it expires", async () => {
    const script = [INSTALLATION, aToken("ghs_1"), INSTALLATION, aToken("ghs_2", "2026-01-02T05:04:05Z")];
    await withApp(script, async ({ tokens, clock }) => {
      await tokens.tokenFor("o/r", NEEDS);
      await clock.pause(54 * 60_000);
      expect(await tokens.tokenFor("o/r", NEEDS)).toBe("ghs_1");
      await clock.pause(2 * 60_000);
      const together = [tokens.tokenFor("o/r", NEEDS), tokens.tokenFor("o/r", NEEDS)];
      expect(await Promise.all(together)).toEqual(["ghs_2", "ghs_2"]);
    });
  });

  test("is made again where GitHub refuses the one that is known, once for all who were refused", async () => {
    const script = [INSTALLATION, aToken("ghs_1"), INSTALLATION, aToken("ghs_2")];
    await withApp(script, async ({ tokens }) => {
      await tokens.tokenFor("o/r", NEEDS);
      const together = [tokens.tokenFor("o/r", NEEDS, "ghs_1"), tokens.tokenFor("o/r", NEEDS, "ghs_1")];
      expect(await Promise.all(together)).toEqual(["ghs_2", "ghs_2"]);
      expect(await tokens.tokenFor("o/r", NEEDS, "ghs_1")).toBe("ghs_2");
    });
  });

  test("is concealed with the key and the signed request before anything is done with it", async () => {
    await withApp([INSTALLATION, aToken("ghs_1")], async ({ tokens, requests, concealed }) => {
      await tokens.tokenFor("o/r", NEEDS);
      const sent = requests.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
      expect(concealed).toEqual(expect.arrayContaining([PEM, "ghs_1", ...sent]));
    });
  });

  test("is asked for again after a lost answer, and after a failure", async () => {
    const script: Turn[] = [INSTALLATION, "drop", aToken("ghs_1"), { status: 401, body: {} }, INSTALLATION];
    await withApp([...script, aToken("ghs_2")], async ({ tokens }) => {
      expect(await tokens.tokenFor("o/r", NEEDS)).toBe("ghs_1");
      await expect(tokens.tokenFor("o/other", NEEDS)).rejects.toMatchObject({ code: "bad-credentials" });
      expect(await tokens.tokenFor("o/other", NEEDS)).toBe("ghs_2");
    });
  });

  test("cannot be had where the App is not installed", async () => {
    await withApp([{ status: 404, body: { message: "Not Found" } }], async ({ tokens }) => {
      const refused = tokens.tokenFor("o/r", NEEDS);
      await expect(refused).rejects.toMatchObject({ code: "target-not-found" });
      await expect(refused).rejects.toThrow("the App to be installed there");
    });
  });

  test("cannot be had with permissions that the installation was not granted", async () => {
    const message = "The permissions requested are not granted to this installation.";
    await withApp([INSTALLATION, { status: 422, body: { message } }], async ({ tokens }) => {
      const refused = tokens.tokenFor("o/r", NEEDS);
      await expect(refused).rejects.toMatchObject({ code: "missing-permission", quote: message });
      await expect(refused).rejects.toThrow("`contents: write, pull-requests: write`");
    });
  });
});

describe("the end of a run", () => {
  test("revokes every token that was made, each with itself", async () => {
    const script = [
      INSTALLATION,
      aToken("ghs_1"),
      INSTALLATION,
      aToken("ghs_2"),
      { status: 204 },
      { status: 401 },
    ];
    await withApp(script, async ({ tokens, requests, warnings }) => {
      await tokens.tokenFor("o/r", NEEDS);
      await tokens.tokenFor("o/other", NEEDS);
      await tokens.revokeAll();
      await tokens.revokeAll();
      const revoked = requests.slice(4);
      expect(revoked.map(({ method, path }) => `${method} ${path}`)).toEqual([
        "DELETE /installation/token",
        "DELETE /installation/token",
      ]);
      expect(revoked.map(({ headers }) => headers.authorization).sort()).toEqual([
        "Bearer ghs_1",
        "Bearer ghs_2",
      ]);
      expect(warnings).toEqual([]);
    });
  });

  test("only warns of a token that could not be revoked, without naming it", async () => {
    await withApp(
      [INSTALLATION, aToken("ghs_1"), { status: 404, body: {} }],
      async ({ tokens, warnings }) => {
        await tokens.tokenFor("o/r", NEEDS);
        await tokens.revokeAll();
        expect(warnings).toEqual([expect.stringMatching(/lives on until it expires/)]);
        expect(warnings.join()).not.toContain("ghs_1");
      },
    );
  });
});

test("the App tells its name", async () => {
  await withApp([{ status: 200, body: { slug: "agent-runner" } }], async ({ tokens, requests }) => {
    expect(await tokens.slug()).toBe("agent-runner");
    expect(requests[0]?.path).toBe("/app");
  });
});

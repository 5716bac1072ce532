import { generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { createAppJwt, parsePrivateKey } from "../../../../src/adapters/github/app-jwt.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const NOW = new Date("2026-01-02T03:04:05Z");

function decode(part = ""): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

describe("the token with which an App proves who it is", () => {
  test("claims the App for nine minutes, from a minute ago, since clocks differ", () => {
    const [head, claims] = createAppJwt("1234", privateKey, NOW).split(".");
    expect(decode(head)).toEqual({ alg: "RS256", typ: "JWT" });
    const now = NOW.getTime() / 1000;
    expect(decode(claims)).toEqual({ iss: "1234", iat: now - 60, exp: now + 540 });
  });

  test("is signed with the App's key", () => {
    const [head, claims, signature = ""] = createAppJwt("1234", privateKey, NOW).split(".");
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });
});

describe("an App's private key", () => {
  test.each(["pkcs1", "pkcs8"] as const)("is read from %s", (type) => {
    const pem = privateKey.export({ type, format: "pem" }).toString();
    expect(parsePrivateKey(pem).equals(privateKey)).toBe(true);
    expect(parsePrivateKey(`\n${pem.replaceAll("\n", "\r\n")} `).equals(privateKey)).toBe(true);
  });

  test("is read with its line ends written as backslash and n, as secrets often hold it", () => {
    const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    expect(parsePrivateKey(pem.replaceAll("\n", "\\n")).equals(privateKey)).toBe(true);
  });

  test.each([
    ["text", "not a key"],
    ["nothing", ""],
    ["a cut key", privateKey.export({ type: "pkcs1", format: "pem" }).toString().slice(0, 500)],
    ["a public key", publicKey.export({ type: "spki", format: "pem" }).toString()],
    [
      "a key of another kind",
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ],
  ])("that is %s is refused, by the name of the input and without its text", (_, pem) => {
    expect(() => parsePrivateKey(pem)).toThrow(
      /^invalid-input: `app-private-key` .*`-----BEGIN` to the end\.$/,
    );
  });
});

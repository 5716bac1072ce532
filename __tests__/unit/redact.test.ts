import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createLineRedactor, createRedactor } from "../../src/redact.ts";

// Put together here, so that no scanner takes this file for a leak.
const CLASSIC = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
const LONG_DOTTED = `ghs_${["eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiIxMjM0NTYifQ", "c2lnbmF0dXJlLXNpZ25hdHVyZQ"].join(".")}`;
const KEY_LINES = [
  "-----BEGIN RSA PRIVATE KEY-----",
  ...["MIIEowIBAAKCAQEAx7d1Yw9kJ2Zt0pQ8vHnLr5sT3uWfGbXe", "kLmNoPqRsTuVwXyZ0123456789abcdefghijklmnopqrstuv"],
  "QmFzZTY0",
  "-----END RSA PRIVATE KEY-----",
];

function aRedactor(...secrets: string[]) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

describe("a value that was added", () => {
  const secret = "pa/ss word+ü?&";

  test.each([
    ["as it is", secret],
    ["in a URL", encodeURIComponent(secret)],
    ["in a URL, lower case", encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ["in a form", new URLSearchParams({ s: secret }).toString().slice(2)],
    ["in hex", Buffer.from(secret).toString("hex")],
    ["in upper-case hex", Buffer.from(secret).toString("hex").toUpperCase()],
    ["in a basic authorization", Buffer.from(`x-access-token:${secret}`).toString("base64")],
  ])("is hidden %s", (_, form) => {
    expect(aRedactor(secret).redact(`before ${form} after`)).toMatch(/^before .{0,30}\*\*\*.{0,4} after$/);
  });

  test("is hidden in base64 of both alphabets, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 9 }), (before, after) => {
        const bytes = Buffer.concat([before, Buffer.from(secret), after]);
        for (const encoding of ["base64", "base64url"] as const) {
          expect(aRedactor(secret).redact(bytes.toString(encoding))).toContain("***");
        }
      }),
    );
  });

  test("is hidden in JSON", () => {
    const lines = 'a "quoted"\nsecret';
    expect(aRedactor(lines).redact(JSON.stringify({ lines }))).toBe('{"lines":"***"}');
  });

  test("is hidden line by line where it has several", () => {
    const redactor = aRedactor("first-line-secret\nsecond-line-secret\n");
    expect(redactor.redact("> second-line-secret <")).toBe("> *** <");
  });

  test("is hidden where a colour begins inside of it", () => {
    expect(aRedactor("hunter2-hunter2").redact("\u001b[31mhunter2\u001b[0m-hunter2!")).toBe("***!");
  });

  test("is ignored when it is shorter than six characters", () => {
    expect(aRedactor("true", "", "12345").redact("true 12345")).toBe("true 12345");
  });

  test("does not leave a part of a longer one behind", () => {
    expect(aRedactor("secret", "secret-and-more").redact("secret-and-more")).toBe("***");
  });
});

describe("a token of a known shape is hidden though nobody added it", () => {
  test.each([
    CLASSIC,
    ...["gho_", "ghu_", "ghs_", "ghr_"].map((prefix) => CLASSIC.replace("ghp_", prefix)),
    LONG_DOTTED,
    `github_pat_11${"AbCd1234".repeat(9)}`,
    KEY_LINES.join("\n"),
    KEY_LINES.join("\\n"),
  ])("%s", (token) => {
    expect(createRedactor().redact(`token=${token}, done`)).toBe("token=***, done");
  });

  test("a text without secrets stays as it is, colours and all", () => {
    const text = "\u001b[32mghs_ is a prefix, ghp_short too\u001b[0m -----BEGIN CERTIFICATE-----";
    expect(createRedactor().redact(text)).toBe(text);
  });
});

describe("createLineRedactor", () => {
  test("hides all lines of a private key, and nothing after it", () => {
    const lines = ["before", `key: ${KEY_LINES[0]}`, ...KEY_LINES.slice(1), "Build"];
    const redactLine = createLineRedactor(createRedactor().redact);
    expect(lines.map(redactLine)).toEqual(["before", "key: ***", "***", "***", "***", "***", "Build"]);
  });

  test("goes on with the output where a key breaks off", () => {
    const redactLine = createLineRedactor(createRedactor().redact);
    const lines = [...KEY_LINES.slice(0, 2), "error: not a key", CLASSIC];
    expect(lines.map(redactLine)).toEqual(["***", "***", "error: not a key", "***"]);
  });
});

describe("find", () => {
  test("tells kind and line of each secret, never the secret", () => {
    const content = [
      "# config",
      `token: ${CLASSIC}`,
      "",
      ...KEY_LINES,
      `aws = AKIA${"Q7ZMPT2RDX5WLNBK"}`,
    ].join("\n");
    expect(createRedactor().find(content)).toMatchObject([
      { kind: "GitHub token", line: 2 },
      { kind: "private key", line: 4 },
      { kind: "AWS access key", line: 9 },
    ]);
  });

  test.each([
    ["Slack token", `xoxb-${"123456789012-abcdefABCDEF"}`],
    ["Anthropic key", `sk-ant-${"api03-Zx9Yw8Vu7Ts6Rq5Po4Nm3"}`],
    ["OpenAI key", `sk-proj-${"Zx9Yw8Vu7Ts6Rq5Po4Nm3Lk2"}`],
    ["Google API key", `AIza${"SyA1b2C3d4E5f6G7h8I9j0KlMnOpQrStUvW"}`],
    ["npm token", `npm_${"Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2"}`],
    ["Stripe key", `sk_live_${"Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8"}`],
  ])("knows the shape of a %s", (kind, token) => {
    expect(createRedactor().find(`x = "${token}"`)).toMatchObject([{ kind, line: 1 }]);
  });

  test("finds what was added, in bytes that are not UTF-8 too", () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0x0a, 0xfe]), Buffer.from("geheim-ü-token")]);
    expect(aRedactor("geheim-ü-token").find(bytes)).toEqual([
      { kind: "secret of this run", line: 2, digest: null },
    ]);
  });

  test("knows a secret of a well-known shape again, and gives no more of it than a hash", () => {
    const [first] = createRedactor().find(`a\n${CLASSIC}`);
    const [again] = createRedactor().find(`token: "${CLASSIC}"`);
    const [other] = createRedactor().find(CLASSIC.replace("a1", "z9"));
    expect(first?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect([again?.digest === first?.digest, other?.digest === first?.digest]).toEqual([true, false]);
  });

  test("does not take what every key begins with for a line of a key that is held", () => {
    const held = aRedactor(KEY_LINES.join("\n"));
    expect(held.find(`-----BEGIN RSA PRIVATE KEY-----`)).toEqual([]);
    expect(held.find(`x = "${KEY_LINES[1]}"`)).toHaveLength(1);
  });

  test.each([
    `AKIA${"IOSFODNN7EXAMPLE"}`,
    `ghp_${"x".repeat(36)}`,
    "/-----BEGIN RSA PRIVATE KEY-----[\\s\\S]+?-----END RSA PRIVATE KEY-----/",
    "const sketch = 'sk-learn'; // hf_hub",
  ])("lets examples and mentions be: %s", (text) => {
    expect(createRedactor().find(text)).toEqual([]);
  });
});

test("no secret of any kind of text survives in the forms that we know", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 6, maxLength: 60 }),
      fc.string(),
      (secret, around) => {
        const value = secret.trim();
        fc.pre(value.length >= 6 && !"***".includes(value));
        const hidden = aRedactor(secret).redact(`${around}${value}${around}`);
        expect(around.includes(value) || !hidden.includes(value)).toBe(true);
      },
    ),
  );
});

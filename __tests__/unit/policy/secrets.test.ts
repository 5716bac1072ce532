import { describe, expect, test } from "@jest/globals";
import { refuseSecrets } from "../../../src/policy/secrets.ts";
import { createRedactor } from "../../../src/redact.ts";
import type { Change } from "../../../src/task.ts";

// Put together here, so that no scanner takes this file for a leak.
const HELD = `ghs_${"h3LdS3cr3t".repeat(4).slice(0, 36)}`;
const LONG_HELD = `ghs_${["eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiIxMjM0NTYifQ", "c2lnbmF0dXJlLXNpZ25hdHVyZQ"].join(".")}`;
const STRANGE = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
const OTHER = STRANGE.replace("a1", "z9");

type Versions = Record<string, { before?: string | Buffer; after?: string | Buffer; mode?: string }>;

/** Refuses, or not, a change of these files; gives how much was read in each go. */
async function scan(files: Versions, message = "Work") {
  const redactor = createRedactor();
  for (const token of [HELD, LONG_HELD]) redactor.add(token);
  const blobs = new Map<string, Buffer>();
  const blob = (path: string, side: string, content: string | Buffer | undefined) => {
    if (content === undefined) return "0";
    blobs.set(`${side} ${path}`, Buffer.from(content));
    return `${side} ${path}`;
  };
  const changes = Object.entries(files).map(
    ([path, { before, after, mode = "100644" }]): Change => ({
      path: Buffer.from(path).toString("latin1"),
      status: before === undefined ? "added" : after === undefined ? "deleted" : "modified",
      oldMode: before === undefined ? "000000" : mode,
      newMode: after === undefined ? "000000" : mode,
      oldOid: blob(path, "old", before),
      newOid: blob(path, "new", after),
    }),
  );
  const reads: string[][] = [];
  const store = {
    changes: async () => changes,
    readBlobs: async (oids: string[], most: number) => {
      reads.push(oids);
      return oids.map((oid) => blobs.get(oid)).map((found) => (found && found.length <= most ? found : null));
    },
  };
  const leaving = { from: "1", to: "2", message };
  await refuseSecrets({ findSecrets: redactor.find }, store, leaving);
  return reads;
}

function aSecretAt(where: string) {
  return { code: "secret-found", detail: expect.stringContaining(where) };
}

describe("a value that this run holds", () => {
  test.each([
    ["as it is", HELD],
    ["in base64", Buffer.from(`x-access-token:${HELD}`).toString("base64")],
    ["in hex", Buffer.from(LONG_HELD).toString("hex")],
    ["in the newer, long shape", LONG_HELD],
    ["among bytes that are no text", Buffer.concat([Buffer.from([0xff, 0x00, 0xfe]), Buffer.from(HELD)])],
  ])("is refused %s, and never shown", async (_, content) => {
    const refused = scan({ "src/a.txt": { after: content } });
    await expect(refused).rejects.toMatchObject(aSecretAt("`src/a.txt`, line 1 (secret of this run)"));
    await expect(refused).rejects.not.toThrow(HELD);
  });

  test("is refused also where the file held it before", async () => {
    const files = { "a.txt": { before: `old\n${HELD}`, after: `new\n${HELD}` } };
    await expect(scan(files)).rejects.toMatchObject(aSecretAt("`a.txt`, line 2"));
  });

  test("is refused in the target of a link", async () => {
    const files = { link: { after: HELD, mode: "120000" } };
    await expect(scan(files)).rejects.toMatchObject(aSecretAt("`link`"));
  });

  test("is refused in a file's name, which is not shown", async () => {
    const refused = scan({ [`notes-${HELD}.md`]: { after: "nothing here" } });
    await expect(refused).rejects.toMatchObject(aSecretAt("the name of a file"));
    await expect(refused).rejects.not.toThrow(HELD);
  });

  test("is refused in the commit's message", async () => {
    await expect(scan({}, `Work\n\nWith ${HELD}`)).rejects.toMatchObject(
      aSecretAt("the commit's message, line 3"),
    );
  });
});

describe("a secret of a well-known shape", () => {
  test("is refused where it is new, with the file and the line", async () => {
    const files = { "a.txt": { before: "old", after: `one\ntwo\n${STRANGE}` } };
    await expect(scan(files)).rejects.toMatchObject(aSecretAt("`a.txt`, line 3 (GitHub token)"));
  });

  test("is left alone where the file held the same before, and refused where it is another one", async () => {
    await scan({ "fixture.txt": { before: `x ${STRANGE}`, after: `y\n${STRANGE}` } });
    const changed = { "fixture.txt": { before: STRANGE, after: OTHER } };
    await expect(scan(changed)).rejects.toMatchObject(aSecretAt("`fixture.txt`"));
  });

  test("is left alone where its file was moved", async () => {
    await scan({ "old.txt": { before: STRANGE }, "new.txt": { after: STRANGE } });
  });

  test("is left alone where the change only takes it away", async () => {
    await scan({ "a.txt": { before: STRANGE, after: "clean" }, "b.txt": { before: STRANGE } });
  });

  test("is no placeholder of a document", async () => {
    await scan({ "README.md": { after: `AKIA${"IOSFODNN7EXAMPLE"} ghp_${"x".repeat(36)}` } });
  });
});

describe("the search", () => {
  test("names ten places and counts the others", async () => {
    const many = Array.from({ length: 13 }, (_, index) => [`f${index}.txt`, { after: STRANGE }]);
    await expect(scan(Object.fromEntries(many))).rejects.toMatchObject(aSecretAt("and 3 more places"));
  });

  test("reads small files together, a large one by itself, and old versions only where something was found", async () => {
    const large = Buffer.alloc(1024 * 1024 + 1, "a");
    const reads = await scan({
      "a.txt": { before: "1", after: "2" },
      "large.txt": { after: large },
      gone: { before: "3" },
      module: { after: "4", mode: "160000" },
    });
    expect(reads).toEqual([["new a.txt", "new large.txt"], ["new large.txt"]]);
  });
});

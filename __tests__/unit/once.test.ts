import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../src/failure.ts";
import { createOnce, repeatWrite } from "../../src/once.ts";
import { AnswerLost } from "../../src/ports.ts";
import { aClock } from "../builders/clock.ts";
import { createFakeClock } from "../fakes/clock.ts";

const clock = () => createFakeClock(aClock().now().toISOString());

/** Tries that end one after the other as told. */
function tries(...ends: (string | Error)[]) {
  let made = 0;
  const write = async () => {
    const end = ends[made++] ?? new Error("There was one try too many.");
    if (end instanceof Error) throw end;
    return end;
  };
  return { write, made: () => made };
}

const LOST = new AnswerLost("The socket was dropped.");

describe("something that must be there once", () => {
  test("is created, and not looked for, where the answer comes", async () => {
    const { write, made } = tries("made");
    const lookUp = async () => {
      throw new Error("Nobody asked.");
    };
    expect(await createOnce(clock(), "Making it", write, lookUp)).toBe("made");
    expect(made()).toBe(1);
  });

  test("is found where the answer was lost and it was made all the same", async () => {
    const { write, made } = tries(LOST);
    expect(await createOnce(clock(), "Making it", write, async () => "found")).toBe("found");
    expect(made()).toBe(1);
  });

  test("is made again after a while where the answer was lost and nothing is there", async () => {
    const { write, made } = tries(LOST, LOST, "made");
    expect(await createOnce(clock(), "Making it", write, async () => null)).toBe("made");
    expect(made()).toBe(3);
  });

  test("fails after three tries that left nothing behind", async () => {
    const { write } = tries(LOST, LOST, LOST);
    await expect(createOnce(clock(), "Making it", write, async () => null)).rejects.toMatchObject({
      code: "github-unavailable",
      detail: "Making it: GitHub gave no usable answer to 3 tries.",
      cause: LOST,
    });
  });

  test("is not tried again where GitHub refuses it", async () => {
    const refusal = new TaskFailure("missing-permission", "No.");
    const { write, made } = tries(refusal);
    await expect(createOnce(clock(), "Making it", write, async () => null)).rejects.toBe(refusal);
    expect(made()).toBe(1);
  });
});

test("a write that may be repeated is repeated until its answer comes", async () => {
  const { write, made } = tries(LOST, "done");
  await repeatWrite(clock(), "Setting it", async () => void (await write()));
  expect(made()).toBe(2);
});

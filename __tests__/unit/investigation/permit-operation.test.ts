import { describe, expect, test } from "@jest/globals";
import { permitOperation } from "../../../src/investigation/permit-operation.ts";
import { someSettings } from "../../builders/settings.ts";
import { aWorld, DISPATCH, type Inputs } from "../../fakes/world.ts";

const POLICY = ".github/agent-runner.yml";

function permit(
  inputs: Inputs = {},
  { eventName = "workflow_dispatch", sender = "octocat", policy = "" } = {},
) {
  const world = aWorld();
  world.github.files.set(POLICY, policy);
  const settings = someSettings({ "policy-file": POLICY, ...inputs });
  const payload = eventName === "schedule" ? {} : { sender: { login: sender, type: "User" } };
  const permitted = permitOperation(world.ports, settings, { eventName, payload, repository: DISPATCH });
  return { permitted, audit: world.audit };
}

describe("an operation", () => {
  test("may be started by whoever may start tasks, which is taken down", async () => {
    const { permitted, audit } = permit();
    expect(await permitted).toMatchObject({ kind: "permitted" });
    expect(audit.entries).toMatchObject([
      { actor: "human", actionType: "policy_check", status: "success", metadata: { sender: "octocat" } },
    ]);
  });

  test("may not be started by a stranger, nor by whom the policy denies", async () => {
    const stranger = permit({}, { sender: "stranger" });
    expect(await stranger.permitted).toMatchObject({
      kind: "denied",
      reason: expect.stringContaining("`stranger` has the permission `none`"),
    });
    expect(stranger.audit.steps()).toEqual(["authorise: denied"]);
    const { permitted } = permit({}, { policy: "denied-actors: [octocat]" });
    expect(await permitted).toMatchObject({ reason: expect.stringContaining("`denied-actors`") });
  });

  test("may be started by the clock, unless all is switched off", async () => {
    const schedule = { eventName: "schedule" };
    const { permitted, audit } = permit({}, { ...schedule, policy: "allowed-actors: [mona]" });
    expect(await permitted).toMatchObject({ kind: "permitted" });
    expect(audit.entries).toMatchObject([{ actor: "system", metadata: { sender: null } }]);
    expect(await permit({ disabled: "true" }, schedule).permitted).toMatchObject({ kind: "denied" });
    expect(await permit({}, { ...schedule, policy: "enabled: false" }).permitted).toMatchObject({
      reason: "the policy has switched agent-runner off",
    });
  });

  test("is held by the policy's limits", async () => {
    const { permitted } = permit({}, { policy: "timeout-minutes: 2" });
    expect(await permitted).toMatchObject({ settings: { timeoutMinutes: 2 } });
    await expect(permit({}, { policy: "isolation: user" }).permitted).rejects.toMatchObject({
      code: "isolation-unavailable",
    });
  });

  test("needs a sender in every event but a schedule", async () => {
    const { ports } = aWorld();
    const event = { eventName: "workflow_dispatch", payload: {}, repository: DISPATCH };
    await expect(permitOperation(ports, someSettings(), event)).rejects.toMatchObject({
      code: "invalid-event",
      detail: expect.stringContaining("`sender`"),
    });
  });
});

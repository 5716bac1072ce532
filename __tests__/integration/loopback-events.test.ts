import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  issueCommentEvent,
  issuesEvent,
  repositoryDispatchEvent,
  workflowDispatchEvent,
} from "../../loopback/events.ts";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";

const SENDER = { login: "mona", type: "User" } as const;
let github: LoopbackGitHub;
let seconds: number;

beforeEach(async () => {
  seconds = 0;
  github = await startLoopbackGitHub({ now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)) });
  await github.createRepository("acme/app");
  github.createIssue("acme/app", { title: "One", body: "text" });
});

afterEach(() => github.close());

describe("event payloads of the loopback GitHub", () => {
  test("a labeled event holds the issue as it stands with the label, at the time of the label", () => {
    seconds = 5;
    const wanted = {
      action: "labeled",
      repo: "acme/app",
      number: 1,
      sender: SENDER,
      label: "copilot-agent",
    } as const;
    expect(issuesEvent(github, wanted)).toMatchObject({
      action: "labeled",
      label: { name: "copilot-agent" },
      issue: {
        number: 1,
        title: "One",
        labels: [{ name: "copilot-agent" }],
        created_at: "2026-01-01T00:00:00Z",
        updated_at: "2026-01-01T00:00:05Z",
      },
      repository: { full_name: "acme/app", url: `${github.url}/repos/acme/app` },
      organization: { login: "acme" },
      sender: { login: "mona" },
    });
    expect(github.issue("acme/app", 1).labels).toEqual(["copilot-agent"]);
  });

  test("an opened event has no label of its own", () => {
    const payload = issuesEvent(github, { action: "opened", repo: "acme/app", number: 1, sender: SENDER });
    expect(payload).not.toHaveProperty("label");
  });

  test("a comment event writes the comment that it tells of", () => {
    const payload = issueCommentEvent(github, {
      repo: "acme/app",
      number: 1,
      sender: SENDER,
      comment: "/agent run",
    });
    const [written] = github.issue("acme/app", 1).comments;
    expect(payload).toMatchObject({ action: "created", comment: { id: written?.id, body: "/agent run" } });
  });

  test("dispatch events carry what they were given", () => {
    const inputs = { "issue-number": "1" };
    expect(workflowDispatchEvent(github, { repo: "acme/app", inputs, sender: SENDER })).toMatchObject({
      inputs,
      ref: "refs/heads/main",
    });
    const clientPayload = { issue_number: 1 };
    const wanted = { repo: "acme/app", eventType: "agent-task", clientPayload, sender: SENDER };
    expect(repositoryDispatchEvent(github, wanted)).toMatchObject({
      action: "agent-task",
      client_payload: clientPayload,
    });
  });

  test("a hook gets the events that it wants, signed, and its deliveries are kept", async () => {
    const got: { event: string; good: boolean }[] = [];
    const receiver = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const signature = `sha256=${createHmac("sha256", "secret").update(body).digest("hex")}`;
      got.push({
        event: String(request.headers["x-github-event"]),
        good: request.headers["x-hub-signature-256"] === signature,
      });
      response.writeHead(202).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    github.addHook("acme/app", { url, secret: "secret", events: ["issues"] });
    const payload = issuesEvent(github, { action: "opened", repo: "acme/app", number: 1, sender: SENDER });
    expect(await github.webhook({ repository: "acme/app", name: "issues", payload })).toEqual([202]);
    expect(await github.webhook({ repository: "acme/app", name: "push", payload })).toEqual([]);
    expect(got).toEqual([{ event: "issues", good: true }]);
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });
});

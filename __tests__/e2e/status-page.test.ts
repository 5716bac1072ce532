import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { type Browser, MISSING_BROWSER, withBrowser } from "../builders/browser.ts";
import { DISPATCH, LABEL, OWNER, until, withService } from "../builders/service.ts";

// A whole service and a browser run here, on machines that have other work too.
jest.setTimeout(200_000);

const TITLE = `</bdi><script>document.title = "mine"</script><img src=x onerror="document.title = 'mine'"> \u202eevil`;
const SHOWN = TITLE.replace("\u202e", "\\u{202e}");
const TOKEN = "correct-horse-battery";
const TAB = "\ue004";
const ENTER = "\ue007";

interface PageScene {
  browser: Browser;
  /** Where the page is. */
  url: string;
  /** Lets the running task go on. */
  release(): void;
}

/** Plays `act` with the page of a service that has ended one task, runs another, and lets a third one wait. */
async function withPage(act: (scene: PageScene) => Promise<void>, environment: Record<string, string> = {}) {
  await withService(async ({ github, workspace, start }) => {
    const [first, second, third] = ["End at once", TITLE, "Wait"].map((title) =>
      github.createIssue(DISPATCH, { title, body: "Do it.", author: OWNER, labels: [LABEL] }),
    );
    const gate = join(workspace, "gate");
    const command = `[ "$AGENT_ISSUE_NUMBER" = ${first} ] || until [ -e ${gate} ]; do sleep 0.1; done; date > "$AGENT_ISSUE_NUMBER.txt"`;
    const service = start(["serve"], { AGENT_COMMAND: command, AGENT_CONCURRENCY: "1", ...environment });
    const hasLabel = (number: number | undefined, label: string) =>
      github.issue(DISPATCH, number ?? 0).labels.includes(label);
    await until("the first task has ended", () => hasLabel(first, "agent-completed"));
    await until("the second task runs", () => hasLabel(second, "agent-processing"));
    expect(hasLabel(third, "agent-processing")).toBe(false);
    const url = await service.url();
    await withBrowser((browser) => act({ browser, url, release: () => writeFileSync(gate, "") }));
  });
}

/** Waits until an expression holds in the page. */
async function see(browser: Browser, expression: string): Promise<void> {
  await browser.run(
    `return new Promise((done) => { const look = () => ${expression} ? done() : setTimeout(look, 50); look(); });`,
  );
}

async function setScreen(
  browser: Browser,
  width: number,
  scheme: "light" | "dark",
  motion = "no-preference",
) {
  const size = { width, height: 800, deviceScaleFactor: 1, mobile: width < 600 };
  await browser.command("Emulation.setDeviceMetricsOverride", size);
  const features = [
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-reduced-motion", value: motion },
  ];
  await browser.command("Emulation.setEmulatedMedia", { features });
}

/** Gives each text whose contrast with what is behind it is below 4.5. */
const FAINT_TEXTS = `
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [red, green, blue] = numbers(colour).map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return numbers(colour)[3] === 0 ? behind(element.parentElement) : colour;
  };
  const texts = [...document.body.querySelectorAll("*")].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const ratio = (element) => {
    const [high, low] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  return { count: texts.length, faint: texts.filter((element) => ratio(element) < 4.5).map((element) => element.outerHTML) };`;

const inChromium = MISSING_BROWSER
  ? describe.skip.bind(null, `the status page in Chromium (skipped: ${MISSING_BROWSER})`)
  : describe.bind(null, "the status page in Chromium");

inChromium(() => {
  test("shows what happens as it happens, titles as text, and asks no other host", async () => {
    await withPage(async ({ browser, url, release }) => {
      await browser.open(url);
      const before = await browser.run<Record<string, string>>(`
        window.since = "the beginning";
        const text = (selector) => document.querySelector(selector).innerText.replace(/\\s+/g, " ");
        return { running: text(".running tbody"), waiting: text(".waiting tbody"), results: text(".results tbody") };`);
      expect(before.running).toMatch(/^#2 .* Processing step \d+ s$/);
      expect(before.running).toContain(SHOWN);
      expect(before.waiting).toMatch(/^#3 Wait mona \d+ s$/);
      expect(before.results).toMatch(/^#1 End at once Opened pull request #\d+ [\d.]+ s \d+ s$/);
      await see(browser, `document.querySelector("#connection").textContent === "Live"`);
      await browser.run(`document.querySelector(".running a").focus();`);
      release();
      await see(browser, `document.querySelectorAll(".results tbody tr").length === 3`);
      const after = await browser.run<Record<string, unknown>>(`
        return {
          since: window.since,
          title: document.title,
          focus: document.activeElement.closest(".results tr")?.querySelector("bdi").textContent,
          nothing: document.querySelector(".running .nothing").textContent,
          scripts: document.scripts.length,
          images: document.images.length,
          summary: document.querySelector(".summary").textContent,
        };`);
      expect(after).toEqual({
        ...{ since: "the beginning", title: "0 running, 0 waiting – agent-runner", focus: SHOWN },
        ...{ nothing: "Nothing runs.", scripts: 1, images: 0 },
        summary: `0 tasks running, 0 waiting. Last result: ${DISPATCH}#3, Opened.`,
      });
      expect(await browser.log("browser")).toEqual([]);
      expect(await hostsAsked(browser)).toEqual([new URL(url).host]);
    });
  });

  test("is walked through by keyboard in the order in which it is read, and shows where one is", async () => {
    await withPage(async ({ browser, url }) => {
      await browser.open(url);
      await see(browser, `document.querySelector("#connection").textContent === "Live"`);
      const stops: { text: string; outline: string }[] = [];
      for (let stop = 0; stop < 5; stop++) {
        await browser.press(TAB);
        stops.push(
          await browser.run(`
            const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
            return { text: document.activeElement.textContent, outline: outlineStyle + " " + outlineWidth };`),
        );
      }
      expect(stops.map(({ text }) => text)).toEqual([
        DISPATCH,
        "#2",
        "#3",
        "#1",
        expect.stringMatching(/^pull request #\d+$/),
      ]);
      expect(new Set(stops.map(({ outline }) => outline))).toEqual(new Set(["solid 2px"]));
    });
  });

  test("fits a small phone and can be read there, in light and in dark", async () => {
    await withPage(async ({ browser, url }) => {
      const papers: string[] = [];
      for (const scheme of ["light", "dark"] as const) {
        for (const width of [320, 1200]) {
          await setScreen(browser, width, scheme);
          await browser.open(url);
          const { scroll, paper } = await browser.run<{ scroll: number; paper: string }>(
            "return { scroll: document.documentElement.scrollWidth, paper: getComputedStyle(document.body).backgroundColor };",
          );
          expect(scroll).toBe(width);
          papers.push(paper);
          const { count, faint } = await browser.run<{ count: number; faint: string[] }>(FAINT_TEXTS);
          expect(faint).toEqual([]);
          expect(count).toBeGreaterThan(30);
        }
      }
      expect(papers).toEqual([
        "rgb(251, 250, 246)",
        "rgb(251, 250, 246)",
        "rgb(23, 22, 19)",
        "rgb(23, 22, 19)",
      ]);
    });
  });

  test("moves nothing for those who want no motion", async () => {
    await withPage(async ({ browser, url }) => {
      const animation = async (motion: string) => {
        await setScreen(browser, 1200, "light", motion);
        await browser.open(url);
        await see(browser, `document.querySelector("#connection").textContent === "Live"`);
        return await browser.run(
          `return getComputedStyle(document.querySelector("#connection"), "::before").animationName;`,
        );
      };
      expect(await animation("no-preference")).toBe("breathe");
      expect(await animation("reduce")).toBe("none");
    });
  });

  test.each([
    320, 1200,
  ])("has names and roles for those who listen to it, at a width of %d", async (width) => {
    await withPage(async ({ browser, url }) => {
      await setScreen(browser, width, "light");
      await browser.open(url);
      const nodes = await accessibleNodes(browser);
      const named = (role: string) => nodes.filter((node) => node.role === role).map(({ name }) => name);
      for (const landmark of ["banner", "main", "contentinfo"]) expect(named(landmark)).toHaveLength(1);
      expect(named("heading")).toEqual([
        "agent-runner",
        "Running",
        "Waiting",
        "The last 24 hours",
        "Results",
      ]);
      expect(named("region")).toEqual(["Running", "Waiting", "The last 24 hours", "Results"]);
      expect(named("table")).toEqual(["Running", "Waiting", "Results"]);
      expect(named("columnheader")).toEqual(
        "Task Stage For Task Asked-by For Task End Took Ago".split(" ").map((name) => name.replace("-", " ")),
      );
      expect(named("rowheader")).toEqual([`#2 ${SHOWN}`, "#3 Wait", "#1 End at once"]);
      expect(named("image")).toEqual(["Ends by the hour", "Durations by the hour"]);
      expect(named("status")).toHaveLength(2);
      expect(nodes.filter(({ role, name }) => role === "link" && !name)).toEqual([]);
    });
  });

  test("opens for whoever has the token, by a cookie that no script can read", async () => {
    const scene = async ({ browser, url }: PageScene) => {
      await browser.open(url);
      await browser.press(..."wrong-token", ENTER);
      await see(browser, `document.querySelector("[role=alert]")`);
      const nodes = await accessibleNodes(browser);
      expect(nodes.filter(({ role }) => role === "alert" || role === "textbox")).toMatchObject([
        { role: "textbox", name: "Status token", description: "That is not the token." },
        { role: "alert" },
      ]);
      await browser.press(...TOKEN, ENTER);
      await see(browser, `document.querySelector("#connection")?.textContent === "Live"`);
      expect(await browser.run("return document.cookie + location.search;")).toBe("");
      const { cookies } = await browser.command<{ cookies: object[] }>("Network.getCookies");
      expect(cookies).toMatchObject([{ name: "agent_status", httpOnly: true, sameSite: "Strict" }]);
    };
    await withPage(scene, { AGENT_STATUS_TOKEN: TOKEN });
  });
});

interface AccessibleNode {
  role: string;
  name: string;
  description: string;
}

/** What assistive technology is told, in reading order. */
async function accessibleNodes(browser: Browser): Promise<AccessibleNode[]> {
  type Node = { ignored: boolean } & Partial<Record<keyof AccessibleNode, { value: string }>>;
  await browser.command("Accessibility.enable");
  const { nodes } = await browser.command<{ nodes: Node[] }>("Accessibility.getFullAXTree");
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name, description }) => ({
      role: role?.value ?? "",
      name: name?.value ?? "",
      description: description?.value ?? "",
    }));
}

/** Every host that the browser has sent a request to. */
async function hostsAsked(browser: Browser): Promise<string[]> {
  const entries = await browser.log("performance");
  const urls = entries.flatMap(({ message }) => {
    const { method, params } = JSON.parse(message).message;
    return method === "Network.requestWillBeSent" ? [String(params.request.url)] : [];
  });
  return [...new Set(urls.filter((url) => url.startsWith("http")).map((url) => new URL(url).host))];
}

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A real Chromium, driven over WebDriver. */
export interface Browser {
  open(url: string): Promise<void>;
  /** Runs the body of a function in the page; gives what it returns, or what its promise comes to. */
  run<T>(body: string): Promise<T>;
  /** Types the keys (WebDriver's names for those that write nothing), one after another. */
  press(...keys: string[]): Promise<void>;
  /** A command of the Chrome DevTools Protocol. */
  command<T>(method: string, parameters?: object): Promise<T>;
  /** Entries since the last look: the page's console, or the protocol's events of the network. */
  log(kind: "browser" | "performance"): Promise<{ level: string; message: string }[]>;
}

const CHROMIUM = find("CHROMIUM", "chromium");
const DRIVER = find("CHROMEDRIVER", "chromedriver");

/** Why there is no browser; `null` where there is one. */
export const MISSING_BROWSER =
  CHROMIUM && DRIVER ? null : "CHROMIUM and CHROMEDRIVER name no files, nor is either on the PATH";

const QUIET = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** Plays `act` with a new browser that knows nobody; it is gone afterwards. */
export async function withBrowser<T>(act: (browser: Browser) => Promise<T>): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), "chromium-"));
  const driver = spawn(DRIVER ?? "", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const url = `http://127.0.0.1:${await portOf(driver)}/session`;
    const chrome = { binary: CHROMIUM, args: [...QUIET, `--user-data-dir=${profile}`] };
    const logs = { browser: "ALL", performance: "ALL" };
    const wanted = { browserName: "chrome", "goog:chromeOptions": chrome, "goog:loggingPrefs": logs };
    const { sessionId } = await call<{ sessionId: string }>(url, { capabilities: { alwaysMatch: wanted } });
    const session = <R>(path: string, body: object) => call<R>(`${url}/${sessionId}/${path}`, body);
    const keys = (value: string) => ["keyDown", "keyUp"].map((type) => ({ type, value }));
    const browser: Browser = {
      open: (address) => session("url", { url: address }),
      run: (script) => session("execute/sync", { script, args: [] }),
      press: (...values) =>
        session("actions", { actions: [{ type: "key", id: "keys", actions: values.flatMap(keys) }] }),
      command: (cmd, params = {}) => session("goog/cdp/execute", { cmd, params }),
      log: (type) => session("se/log", { type }),
    };
    return await act(browser).finally(() => fetch(`${url}/${sessionId}`, { method: "DELETE" }));
  } finally {
    driver.kill("SIGKILL");
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function call<T>(url: string, body: object): Promise<T> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T };
  if (response.ok) return value;
  throw new Error(`${url} was answered ${response.status}: ${JSON.stringify(value).slice(0, 500)}`);
}

async function portOf(driver: ChildProcess): Promise<string> {
  let output = "";
  for await (const text of driver.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    output += String(text);
    const [, port] = /successfully on port (\d+)/.exec(output) ?? [];
    if (port) return port;
  }
  throw new Error(`chromedriver did not start: ${output}`);
}

function find(variable: string, name: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = [process.env[variable], ...folders.map((folder) => join(folder, name))];
  return paths.find((path) => path && existsSync(path)) ?? null;
}

import { z } from "zod";
import { TaskFailure } from "../../failure.ts";
import type { GitHub } from "../../ports.ts";
import type { Actor } from "../../task.ts";
import type { Client } from "./client.ts";
import { actorShape } from "./shapes.ts";

const about = { needs: "metadata: read", missing: "bad-credentials" } as const;

/** Asks once whose token it is: that does not change, and every issue with a past asks for it. */
export function createViewer(client: Client, baseUrl: string): GitHub["viewer"] {
  let asked: Promise<Actor | null> | null = null;
  const ask = async () => {
    let told: Actor | null = null;
    try {
      told = (await askUser(client)) ?? (await askApp(client, baseUrl));
    } finally {
      // GitHub may only have been in trouble: a service would believe other apps' comments until its end.
      if (told === null) asked = null;
    }
    return told;
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}

function askUser(client: Client): Promise<Actor | null> {
  return client.call({
    ...{ ...about, what: "read whose token it is", route: "GET /user", shape: actorShape },
    // Tokens of apps, and so the one of a workflow, may not ask.
    also: { 403: () => null, 404: () => null },
  });
}

/** By its `[bot]`, a login is known to be spelled as the author of a comment is; anything else tells nothing. */
const appShape = z
  .object({ data: z.object({ viewer: z.object({ login: z.string().endsWith("[bot]") }) }) })
  .transform(({ data }): Actor | null => ({ login: data.viewer.login, type: "Bot" }))
  .catch(null);

/** GraphQL tells apps too who they are; `null` where it does not. */
async function askApp(client: Client, baseUrl: string): Promise<Actor | null> {
  try {
    return await client.call({
      ...{ ...about, what: "read which app's token it is", route: `POST ${graphqlUrl(baseUrl)}` },
      parameters: { query: "query { viewer { login } }" },
      shape: appShape,
      repeatable: true,
    });
  } catch (thrown) {
    if (thrown instanceof TaskFailure) return null;
    throw thrown;
  }
}

/** A server of one's own has `https://HOST/api/graphql` beside `https://HOST/api/v3`. */
function graphqlUrl(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, "").replace(/\/api\/v3$/, "/api")}/graphql`;
}

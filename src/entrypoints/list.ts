import "../adapters/event-file.ts";
import { systemClock } from "../adapters/clock.ts";
import { createClient } from "../adapters/github/client.ts";
import { createGitHub } from "../adapters/github/github.ts";
import { openJob } from "../adapters/job.ts";
import { failRun } from "../adapters/publish.ts";
import { createIssueFeed } from "../adapters/service/issue-feed.ts";
import { fixedToken } from "../adapters/token-source.ts";
import { readWorkflow } from "../adapters/workflow.ts";
import { inputOf } from "../adapters/world.ts";
import { readInputs } from "../input-kinds.ts";
import { LIST_INPUTS } from "../sweep/inputs.ts";
import { listTasks, matrixOf } from "../sweep/list-tasks.ts";
import { renderListed } from "../sweep/render-listed.ts";

const { redactor, log, commands } = openJob();
const { redact } = redactor;

async function list(): Promise<void> {
  const { repository, apiUrl } = readWorkflow(process.env);
  const settings = readInputs(LIST_INPUTS, inputOf);
  const token = fixedToken(settings.token);
  const api = { baseUrl: apiUrl, token, clock: systemClock, log, redact };
  const dispatch = createGitHub(api);
  const feed = createIssueFeed(createClient(api));
  const listed = await listTasks({ dispatch, feed, clock: systemClock, log }, settings, repository);
  commands.setOutput("matrix", matrixOf(listed));
  commands.setOutput("count", String(listed.tasks.length));
  commands.setOutput("has-tasks", String(listed.tasks.length > 0));
  const shown = redact(renderListed(listed));
  log.info(shown);
  commands.addSummary(shown);
}

await list().catch((thrown: unknown) => failRun(thrown, redactor));

import { created, invalid, noContent, notFound, ok, Refusal } from "../answer.ts";
import { addLabels, removeLabel, setLabels } from "../issues.ts";
import type { Issue, Label } from "../model.ts";
import { renderLabel } from "../render/issue.ts";
import { authorOf } from "../state.ts";
import { findIssue, ISSUE_READ, ISSUE_WRITE } from "./issues.ts";
import { paged, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

function findLabel(call: RepositoryCall): Label {
  const name = param(call, "name").toLowerCase();
  const label = call.repository.labels.find((one) => one.name.toLowerCase() === name);
  if (label === undefined) throw notFound();
  return label;
}

/** GitHub takes `{labels: […]}` or a bare list, of names or of objects with a name. */
function wantedNames(body: unknown): string[] {
  const list = Array.isArray(body) ? body : ((body as { labels?: unknown[] }).labels ?? []);
  return list.map((one) => (typeof one === "string" ? one : String((one as { name: unknown }).name)));
}

function labelsOf(call: RepositoryCall, issue: Issue) {
  return ok(issue.labels.map((label) => renderLabel(call.state, call.repository, label)));
}

function createLabel(call: RepositoryCall) {
  const { state, repository, body } = call;
  const name = String(body.name);
  if (repository.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) {
    throw invalid({ resource: "Label", code: "already_exists", field: "name" });
  }
  if ([...name].length > 50) throw invalid({ resource: "Label", code: "invalid", field: "name" });
  if ([...String(body.description ?? "")].length > 100) {
    const message = "description is too long (maximum is 100 characters)";
    throw invalid({ resource: "Label", code: "custom", field: "description", message });
  }
  if (body.color !== undefined && !/^[0-9a-f]{6}$/i.test(body.color)) {
    throw invalid({ resource: "Label", code: "invalid", field: "color" });
  }
  const label = state.label(repository, name);
  Object.assign(label, { color: body.color ?? label.color, description: body.description ?? "" });
  return created(renderLabel(state, repository, label));
}

export const labelRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/labels": {
    needs: ISSUE_READ,
    handle: (call) =>
      paged(call, "/labels", call.repository.labels, (label) =>
        renderLabel(call.state, call.repository, label),
      ),
  },
  "POST /repos/{owner}/{repo}/labels": { needs: ISSUE_WRITE, handle: createLabel },
  "GET /repos/{owner}/{repo}/labels/{name}": {
    needs: ISSUE_READ,
    handle: (call) => ok(renderLabel(call.state, call.repository, findLabel(call))),
  },
  "DELETE /repos/{owner}/{repo}/labels/{name}": {
    needs: ISSUE_WRITE,
    handle: (call) => {
      const gone = findLabel(call);
      call.repository.labels = call.repository.labels.filter((label) => label !== gone);
      for (const issue of call.repository.issues)
        issue.labels = issue.labels.filter((label) => label !== gone);
      return noContent();
    },
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}/labels": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { labels, number } = findIssue(call);
      const render = (label: Label) => renderLabel(call.state, call.repository, label);
      return paged(call, `/issues/${number}/labels`, labels, render);
    },
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels": {
    needs: ISSUE_WRITE,
    role: "triage",
    handle: (call) => {
      const issue = findIssue(call);
      addLabels(call.state, call.repository, issue, wantedNames(call.body), authorOf(call.state, call.token));
      return labelsOf(call, issue);
    },
  },
  "PUT /repos/{owner}/{repo}/issues/{issue_number}/labels": {
    needs: ISSUE_WRITE,
    role: "triage",
    handle: (call) => {
      const issue = findIssue(call);
      setLabels(call.state, call.repository, issue, wantedNames(call.body), authorOf(call.state, call.token));
      return labelsOf(call, issue);
    },
  },
  "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}": {
    needs: ISSUE_WRITE,
    role: "triage",
    handle: (call) => {
      const issue = findIssue(call);
      const removed = removeLabel(call.state, issue, param(call, "name"), authorOf(call.state, call.token));
      if (!removed) throw new Refusal(404, "Label does not exist");
      return labelsOf(call, issue);
    },
  },
};

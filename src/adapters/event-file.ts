/**
 * `@actions/github` parses the event's file while it is being loaded, and a broken one would end the run with a stack.
 * Imported before it, this takes the path out of its sight; `readEventPayload` reads the file, and can say what is wrong.
 */
export const eventPath = process.env.GITHUB_EVENT_PATH;
delete process.env.GITHUB_EVENT_PATH;

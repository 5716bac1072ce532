import { PassThrough, type Readable } from "node:stream";
import type { Reply } from "./reply.ts";

/** Splits a CGI program's output into GitHub's answer; resolves once its headers are there. */
export function cgiAnswer(output: Readable): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) return;
      output.off("data", onData);
      const lines = head.subarray(0, end).toString().split("\r\n");
      const headers = Object.fromEntries(
        lines.map((line) => [
          line.slice(0, line.indexOf(":")).toLowerCase(),
          line.slice(line.indexOf(":") + 2),
        ]),
      );
      const status = Number.parseInt(headers.status ?? "200", 10);
      delete headers.status;
      const body = new PassThrough();
      body.write(head.subarray(end + 4));
      output.pipe(body);
      resolve({ status, headers, body });
    };
    output.on("data", onData);
    output.on("error", reject);
    output.on("end", () => reject(new Error("git http-backend ended without an answer")));
  });
}

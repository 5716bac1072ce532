import { describe, expect, test } from "@jest/globals";
import { appToken, repositoryIn } from "../../../src/adapters/token-source.ts";

describe("a token of the App", () => {
  test.each([
    ["the API", "https://api.github.com/repos/your-org/target/pulls?state=all"],
    ["an enterprise server's API", "https://ghe.example.com/api/v3/repos/your-org/target"],
    ["the git server", "https://github.com/your-org/target.git"],
  ])("is made for the repository in an address of %s", async (_, address) => {
    const asked: unknown[] = [];
    const source = appToken(
      { tokenFor: async (...given) => asked.push(given).toString() },
      { contents: "write" },
    );
    await source(new URL(address), "ghs_old");
    expect(asked).toEqual([["your-org/target", { contents: "write" }, "ghs_old"]]);
  });

  test("is made for no address without a repository", () => {
    expect(() => repositoryIn(new URL("https://api.github.com/user"))).toThrow("names no repository");
  });
});

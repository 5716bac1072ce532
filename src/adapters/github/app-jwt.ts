import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { TaskFailure } from "../../failure.ts";

/** GitHub refuses a token that was made in its future: the clocks may differ by this much. */
const SKEW_SECONDS = 60;
/** GitHub's bound is ten minutes. */
const LIFE_SECONDS = 9 * 60;

/** Reads an App's private key, PEM in PKCS#1 or PKCS#8, its line ends possibly written as `\n`. Throws `invalid-input`. */
export function parsePrivateKey(pem: string): KeyObject {
  const fits = "the `.pem` file that GitHub gave for the App, from `-----BEGIN` to the end";
  try {
    const key = createPrivateKey(pem.replaceAll("\\n", "\n").trim());
    if (key.asymmetricKeyType === "rsa") return key;
  } catch (cause) {
    throw new TaskFailure("invalid-input", `\`app-private-key\` cannot be read; it must be ${fits}.`, {
      cause,
    });
  }
  throw new TaskFailure("invalid-input", `\`app-private-key\` is no RSA key; it must be ${fits}.`);
}

/** The JSON Web Token (RS256) with which an App proves who it is; `appId` may be its client id as well. */
export function createAppJwt(appId: string, key: KeyObject, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const head = encode({ alg: "RS256", typ: "JWT" });
  const claims = encode({ iat: seconds - SKEW_SECONDS, exp: seconds + LIFE_SECONDS, iss: appId });
  const signature = sign("RSA-SHA256", Buffer.from(`${head}.${claims}`), key).toString("base64url");
  return `${head}.${claims}.${signature}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

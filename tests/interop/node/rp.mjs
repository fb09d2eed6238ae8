// A relying party on openid-client. It is told its own address, the issuer, a client id and a secret; the rest it
// finds in the issuer's metadata. It serves one visitor at a time and answers in JSON.
import { createServer } from "node:http";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18 has it under this name only
const oidc = await import("openid-client");

const { RP_URL, RP_ISSUER, RP_CLIENT_ID, RP_CLIENT_SECRET } = process.env;
const config = await oidc.discovery(new URL(RP_ISSUER), RP_CLIENT_ID, RP_CLIENT_SECRET, undefined, {
  execute: [
    oidc.allowInsecureRequests, // the tests run on http loopback
    oidc.enableNonRepudiationChecks, // check the signature of the ID token too
  ],
});
let visitor = {};

const routes = {
  async "/login"() {
    const verifier = oidc.randomPKCECodeVerifier();
    visitor = { verifier, state: oidc.randomState(), nonce: oidc.randomNonce() };
    return oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${RP_URL}/callback`,
      scope: "openid profile email offline_access",
      prompt: "consent",
      state: visitor.state,
      nonce: visitor.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
  },

  async "/callback"(url) {
    visitor.tokens = await oidc.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: visitor.verifier,
      expectedState: visitor.state,
      expectedNonce: visitor.nonce,
      idTokenExpected: true,
    });
    visitor.sub = visitor.tokens.claims().sub;
    return { claims: visitor.tokens.claims(), scope: visitor.tokens.scope };
  },

  async "/userinfo"() {
    return oidc.fetchUserInfo(config, visitor.tokens.access_token, visitor.sub);
  },

  async "/refresh"() {
    const before = visitor.tokens;
    const after = await oidc.refreshTokenGrant(config, before.refresh_token);
    visitor.tokens = { ...before, ...after };
    return { claims: after.claims(), rotated: after.refresh_token !== before.refresh_token };
  },

  async "/logout"() {
    visitor.state = oidc.randomState();
    return oidc.buildEndSessionUrl(config, {
      id_token_hint: visitor.tokens.id_token,
      post_logout_redirect_uri: `${RP_URL}/signed-out`,
      state: visitor.state,
    });
  },

  async "/signed-out"(url) {
    if (url.searchParams.get("state") !== visitor.state) throw new Error("another state came back");
    return { signed_out: true };
  },
};

function reply(response, status, body) {
  if (body instanceof URL) response.writeHead(303, { Location: body.href }).end();
  else response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

createServer(async (request, response) => {
  const url = new URL(request.url, RP_URL);
  const route = routes[url.pathname];
  if (!route) return reply(response, 404, { error: "no such page" });
  try {
    reply(response, 200, await route(url));
  } catch (error) {
    const challenge = error.cause instanceof Array ? error.cause[0]?.parameters.error : undefined;
    reply(response, 502, { error: error.error ?? challenge ?? error.code, message: error.message });
  }
}).listen(new URL(RP_URL).port, "127.0.0.1");

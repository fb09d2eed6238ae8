// Fetches a page of ours, for the modules that show one without going there.
/**
 * An XMLHttpRequest, for it makes a document where the policy lets no script parse text (Trusted Types).
 * @param {string} url @param {AbortSignal} [signal] once aborted, nothing is answered
 * @returns {Promise<Document | null>} null when something else came: a refusal, or the way to a sign-in
 */
export const load = (url, signal) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("GET", url);
  request.responseType = "document";
  request.onload = () => resolve(request.status === 200 && request.responseURL === url.split("#")[0] ? request.response : null);
  request.onerror = () => reject(new Error("no answer"));
  signal?.addEventListener("abort", () => request.abort());
  request.send();
});

// Lets a passkey answer: fills the hidden field of its form and sends it. Without this script the forms stay hidden.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const ids = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

function read(options) {
  const known = { ...options, challenge: bytes(options.challenge) };
  if (options.user) known.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) known.allowCredentials = ids(options.allowCredentials);
  if (options.excludeCredentials) known.excludeCredentials = ids(options.excludeCredentials);
  return known;
}

function write(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    if (response.userHandle) answer.userHandle = text(response.userHandle);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer });
}

let waiting;
function ask(form, more = {}) {
  waiting?.abort();
  waiting = new AbortController();
  const publicKey = read(JSON.parse(form.dataset.passkey));
  const how = { publicKey, signal: waiting.signal, ...more };
  return form.dataset.ceremony === "create" ? navigator.credentials.create(how) : navigator.credentials.get(how);
}

function send(form, credential) {
  form.elements.code.value = write(credential);
  form.submit();
}

function complain(form, error) {
  const place = form.querySelector("[role=alert]");
  const closed = error.name === "NotAllowedError" || error.name === "AbortError";
  place.textContent = error.name === "InvalidStateError" ? place.dataset.known : closed ? place.dataset.closed : place.dataset.failed;
  place.hidden = false;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  for (const other of document.querySelectorAll("[data-without-passkey]")) other.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form).then((credential) => send(form, credential), (error) => complain(form, error));
  });
  if (form.dataset.autofill !== undefined && await PublicKeyCredential.isConditionalMediationAvailable?.()) {
    document.querySelector("form:not([data-passkey])")?.addEventListener("submit", () => waiting?.abort());
    ask(form, { mediation: "conditional" }).then((credential) => send(form, credential), () => {});
  }
}

const signal = document.querySelector("[data-unknown-passkey], [data-accepted-passkeys]");
const say = (name, options) => options && window.PublicKeyCredential?.[name]?.(JSON.parse(options)).catch(() => {});
say("signalUnknownCredential", signal?.dataset.unknownPasskey);
say("signalAllAcceptedCredentials", signal?.dataset.acceptedPasskeys);

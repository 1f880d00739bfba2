// Requests to the service.
import { session, endSession } from "./session.js";
import { texts } from "./texts.js";

// What the service refused, or why it was not reached.
class Problem extends Error {
  constructor(status, body) {
    const message = body.message ?? texts.problems.unknown(status);
    super(Array.isArray(message) ? message.join("\n") : message);
    this.status = status;
    this.code = body.code;
    this.body = body;
    this.messages = [message].flat();
  }
}

function address(path, query = {}) {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parts.append(name, value);
  }
  const text = parts.toString();
  return text ? `${path}?${text}` : path;
}

export function authorization() {
  const { token, actAs } = session.value;
  return { ...(token && { Authorization: `Bearer ${token}` }), ...(actAs && { "X-Act-As": String(actAs.id) }) };
}

// The answer; a Problem is thrown for what is none.
export async function send(method, path, { query, body, headers, signal } = {}) {
  const isForm = body instanceof FormData;
  const options = { method, signal, headers: { Accept: "application/json", ...authorization(), ...headers } };
  if (body !== undefined) options.body = isForm ? body : JSON.stringify(body);
  if (body !== undefined && !isForm) options.headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address(path, query), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { message: texts.problems.unreachable });
  }
  if (!answer.ok) await refuse(answer);
  return answer;
}

async function refuse(answer) {
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401 && session.value.token) endSession(texts.session.expired);
  throw new Problem(answer.status, body);
}

const json = async (...request) => (await send(...request)).json();

export const get = (path, query, more) => json("GET", path, { query, ...more });
export const post = (path, body = {}, more) => json("POST", path, { body, ...more });
export const patch = (path, body, more) => json("PATCH", path, { body, ...more });
export const del = (path, query) => json("DELETE", path, { query });

// A POST that is carried out once, though it may be sent again.
export const postOnce = (path, body = {}, more) =>
  post(path, body, { ...more, headers: { "Idempotency-Key": crypto.randomUUID() } });

// A form with files, telling how much of it is sent: fetch can't.
export function upload(path, form, { onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () =>
      request.status < 300 ? resolve(request.response) : reject(new Problem(request.status, request.response ?? {}));
    request.onerror = () => reject(new Problem(0, { message: texts.problems.unreachable }));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

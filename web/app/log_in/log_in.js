import { html, useState } from "../html.js";
import { post, send } from "../api.js";
import { beginSession, session } from "../session.js";
import { href } from "../router.js";
import { texts } from "../texts.js";
import { Check, ProblemNotice, TextField } from "../ui/parts.js";
import { Frame, useForm } from "./frame.js";

// The session of who has this token.
export async function enter(token, isKept) {
  const headers = { Authorization: `Bearer ${token}` };
  const profile = await (await send("GET", "/auth/profile", { headers })).json();
  beginSession(token, profile, isKept);
}

export function LogIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isKept, setKept] = useState(false);
  const { problem, isBusy, submit } = useForm(async () => {
    const { token } = await post("/auth/login", { email, password });
    await enter(token, isKept);
  });
  return html`
    <${Frame} title=${texts.door.logIn} notice=${session.value.notice}>
      <form class="stack" onSubmit=${submit}>
        ${problem && html`<${ProblemNotice} problem=${problem} />`}
        <${TextField} label=${texts.door.email} type="email" autocomplete="username" required autofocus value=${email}
            onValue=${setEmail} />
        <${TextField} label=${texts.door.password} type="password" autocomplete="current-password" required value=${password}
            onValue=${setPassword} />
        <${Check} label=${texts.door.keep} checked=${isKept} onChange=${(event) => setKept(event.target.checked)} />
        <button class="primary" disabled=${isBusy}>${isBusy ? texts.door.loggingIn : texts.door.logIn}</button>
      </form>
      <p class="door-links"><a href=${href("/forgot")}>${texts.door.forgot}</a><a href=${href("/sign-up")}>${texts.door.signUp}</a></p>
    <//>`;
}

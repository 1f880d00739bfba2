import { html, useState } from "../html.js";
import { post } from "../api.js";
import { go, href } from "../router.js";
import { texts } from "../texts.js";
import { ProblemNotice, TextField } from "../ui/parts.js";
import { Frame, useForm } from "./frame.js";
import { enter } from "./log_in.js";

// First the address, then the code that was mailed there with the rest.
export function SignUp() {
  const [email, setEmail] = useState("");
  const [isSent, setSent] = useState(false);
  const ask = useForm(async () => {
    await post("/auth/send-otp", { email });
    setSent(true);
  });
  return html`
    <${Frame} title=${texts.door.signUp} notice=${isSent ? texts.door.codeSent(email) : undefined}>
      ${isSent ? html`<${Details} email=${email} />` : html`
        <form class="stack" onSubmit=${ask.submit}>
          ${ask.problem && html`<${ProblemNotice} problem=${ask.problem} />`}
          <${TextField} label=${texts.door.email} type="email" autocomplete="email" required autofocus value=${email} onValue=${setEmail} />
          <button class="primary" disabled=${ask.isBusy}>${texts.door.sendCode}</button>
        </form>`}
      <p class="door-links"><a href=${href("/")}>${texts.door.haveAccount}</a></p>
    <//>`;
}

function Details({ email }) {
  const [otp, setOtp] = useState("");
  const [fullname, setFullname] = useState("");
  const [password, setPassword] = useState("");
  const { problem, isBusy, submit } = useForm(async () => {
    await post("/auth/verify-otp", { email, otp });
    const { token } = await post("/auth/signup", { email, fullname, password, otp });
    await enter(token, false);
    go("/products");
  });
  return html`
    <form class="stack" onSubmit=${submit}>
      ${problem && html`<${ProblemNotice} problem=${problem} />`}
      <${TextField} label=${texts.door.code} inputmode="numeric" autocomplete="one-time-code" required autofocus value=${otp}
          onValue=${setOtp} />
      <${TextField} label=${texts.door.fullname} autocomplete="name" required value=${fullname} onValue=${setFullname} />
      <${TextField} label=${texts.door.newPassword} type="password" autocomplete="new-password" required value=${password}
          onValue=${setPassword} />
      <button class="primary" disabled=${isBusy}>${texts.door.makeAccount}</button>
    </form>`;
}

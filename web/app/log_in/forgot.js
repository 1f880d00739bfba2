import { html, useState } from "../html.js";
import { post } from "../api.js";
import { endSession } from "../session.js";
import { go, href } from "../router.js";
import { texts } from "../texts.js";
import { ProblemNotice, TextField } from "../ui/parts.js";
import { Frame, useForm } from "./frame.js";

export function Forgot() {
  const [email, setEmail] = useState("");
  const [otp, setOtp] = useState("");
  const [password, setPassword] = useState("");
  const [isSent, setSent] = useState(false);
  const { problem, isBusy, submit } = useForm(async () => {
    if (!isSent) {
      await post("/auth/forgot-password", { email });
      setSent(true);
      return;
    }
    await post("/auth/reset-password", { email, otp, password });
    endSession(texts.door.passwordChanged);
    go("/");
  });
  return html`
    <${Frame} title=${texts.door.forgot} notice=${isSent ? texts.door.codeSent(email) : undefined}>
      <form class="stack" onSubmit=${submit}>
        ${problem && html`<${ProblemNotice} problem=${problem} />`}
        ${!isSent && html`<${TextField} label=${texts.door.email} type="email" autocomplete="email" required autofocus value=${email}
            onValue=${setEmail} />`}
        ${isSent && html`
          <${TextField} label=${texts.door.code} inputmode="numeric" autocomplete="one-time-code" required autofocus value=${otp}
              onValue=${setOtp} />
          <${TextField} label=${texts.door.newPassword} type="password" autocomplete="new-password" required value=${password}
              onValue=${setPassword} />`}
        <button class="primary" disabled=${isBusy}>${isSent ? texts.door.setPassword : texts.door.sendCode}</button>
      </form>
      <p class="door-links"><a href=${href("/")}>${texts.door.haveAccount}</a></p>
    <//>`;
}

// One family: its name, and which attributes its products have and must have. Each change is saved as it is made.
import { html, useEffect, useState } from "../html.js";
import { del, get, patch, send } from "../api.js";
import { refresh, useCatalogue } from "../catalogue.js";
import { deleteWithUndo } from "../deleting.js";
import { useLoaded } from "../load.js";
import { go, href } from "../router.js";
import { texts } from "../texts.js";
import { Icon } from "../ui/icons.js";
import { Check, ProblemNotice, Select, Skeleton, TextField, ViewHead } from "../ui/parts.js";
import { problemToast, toast } from "../ui/toasts.js";

const memberInput = (member) => ({ attributeId: member.attribute.id, ...(member.additionalValue !== null && { additionalValue: member.additionalValue }) });

export function FamilyView({ id }) {
  const { data: family, problem, reload } = useLoaded((signal) => get(`/families/${id}`, { productLimit: 1 }, { signal }), [id]);
  const attributes = useCatalogue("attributes");
  // What was ticked and is not heard of yet, by attribute: a load that was under way before must not take the tick back.
  const [ticked, setTicked] = useState(new Map());
  useEffect(() => {
    const isOpen = ([attribute, isRequired]) => family?.familyAttributes.some((each) => each.attribute.id === attribute && each.isRequired !== isRequired);
    setTicked((before) => new Map([...before].filter(isOpen)));
  }, [family]);
  if (problem && !family) return html`<${ProblemNotice} problem=${problem} retry=${reload} />`;
  if (!family) return html`<${ViewHead} title=${texts.loading} back=${href("/families")} /><div class="scroll"><${Skeleton} /></div>`;
  const changed = (told) => () => {
    toast(told ?? texts.saved);
    refresh("families");
    reload();
  };
  const members = family.familyAttributes.map((each) => ({ ...each, isRequired: ticked.get(each.attribute.id) ?? each.isRequired }));
  const require = (member, isRequired) => {
    const next = members.map((each) => (each === member ? { ...each, isRequired } : each));
    const inputs = (wanted) => next.filter((each) => each.isRequired === wanted).map(memberInput);
    setTicked(new Map(ticked).set(member.attribute.id, isRequired));
    const failed = (why) => {
      setTicked(new Map());
      problemToast(why);
    };
    return patch(`/families/${id}`, { requiredAttributes: inputs(true), otherAttributes: inputs(false) }).then(changed(), failed);
  };
  const add = (attribute) => attribute && send("POST", `/families/${id}/attributes/${attribute}`).then(changed(), problemToast);
  const take = (member) => send("DELETE", `/families/${id}/attributes/${member.attribute.id}`).then(changed(texts.families.taken(member.attribute.name)), problemToast);
  const remove = () => {
    go("/families");
    deleteWithUndo({ request: () => del(`/families/${id}`), told: () => texts.products.deleted(family.name), show: () => { refresh("families"); go(`/families/${id}`); } });
  };
  const free = attributes.filter((each) => !members.some((member) => member.attribute.id === each.id));
  return html`
    <${ViewHead} title=${family.name} back=${href("/families")}>
      <a class="button" href=${href("/products", { familyId: id })}>${texts.countOf.product(family.productCount)}</a>
      <button type="button" class="danger-quiet" onClick=${remove}><${Icon} name="trash" /><span class="only-wide">${texts.delete}</span>
          </button>
    <//>
    <div class="scroll narrow-page">
      <${Name} key=${family.name} family=${family} onSaved=${changed()} />
      <section class="card"><h2>${texts.sections.attributes}</h2>
        <p class="soft">${texts.families.text}</p>
        <ul class="rows">
          ${members.map((member) => html`
            <li key=${member.attribute.id} class="row">
              <span class="two-lines row-name"><span class="name">${member.attribute.name}</span>
                  <span class="soft">${texts.attributes.types[member.attribute.type]}</span></span>
              <${Check} label=${texts.products.required} checked=${member.isRequired}
                  onChange=${(event) => require(member, event.target.checked)} />
              <button type="button" class="small quiet icon-only" aria-label=${texts.families.take(member.attribute.name)}
                  onClick=${() => take(member)}><${Icon} name="close" size=${16} /></button>
            </li>`)}
        </ul>
        ${free.length > 0 && html`<${Select} aria-label=${texts.products.addAttribute} value="" onValue=${add}
            options=${[["", texts.products.addAttribute], ...free.map((each) => [each.id, each.name])]} />`}
      </section>
    </div>`;
}

function Name({ family, onSaved }) {
  const [name, setName] = useState(family.name);
  const [problem, setProblem] = useState();
  const submit = (event) => {
    event.preventDefault();
    patch(`/families/${family.id}`, { name: name.trim() }).then(onSaved, setProblem);
  };
  return html`
    <form class="card name-form" onSubmit=${submit}>
      <${TextField} label=${texts.families.name} required value=${name} problem=${problem?.message} onValue=${setName} />
      <button class="primary" disabled=${name.trim() === family.name || !name.trim()}>${texts.save}</button>
    </form>`;
}

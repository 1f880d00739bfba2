// Names of those who work on the catalogue, as far as one may know them.
import { get } from "./api.js";
import { session } from "./session.js";
import { texts } from "./texts.js";
import { useLoaded } from "./load.js";

async function readPeople() {
  const { profile } = session.value;
  if (profile.role !== "OWNER") return [];
  const [active, former] = await Promise.all([get("/owner/my-staff"), get("/owner/my-staff", { deleted: true })]);
  return [active, former].flatMap((answer) => answer.data ?? answer);
}

// A function from a person's number to a name.
export function usePeople() {
  const { data = [] } = useLoaded(() => readPeople().catch(() => []), []);
  return {
    people: data,
    nameOf(id) {
      if (!id) return texts.people.nobody;
      if (id === session.value.profile.id) return texts.people.you;
      const person = data.find((each) => each.id === id);
      return person ? person.fullname || person.email : id === session.value.profile.ownerId ? texts.people.owner : texts.people.other(id);
    },
  };
}

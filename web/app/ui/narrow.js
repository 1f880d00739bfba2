// Is the page as narrow as a phone?
import { useEffect, useState } from "../html.js";

const query = matchMedia("(max-width: 720px)");

export function useNarrow() {
  const [isNarrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const look = () => setNarrow(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return isNarrow;
}

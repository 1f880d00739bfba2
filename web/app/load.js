// Things that are read when they are shown.
import { useCallback, useEffect, useRef, useState } from "./html.js";
import { Store } from "./store.js";

// Something came back, or did not go: whatever is shown is read again.
export const revived = new Store();

// { data, problem, isLoading, reload, setData } of what `read(signal)` gives; it is read again when `keys` change. What was
// there stays to be seen until the new is there.
export function useLoaded(read, keys) {
  const [state, setState] = useState({ isLoading: true });
  const reading = useRef();
  const reload = useCallback(async () => {
    reading.current?.abort();
    const mine = (reading.current = new AbortController());
    setState((before) => ({ ...before, isLoading: true }));
    try {
      const data = await read(mine.signal);
      if (!mine.signal.aborted) setState({ data, isLoading: false });
    } catch (problem) {
      if (!mine.signal.aborted) setState((before) => ({ ...before, problem, isLoading: false }));
    }
  }, keys);
  useEffect(() => {
    const stop = revived.subscribe(reload);
    reload();
    return () => {
      stop();
      reading.current?.abort();
    };
  }, [reload]);
  const setData = useCallback((data) => setState((before) => ({ ...before, data })), []);
  return { ...state, reload, setData };
}

// `value`: at once where it had not changed for a moment, and else when it hasn't for one; what is read for it is given up when
// the next comes.
export function useSettled(value, milliseconds = 30) {
  const [settled, setSettled] = useState(value);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    const now = performance.now();
    const wait = now - changedAt.current < 2 * milliseconds ? milliseconds : 0;
    changedAt.current = now;
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

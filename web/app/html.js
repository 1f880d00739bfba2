// Markup as templates. What stands in `${}` becomes text or an attribute's value, never markup.
import { h, render, Fragment, createContext } from "./vendor/preact.js";
import { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState }
  from "./vendor/hooks.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);
export {
  render, Fragment, createContext,
  useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState,
};

// Small drawings, in the colour of the text beside them. They say nothing that the text does not.
import { html } from "../html.js";

const paths = {
  product: "M4 7.5 12 3l8 4.5v9L12 21l-8-4.5zM4 7.5l8 4.5 8-4.5M12 12v9",
  category: "M4 5h7v5H4zM13 14h7v5h-7zM7.5 10v6.5H13",
  family: "M4 6h16M4 12h16M4 18h10",
  attribute: "M4 4h7l9 9-7 7-9-9zM8 8h.01",
  attributeGroup: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  asset: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  assetGroup: "M3 6h6l2 2h10v11H3z",
  import: "M12 3v12M7 10l5 5 5-5M4 20h16",
  export: "M12 15V3M7 8l5-5 5 5M4 20h16",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  monitor: "M3 12h4l3-8 4 16 3-8h4",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20",
  close: "M6 6l12 12M18 6 6 18",
  add: "M12 5v14M5 12h14",
  menu: "M4 6h16M4 12h16M4 18h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  down: "M6 9l6 6 6-6",
  columns: "M4 5h16v14H4zM10 5v14M15 5v14",
  filter: "M4 6h16M7 12h10M10 18h4",
  undo: "M9 7H4V2M4 7c3-4 8-5 12-2s5 9 1 13",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M5 19l1.5-1.5M17.5 6.5 19 5",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-5 4-7 8-7s8 2 8 7",
  check: "M5 12l5 5 9-10",
  warning: "M12 4 2.5 20h19zM12 10v4M12 17h.01",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  history: "M4 4v5h5M4 9a8.5 8.5 0 1 1-1 5M12 8v5l3 2",
};

export const Icon = ({ name, size = 18 }) => html`
  <svg class="icon" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path d=${paths[name]} fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`;

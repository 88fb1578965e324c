// What flows through the scripts. Types only: the component reads no `.d.ts`, so that nothing here reaches a browser.

/** A layer and a head, both from 0. */
export type Head = [layer: number, head: number];
/** Red, green and blue, 0 to 255. */
export type Colour = [red: number, green: number, blue: number];
/** A value that a <select> can have, and its label. */
export type Option<T extends string = string> = [value: T, label: string];

// ---- What Python sends: `payload.py` and `component.py` -------------------------------------------------------------

export interface Payload {
  tokens: string[]; // (T,)
  special: boolean[]; // (T,): [CLS], [SEP] and the like
  shape: [nLayers: number, nHeads: number, nTokens: number];
  weights: string; // base64 of L * H * T * T bytes: layer, head, query, key
  difference: boolean; // false: byte = 255 * weight; true: byte = 128 + 127 * difference
  hidden: number[][]; // [L][H]: the share of attention on tokens that are not shown
  measures: Measure[];
  badges: (string | null)[][]; // [L][H], or empty
  strip: TokenMeasure[];
  title: string;
  off?: Head[]; // heads that are switched off
  head_names?: string[]; // [H], where the columns are no heads
  digest: string; // of everything above
}

/** One number per head. */
export interface Measure {
  name: string;
  label: string;
  unit: string;
  low: number;
  high: number;
  signed: boolean;
  explanation: string;
  values: (number | null)[][]; // [L][H]; null where there is no number
}

/** One number per token. */
export interface TokenMeasure {
  name: string;
  label: string;
  signed: boolean;
  values: (number | null)[]; // (T,); null where there is no number
}

/** What is shown until somebody chooses otherwise or a link does. */
export interface Start {
  pins: Head[] | null;
  tokens: number[] | null;
}

/** Colours of the strip's bars. */
export interface BarColours {
  for: string;
  against: string;
  plain: string;
}

/** What stands in one component: the heads, what lies below them, or both. */
export type Part = "heads" | "depth" | "all";

/** Everything that Python sends; an exported page brings its view as well. */
export interface ComponentData {
  payload: Payload;
  key: string; // the group of components that share a view
  part: Part;
  start: Start;
  action: string | null; // the label of the button that sends the pinned heads to the server
  colours: BarColours;
  badges: Record<string, string>; // badge -> what it means: in words, a colon, the rule
  view?: Partial<Choices>;
}

/** The argument of the default export, as Streamlit calls it. */
export interface ComponentCall {
  data: ComponentData;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue?: (name: "chosen", pins: Head[]) => void;
}

// ---- What somebody chose to see -------------------------------------------------------------------------------------

/** What the colours are relative to: 1, the head's largest weight, or the row's. */
export type Scale = "absolute" | "head" | "row";

/** A cell of a matrix. */
export interface MatrixCell {
  query: number;
  key: number;
}

/** What the address keeps. */
export interface Choices {
  picture: "thumbnails" | "map";
  measure: string; // a measure's name; "" is the first
  order: "place" | "layer" | "all"; // layers down and heads across; sorted within each layer; ranked over all
  badge: string; // only heads with this badge stand out; "" is all
  scale: Scale;
  mass: number; // links are drawn up to this share of a row
  pins: Head[] | null; // null: nobody has chosen yet
  tokens: number[] | null; // chosen tokens, from 0; null: nobody has chosen yet
  links: number; // whose links are drawn: an index into the pins
}

/** What the pointer or the focus is on; never in the address. */
export interface Pointing {
  lit: number | null; // a token
  cell: MatrixCell | null;
  pointed: Head | null;
}

export type View = Choices & Pointing;
/** What differs from the last drawing. */
export type Change = keyof View | "data" | "size" | "theme";
export type Changes = Set<Change>;

/** The view of a group of components. */
export interface Store {
  readonly view: View;
  change(patch: Partial<View>): void;
  writeAddress(): void;
  listen(listener: (changes: Changes) => void): () => void; // returns what ends the listening
}

/** A view read against its data: only what exists in them. */
export interface Reading {
  asked: Head[]; // the pins that somebody chose; the others are only shown
  view: View;
  measure: Measure | null;
  pins: Head[];
  linked: number; // whose links are drawn: an index into the pins
  tokens: number[]; // the chosen ones
  lit: number | null; // the token that is pointed at
  queries: number[]; // whose rows are in question: the chosen tokens, else the one that is pointed at
  pointed: Head | null;
}

/** What can be done with the view. */
export interface Actions {
  change(patch: Partial<View>): void;
  point(target: Pick<Pointing, "lit" | "cell">): void;
  togglePin(pin: Head): void;
  toggleToken(token: number): void;
  toggleBadge(badge: string): void;
}

// ---- What a drawing is made from ------------------------------------------------------------------------------------

/** All that one drawing shows. Functions name the fields that they use: `Pick<Snapshot, "payload" | "pins">`. */
export interface Snapshot extends Reading {
  payload: Payload;
  weights: Weights;
  theme: Theme;
  layout: Layout;
  colours: BarColours;
}

/** The weights of one payload. */
export interface Weights {
  difference: boolean;
  bytes(layer: number, head: number): Uint8Array; // (T * T,), row = query
  value(byte: number): number;
  at(layer: number, head: number, query: number, key: number): number;
  row(layer: number, head: number, query: number): Float64Array; // (T,)
  sumRows(layer: number, head: number, queries: number[]): Float64Array; // (T,)
}

/** A weight drawn as a line from the token that attends to the one attended to. */
export interface Link extends MatrixCell {
  weight: number;
}

/** The links that are drawn, and how many weaker ones are not. */
export interface LinkChoice {
  links: Link[];
  left: number;
}

/** Plain CSS colours and a font, as the page has them. */
export interface Theme {
  background: string;
  panel: string;
  text: string;
  border: string;
  primary: string;
  link: string;
  family: string;
}

/** Sizes of everything, in CSS pixels. */
export interface Layout {
  width: number; // of the component
  stacked: boolean; // whether grid and matrices stand one below the other
  left: number; // width of the grid's side
  right: number; // width of the matrices' side
  nTokens: number;
  cell: number; // height of a cell, and side of a thumbnail
  cellWide: number;
  under: number; // below a cell, for its bar
  across: number; // from cell to cell
  down: number; // from row to row
  header: number; // height of the numbers across
  numbers: number; // width of the numbers down
  labels: number; // width of the tokens beside a matrix
  upright: number; // height of the tokens above it
  perRow: number; // matrices side by side
  side: number; // of a matrix
}

/** Where a matrix stands in its panel. */
export interface Frame {
  left: number;
  top: number;
  side: number;
  named: boolean; // whether tokens stand beside its rows
  width: number; // with the tokens
  height: number;
}

/** A token in the strip. */
export interface Slot {
  place: number; // of the token in the text
  text: string; // as much of it as fits
  x: number;
  width: number;
  line: number;
}

/** A row of bars in the strip. */
export interface StripRow extends Omit<TokenMeasure, "name"> {
  hint?: string; // a longer label
  even?: number; // the value of even attention; 0 or absent: no such line
}

/** Where everything in the strip stands. */
export interface StripPlan {
  narrow: boolean;
  font: string;
  size: number;
  family: string;
  width: number;
  labels: number; // width of the measures' names
  upright: boolean;
  lines: Slot[][];
  slots: Slot[]; // in the order of the text
  textRoom: number;
  lineHeight: number;
  height: number;
}

/** The caption and three numbers along a ramp of colours. */
export interface Legend {
  caption: string;
  marks: string[];
  difference: boolean;
}

/** A drawing of a known size. */
export interface Piece {
  node: SVGElement;
  width: number;
  height: number;
}

/** The canvases that hold the pixels of a head. */
export interface Canvases {
  thumbnail(pin: Head): HTMLCanvasElement;
  matrix(pin: Head): HTMLCanvasElement;
}

/** What we use of it: it brings no types. */
declare module 'fontkit' {
  export interface Font {
    layout(text: string): unknown;
  }
  export function create(file: Uint8Array): Font;
}

/** What goes into the floor's workflow and its empty activities: shaped like the product's letters. */
export interface FloorLetter {
  readonly id: string;
  readonly kind: 'command' | 'fact' | 'outcome';
}
export interface FloorActivities {
  commit(request: { readonly letter: FloorLetter; readonly at: number; readonly sequence: number }): Promise<{ readonly events: readonly object[] }>;
  refund(call: { readonly key: string }): Promise<object>;
}
export const floorQueues = { returns: 'floor', providers: 'floor-providers' } as const;
/** Apply, shipment, two scans, receipt, inspection, and the refund's outcome. */
export const floorLetters = 7;

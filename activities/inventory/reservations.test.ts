import type { Event } from '#libs/domain/return/evolve';
import { newReturn, type Replacement, type ReturnState, type Step } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from '../returns/record';
import { recordReservations } from './reservations';

const replacement = (replacementId: string, sku: string, more: Partial<Replacement> = {}): Replacement => ({
  replacementId,
  lineId: '1',
  unit: Number(replacementId.slice(-1)),
  sku,
  kind: 'exchange',
  status: 'reserved',
  trackingNumber: null,
  ...more,
});
const promised = (id: string, sku: string, more: Partial<Replacement> = {}): Event => ({
  type: 'replacement_reserved',
  replacement: replacement(id, sku, more),
});
const became = (replacementId: string, status: Replacement['status']): Event => ({ type: 'replacement_changed', replacementId, set: { status } });

const orderOf = ({ replacementId }: Replacement): Step => ({
  id: replacementId,
  kind: 'reship',
  subject: replacementId,
  status: 'undo',
  round: 2,
  from: null,
  to: null,
});

/** What a decision does to the articles, in the order in which it locks them, and to its reservations. */
function written(before: readonly Replacement[], events: readonly Event[]) {
  const [stock, reservations]: [string[], string[]] = [[], []];
  const write = (sql: string, [first, back, lost]: [string, number, number]) => {
    if (sql.startsWith('UPDATE inventory')) stock.push(lost === 0 ? `${first} ${back}` : `${first} ${back} and ${lost} gone`);
    else reservations.push(`${/'(reserved|released|shipped)'/.exec(sql)![1]!} ${first}`);
  };
  const state: ReturnState = { ...newReturn('demo', 'ret_1'), replacements: before, steps: before.map(orderOf) };
  recordReservations({ write } as unknown as Transaction, { before: state, events } as unknown as Change);
  return { stock, reservations };
}

describe('the stock of replacements', () => {
  test('is taken when it is promised, and given back when the promise ends', () => {
    expect(written([], [promised('rpl_1', 'B')])).toEqual({ stock: ['B -1'], reservations: ['reserved rpl_1'] });
    expect(written([replacement('rpl_1', 'B')], [became('rpl_1', 'cancelled')])).toEqual({ stock: ['B 1'], reservations: ['released rpl_1'] });
    expect(written([replacement('rpl_1', 'B')], [became('rpl_1', 'shipped')])).toEqual({ stock: [], reservations: ['shipped rpl_1'] });
  });

  test.each([
    ['A', 'B'],
    ['B', 'A'],
  ])('is locked article by article in one order, whether it is taken (%s) or given back (%s)', (taken, given) => {
    const { stock } = written([replacement('rpl_1', given)], [became('rpl_1', 'cancelled'), promised('rpl_2', taken)]);
    expect(stock).toEqual([`A ${taken === 'A' ? -1 : 1}`, `B ${taken === 'B' ? -1 : 1}`]);
  });

  test('of one article changes once: what is given back pays for what is taken, so the last piece can change hands', () => {
    const two = [promised('rpl_2', 'A'), promised('rpl_3', 'A')];
    expect(written([], two).stock).toEqual(['A -2']);
    const { stock, reservations } = written([replacement('rpl_1', 'A')], [became('rpl_1', 'cancelled'), ...two]);
    expect(stock).toEqual(['A -1']);
    expect(reservations).toEqual(['reserved rpl_2', 'reserved rpl_3', 'released rpl_1']);
    expect(written([replacement('rpl_1', 'A')], [became('rpl_1', 'cancelled'), promised('rpl_2', 'A')]).stock).toEqual([]);
  });

  test('that left although it was given back is taken again, as far as any is left', () => {
    const refused: Event = { type: 'step_changed', id: 'rpl_1', set: { status: 'done', recall: 'refused' } };
    expect(written([replacement('rpl_1', 'A', { status: 'cancelled' })], [refused])).toEqual({ stock: ['A 0 and 1 gone'], reservations: ['shipped rpl_1'] });
  });

  test('is not touched by a shortage, nor by the customer’s own article that was repaired', () => {
    expect(written([], [promised('rpl_1', 'A', { status: 'short' }), promised('rpl_2', 'A', { kind: 'repair' })])).toEqual({ stock: [], reservations: [] });
    const held = [replacement('rpl_1', 'A', { status: 'short' }), replacement('rpl_2', 'A', { kind: 'repair' })];
    expect(written(held, [became('rpl_1', 'cancelled'), became('rpl_2', 'cancelled')])).toEqual({ stock: [], reservations: [] });
  });
});

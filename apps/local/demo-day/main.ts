import { formatAmount } from '#libs/domain/money/format-amount';
import { parsePort } from '../ports';
import { messageOf, StackError } from '../stack-error';
import { cases, orderOf, refundsDecided, type Case } from './cases';
import { People, type Body } from './people';
import { PlayedReturn } from './played-return';

/** Returns played side by side: enough to be quick, few enough to leave the machine to the product. */
const AT_ONCE = 4;
const DAY_MS = 86_400_000;

/**
 * `npm run demo:day [-- URL [NAME]]`: a day of mixed returns at the demo shop, over HTTP, as its customers, agents and warehouse would have it; finance does not act. Played
 * again under the same name (today's date when left out) it gets its first answers again and changes nothing.
 */
async function main([url = `http://127.0.0.1:${parsePort(process.env.PORT)}`, name]: readonly string[]): Promise<void> {
  const today = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS);
  const day = name ?? `DAY${today.toISOString().slice(2, 10).replaceAll('-', '')}`;
  const people = new People(url.replace(/\/$/, ''));
  await people.put('shop', '/v1/inventory/DAY-TEE-L', { available: 50, price: 1000, title: 'T-shirt, L' });
  console.log(`A day of ${cases.length} returns at ${people.apiUrl}, orders ${day}-01 to ${day}-${cases.length}\n`);
  const results = new Map<number, Promise<string>>();
  const begin = (position: number): Promise<string> => {
    const result = results.get(position) ?? played(people, day, position, today);
    results.set(position, result);
    return result;
  };
  for (const position of cases.keys()) {
    for (let ahead = position; ahead < Math.min(position + AT_ONCE, cases.length); ahead++) begin(ahead).catch(() => undefined);
    console.log(await begin(position));
  }
  console.log(`\n${await waiting(people)}`);
}

let begun: Promise<unknown> = Promise.resolve();
/** Returns begin one after the other, in the sequence of the day, however their steps overlap afterwards: work of the same urgency is listed by when its return began. */
function inTurn<T>(begin: () => Promise<T>): Promise<T> {
  const next = begun.then(begin);
  begun = next.catch(() => undefined);
  return next;
}

async function played(people: People, day: string, position: number, today: Date): Promise<string> {
  const one: Case = cases[position]!;
  const order = orderOf(day, position, one, today);
  const rma = await inTurn(async () => {
    await one.prepare?.(people, order.orderNumber);
    return PlayedReturn.begin(people, order, one.application);
  });
  await (one.play ?? (async (its: PlayedReturn) => its.bringBack()))(rma, people);
  const end = await rma.until('an end to what happens by itself', one.rests ?? refundsDecided);
  return `${rma.order.orderNumber}  ${rma.number}  ${one.title}: ${outcome(end)}`;
}

function outcome({ status, refunds, replacements, compensations, attention, currency }: Body): string {
  const parts = [
    ...refunds.map((refund: Body) => `${formatAmount(refund.amount, currency)} to ${refund.tenderId} ${refund.status.replaceAll('_', ' ')}`),
    ...replacements.map((replacement: Body) => `${replacement.sku} ${replacement.status}`),
    ...compensations.map((given: Body) => `${given.kind} of ${formatAmount(given.amount, currency)} ${given.status.replaceAll('_', ' ')}`),
    ...(attention === null ? [] : [`attention: ${attention.reason.replaceAll('_', ' ')}`]),
  ];
  return parts.length === 0 ? status : parts.join(', ');
}

async function waiting(people: People): Promise<string> {
  const lines = [];
  for (const queue of ['refund_approval', 'goodwill_approval', 'payout', 'exception']) {
    const { data } = await people.get('finance', `/v1/work?queue=${queue}`);
    for (const { title, returnId } of data) lines.push(`  ${queue.padEnd(18)} ${title} (${returnId ?? 'no return'})`);
  }
  return `What waits for finance now (GET /v1/work):\n${lines.join('\n')}\n\nWhat to do about it: docs/finance.md, "A day in finance".`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`demo:day: ${error instanceof StackError ? error.message : error instanceof Error ? (error.stack ?? messageOf(error)) : String(error)}`);
  process.exit(1);
});

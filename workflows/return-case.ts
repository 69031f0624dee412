import {
  ActivityFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  searchAttributes,
  providersQueueOf,
  type DatabaseActivities,
  type Letter,
  type LetterReceipt,
  type ProviderActivities,
} from '#libs/contracts/messages';
import { atRest, due, type Effect } from '#libs/domain/return/due';
import { evolve } from '#libs/domain/return/evolve';
import type { Outcome } from '#libs/domain/return/input';
import type { ReturnState } from '#libs/domain/return/state';
import { status } from '#libs/domain/return/tables';
import { Alarm } from './alarm';
import { fact, letter } from './messages';

const database = proxyLocalActivities<DatabaseActivities>({ startToCloseTimeout: '3s', retry: { maximumInterval: '5s' } });
/** Providers have their own queue: one that is slow or down holds nobody else up. After 15 minutes a round ends, a person is told, and a new one begins. */
const providers = (summary: string) =>
  proxyActivities<ProviderActivities>({
    taskQueue: providersQueueOf(workflowInfo().taskQueue),
    startToCloseTimeout: '40s',
    scheduleToCloseTimeout: '15m',
    summary,
  });

interface Received {
  readonly letter: Letter;
  readonly answer: (receipt: LetterReceipt) => void;
}

/**
 * One return, alive. People, machines, providers and the clock all put letters into one inbox; `turn` alone takes them out, one after the other, and has each decided
 * and written in one transaction.
 */
export class ReturnCase {
  readonly #inbox: Received[] = [];
  readonly #underWay = new Set<string>();
  readonly #alarm = new Alarm();
  #shownAttention = false;
  #lastMoment: string | null = null;
  /** Where the return's clock stood before it was moved forward, until everything it passed over is dealt with. */
  #jumpedFrom: number | null = null;

  // No validator: it would refuse a command that an earlier try has already written. The API asks `decide` about the row instead.
  constructor(public state: ReturnState) {
    setHandler(letter, (received) => this.#post(received));
    setHandler(fact, (received) => void this.#post(received));
    this.#shownAttention = state.attention !== null;
  }

  /** The only clock. */
  now(): number {
    return Date.now() + this.state.clockOffset;
  }

  /** Nothing is due and nobody waits for an answer: the return has nothing left to do. */
  get over(): boolean {
    return atRest(this.state) && this.#idle;
  }
  get #idle(): boolean {
    return this.#inbox.length === 0 && this.#underWay.size === 0 && allHandlersFinished();
  }

  /** Whoever started a return that has nothing due has sent a letter with it, which is not there yet when the workflow's first line runs. */
  async opened(): Promise<void> {
    if (this.over) await condition(() => this.#inbox.length > 0, '1m');
  }

  /** Starts what is due, waits for the next letter unless a moment has come, has it dealt with. */
  async turn(): Promise<void> {
    this.#startDue();
    const moment = this.#momentDue();
    if (moment) void this.#post(moment);
    else await this.#wait();
    while (this.#inbox.length > 0) {
      const { letter: next, answer } = this.#inbox.shift()!;
      await this.#write(next);
      answer({ sequence: this.state.sequence });
    }
    this.#show();
  }

  #startDue(): void {
    const { effects, later, moments } = due(this.state);
    const now = this.now();
    for (const effect of [...effects, ...later.filter(({ at }) => at <= now).map((one) => one.effect)]) void this.#perform(effect);
    const waits = [...moments, ...later.map(({ at, effect }) => ({ at, stage: effect.call, kind: 'retry' }))].filter(({ at }) => at > now);
    const next = waits.toSorted((a, b) => a.at - b.at)[0];
    if (next) this.#alarm.set(next.at - this.state.clockOffset, `${next.stage} ${next.kind}`);
  }

  /** The earliest moment that has come. One at a time: what it brings may move the others. */
  #momentDue(): Letter | null {
    const [first] = due(this.state).moments.filter(({ at }) => at <= this.now()).toSorted((a, b) => a.at - b.at); // prettier-ignore
    if (!first) {
      this.#jumpedFrom = null;
      return null;
    }
    const { at, stage, kind } = first;
    const id = `moment/${stage}/${kind}/${at}`;
    if (id === this.#lastMoment) return null; // it has been dealt with and changed nothing: not again and again
    this.#lastMoment = id;
    return { id, kind: 'moment', stage, moment: kind, at };
  }

  async #wait(): Promise<void> {
    await condition(() => this.#inbox.length > 0 || this.#alarm.rang || this.#full || this.over);
    if (this.#full) await continueAsNew<(state: ReturnState) => Promise<void>>(this.state);
    this.#alarm.rang = false;
  }

  /** History is long, and nobody would notice a change of run: no letter, no call under way, no caller still waiting. */
  get #full(): boolean {
    const { continueAsNewSuggested, historyLength, memo } = workflowInfo();
    return (continueAsNewSuggested || historyLength >= Number(memo?.historyLimit ?? Infinity)) && this.#idle && due(this.state).effects.length === 0;
  }

  #post(received: Letter): Promise<LetterReceipt> {
    return new Promise((answer) => this.#inbox.push({ letter: received, answer }));
  }

  /** The transaction decides; the process learns what became true since it last looked, by whomever. */
  async #write(next: Letter): Promise<void> {
    const { merchantId, returnId, sequence } = this.state;
    const at = this.#instantOf(next);
    const { events } = await database.commit({ merchantId, returnId, letter: next, at, sequence });
    this.state = events.reduce(evolve, this.state);
    if (events.some((event) => event.type === 'clock_advanced')) this.#jumpedFrom ??= at;
  }

  /** A moment that the clock was moved over (sandbox) is decided as of its own instant, as if its timer had rung then; what follows from it counts from there. */
  #instantOf(next: Letter): number {
    return next.kind === 'moment' && this.#jumpedFrom !== null && next.at > this.#jumpedFrom ? next.at : this.now();
  }

  /** Calls a provider, and posts what it said like any other letter. */
  async #perform({ id, call, key, subject }: Effect): Promise<void> {
    if (this.#underWay.has(id)) return;
    this.#underWay.add(id);
    const { merchantId, returnId } = this.state;
    const round = Number(id.slice(id.lastIndexOf(':') + 1));
    const result = await providers(`${call} ${subject}`)[call]({ merchantId, returnId, key, subject, round }).catch(unanswered);
    await this.#post({ id, kind: 'outcome', call, subject, result });
    this.#underWay.delete(id);
  }

  /** What an operator reads in Temporal's own UI. The search attribute is dear: only when it changes. */
  #show(): void {
    const { attention, number, units } = this.state;
    setCurrentDetails(`**${number}** ${status(this.state)} · ${units.length} unit(s)${attention ? ` · needs attention: ${attention.reason}` : ''}`);
    if ((attention !== null) === this.#shownAttention) return;
    this.#shownAttention = attention !== null;
    upsertSearchAttributes({ [searchAttributes.needsAttention]: [attention !== null] });
  }
}

/** A provider's refusal is an answer, and comes as data. What ends in an error here is no answer at all. */
function unanswered(error: unknown): Outcome {
  if (error instanceof ActivityFailure) return { kind: 'unanswered' };
  throw error;
}

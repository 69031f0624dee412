import type { Resolution } from '#libs/domain/policy/policy';
import type { Action } from '#libs/domain/return/attention';
import type { Compensation } from '#libs/domain/return/state';

/** Every mail a customer can get. */
export const templates = [
  'applied',
  'approved',
  'rejected',
  'received',
  'settled',
  'advanced',
  'advance_recovered',
  'cancelled',
  'expired',
  'offer',
  'compensation',
  'handover_reminder',
  'replacement_shipped',
] as const;
export type Template = (typeof templates)[number];

/** What a mail tells, already in the reader's language: amounts with their currency, times with their zone. Null: there is none, and its sentence is left out. */
export interface MailFacts {
  readonly name: string;
  readonly number: string;
  readonly orderNumber: string;
  /** "T-shirt, M × 2", one a line of the order. */
  readonly items: readonly string[];
  readonly rejectedItems: readonly string[];
  readonly quoted: string | null;
  /** The newest instalment; null when no money is due with it. */
  readonly settled: string | null;
  /** What was kept of it, without its sign. */
  readonly fees: string | null;
  /** What of it went to the customer before the goods were inspected. */
  readonly settledAhead: string | null;
  /** Paid, or promised, before the goods are inspected. */
  readonly advanced: string | null;
  /** What of an advance turned out not to be due, and is taken back. */
  readonly recovered: { readonly amount: string; readonly from: 'store_credit' | 'invoice' } | null;
  readonly toStoreCredit: boolean;
  /** How the goods come back; null when none do. */
  readonly handover: 'drop_off' | 'door_pickup' | 'self_ship' | null;
  readonly handoverBy: string | null;
  readonly pickup: { readonly from: string; readonly to: string } | null;
  /** Of the parcel that comes to us. */
  readonly trackingNumber: string | null;
  readonly appealBy: string | null;
  readonly offer: {
    readonly resolution: Resolution | 'store_credit';
    readonly amount: string | null;
    readonly note: string | null;
    readonly by: string | null;
  } | null;
  readonly compensation: {
    readonly kind: Compensation['kind'];
    readonly amount: string;
    readonly code: string | null;
    readonly validUntil: string | null;
  } | null;
  readonly replacement: { readonly article: string; readonly carrier: string | null; readonly trackingNumber: string | null } | null;
  readonly next: { readonly action: Action; readonly by: string | null } | null;
}
/** Sentences; null for one that has nothing to say. */
export type Sentences = readonly (string | null)[];
export interface Words {
  readonly subject: (facts: MailFacts) => string;
  readonly body: (facts: MailFacts) => Sentences;
}
/** All of one language. */
export interface Texts {
  readonly locale: 'en' | 'zh-CN';
  /** Times are told in this zone, and named by `zoneName`. */
  readonly zone: string;
  readonly zoneName: string;
  readonly greeting: (name: string) => string;
  readonly farewell: string;
  readonly points: (count: string) => string;
  readonly next: Readonly<Record<Action | 'nothing', (by: string | null) => string>>;
  readonly mails: Readonly<Record<Template, Words>>;
}

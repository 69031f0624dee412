import { canonical, sha256 } from '#libs/persistence/canonical';
import { beginning, type LogEntry } from '#libs/persistence/log';
import type { EntryRecord, Leaf, Posting, SettlementRecord, StreamRecord, Table } from './records';
import { differenceOf, postingsTold, settlementTold, type ToldPosting, type ToldSettlement } from './told';

/** Something that is not as the chain says. `sequence`: the first entry that cannot be relied on. */
export interface Finding {
  readonly stream: string | null;
  readonly sequence: number | null;
  readonly table: Table;
  readonly id: string;
  readonly detail: string;
}

/** One chain, from its beginning to its end, with the money it tells. Its own memory is that of what was told and has not come yet. */
export class ChainAudit {
  entries = 0;
  head = beginning;
  private first: Finding | null = null;
  private readonly postings = new Map<string, ToldPosting>();
  private readonly settlements = new Map<string, ToldSettlement>();
  private readonly leaves: Leaf[];
  private orderNumber: string | null = null;
  private untold: { readonly digest: string; readonly id: string } | null = null;
  private broken = false;

  constructor(
    private readonly record: StreamRecord,
    private readonly ofMerchant: boolean,
  ) {
    this.leaves = [...record.leaves];
  }

  entry(entry: EntryRecord): void {
    if (this.ofMerchant) this.missing(); // its postings follow each entry at once
    const expected = this.entries + 1;
    const id = `${this.record.stream}/${expected}`;
    const said = entry.sequence === expected ? this.linked(entry, id) : null;
    if (entry.sequence !== expected) this.wrong(expected, id, `is missing: entry ${entry.sequence} comes next`);
    for (let leaf = this.leaves[0]; leaf && leaf.sequence <= entry.sequence; leaf = this.leaves[0]) {
      this.leaves.shift();
      if (leaf.sequence === entry.sequence && leaf.hash !== entry.hash)
        this.found(leaf.sequence, 'log_entry', id, `is not the entry that checkpoint ${leaf.number} vouches for`);
    }
    this.entries = entry.sequence;
    this.head = entry.hash;
    if (said && !this.broken) this.told(said);
  }

  private linked({ sequence, previous, hash, text, type, cause, at }: EntryRecord, id: string): LogEntry | null {
    if (previous !== this.head) return this.wrong(sequence, id, 'does not follow from the entry before it');
    if (hash !== sha256(previous + text)) return this.wrong(sequence, id, 'is not what its hash was made of');
    const said = parsed(text);
    if (!said) return this.wrong(sequence, id, 'cannot be read');
    const same = said.stream === this.record.stream && said.sequence === sequence && said.type === type && said.cause === cause && said.at === at;
    return same ? said : this.wrong(sequence, id, 'has a column that differs from the text that is hashed');
  }

  /** From here on the chain tells nothing that can be relied on. */
  private wrong(sequence: number, id: string, detail: string): null {
    this.found(sequence, 'log_entry', id, detail);
    this.broken = true;
    return null;
  }

  private told(entry: LogEntry): void {
    const returnId = this.ofMerchant ? null : this.record.stream;
    if (entry.type === 'applied') this.orderNumber ??= (entry.data as { orderNumber?: string }).orderNumber ?? null;
    for (const told of postingsTold(entry, returnId)) this.postings.set(`${told.entryId}#${told.position}`, told);
    const settlement = settlementTold(entry, this.record.stream, this.orderNumber);
    if (settlement) this.settlements.set(settlement.id, settlement);
  }

  posting(posting: Posting): void {
    const key = `${posting.entryId}#${posting.position}`;
    const told = this.postings.get(key);
    if (!told) {
      const digest = sha256((this.untold?.digest ?? '') + canonical(posting));
      this.untold = { digest, id: this.untold?.id ?? key };
      return;
    }
    this.postings.delete(key);
    const { toldBy, ...expected } = told;
    const differs = differenceOf({ ...posting, amount: String(posting.amount) }, { ...expected, amount: String(expected.amount) });
    if (differs) this.found(toldBy, 'ledger_posting', key, differs);
  }

  settlement(row: SettlementRecord): void {
    const told = this.settlements.get(row.id);
    if (!told) return this.found(this.entries + 1, 'settlement', row.id, 'is told by no entry of the log');
    this.settlements.delete(row.id);
    const { kind: _, document, inputs, rules, ...columns } = row;
    const { toldBy, ...expected } = told;
    const actual = { ...columns, total: String(row.total), document: canonical(document), inputsDigest: sha256(canonical(inputs)), rules: canonical(rules) };
    const differs = differenceOf(actual, expected);
    if (differs) this.found(toldBy, 'settlement', row.id, differs);
  }

  /** What the chain told and nobody had. */
  private missing(): void {
    for (const [key, { toldBy }] of this.postings) this.found(toldBy, 'ledger_posting', key, 'is told by the log, and missing');
    for (const [id, { toldBy }] of this.settlements) this.found(toldBy, 'settlement', id, 'is told by the log, and missing');
    this.postings.clear();
    this.settlements.clear();
  }

  /** Ends the chain; answers the first of what was found. */
  close(): Finding | null {
    this.missing();
    const { stream, head, row, sealed } = this.record;
    const next = this.entries + 1;
    const adopted = head?.adopted ?? null;
    if ((this.untold?.digest ?? null) !== adopted)
      this.found(next, 'ledger_posting', this.untold?.id ?? stream, this.untold ? 'is told by no entry of the log' : 'adopted postings are missing');
    for (const leaf of this.leaves) this.found(next, 'log_entry', `${stream}/${leaf.sequence}`, `is missing: checkpoint ${leaf.number} vouches for it`);
    for (const leaf of this.record.leaves) if (leaf.adopted !== adopted) this.found(next, 'log_head', stream, `differs from checkpoint ${leaf.number}`);
    if (!head) this.found(next, 'log_head', stream, 'is missing');
    else if (head.sequence !== this.entries || head.hash !== this.head)
      this.found(next, 'log_entry', `${stream}/${next}`, `the log ends at ${this.entries}, its head is ${head.sequence} ${head.hash}`);
    else if (sealed && this.record.leaves.at(-1)?.sequence !== head.sequence) this.found(next, 'audit_leaf', stream, 'is missing: a checkpoint took this head');
    if (row && (row.sequence !== this.entries || row.hash !== this.head)) this.found(next, 'return', stream, 'names another head than its log has');
    if (!row && !this.ofMerchant && !stream.includes('/')) this.found(next, 'return', stream, 'is missing');
    return this.first;
  }

  private found(sequence: number, table: Table, id: string, detail: string): void {
    if (this.first === null || sequence < this.first.sequence!) this.first = { stream: this.record.stream, sequence, table, id, detail };
  }
}

function parsed(text: string): LogEntry | null {
  try {
    const entry = JSON.parse(text) as LogEntry | null;
    return typeof entry === 'object' ? entry : null;
  } catch {
    return null;
  }
}

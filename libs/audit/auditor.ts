import { createHash, type Hash } from 'node:crypto';
import { ChainAudit, type Finding } from './chain-audit';
import { CheckpointTree, firstPrevious, openCheckpoint } from './checkpoint';
import type { AuditRecord, CheckpointRecord, CheckpointText, End, Opening, PostingRecord, SettlementRecord, StreamRecord } from './records';

export type { Finding } from './chain-audit';

export interface Expectations {
  /** Ids of the keys whose signatures count; null: any key's, for there is nothing to compare with. */
  readonly trusted: ReadonlySet<string> | null;
  /** A checkpoint that is known from elsewhere. */
  readonly known?: { readonly number: number; readonly hash: string };
  /** Not all chains are shown: then the roots of checkpoints cannot be made anew. */
  readonly partial?: boolean;
  /** Computes a settlement once more from what is stored of it; what comes out differently, null for nothing. */
  readonly recompute?: (settlement: SettlementRecord) => string | null;
}

export interface Verdict {
  readonly ok: boolean;
  readonly merchantId: string;
  readonly streams: number;
  readonly entries: number;
  readonly postings: number;
  readonly settlements: number;
  /** Settlements that were computed once more, all to the same figures but those among the findings. */
  readonly recomputed: number;
  /** Digest of all heads. */
  readonly head: string;
  readonly checkpoints: readonly CheckpointText[];
  /** Hash of the last checkpoint; null without any. */
  readonly lastCheckpoint: string | null;
  /** Debits less credits, by currency and account. */
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  /** The first ones; the very first is where to look. */
  readonly findings: readonly Finding[];
}

/** The records cannot be what an audit reads: damaged, cut off or of another format. Not a sign of tampering by itself, and not a proof of anything. */
export class Unreadable extends Error {}

const SHOWN = 20;

/** Reads an audit's records in their order and tells whether everything follows from everything. Memory does not grow with the number of entries. */
export class Auditor {
  readonly findings: Finding[] = [];
  private opening: Opening | null = null;
  private ended = false;
  /** `later`: what is said after what the chain itself has to say. */
  private chain: { readonly name: string; readonly audit: ChainAudit; readonly later: Finding[] } | null = null;
  private readonly counts = { streams: 0, entries: 0, postings: 0, settlements: 0 };
  private recomputed = 0;
  private readonly heads: Hash = createHash('sha256');
  private readonly texts: CheckpointText[] = [];
  private previous: string | null = null;
  private readonly trees = new Map<number, CheckpointTree>();
  private readonly balances = new Map<string, Map<string, bigint>>();

  constructor(private readonly expectations: Expectations) {}

  take(record: AuditRecord): void {
    if (this.ended) throw new Unreadable('something follows the end');
    if ((record.kind === 'boomerang-audit') !== (this.opening === null)) throw new Unreadable('it does not begin like an audit');
    switch (record.kind) {
      case 'boomerang-audit':
        return this.open(record);
      case 'checkpoint':
        return this.checkpoint(record);
      case 'stream':
        return this.stream(record);
      case 'entry':
        this.counts.entries++;
        return this.current().entry(record);
      case 'posting':
        return this.posting(record);
      case 'settlement':
        return this.settlement(record);
      case 'stray':
        this.closeChain();
        return this.found({ stream: null, sequence: 1, table: record.table, id: record.id, detail: 'belongs to no chain there is' });
      case 'end':
        return this.end(record);
      default:
        throw new Unreadable(`it holds something unknown (${String((record as { kind?: unknown }).kind)})`);
    }
  }

  /** @throws Unreadable when the records have not come to their end */
  finish(): Verdict {
    if (!this.ended || !this.opening) throw new Unreadable('it ends too early');
    return {
      ok: this.findings.length === 0,
      merchantId: this.opening.merchantId,
      ...this.counts,
      recomputed: this.recomputed,
      head: this.heads.digest('hex'),
      checkpoints: this.texts,
      lastCheckpoint: this.previous,
      balances: this.balances,
      findings: this.findings,
    };
  }

  private open(record: Opening): void {
    if (record.version !== 1) throw new Unreadable(`its format ${record.version} is not known here`);
    this.opening = record;
  }

  private checkpoint(record: CheckpointRecord): void {
    const expected = this.texts.length + 1;
    const wrong = (detail: string) => this.found({ stream: null, sequence: expected, table: 'audit_checkpoint', id: String(expected), detail });
    if (this.counts.streams > 0) throw new Unreadable('a checkpoint follows the chains');
    if (record.number !== expected) return wrong(`is missing: checkpoint ${record.number} comes next`);
    const said = openCheckpoint(record, this.opening!.merchantId);
    const { known, trusted } = this.expectations;
    if ('wrong' in said) return wrong(said.wrong);
    if (said.previous !== (this.previous ?? firstPrevious)) wrong('does not follow from the checkpoint before it');
    if (trusted && !trusted.has(said.keyId)) wrong(`is signed by key ${said.keyId}, which is not among the trusted ones`);
    if (known?.number === expected && known.hash !== record.hash) wrong('is not the one that is known from elsewhere');
    this.texts.push(said);
    this.previous = record.hash;
    this.trees.set(record.number, new CheckpointTree());
  }

  private stream(record: StreamRecord): void {
    if (this.chain && !this.isAfter(record.stream)) throw new Unreadable(`chain ${record.stream} is out of order`);
    this.closeChain();
    for (const leaf of record.leaves) {
      const tree = this.trees.get(leaf.number);
      if (tree) tree.add(record.stream, leaf);
      else
        this.found({
          stream: record.stream,
          sequence: leaf.sequence,
          table: 'audit_leaf',
          id: record.stream,
          detail: `belongs to no checkpoint ${leaf.number}`,
        });
    }
    this.counts.streams++;
    this.chain = { name: record.stream, audit: new ChainAudit(record, record.stream === `merchant/${this.opening!.merchantId}`), later: [] };
  }
  private isAfter(name: string): boolean {
    return Buffer.compare(Buffer.from(name), Buffer.from(this.chain!.name)) > 0;
  }

  private current(): ChainAudit {
    if (!this.chain) throw new Unreadable('a row comes before its chain');
    return this.chain.audit;
  }

  private posting({ kind: _, ...posting }: PostingRecord): void {
    this.current().posting(posting);
    this.counts.postings++;
    const accounts = this.balances.get(posting.currency) ?? new Map<string, bigint>();
    this.balances.set(posting.currency, accounts);
    const amount = BigInt(posting.amount);
    accounts.set(posting.from, (accounts.get(posting.from) ?? 0n) + amount);
    accounts.set(posting.to, (accounts.get(posting.to) ?? 0n) - amount);
  }

  private settlement(record: SettlementRecord): void {
    this.current().settlement(record);
    this.counts.settlements++;
    if (!this.expectations.recompute) return;
    this.recomputed++;
    const differs = this.expectations.recompute(record);
    if (differs === null) return;
    const { name, audit, later } = this.chain!;
    later.push({ stream: name, sequence: audit.entries, table: 'settlement', id: record.id, detail: `computed once more: ${differs}` });
  }

  private closeChain(): void {
    if (!this.chain) return;
    const { name, audit, later } = this.chain;
    this.chain = null;
    const finding = audit.close();
    this.heads.update(`${name} ${audit.head}\n`);
    for (const one of finding ? [finding, ...later] : later) this.found(one);
  }

  private end({ streams, entries, postings, settlements }: End): void {
    this.closeChain();
    const counts = { streams, entries, postings, settlements };
    for (const [what, count] of Object.entries(counts))
      if (this.counts[what as keyof typeof counts] !== count)
        throw new Unreadable(`it has ${this.counts[what as keyof typeof counts]} ${what} and not ${count}`);
    if (!this.expectations.partial) this.compareRoots();
    const { known } = this.expectations;
    if (known && known.number > this.texts.length) {
      const detail = 'is known from elsewhere, and missing';
      this.found({ stream: null, sequence: known.number, table: 'audit_checkpoint', id: String(known.number), detail });
    }
    this.ended = true;
  }

  private compareRoots(): void {
    for (const { number, root, streams } of this.texts) {
      const tree = this.trees.get(number)!;
      if (tree.size === streams && tree.root() === root) continue;
      const detail = `signs other heads than those it is kept with (${streams} signed, ${tree.size} kept)`;
      this.found({ stream: null, sequence: number, table: 'audit_leaf', id: `checkpoint ${number}`, detail });
    }
  }

  private found(finding: Finding): void {
    if (this.findings.length < SHOWN) this.findings.push(finding);
  }
}

/**
 * What an audit reads, in this order: `boomerang-audit`, every `checkpoint` (oldest first), then chain by chain (names ascending by their bytes) `stream`, its `entry`s and the
 * `posting`s and `settlement`s of its return; postings that belong to no return follow the entry of the merchant's chain that tells them. Last `stray`s, and `end`.
 * So one pass with little memory sees all that belongs together. A line of an audit file is one of these as JSON; rows are as PostgreSQL holds them.
 */
export type AuditRecord = Opening | CheckpointRecord | StreamRecord | EntryRecord | PostingRecord | SettlementRecord | StrayRecord | End;

export const formatVersion = 1;

export interface Opening {
  readonly kind: 'boomerang-audit';
  readonly version: number;
  readonly merchantId: string;
  /** RFC 3339: when the file was begun. */
  readonly at: string;
}

export interface CheckpointRecord {
  readonly kind: 'checkpoint';
  readonly number: number;
  /** Canonical JSON of {@link CheckpointText}: what is hashed and signed. */
  readonly text: string;
  readonly hash: string;
  /** SPKI, DER, base64. */
  readonly publicKey: string;
  /** Ed25519 over the text, base64. */
  readonly signature: string;
}
export interface CheckpointText {
  /** 1 is the only one there has been. */
  readonly version: number;
  readonly merchantId: string;
  readonly number: number;
  readonly at: string;
  /** Hash of the checkpoint before; zeros before the first. */
  readonly previous: string;
  /** Merkle root over the leaves, names ascending by their bytes. */
  readonly root: string;
  /** How many leaves there are. */
  readonly streams: number;
  /** Digest of the public key. */
  readonly keyId: string;
}

/** What a checkpoint vouches for: that the chain had this entry. */
export interface Leaf {
  readonly number: number;
  readonly sequence: number;
  readonly hash: string;
  readonly adopted: string | null;
}
/** One chain begins. */
export interface StreamRecord {
  readonly kind: 'stream';
  readonly stream: string;
  /** Where it ends; null when no head is known. */
  readonly head: { readonly sequence: number; readonly hash: string; readonly adopted: string | null } | null;
  /** The last checkpoint of this audit took this head. */
  readonly sealed: boolean;
  /** What the return's own row says; null without one. */
  readonly row: { readonly sequence: number; readonly hash: string } | null;
  /** Of all checkpoints, oldest first. */
  readonly leaves: readonly Leaf[];
}

export interface EntryRecord {
  readonly kind: 'entry';
  readonly sequence: number;
  readonly at: string;
  readonly cause: string;
  readonly type: string;
  readonly text: string;
  readonly previous: string;
  readonly hash: string;
}

/** Minor units; text where a number would lie. */
export type Amount = number | string;

/** A row of the ledger: `from` is debited, `to` credited. */
export interface Posting {
  readonly entryId: string;
  readonly position: number;
  readonly at: string;
  readonly returnId: string | null;
  readonly refundId: string | null;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly amount: Amount;
  readonly currency: string;
  /** The entry of the merchant's chain that tells it; null for a return's. */
  readonly merchantSequence: number | null;
}
export type PostingRecord = { readonly kind: 'posting' } & Posting;

/** `of`: what was settled, or an advance on it. */
export interface SettlementRecord {
  readonly kind: 'settlement';
  readonly id: string;
  readonly of: string;
  readonly returnId: string;
  readonly orderNumber: string;
  readonly currency: string;
  readonly total: Amount;
  readonly document: unknown;
  readonly inputs: unknown;
  readonly rules: unknown;
  readonly createdAt: string;
}

/** A row that belongs to no chain there is. */
export interface StrayRecord {
  readonly kind: 'stray';
  readonly table: Table;
  readonly id: string;
}
export type Table = 'log_entry' | 'log_head' | 'ledger_posting' | 'settlement' | 'return' | 'audit_checkpoint' | 'audit_leaf';

/** How many of each came: a file without it is not whole. */
export interface End {
  readonly kind: 'end';
  readonly streams: number;
  readonly entries: number;
  readonly postings: number;
  readonly settlements: number;
}

import { z } from 'zod';
import { time } from './answers';
import { page } from './lists';
import { id } from './values';

/** `GET /v1/audit/verify`: one return's chain, or without it all of them. */
export const auditVerifyQuery = z.strictObject({ returnId: id.optional() });
export type AuditVerifyQuery = z.infer<typeof auditVerifyQuery>;

/** `GET /v1/audit/checkpoints`. */
export const checkpointsQuery = z.strictObject(page);
export type CheckpointsQuery = z.infer<typeof checkpointsQuery>;

/** The number of a checkpoint, in a path. */
export const checkpointNumber = z.coerce.number<string>().int().min(1).max(1_000_000_000);

/** `GET /v1/audit/verify`. */
export const auditVerification = z
  .object({
    ok: z.boolean(),
    entries: z.int().meta({ description: "Entries read; with `returnId` those of the return's own chain" }),
    head: z.string().meta({ description: "The chain's last hash; of all chains a digest of their heads" }),
    firstBroken: z.int().nullable().meta({ description: 'Sequence of the first entry that cannot be relied on; of a checkpoint its number' }),
    place: z
      .object({ table: z.string(), id: z.string(), detail: z.string() })
      .nullable()
      .meta({ description: 'The row that is not as the chain says, and how it differs' }),
    stream: z.string().nullable().meta({ description: 'The chain that was asked for, or the first broken one' }),
    streams: z.int().meta({ description: 'How many chains were read' }),
    postings: z.int().meta({ description: 'Ledger postings that were compared with the chains' }),
    settlements: z.int().meta({ description: 'Settlements that were compared with the chains' }),
    checkpoints: z.int().meta({ description: 'Signed checkpoints that were checked' }),
    lastCheckpoint: z.string().nullable().meta({ description: 'Hash of the last one; keep it elsewhere and compare' }),
    keysTrusted: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether every checkpoint is signed by a key of this installation; null when it has none to compare with' }),
  })
  .meta({ id: 'AuditVerification', description: 'Whether log, ledger, settlements and checkpoints all say the same' });
export type AuditVerification = z.infer<typeof auditVerification>;

/** An element of `GET /v1/audit/checkpoints`. */
export const checkpointAnswer = z
  .object({
    number: z.int(),
    at: time,
    streams: z.int().meta({ description: 'Heads it vouches for: those that moved since the one before' }),
    root: z.string().meta({ description: 'Merkle root (RFC 6962, SHA-256) over these heads, names ascending by their bytes' }),
    previous: z.string().meta({ description: 'Hash of the checkpoint before; zeros before the first' }),
    hash: z.string().meta({ description: 'SHA-256 of `text`' }),
    keyId: z.string(),
    publicKey: z.string().meta({ description: 'SPKI, DER, base64' }),
    signature: z.string().meta({ description: 'Ed25519 over `text`, base64' }),
    text: z.string().meta({ description: 'What is hashed and signed' }),
  })
  .meta({ id: 'AuditCheckpoint', description: 'A signed statement about where the hash chains were at a time' });
export type CheckpointAnswer = z.infer<typeof checkpointAnswer>;

import { createHash } from 'node:crypto';
import { MerkleTree, type Digest } from '#libs/domain/audit/merkle';
import { canonical, sha256 } from '#libs/persistence/canonical';
import { keyIdOf, signatureHolds, type SigningKey } from './keys';
import type { CheckpointRecord, CheckpointText } from './records';

/** What the first checkpoint follows. */
export const firstPrevious = '0'.repeat(64);

const digest: Digest = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The tree of one checkpoint; leaves come with their names ascending by their bytes. */
export class CheckpointTree {
  private readonly tree = new MerkleTree(digest);

  get size(): number {
    return this.tree.size;
  }
  add(stream: string, { sequence, hash, adopted }: { readonly sequence: number; readonly hash: string; readonly adopted: string | null }): void {
    this.tree.add(Buffer.from(canonical({ stream, sequence, hash, adopted: adopted ?? undefined })));
  }
  root(): string {
    return Buffer.from(this.tree.root()).toString('hex');
  }
}

export function signCheckpoint(text: Omit<CheckpointText, 'version' | 'keyId'>, key: SigningKey): CheckpointRecord {
  const signed = canonical({ ...text, version: 1, keyId: key.keyId } satisfies CheckpointText);
  return { kind: 'checkpoint', number: text.number, text: signed, hash: sha256(signed), publicKey: key.publicKey, signature: key.sign(signed) };
}

/** What a checkpoint says, once hash and signature hold; else what is wrong with it. */
export function openCheckpoint(record: CheckpointRecord, merchantId: string): CheckpointText | { readonly wrong: string } {
  const { number, text, hash, publicKey } = record;
  if (sha256(text) !== hash) return { wrong: 'its hash is not that of its text' };
  if (!signatureHolds(text, record)) return { wrong: 'its signature does not hold' };
  const said = JSON.parse(text) as CheckpointText;
  if (said.version !== 1) return { wrong: `its version ${said.version} is not known here` };
  if (said.merchantId !== merchantId || said.number !== number) return { wrong: 'its text is about another checkpoint' };
  if (said.keyId !== keyIdOf(publicKey)) return { wrong: 'it names another key than the one that signed it' };
  return said;
}

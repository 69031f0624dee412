import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sha256 } from '#libs/persistence/canonical';

/** Signs checkpoints. */
export interface SigningKey {
  readonly keyId: string;
  /** SPKI, DER, base64: as checkpoints carry it. */
  readonly publicKey: string;
  /** Ed25519, base64. */
  readonly sign: (text: string) => string;
}
/** The keys that this installation calls its own. */
export interface KeyRing {
  /** Null: checkpoints can be checked, not made. */
  readonly signing: SigningKey | null;
  /** Ids of every key in the ring; null when there is no ring, and nothing to compare with. */
  readonly trusted: ReadonlySet<string> | null;
}
export interface KeySettings {
  readonly AUDIT_SIGNING_KEY?: string | undefined;
  readonly AUDIT_SIGNING_KEY_FILE?: string | undefined;
}

const emptyRing: KeyRing = { signing: null, trusted: null };

/**
 * The ring of `AUDIT_SIGNING_KEY` (PEM, or PKCS8 DER as base64) or of the file `AUDIT_SIGNING_KEY_FILE`: its first private key signs, every key in it is trusted. A new key is
 * put before the old one, whose public part stays, so that what it signed still counts. A file is read anew each time: a rotation needs no restart.
 * @throws Error that says what is wrong, and nothing of the key
 */
export function readKeyRing({ AUDIT_SIGNING_KEY, AUDIT_SIGNING_KEY_FILE }: KeySettings): KeyRing {
  if (AUDIT_SIGNING_KEY && AUDIT_SIGNING_KEY_FILE) throw new Error('AUDIT_SIGNING_KEY and AUDIT_SIGNING_KEY_FILE are both set: one of them is enough');
  if (AUDIT_SIGNING_KEY) return ringOf(AUDIT_SIGNING_KEY, 'AUDIT_SIGNING_KEY');
  if (!AUDIT_SIGNING_KEY_FILE) return emptyRing;
  let text: string;
  try {
    text = readFileSync(AUDIT_SIGNING_KEY_FILE, 'utf8');
  } catch (error) {
    throw new Error(`AUDIT_SIGNING_KEY_FILE cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, { cause: error });
  }
  return ringOf(text, 'AUDIT_SIGNING_KEY_FILE');
}

function ringOf(text: string, where: string): KeyRing {
  const keys = keysIn(text, where);
  if (keys.length === 0) throw new Error(`${where} holds no key`);
  const privateKey = keys.find((key) => key.type === 'private');
  return { signing: privateKey ? signingKey(privateKey) : null, trusted: new Set(keys.map((key) => keyIdOf(publicPart(key)))) };
}

/** The ids of the keys in a PEM text (or of one in DER, base64), for what others hand over as trusted. */
export const keyIdsIn = (text: string, where: string): string[] => keysIn(text, where).map((key) => keyIdOf(publicPart(key)));

function keysIn(text: string, where: string): KeyObject[] {
  // Environment files tend to hold line ends as two characters.
  const plain = text.replaceAll('\\n', '\n').trim();
  const blocks = plain.match(/-----BEGIN [A-Z ]+-----[\s\S]+?-----END [A-Z ]+-----/g);
  const keys = (blocks ?? (plain === '' ? [] : [plain])).map((block) => read(block, where));
  if (keys.some((key) => key.asymmetricKeyType !== 'ed25519')) throw new Error(`${where} holds a key that is not Ed25519`);
  return keys;
}

function read(block: string, where: string): KeyObject {
  try {
    if (block.includes('PUBLIC KEY-----')) return createPublicKey(block);
    if (block.startsWith('-----')) return createPrivateKey(block);
    const der = Buffer.from(block, 'base64');
    try {
      return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    } catch {
      return createPublicKey({ key: der, format: 'der', type: 'spki' });
    }
  } catch {
    throw new Error(`${where} holds something that is no key`);
  }
}

function signingKey(key: KeyObject): SigningKey {
  const publicKey = publicPart(key);
  return { keyId: keyIdOf(publicKey), publicKey, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') };
}

const publicPart = (key: KeyObject): string => (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' }).toString('base64');

/** Digest of a public key (SPKI, DER, base64); short enough to read out. */
export const keyIdOf = (publicKey: string): string => sha256(Buffer.from(publicKey, 'base64')).slice(0, 32);

/** False too for what is no key or no signature at all, and for either with anything about it that is not part of it: decoders read over that. */
export function signatureHolds(text: string, { publicKey, signature }: { readonly publicKey: string; readonly signature: string }): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    const bytes = Buffer.from(signature, 'base64');
    if (publicPart(key) !== publicKey || bytes.toString('base64') !== signature) return false;
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, bytes);
  } catch {
    return false;
  }
}

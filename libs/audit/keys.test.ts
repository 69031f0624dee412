import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyIdOf, keyIdsIn, readKeyRing, signatureHolds } from './keys';

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    base64: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    publicBase64: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
};
const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (text: string) => {
  const file = join(folder, 'key.pem');
  writeFileSync(file, text);
  return file;
};

describe('a ring of keys', () => {
  const [old, next] = [pair(), pair()];

  test.each([
    ['PEM', old.pem],
    ['PEM on one line', old.pem.replaceAll('\n', '\\n')],
    ['DER as base64', old.base64],
  ])('is read from a variable as %s', (_, text) => {
    const ring = readKeyRing({ AUDIT_SIGNING_KEY: text });
    expect(ring.signing).toMatchObject({ keyId: keyIdOf(old.publicBase64), publicKey: old.publicBase64 });
    expect(ring.trusted).toEqual(new Set([keyIdOf(old.publicBase64)]));
    const signature = ring.signing!.sign('text');
    expect(signatureHolds('text', { publicKey: old.publicBase64, signature })).toBe(true);
    expect(signatureHolds('texts', { publicKey: old.publicBase64, signature })).toBe(false);
    expect(signatureHolds('text', { publicKey: next.publicBase64, signature })).toBe(false);
    expect(signatureHolds('text', { publicKey: 'x', signature })).toBe(false);
  });

  test.each(['x', '=', '\n', ' ', 'AAAA', '=='])('a key or a signature with %j behind it is another text, and does not hold', (tail) => {
    const signing = readKeyRing({ AUDIT_SIGNING_KEY: old.base64 }).signing!;
    const [publicKey, signature] = [old.publicBase64, signing.sign('text')];
    expect(signatureHolds('text', { publicKey, signature })).toBe(true);
    expect(signatureHolds('text', { publicKey: publicKey + tail, signature })).toBe(false);
    expect(signatureHolds('text', { publicKey, signature: signature + tail })).toBe(false);
    expect(signatureHolds('text', { publicKey, signature: tail + signature })).toBe(false);
    expect(signatureHolds('text', { publicKey, signature: signature.replace(/=+$/, '') })).toBe(false);
  });

  test('signs by its first private key and trusts every key in it: so a key is rotated', () => {
    const file = fileWith(old.pem);
    const before = readKeyRing({ AUDIT_SIGNING_KEY_FILE: file });
    writeFileSync(file, next.pem + old.publicPem);
    const after = readKeyRing({ AUDIT_SIGNING_KEY_FILE: file });
    expect(after.signing!.keyId).toBe(keyIdOf(next.publicBase64));
    expect([...after.trusted!]).toEqual([keyIdOf(next.publicBase64), before.signing!.keyId]);
    expect(readKeyRing({ AUDIT_SIGNING_KEY_FILE: fileWith(old.publicPem) })).toEqual({ signing: null, trusted: new Set([before.signing!.keyId]) });
    expect(keyIdsIn(next.publicPem + old.publicPem, 'file')).toEqual([...after.trusted!]);
    expect(keyIdsIn(old.publicBase64, 'file')).toEqual([before.signing!.keyId]);
  });

  test('may be empty: then checkpoints are neither made nor compared', () => {
    expect(readKeyRing({})).toEqual({ signing: null, trusted: null });
  });

  test('says what is wrong with it, and nothing of what is in it', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(() => readKeyRing({ AUDIT_SIGNING_KEY: 'secret' })).toThrow(/^AUDIT_SIGNING_KEY holds something that is no key$/);
    expect(() => readKeyRing({ AUDIT_SIGNING_KEY: old.pem.replace(/\n[A-Za-z0-9+/=]{10}/, '\nAAAA') })).toThrow(
      'AUDIT_SIGNING_KEY holds something that is no key',
    );
    expect(() => readKeyRing({ AUDIT_SIGNING_KEY: rsa })).toThrow('AUDIT_SIGNING_KEY holds a key that is not Ed25519');
    expect(() => readKeyRing({ AUDIT_SIGNING_KEY_FILE: join(folder, 'nowhere') })).toThrow('AUDIT_SIGNING_KEY_FILE cannot be read (ENOENT)');
    expect(() => readKeyRing({ AUDIT_SIGNING_KEY_FILE: fileWith('\n') })).toThrow('AUDIT_SIGNING_KEY_FILE holds no key');
    expect(() => readKeyRing({ AUDIT_SIGNING_KEY: old.pem, AUDIT_SIGNING_KEY_FILE: 'x' })).toThrow('both set');
  });
});

import { createHash } from 'node:crypto';
import { MerkleTree, type Digest } from './merkle';

const digest: Digest = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const rootOf = (leaves: readonly string[]) => {
  const tree = new MerkleTree(digest);
  for (const leaf of leaves) tree.add(Buffer.from(leaf, 'hex'));
  return hex(tree.root());
};
/** RFC 6962 §2.1, word by word. */
function byDefinition(leaves: readonly string[]): Uint8Array {
  if (leaves.length === 0) return digest();
  if (leaves.length === 1) return digest(Uint8Array.of(0), Buffer.from(leaves[0]!, 'hex'));
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return digest(Uint8Array.of(1), byDefinition(leaves.slice(0, left)), byDefinition(leaves.slice(left)));
}

describe('a Merkle tree', () => {
  /** Published test vectors of certificate transparency. */
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  test.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('of %i published leaves has the published root', (count, root) => {
    expect(rootOf(leaves.slice(0, count))).toBe(root);
  });

  test('of any number of leaves is the one of the definition, and knows how many there are', () => {
    const many = Array.from({ length: 70 }, (_, index) => hex(digest(Buffer.from(String(index)))));
    for (let count = 0; count <= many.length; count++) expect(rootOf(many.slice(0, count))).toBe(hex(byDefinition(many.slice(0, count))));
    const tree = new MerkleTree(digest);
    for (const leaf of many) tree.add(Buffer.from(leaf, 'hex'));
    expect(tree.size).toBe(70);
    expect(hex(tree.root())).toBe(hex(tree.root()));
  });

  test('changes with any leaf, with their order and with their number', () => {
    const all = leaves.slice(1, 6);
    const roots = [all, all.with(2, 'ff'), all.with(0, all[1]!).with(1, all[0]!), all.slice(0, 4), [...all, all[4]!]].map(rootOf);
    expect(new Set(roots).size).toBe(roots.length);
  });
});

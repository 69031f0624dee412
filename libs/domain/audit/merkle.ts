/** A cryptographic digest of bytes. */
export type Digest = (...parts: readonly Uint8Array[]) => Uint8Array;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/**
 * A Merkle tree as RFC 6962 builds it: a leaf is `digest(0 ‖ content)`, a node `digest(1 ‖ left ‖ right)`, and the left side of each node is the largest full tree that fits.
 * Leaves come one at a time and only the roots of full trees are kept, so a million leaves need twenty digests of memory.
 */
export class MerkleTree {
  private readonly full: { readonly height: number; readonly root: Uint8Array }[] = [];
  private count = 0;

  constructor(private readonly digest: Digest) {}

  get size(): number {
    return this.count;
  }

  add(content: Uint8Array): void {
    this.count++;
    let tree = { height: 0, root: this.digest(LEAF, content) };
    for (let left = this.full.at(-1); left?.height === tree.height; left = this.full.at(-1)) {
      this.full.pop();
      tree = { height: tree.height + 1, root: this.digest(NODE, left.root, tree.root) };
    }
    this.full.push(tree);
  }

  /** Of no leaves it is the digest of nothing. */
  root(): Uint8Array {
    const last = this.full.at(-1);
    if (!last) return this.digest();
    return this.full.slice(0, -1).reduceRight((right, { root }) => this.digest(NODE, root, right), last.root);
  }
}

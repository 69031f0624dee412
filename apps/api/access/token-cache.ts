import { Injectable } from '@nestjs/common';
import { resolveToken, type ResolvedToken } from '#libs/access/sessions';
import { tokenHash } from '#libs/access/tokens';
import type { Caller } from '#libs/contracts/caller';
import { Database } from '#libs/persistence/database';

/** Milliseconds for which a revoked key or a changed account may still be taken for what it was, by a process that did not make the change. */
const LIFE = 10_000;
const REMEMBERED = 10_000;

interface Entry {
  readonly resolved: Promise<ResolvedToken | null>;
  readonly until: number;
}

/** Who is behind a token, asked of the database at most every ten seconds. Unknown tokens are remembered as well; the least recently used go first. */
@Injectable()
export class TokenCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly database: Database) {}

  async callerOf(token: string): Promise<Caller | null> {
    const hash = tokenHash(token);
    const now = Date.now();
    let entry = this.entries.get(hash);
    if (!entry || entry.until <= now) entry = { resolved: resolveToken(this.database, token), until: now + LIFE };
    this.entries.delete(hash);
    this.entries.set(hash, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= REMEMBERED) break;
      this.entries.delete(oldest);
    }
    try {
      const resolved = await entry.resolved;
      return resolved && resolved.expiresAt > Date.now() ? resolved.caller : null;
    } catch (error) {
      this.entries.delete(hash); // the database was away: nothing is known of this token
      throw error;
    }
  }

  /** After a change of accounts or keys in this process. */
  clear(): void {
    this.entries.clear();
  }
}

const MINUTE = 60_000;

/** So many a minute for each key, in this process's memory. A window begins with its first call; the keys remembered are bounded, the oldest goes first. */
export class RateLimiter {
  private readonly windows = new Map<string, { taken: number; until: number }>();

  constructor(
    private readonly limit: number,
    private readonly remembered = 20_000,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes a slot: null when there was one, else the seconds until there is one again. */
  take(key: string): number | null {
    const now = this.now();
    let window = this.windows.get(key);
    if (!window || window.until <= now) {
      this.windows.delete(key);
      window = { taken: 0, until: now + MINUTE };
      this.windows.set(key, window);
      this.forgetOldest(now);
    }
    if (window.taken >= this.limit) return Math.max(1, Math.ceil((window.until - now) / 1000));
    window.taken++;
    return null;
  }

  /** What succeeded does not count. */
  giveBack(key: string): void {
    const window = this.windows.get(key);
    if (window && window.taken > 0) window.taken--;
  }

  /** Windows end in the order in which they began, which is the map's. */
  private forgetOldest(now: number): void {
    for (const [key, { until }] of this.windows) {
      if (until > now && this.windows.size <= this.remembered) return;
      this.windows.delete(key);
    }
  }
}

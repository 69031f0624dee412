export interface ProviderHttpOptions {
  /** Base address of the provider. */
  readonly url: string;
  readonly secret: string;
  /** How long an answer may take; above what a slow provider needs, below the activity's own limit. */
  readonly timeoutMs?: number;
}
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
/** Nothing was sent: the connection was refused or never made. The same call may be made again. */
export class NotSent extends Error {}
/** Something may have been done: the request went out and no whole answer came back. */
export class NoAnswer extends Error {}

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** HTTP to a provider that tells apart what decides about money: not sent, no answer, answered. */
export class ProviderHttp {
  constructor(private readonly options: ProviderHttpOptions) {}

  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, headers: Record<string, string> = {}): Promise<Reply> {
    const { url, secret, timeoutMs = 30_000 } = this.options;
    try {
      const response = await fetch(new URL(path, url), {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { authorization: `Bearer ${secret}`, ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Reply['body']) };
    } catch (error) {
      const code = String((error as { cause?: { code?: unknown } }).cause?.code ?? '');
      if (neverConnected.has(code)) throw new NotSent(`${method} ${path}: ${code}`, { cause: error });
      throw new NoAnswer(`${method} ${path}: ${code || String(error)}`, { cause: error });
    }
  }
}

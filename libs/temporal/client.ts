import { Client, Connection } from '@temporalio/client';

export interface TemporalAddress {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
}

/** A client that connects with its first call, so that a process starts, and says it is not ready, while Temporal is away. Close the connection at the end. */
export function connectTemporal({ address, namespace }: TemporalAddress): { readonly client: Client; readonly connection: Connection } {
  const connection = Connection.lazy({ address });
  return { client: new Client({ connection, namespace }), connection };
}

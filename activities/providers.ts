import type { ProviderActivities } from '#libs/contracts/messages';
import type { Database } from '#libs/persistence/database';
import { carrierActivities } from './carriers/calls';
import { paymentActivities } from './payments/calls';
import { ProviderHttp, type ProviderHttpOptions } from './provider-http';

/** Everything a return may ask of the world outside, by the names of `due`. */
export function providerActivities(database: Database, options: ProviderHttpOptions): ProviderActivities {
  const http = new ProviderHttp(options);
  return { ...carrierActivities(database, http), ...paymentActivities(database, http) } satisfies ProviderActivities;
}

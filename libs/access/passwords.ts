import { hash, verify } from '@node-rs/argon2';

/** Argon2id with the library's defaults (19 MiB, 2 passes); runs on the thread pool. */
export const hashPassword = (password: string): Promise<string> => hash(password);

/** Made before it is needed: the first unknown account must not take longer than the next. */
const nobody = hashPassword('nobody has this password');

/** Takes as long for an account that is not there, or has no password, as for a wrong password. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  return (await verify(stored ?? (await nobody), password)) && stored !== null;
}

import { randomBytes } from 'node:crypto';
import { sha256 } from '#libs/persistence/canonical';

/** 256 random bits each, so a plain SHA-256 is enough to store: there is nothing to guess. */
export const newSessionToken = (): string => `bmt_${randomBytes(32).toString('base64url')}`;
export const newApiKey = (): string => `bmk_${randomBytes(32).toString('base64url')}`;
export const tokenHash = (token: string): string => sha256(token);

/** Milliseconds a token from login or order-access is good for. */
export const SESSION_LIFE = 12 * 3600 * 1000;

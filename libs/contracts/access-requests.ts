import { z } from 'zod';
import { amount, email, name, text } from './values';

export const userRoles = ['customer', 'agent', 'warehouse', 'finance', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];
/** What an API key may be limited to. */
export const apiKeyScopes = ['orders', 'returns', 'inventory', 'coupons', 'store_credit', 'webhooks', 'sandbox'] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** `POST /v1/auth/login`. What cannot be an account is a wrong password, not a bad request: the limits here only bound the work. */
export const loginBody = z.strictObject({ email: text(254), password: text(200) }).meta({ id: 'Login' });
export type LoginBody = z.infer<typeof loginBody>;

/** `POST /v1/auth/order-access`. */
export const orderAccessBody = z
  .strictObject({ orderNumber: text(100), email: text(254) })
  .meta({ id: 'OrderAccess', description: 'The guest’s way to one order' });
export type OrderAccessBody = z.infer<typeof orderAccessBody>;

const userFields = {
  email,
  name: name(200),
  role: z.enum(userRoles),
  warehouse: name(64).nullable(),
  goodwillLimitAmount: amount,
  decisionLimitAmount: amount,
  active: z.boolean(),
  password: text(200, 8),
};
/** `POST /v1/users`. Without a password nobody can log in to the account until one is set. */
export const userBody = z
  .strictObject({
    ...userFields,
    warehouse: userFields.warehouse.default(null),
    goodwillLimitAmount: amount.default(0),
    decisionLimitAmount: amount.default(0),
    active: userFields.active.default(true),
    password: userFields.password.nullable().default(null),
  })
  .meta({ id: 'NewUser' });
export type UserBody = z.infer<typeof userBody>;
/** `PATCH /v1/users/{id}`: fields that are left out stay. */
export const userChangeBody = z.strictObject(userFields).partial().meta({ id: 'UserChange' });
export type UserChangeBody = z.infer<typeof userChangeBody>;

/** `POST /v1/api-keys`. */
export const apiKeyBody = z
  .strictObject({
    name: name(100),
    scopes: z
      .array(z.enum(apiKeyScopes))
      .min(1)
      .max(apiKeyScopes.length)
      .default([...apiKeyScopes]),
  })
  .meta({ id: 'NewApiKey' });
export type ApiKeyBody = z.infer<typeof apiKeyBody>;

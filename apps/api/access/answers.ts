import { z } from 'zod';
import { apiKeyScopes, userRoles } from '#libs/contracts/access-requests';

const time = z.iso.datetime();

export const user = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(userRoles),
    warehouse: z.string().nullable(),
    goodwillLimitAmount: z.int(),
    decisionLimitAmount: z.int(),
    active: z.boolean(),
    createdAt: time,
  })
  .meta({ id: 'User' });
export const loginAnswer = z.object({ token: z.string(), expiresAt: time, user }).meta({ id: 'LoginAnswer' });
export const orderAccessAnswer = z.object({ token: z.string(), expiresAt: time, orderNumber: z.string() }).meta({ id: 'OrderAccessAnswer' });

export const apiKey = z.object({ id: z.string(), name: z.string(), scopes: z.array(z.enum(apiKeyScopes)), createdAt: time }).meta({ id: 'ApiKey' });
export const newApiKey = apiKey.extend({ key: z.string() }).meta({ id: 'ApiKeyWithSecret', description: '`key` is shown this once' });

import { z } from 'zod';
import type { Calendar } from '#libs/domain/calendar/calendar';
import type { Order } from '#libs/domain/order';
import type { ApplicationLine } from '#libs/domain/policy/application';
import type { Policy } from '#libs/domain/policy/policy';
import * as access from './access-requests';
import * as calendar from './calendar';
import * as errors from './errors';
import * as finance from './finance-requests';
import * as inventory from './inventory';
import * as lists from './lists';
import * as orders from './order';
import * as policies from './policy';
import * as receipts from './receipt-requests';
import * as returns from './return-requests';
import * as sandbox from './sandbox-requests';
import * as values from './values';
import * as events from './webhook-events';

/** Compiles only while what the schemas give is what the rules take. */
export const asOrder = (body: orders.OrderBody): Order => body;
export const asPolicy = (body: policies.PolicyBody): Policy => body;
export const asCalendar = (body: calendar.CalendarBody): Omit<Calendar, 'id'> => body;
export const asApplicationLines = (body: returns.ApplyBody): Omit<ApplicationLine, 'evidenceCount'>[] => body.lines;

const modules = { access, calendar, errors, finance, inventory, lists, orders, policies, receipts, returns, sandbox, values, events };
const schemas = Object.entries(modules).flatMap(([file, exports]) =>
  Object.entries(exports as Record<string, unknown>).flatMap(([key, value]) => (value instanceof z.ZodType ? [[`${file}.${key}`, value] as const] : [])),
);
const bodies = schemas.filter(([key]) => key.endsWith('Body'));

describe('every schema', () => {
  test.each(schemas)('%s can be described in OpenAPI, as it comes in', (_, schema) => {
    expect(() => z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' })).not.toThrow();
  });
  test.each(bodies)('%s is named, so that the document has a component for it', (_, schema) => {
    expect(schema.meta()?.id).toMatch(/^[A-Z][A-Za-z]+$/);
  });
  test('no two schemas have the same name', () => {
    const named = new Map<string, z.ZodType>();
    for (const [, schema] of schemas) {
      const id = schema.meta()?.id;
      if (id === undefined) continue;
      expect(named.get(id) ?? schema).toBe(schema);
      named.set(id, schema);
    }
    expect(named.size).toBeGreaterThan(40);
  });
  test.each(bodies.filter(([key]) => !key.startsWith('events.')))('%s refuses a field it does not know', (_, schema) => {
    const result = schema.safeParse({ surprise: 1 });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toContain(_.endsWith('bulkBody') ? 'action' : 'surprise');
  });
  test.each(schemas.filter(([key]) => key.startsWith('lists.') && key.endsWith('Query')))('%s refuses a parameter it does not know', (_, schema) => {
    expect(JSON.stringify(schema.safeParse({ surprise: '1' }).error?.issues)).toContain('surprise');
  });
});

/** Every array and every text of a described body has an upper bound. */
function unbounded(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((part, index) => unbounded(part, `${path}/${index}`));
  const { type, maxLength, maxItems, format, pattern, enum: choices } = schema as Record<string, unknown>;
  const open =
    (type === 'string' && maxLength === undefined && format === undefined && pattern === undefined && !choices) || (type === 'array' && maxItems === undefined);
  return [...(open ? [path] : []), ...Object.entries(schema).flatMap(([key, part]) => (key === 'propertyNames' ? [] : unbounded(part, `${path}/${key}`)))];
}
test.each(bodies.filter(([key]) => !key.startsWith('events.')))('%s has a limit on everything', (_, schema) => {
  expect(unbounded(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }), '')).toEqual([]);
});

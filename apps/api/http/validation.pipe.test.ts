import { z } from 'zod';
import { ValidationPipe } from './validation.pipe';

const schema = z.strictObject({
  limit: z.coerce.number<string>().int().max(200).default(50),
  lines: z.array(z.strictObject({ quantity: z.int().min(1) })).optional(),
});
const pipe = new ValidationPipe();
const refused = (value: unknown, type: 'body' | 'query' | 'param', data?: string) =>
  pipe.transform(value, { type, schema, data }).then(undefined, (error: { errors: unknown }) => error.errors);

describe('validation', () => {
  it('gives what the schema makes of the value', async () => {
    await expect(pipe.transform({ limit: '7' }, { type: 'query', schema })).resolves.toEqual({ limit: 7 });
    await expect(pipe.transform({}, { type: 'query', schema })).resolves.toEqual({ limit: 50 });
  });
  it('points into the body from its root, at every field at fault', async () => {
    await expect(refused({ lines: [{ quantity: 0 }, { quantity: 1, x: 1 }] }, 'body')).resolves.toEqual([
      expect.objectContaining({ pointer: '/lines/0/quantity', code: 'too_small' }),
      expect.objectContaining({ pointer: '/lines/1/x', code: 'unknown_field' }),
    ]);
  });
  it('points into query and path by their names', async () => {
    await expect(refused({ limit: '201' }, 'query')).resolves.toEqual([expect.objectContaining({ pointer: '/query/limit' })]);
    await expect(refused('x', 'param', 'id')).resolves.toEqual([expect.objectContaining({ pointer: '/path/id' })]);
  });
  it('refuses __proto__ instead of dropping it', async () => {
    await expect(refused(JSON.parse('{"__proto__": {"a": 1}}'), 'body')).resolves.toEqual([expect.objectContaining({ code: 'unknown_field' })]);
  });
});

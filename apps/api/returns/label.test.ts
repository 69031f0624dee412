import { returnLabel } from './label';

const label = { number: 'R-7K3M-9Q2D', carrier: 'sf', trackingNumber: 'SF1234567890123' };

test('a label is one A6 page, the same whenever it is printed', async () => {
  const [one, again] = await Promise.all([returnLabel(label), returnLabel(label)]);
  expect(one.subarray(0, 5).toString()).toBe('%PDF-');
  expect(one.toString('latin1')).toMatch(/\/Count 1\b/);
  expect(one.equals(again)).toBe(true);
});

test('a carrier by its Chinese name is printed', async () => {
  const named = await returnLabel({ ...label, carrier: '顺丰速运' });
  expect(named.toString('latin1')).toMatch(/\/Count 1\b/);
});

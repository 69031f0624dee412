import { Remembered } from './remembered';

describe('values remembered in a process', () => {
  it('gives back what was put, and nothing else', () => {
    const values = new Remembered<{ n: number }>(2);
    values.put('a', { n: 1 });
    expect(values.get('a')).toEqual({ n: 1 });
    expect(values.get('b')).toBeUndefined();
  });

  it('lets the least recently used one go when it is full', () => {
    const values = new Remembered<{ n: number }>(2);
    values.put('a', { n: 1 });
    values.put('b', { n: 2 });
    values.get('a');
    values.put('c', { n: 3 });
    expect(values.get('b')).toBeUndefined();
    expect(values.get('a')).toEqual({ n: 1 });
    expect(values.get('c')).toEqual({ n: 3 });
  });

  it('holds one value a key', () => {
    const values = new Remembered<{ n: number }>(2);
    values.put('a', { n: 1 });
    values.put('a', { n: 2 });
    values.put('b', { n: 3 });
    expect(values.get('a')).toEqual({ n: 2 });
  });
});

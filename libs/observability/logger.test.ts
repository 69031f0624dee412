import { describeError } from './logger';

describe('an error in the log', () => {
  it('keeps its message, code and cause', () => {
    const error = Object.assign(new Error('no such column', { cause: new Error('below') }), { code: '42703' });
    expect(describeError(error)).toMatchObject({ type: 'Error', message: 'no such column', code: '42703', cause: { message: 'below' } });
  });
  it('never shows the values that a database refused', () => {
    const error = Object.assign(new Error('invalid input syntax for type integer: "Li Lei"'), { code: '22P02', parameters: ['Li Lei'], detail: 'Li Lei' });
    expect(JSON.stringify(describeError(error))).not.toContain('Li Lei');
    expect(describeError(error).code).toBe('22P02');
  });
  it('takes whatever is thrown', () => {
    expect(describeError('just text')).toEqual({ type: 'string', message: 'just text' });
  });
});

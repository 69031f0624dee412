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
  it('may be something that is no error: then its text may be anybody’s and stays out', () => {
    expect(describeError('li.lei@example.com')).toEqual({ type: 'string' });
  });
  it('says what happened and where, and nothing of the rows it happened to', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'user_account_email',
      parameters: ['li.lei@example.com'],
      detail: 'Key (email)=(li.lei@example.com)',
    });
    const logged = describeError(new Error('import failed', { cause: error }));
    expect(logged).toMatchObject({ message: 'import failed', cause: { code: '23505', constraint: 'user_account_email' } });
    expect(JSON.stringify(logged)).not.toContain('li.lei');
  });
});

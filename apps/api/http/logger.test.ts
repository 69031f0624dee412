import { named } from './logger';

describe('an error in the log', () => {
  it('says what happened and where, and nothing of the rows it happened to', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'user_account_email',
      query: 'INSERT',
      parameters: ['li.lei@example.com'],
      detail: 'Key (email)=(li.lei@example.com)',
    });
    const logged = named(new Error('import failed', { cause: error }));
    expect(logged).toMatchObject({
      message: 'import failed',
      cause: { code: '23505', constraint: 'user_account_email', stack: expect.stringContaining('logger.test') as string },
    });
    expect(JSON.stringify(logged)).not.toContain('li.lei');
  });
  it('may be something that is no error', () => expect(named('li.lei@example.com')).toEqual({ type: 'string' }));
});

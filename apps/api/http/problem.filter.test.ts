import {
  BadRequestException,
  ForbiddenException,
  InternalServerErrorException,
  NotFoundException,
  PayloadTooLargeException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { ServiceError } from '@temporalio/client';
import { ApiError, unavailable } from './api-error';
import { problemOfError } from './problem.filter';

const codeOf = (error: unknown) => problemOfError(error, 'req_1').code;
const grpc = (code: number) => Object.assign(new Error('gRPC'), { code, details: '', metadata: {} });

describe('what is thrown becomes a problem', () => {
  it('keeps a refusal as it is, with further members and the path', () => {
    const refusal = new ApiError('not_eligible', 'Line 1 cannot be returned', { members: { lines: [] } });
    expect(problemOfError(refusal, 'req_1').problem('/v1/returns')).toEqual({
      type: 'urn:boomerang:error:not_eligible',
      title: expect.any(String) as string,
      status: 422,
      detail: 'Line 1 cannot be returned',
      instance: '/v1/returns',
      code: 'not_eligible',
      lines: [],
    });
  });
  it.each([
    [new NotFoundException('Cannot GET /x'), 'not_found'],
    [new ForbiddenException(), 'forbidden'],
    [new BadRequestException('Unexpected field'), 'validation_failed'],
    [new PayloadTooLargeException(), 'payload_too_large'],
    [new ServiceUnavailableException(), 'temporarily_unavailable'],
    [new InternalServerErrorException('secret'), 'internal'],
  ])('finds the code of the framework’s own errors', (error, code) => {
    expect(codeOf(error)).toBe(code);
  });
  it('says nothing of what is behind an internal error but where to look', () => {
    const { problem } = { problem: problemOfError(new TypeError('password is hunter2'), 'req_1').problem('/x') };
    expect(problem).toMatchObject({ status: 500, code: 'internal', detail: expect.stringContaining('req_1') as string });
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|stack|TypeError/);
  });
  it.each(['ECONNREFUSED', '57P01', '53300', '08006', '55P03', '40P01'])('asks to come again when the database is away or overloaded (%s)', (code) => {
    const error = Object.assign(new Error('QueryFailedError'), { code });
    expect(problemOfError(error, '').headers).toHaveProperty('Retry-After');
    expect(codeOf(error)).toBe('temporarily_unavailable');
    expect(codeOf(new AggregateError([error]))).toBe('temporarily_unavailable');
    expect(codeOf(Object.assign(new Error('wrapped'), { driverError: error }))).toBe('temporarily_unavailable');
  });
  it('takes a broken constraint for our mistake, not for an outage', () => {
    expect(codeOf(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBe('internal');
  });
  it.each([4, 8, 14])('asks to come again when Temporal is away (gRPC %i)', (code) => {
    expect(codeOf(new ServiceError('Update failed', { cause: grpc(code) }))).toBe('temporarily_unavailable');
    expect(codeOf(grpc(code))).toBe('temporarily_unavailable');
  });
  it('takes a refusal of Temporal for our mistake', () => {
    expect(codeOf(new ServiceError('bad', { cause: grpc(3) }))).toBe('internal');
  });
  it('gives Retry-After with every 503', () => {
    expect(unavailable('x').headers).toEqual({ 'Retry-After': '1' });
  });
});

import { isUtf8 } from 'node:buffer';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { Reflector } from '@nestjs/core';
import express, { type RequestHandler, type Response } from 'express';
import type { Observable } from 'rxjs';
import { ApiError } from './api-error';
import { MULTIPART, type ApiRequest } from './decorators';

/** Bytes of a JSON body. */
export const BODY_LIMIT = 1024 * 1024;
const NOT_UTF8 = 'not.utf8';
const OTHER_CHARSET = 'other.charset';
const parseJson = express.json({
  limit: BODY_LIMIT,
  type: ['application/json', 'application/*+json'],
  // A name that cannot be read must not be stored as one with question marks.
  verify: (_request, _response, bytes, encoding) => {
    if (encoding !== 'utf-8' || !isUtf8(bytes)) throw Object.assign(new Error(), { type: encoding === 'utf-8' ? NOT_UTF8 : OTHER_CHARSET });
  },
});
const parseBytes = express.raw({ limit: BODY_LIMIT, type: () => true });

/** Reads the body after token and role were looked at, so a stranger learns nothing of what a route takes and costs no parsing. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const multipart = this.reflector.get<boolean | undefined>(MULTIPART, context.getHandler()) === true;
    if (multipart) requireType(request, 'multipart/form-data');
    else if (hasBody(request)) {
      requireType(request, 'application/json', 'application/*+json');
      await read(parseJson, request, context.switchToHttp().getResponse<Response>());
      if (isGiven(request.body) && !takesBody(context)) throw new ApiError('validation_failed', 'This call takes no body');
    }
    return next.handle();
  }
}

const hasBody = (request: ApiRequest): boolean => request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

function requireType(request: ApiRequest, ...types: [string, ...string[]]): void {
  if (!request.is(types)) throw new ApiError('unsupported_media_type', `Send the body as ${types[0]}`);
}

/** The body as it was sent, for a guard that has to look at it first; whoever reads it takes over what is in `request.body`. Null: there is none. */
export async function readBytes(request: ApiRequest, response: Response): Promise<Buffer | null> {
  await read(parseBytes, request, response);
  return Buffer.isBuffer(request.body) ? request.body : null;
}

function read(parse: RequestHandler, request: ApiRequest, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void parse(request, response, (error?: unknown) => (error ? reject(refusal(error)) : resolve()));
  });
}

const notJson = (detail: string) => new ApiError('validation_failed', `The body ${detail}`, { errors: [{ pointer: '', code: 'invalid_json', detail }] });

/** What the parser says, in our words. */
function refusal(error: unknown): unknown {
  const { type, status } = error as { type?: string; status?: number };
  if (type === OTHER_CHARSET) return new ApiError('unsupported_media_type', 'Send the body as UTF-8 JSON');
  if (type === NOT_UTF8) return notJson('is not valid UTF-8');
  if (status === 413) return new ApiError('payload_too_large', `A JSON body may have ${BODY_LIMIT} bytes`);
  if (status === 415) return new ApiError('unsupported_media_type', 'Send the body as UTF-8 JSON, uncompressed or as gzip, deflate or br');
  if (type === 'entity.parse.failed') return notJson('is not valid JSON');
  return status !== undefined && status < 500 ? new ApiError('validation_failed', 'The body could not be read') : error;
}

const isGiven = (body: unknown): boolean => (Array.isArray(body) ? true : typeof body === 'object' && body !== null && Object.keys(body).length > 0);

const readers = new Set<number>([RouteParamtypes.BODY, RouteParamtypes.RAW_BODY, RouteParamtypes.REQUEST]);
/** Whether the handler has a parameter for the body: what nobody reads is refused, not ignored. */
function takesBody(context: ExecutionContext): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {}) as Record<string, unknown>;
  return Object.keys(parameters).some((key) => {
    return readers.has(Number(key.split(':')[0]));
  });
}

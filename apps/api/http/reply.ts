import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import type { Problem } from '#libs/contracts/errors';
import type { Answer } from '#libs/persistence/commands';

/** An answer with its own status and headers; a controller returns it and `ReplyInterceptor` sends it. `body` null sends none. */
export class Reply implements Answer {
  constructor(
    readonly status: number,
    readonly body: unknown = null,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** 201 with its `Location`. */
export const created = (location: string, body: unknown): Reply => new Reply(201, body, { Location: location });

/** Writes status and headers of an answer; gives the body, which is for the caller to send. */
export function send(response: Response, answer: Answer): unknown {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  return answer.body;
}

@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(map((value: unknown) => (value instanceof Reply ? sendFrom(http.getRequest<Request>().path, http.getResponse(), value) : value)));
  }
}

/** A refusal that was decided where nobody knows the path gets its `instance` here. */
function sendFrom(instance: string, response: Response, answer: Answer): unknown {
  const body = send(response, answer);
  return answer.status >= 400 && body !== null ? { ...(body as Problem), instance } : body;
}

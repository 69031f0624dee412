import { z } from 'zod';
import { jsonPointer } from '#libs/domain/flaw';
import { findingCodes } from '#libs/domain/policy/findings';

export { jsonPointer } from '#libs/domain/flaw';
export { findingCodes, type Finding, type FindingCode } from '#libs/domain/policy/findings';

/** Every error this API gives (CONTRACT §10): a closed list. */
export const errors = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Who is calling is not known' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  four_eyes_required: { status: 403, title: 'A second person has to do this' },
  not_found: { status: 404, title: 'There is no such thing' },
  invalid_state: { status: 409, title: 'Not possible in the present state' },
  request_in_progress: { status: 409, title: 'The same request is still under way' },
  order_locked: { status: 409, title: 'The order has returns and is frozen' },
  units_unavailable: { status: 409, title: 'These units are held by another return' },
  amount_unavailable: { status: 409, title: 'There is not that much left to give' },
  policy_immutable: { status: 409, title: 'Published policies do not change' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'This media type is not supported' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  not_eligible: { status: 422, title: 'Something in the application cannot be returned as asked' },
  order_totals_mismatch: { status: 422, title: 'The order does not add up to what was paid' },
  rate_limited: { status: 429, title: 'Too many requests' },
  temporarily_unavailable: { status: 503, title: 'Temporarily unavailable; the outcome is not known' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ErrorCode = keyof typeof errors;
export const errorCodes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

/** What is wrong with one field. `pointer` is a JSON pointer into the request. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export const fieldError = z
  .object({ pointer: z.string(), code: z.string(), detail: z.string() })
  .meta({ id: 'FieldError', description: 'What is wrong with one field; `pointer` is a JSON pointer into the request' });
export const finding = z
  .object({ code: z.enum(findingCodes), detail: z.string() })
  .meta({ id: 'Finding', description: 'Why a line cannot be returned as asked' });
export const lineFindings = z.object({ lineId: z.string(), findings: z.array(finding) }).meta({ id: 'LineFindings', description: 'All findings of one line' });

/** RFC 9457. `lines` is there with `not_eligible`, `errors` with bad input. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    code: z.enum(errorCodes),
    errors: z.array(fieldError).optional(),
    lines: z.array(lineFindings).optional(),
  })
  .meta({ id: 'Problem', description: 'application/problem+json (RFC 9457) with a code from a closed list' });
export type Problem = z.infer<typeof problem>;

/** The problem of a code: `type`, `title`, `status` and `code` follow from it. */
export function problemOf(code: ErrorCode, more: Partial<Pick<Problem, 'detail' | 'instance' | 'errors' | 'lines'>> = {}): Problem {
  return { type: `urn:boomerang:error:${code}`, ...errors[code], code, ...more };
}

/** What a standard schema reports; zod puts more into it. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly params?: { readonly code?: unknown };
}

/** `errors[]` of the issues of a schema, at most 100: unknown keys one by one, each with its own pointer. */
export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues.flatMap((issue) => oneIssue(issue)).slice(0, 100);
}

function oneIssue(issue: Issue): FieldError[] {
  const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map((key) => ({ pointer: jsonPointer([...path, key]), code: 'unknown_field', detail: 'is not a field of this request' }));
  }
  const code = typeof issue.params?.code === 'string' ? issue.params.code : (issue.code ?? 'invalid');
  return [{ pointer: jsonPointer(path), code: code === 'custom' ? 'invalid_value' : code, detail: issue.message }];
}

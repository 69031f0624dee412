import { errors, problemOf, type ErrorCode, type FieldError, type Problem } from '#libs/contracts/errors';

interface More {
  /** What is wrong with which field. */
  readonly errors?: readonly FieldError[];
  /** Further members of the problem, such as `lines` with the findings of `not_eligible`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as a caller sees it. `code` fixes status, type and title; `detail` is one sentence for a person, without personal data. */
export class ApiError extends Error {
  readonly errors?: readonly FieldError[];
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ErrorCode,
    detail: string,
    more: More = {},
  ) {
    super(detail);
    this.errors = more.errors;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }

  get status(): number {
    return errors[this.code].status;
  }

  /** The body; `instance` is the path as called. */
  problem(instance: string): Problem {
    return { ...problemOf(this.code, { detail: this.message, instance, ...(this.errors && { errors: [...this.errors] }) }), ...this.members };
  }
}

/** 404, alike for what does not exist and for what belongs to somebody else. */
export const notFound = (what: string): ApiError => new ApiError('not_found', `There is no such ${what}`);

/** 400 about one field; `pointer` as in `errors[]`. */
export const invalid = (pointer: string, code: string, detail: string): ApiError =>
  new ApiError('validation_failed', `${pointer} ${detail}`.trim(), { errors: [{ pointer, code, detail }] });

/** 503: the outcome is not known, the same key may be sent again. */
export const unavailable = (detail: string, retryAfter = 1): ApiError =>
  new ApiError('temporarily_unavailable', detail, { headers: { 'Retry-After': String(retryAfter) } });

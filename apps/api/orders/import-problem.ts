import type { FieldError } from '#libs/contracts/errors';
import { orderProblem } from '#libs/domain/money/order-problem';
import type { Order } from '#libs/domain/order';
import { ApiError, invalid } from '../http/api-error';

/** Why an order cannot be imported as it stands, by its own figures alone; null when it is sound. */
export function importProblem(order: Order): ApiError | null {
  const problem = orderProblem(order);
  if (!problem) return null;
  if (problem.kind === 'totals_mismatch') return new ApiError('order_totals_mismatch', problem.detail);
  if (problem.kind === 'discounts_above_goods') return invalid(problem.pointer, 'discounts_above_goods', problem.detail);
  const errors: FieldError[] = problem.errors.slice(0, 100).map(({ pointer, code, detail }) => ({ pointer, code, detail }));
  return new ApiError('validation_failed', `${errors[0]?.pointer ?? ''} ${errors[0]?.detail ?? ''}`.trim(), { errors });
}

import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { fieldErrors, jsonPointer, type Issue } from '#libs/contracts/errors';
import { ApiError } from './api-error';

const places: Partial<Record<ArgumentMetadata['type'], readonly string[]>> = { query: ['query'], param: ['path'] };

/** Every `@Body`, `@Query` and `@Param` with a schema. Pointers into the body start at its root; elsewhere they start with `/query` or `/path`. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (!metadata.schema || metadata.type === 'custom') return value;
    const result = await metadata.schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    throw validationFailed(result.issues as readonly Issue[], [...(places[metadata.type] ?? []), ...(metadata.data ? [metadata.data] : [])]);
  }
}

/** 400 with every field at fault; `place` leads to the value that was validated. */
export function validationFailed(issues: readonly Issue[], place: readonly string[] = []): ApiError {
  const errors = fieldErrors(issues).map((error) => ({ ...error, pointer: jsonPointer(place) + error.pointer }));
  const [first] = errors;
  return new ApiError('validation_failed', first ? `${first.pointer || 'The body'}: ${first.detail}` : 'The request is not valid', { errors });
}
